"""Keep a set of child processes running until told to stop, then stop them all."""

import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import TextIO

from portal.serving.child import Child

STEADY_SECONDS = 60
MAX_PAUSE_SECONDS = 30
STOP_SECONDS = 20


class Supervisor:
    """Starts children in order, restarts those that die, stops them in the reverse order.

    A child that dies again and again is restarted after 1, 2, 4 … at most 30 seconds;
    a minute of steady running makes the pause short again.
    """

    def __init__(self, children: Sequence[Child], output: TextIO = sys.stdout) -> None:
        self.children = list(children)
        self.output = output
        self.stopping = threading.Event()
        self.started_at: dict[str, float] = {}
        self.restart_at: dict[str, float] = {}
        self.failures: dict[str, int] = {}

    def say(self, text: str) -> None:
        """Print a line of the supervisor's own."""
        self.output.write(f"{'serve':<6} | {text}\n")
        self.output.flush()

    def run(self) -> None:
        """Run until SIGINT or SIGTERM; every child has ended when this returns."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            for child in self.children:
                if not child.running:
                    child.start()
                self.started_at[child.name] = time.monotonic()
            while not self.stopping.wait(0.2):
                self.look_after(time.monotonic())
        finally:
            self.stop()

    def look_after(self, now: float) -> None:
        """Notice children that ended, and restart those whose pause is over."""
        for child in self.children:
            if child.running:
                continue
            if child.name not in self.restart_at:
                self.restart_at[child.name] = now + self.pause_after_end(child, now)
            elif now >= self.restart_at[child.name]:
                del self.restart_at[child.name]
                self.started_at[child.name] = now
                child.start()
                self.say(f"{child.name} restarted")

    def pause_after_end(self, child: Child, now: float) -> float:
        """Sweep up after a child that ended, and return the seconds to wait before the next start."""
        child.kill_group()
        steady = now - self.started_at[child.name] >= STEADY_SECONDS
        failures = 0 if steady else self.failures.get(child.name, 0)
        self.failures[child.name] = failures + 1
        pause = min(2**failures, MAX_PAUSE_SECONDS)
        self.say(f"{child.name} ended with {child.exit_code}; restarting in {pause} s")
        return pause

    def stop(self) -> None:
        """Stop every child, the last started first; kill what does not end in time."""
        self.say("stopping")
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            child.ask_to_stop()
            if not child.wait(max(deadline - time.monotonic(), 1)):
                self.say(f"{child.name} did not end in time; killed")
            child.kill_group()
        self.say("stopped")
