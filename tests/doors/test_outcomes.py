"""Who gets in where: every address of the portal, tried by everybody, against the table in this folder.

The table is read in review: a line is a door, a method and whose record it is about, a column a person.
"""

from __future__ import annotations

import csv
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from tests.doors.walk import PARTS, VISITORS, Key, merged, part_of, walk

TABLE = Path(__file__).with_name("outcomes.csv")
HEAD = ("door", "method", "object", *VISITORS)
Table = dict[Key, list[str]]

#: Differences told before the rest is only counted.
TOLD = 40
HOW = (
    "If that is as it should be, write the table anew, and read what changed in it: "
    "DOORS=write pytest -n 0 tests/doors/test_outcomes.py"
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are what is asked for here, and none of them is news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def kept() -> dict[Key, list[str]]:
    """The table under version control."""
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == HEAD
    return {(row[0], row[1], row[2]): row[3:] for row in rows}


def of_part(table: Table, part: str) -> Table:
    """The lines of a part of the portal."""
    return {key: row for key, row in table.items() if part_of(key[0]) == part}


def keep(part: str, outcomes: Table) -> None:
    """Write the lines of a part anew, the others as they are."""
    before = kept()
    parts = [outcomes if other == part else of_part(before, other) for other in PARTS]
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows((*key, *row) for lines in parts for key, row in lines.items())


def differences(kept: Table, found: Table) -> Iterator[str]:
    """In words: doors that are new, that are gone, and that open to others than they did."""
    for key in found.keys() - kept.keys():
        yield f"not in the table: {' '.join(key)} ({', '.join(found[key])})"
    for key in kept.keys() - found.keys():
        yield f"no longer there: {' '.join(key)}"
    for key in kept.keys() & found.keys():
        for visitor, before, now in zip(VISITORS, kept[key], found[key], strict=True):
            if before != now:
                yield f"{' '.join(key)}: {visitor} met “{before}”, now “{now}”"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.strip("/").replace("/", "-") or "public")
def test_everybody_meets_at_every_door_what_the_table_says(part: str, db: None) -> None:
    found = walk(part, timezone.now())
    outcomes = merged(found.outcomes)
    if os.environ.get("DOORS") == "write":
        keep(part, outcomes)
    told = sorted(differences(of_part(kept(), part), outcomes))
    more = [f"… and {len(told) - TOLD} more"] if len(told) > TOLD else []
    assert not told, "\n".join([*told[:TOLD], *more, HOW])
    assert not found.leaks, "\n".join(found.leaks[:TOLD])


def test_a_door_that_is_new_gone_or_open_to_others_is_told() -> None:
    people = len(VISITORS)
    before = {("a/", "GET", ""): ["ok"] * people, ("b/", "GET", ""): ["ok"] * people}
    after = {("a/", "GET", ""): ["ok"] * (people - 1) + ["refused"], ("c/", "POST", ""): ["done"] * people}
    assert len(list(differences(before, after))) == 3
