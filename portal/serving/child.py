"""One child process of the supervisor: started, listened to, stopped, its leftovers swept up."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import TextIO

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to terminate this process when its parent is gone, even if killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A command that runs in a process group of its own, with its name before each line it prints."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        output: TextIO = sys.stdout,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.env = {**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})}
        self.output = output
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the command and begin to relay what it prints."""
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        threading.Thread(target=self._relay, args=(self.process,), daemon=True).start()

    def _relay(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.output.write(f"{self.name:<6} | {line.rstrip()}\n")
            self.output.flush()

    @property
    def exit_code(self) -> int | None:
        """Return how the command ended, or None while it runs or before it was started."""
        return self.process.poll() if self.process else None

    @property
    def running(self) -> bool:
        """Return whether the command is alive."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the command itself; it is left to end its own children in good order."""
        if self.process and self.running:
            self.process.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the command; return whether it came in time."""
        if not self.process:
            return True
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill_group(self) -> None:
        """Kill whatever is left of the process group, and reap the command."""
        if not self.process:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
