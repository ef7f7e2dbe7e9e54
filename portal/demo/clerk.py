"""Writing the demo's letters in a process of its own, while this one files them: two cores, one pipe.

Run as ``python -m portal.demo.clerk``: a pickled plan comes in, pickled letters go out.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator

from django.conf import settings

from portal.demo.letters import Plan, Sent, letters


def dictated(plan: Plan) -> Iterator[Sent]:
    """The plan's letters, as another process writes them. Raises RuntimeError if it fails."""
    command = [sys.executable, "-m", "portal.demo.clerk"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=settings.BASE_DIR
    ) as clerk:
        assert clerk.stdin and clerk.stdout  # noqa: S101
        try:
            pickle.dump(plan, clerk.stdin)
            clerk.stdin.close()
            while True:
                try:
                    # From a process of our own, which wrote nothing but these.
                    letter = pickle.load(clerk.stdout)  # noqa: S301
                except EOFError:
                    break
                yield letter
            if clerk.wait():
                raise RuntimeError(f"Writing the demo's letters failed ({clerk.returncode}).")
        finally:
            clerk.kill()


def main() -> None:
    """Read a plan, write its letters."""
    plan = pickle.load(sys.stdin.buffer)  # noqa: S301
    for letter in letters(plan):
        pickle.dump(letter, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
