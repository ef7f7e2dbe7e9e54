"""The commands that make up a running portal."""

import sys
from collections.abc import Mapping
from pathlib import Path

from portal.serving.child import Child

THREADS_PER_WEB_WORKER = 4
WORKER_NICENESS = "5"


def web(bind: str, workers: int, env: Mapping[str, str]) -> Child:
    """Return the web server: granian, which speaks WSGI with the application."""
    host, port = split_address(bind)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host]
    command += ["--port", str(port), "--workers", str(workers), "--respawn-failed-workers"]
    command += ["--blocking-threads", str(THREADS_PER_WEB_WORKER)]
    command += ["--workers-kill-timeout", "10", "--no-access-log", "--log-level", "warning"]
    return Child("web", [*command, "portal.wsgi:application"], env)


def worker(concurrency: int, env: Mapping[str, str]) -> Child:
    """Return the Celery worker; whoever waits for a page goes before it."""
    command = ["nice", "-n", WORKER_NICENESS, sys.executable, "-m", "celery", "-A", "portal", "worker"]
    command += ["--loglevel", "INFO", "--concurrency", str(concurrency)]
    command += ["--without-gossip", "--without-mingle"]
    return Child("worker", command, env)


def beat(folder: Path, env: Mapping[str, str]) -> Child:
    """Return Celery's clock. One is enough for any number of machines; two do the work twice."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "celery", "-A", "portal", "beat", "--loglevel", "INFO"]
    return Child("beat", [*command, "--schedule", str(folder / "schedule"), "--pidfile", ""], env)


def split_address(bind: str) -> tuple[str, int]:
    """Return host and port of "127.0.0.1:8000"; raises ValueError for anything else."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"{bind!r} is not an address like 127.0.0.1:8000")
    return host, int(port)
