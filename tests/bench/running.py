"""The portal as real processes, the way ``manage.py serve`` starts them, on a database of ours."""

from __future__ import annotations

import io
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.serving import processes
from portal.serving.child import Child
from portal.serving.ports import free_port
from tests.bench import database


@contextmanager
def portal(name: str, *, with_worker: bool = False) -> Iterator[str]:
    """Run the web server, and a worker and beat if asked for; give its host and port."""
    bind = f"127.0.0.1:{free_port()}"
    env = {
        "DATABASE_URL": database.address(name),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    with ExitStack() as stack:
        children = [processes.web(bind, 2, env)]
        if with_worker:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-beat-")))
            children += [processes.worker(1, {**env, "LOG_LEVEL": "INFO"}), processes.beat(folder, env)]
        for child in children:
            child.output = io.StringIO()
            child.start()
            stack.callback(_end, child)
        _wait_for(f"http://{bind}/health/", children[0])
        if with_worker:
            _wait_until(lambda: " ready." in _printed(children[1]), children[1])
        yield bind


def _wait_for(url: str, child: Child) -> None:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    _wait_until(answers, child)


def _wait_until(condition: Callable[[], bool], child: Child) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        if not child.running or time.monotonic() > deadline:
            raise RuntimeError(f"{child.name} did not come up:\n{_printed(child)}")
        time.sleep(0.1)


def _printed(child: Child) -> str:
    return child.output.getvalue()  # type: ignore[attr-defined]


def _end(child: Child) -> None:
    child.ask_to_stop()
    child.wait(15)
    child.kill_group()
