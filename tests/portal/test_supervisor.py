"""The supervisor with small stand-in commands: pauses, restarts, stubborn children."""

import io
import sys
import time

import pytest

from portal.serving import supervisor as module
from portal.serving.child import Child
from portal.serving.ports import free_port, is_taken
from portal.serving.processes import split_address
from portal.serving.supervisor import Supervisor

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""


def child(code: str, output: io.StringIO | None = None) -> Child:
    """Return a child that runs some Python."""
    return Child("small", [sys.executable, "-c", code], output=output or io.StringIO())


def test_pauses_double_up_to_a_limit_and_shorten_after_a_steady_minute() -> None:
    failing, said = child("raise SystemExit(3)"), io.StringIO()
    failing.start()
    assert failing.wait(40)
    keeper = Supervisor([failing], said)
    keeper.started_at["small"] = 100.0
    assert [keeper.pause_after_end(failing, 101.0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert keeper.pause_after_end(failing, 161.0) == 1
    assert "small ended with 3; restarting in 1 s" in said.getvalue()


def test_a_dead_child_is_started_again_when_its_pause_is_over() -> None:
    ending = child("pass")
    ending.start()
    assert ending.wait(40)
    keeper = Supervisor([ending], io.StringIO())
    keeper.started_at["small"] = 0.0
    keeper.look_after(1.0)
    first = ending.process
    keeper.look_after(1.5)
    assert ending.process is first
    keeper.look_after(2.1)
    assert ending.process is not first
    ending.kill_group()


def test_a_child_that_ignores_the_signal_is_killed_with_its_own_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0)
    printed, said = io.StringIO(), io.StringIO()
    stubborn = child(STUBBORN, printed)
    stubborn.start()
    deadline = time.monotonic() + 40
    while "|" not in printed.getvalue() and time.monotonic() < deadline:
        time.sleep(0.02)
    Supervisor([stubborn], said).stop()
    assert not stubborn.running
    assert wait_for_end(int(printed.getvalue().split("|")[1]))
    assert "killed" in said.getvalue()


def wait_for_end(pid: int) -> bool:
    """Return whether a process that is not ours to reap ends, or is left as a zombie, within 5 s."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_a_free_port_is_not_taken() -> None:
    assert not is_taken("127.0.0.1", free_port())


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1:", ":8000", "host:port"])
def test_a_wrong_address_is_refused(bind: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        split_address(bind)
