"""`manage.py serve` for real: everything comes up, comes back, and goes away."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from celery import Celery
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from portal.serving.ports import free_port

pytestmark = pytest.mark.real


def environment(folder: Path) -> dict[str, str]:
    """Return variables for a portal with embedded parts, all of it in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return kept | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "tests.settings", "LOG_LEVEL": "INFO"}


class Portal:
    """A running `manage.py serve` with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = psutil.Popen(
                self.command,
                env=environment(folder),
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def command(self) -> list[str]:
        """Return the command line that starts the portal on its port."""
        bind = f"127.0.0.1:{self.port}"
        return [sys.executable, "manage.py", "serve", "--bind", bind, "--concurrency", "1"]

    def health(self) -> dict[str, Any]:
        """Return what the health page says, or nothing while it cannot be reached."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return {}

    def up(self) -> bool:
        """Return whether pages are served and a worker waits for work."""
        return self.health().get("cache") == "ok" and " ready." in self.log.read_text()

    def child(self, word: str) -> psutil.Process | None:
        """Return the supervisor's own child whose command line has this word."""
        for child in self.process.children():
            with suppress(psutil.Error):  # ended while we look
                if word in child.cmdline():
                    return child
        return None

    def redis_url(self) -> str:
        """Return the address of the embedded Redis, from the configuration it was started with."""
        lines = (self.folder / "redis" / "redis.conf").read_text().splitlines()
        conf = dict(line.split(" ", 1) for line in lines)
        return f"redis://:{conf['requirepass']}@127.0.0.1:{conf['port']}/0"

    def until(self, condition: Callable[[], Any], seconds: float = 40) -> None:
        """Wait for a condition; fail with the log when it does not come."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty database with all its tables, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=environment(folder),
        cwd=settings.BASE_DIR,
        check=True,
    )
    return folder / "portal.sqlite3"


@pytest.fixture
def portal(tmp_path: Path, migrated: Path) -> Iterator[Portal]:
    """Return a portal that is up, and see to it that nothing of it outlives the test."""
    shutil.copy(migrated, tmp_path)
    running = Portal(tmp_path)
    try:
        running.until(running.up)
        yield running
    finally:
        if running.process.is_running():
            for process in [running.process, *running.process.children(recursive=True)]:
                process.kill()


def test_a_killed_worker_comes_back_and_works(portal: Portal) -> None:
    first = portal.child("worker")
    assert first
    first.kill()
    portal.until(lambda: (again := portal.child("worker")) and again.pid != first.pid)
    portal.until(lambda: portal.log.read_text().count(" ready.") == 2)
    seen = portal.log.read_text().count("scoring.tasks.sweep")
    Celery(broker=portal.redis_url()).send_task("scoring.tasks.sweep")
    portal.until(lambda: portal.health()["workers"] == "ok")
    assert portal.log.read_text().count("scoring.tasks.sweep") > seen
    assert "worker ended with -9; restarting in 1 s" in portal.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_everything(portal: Portal, number: int) -> None:
    family = portal.process.children(recursive=True)
    assert len(family) >= 7  # redis, granian and two workers, celery and its pool, beat
    portal.process.send_signal(number)
    assert portal.process.wait(30) == 0
    assert not [process for process in family if process.is_running()]


def test_nothing_outlives_a_killed_supervisor(portal: Portal) -> None:
    family = portal.process.children(recursive=True)
    portal.process.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


def test_the_queue_survives_a_killed_redis(portal: Portal) -> None:
    with Redis.from_url(portal.redis_url()) as redis:
        redis.lpush("queue-of-nobody", "a message")
        # The append-only file reaches the disk every second.
        time.sleep(1.5)
        redis_server = portal.process.children()[0]
        assert "redis-server" in redis_server.name()
        redis_server.kill()
        portal.until(lambda: "redis restarted" in portal.log.read_text())
        portal.until(lambda: answers(redis))
        assert redis.lrange("queue-of-nobody", 0, -1) == [b"a message"]


def answers(redis: Redis) -> bool:
    """Return whether the server can be asked."""
    try:
        return bool(redis.ping())
    except RedisError:
        return False


def test_a_taken_port_is_an_error_in_words(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        bind = f"127.0.0.1:{listener.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", "--bind", bind],
            env=environment(tmp_path),
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert f"{bind} is taken" in done.stderr
    assert not list(tmp_path.glob("redis"))
