"""Measuring one thing against another in the same run, and saying it in a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table: a ratio, and whether it is what was asked for.

    ``target`` is the least ratio, or with ``at_most`` the greatest; None: shown for information.
    """

    name: str
    what: str
    measured: str
    baseline: str
    ratio: float
    target: float | None = None
    at_most: bool = False

    @property
    def verdict(self) -> str:
        """``ok`` or ``short``; nothing for information."""
        if self.target is None:
            return ""
        reached = self.ratio <= self.target if self.at_most else self.ratio >= self.target
        return "ok" if reached else "short"

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in the table's columns."""
        asked = "" if self.target is None else f"{'≤' if self.at_most else '≥'} {self.target:g}"
        return self.name, self.what, self.measured, self.baseline, f"{self.ratio:.2f}", asked, self.verdict


COLUMNS = ("row", "what", "measured", "baseline", "ratio", "target", "")


def table(rows: list[Row]) -> str:
    """The rows under their headings, aligned."""
    lines = [COLUMNS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join(text.rstrip() for text in texts)


def seconds(action: Callable[..., object], *arguments: object) -> float:
    """How long the action took."""
    started = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - started


def interleaved(rounds: int, actions: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The median seconds of each action, done in turn, so that a slow minute slows them all."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            taken[name].append(seconds(action))
    return {name: median(times) for name, times in taken.items()}


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"· {text}", flush=True)
