"""Saving many rows of a model so that those already the same are left alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from django.db.models import Model

BATCH = 500

Row = TypeVar("Row", bound=Model)


def save_changed(
    given: Iterable[Row],
    known: Iterable[Row],
    key: Callable[[Row], Hashable],
    columns: Sequence[str],
) -> list[tuple[Row | None, Row]]:
    """Add the rows that are new and amend those that differ in ``columns``.

    A given row is the known one with its primary key, else with its ``key``; of two given rows with
    one key the later counts. Returns each row written with what it was before, None if it is new.
    """
    by_id, by_key = {}, {}
    for row in known:
        by_id[row.pk] = by_key[key(row)] = row
    changed: list[tuple[Row | None, Row]] = []
    for row in {key(row): row for row in given}.values():
        before = by_id.get(row.pk) or by_key.get(key(row))
        row.pk = before.pk if before else None
        if before is None or differs(before, row, columns):
            changed.append((before, row))
    if changed:
        manager = type(changed[0][1])._default_manager
        manager.bulk_create([row for before, row in changed if before is None], batch_size=BATCH)
        manager.bulk_create(
            [row for before, row in changed if before is not None],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=columns,
            batch_size=BATCH,
        )
    return changed


def differs(before: Model, after: Model, columns: Iterable[str]) -> bool:
    """Whether two rows differ in any of the columns."""
    return any(getattr(before, column) != getattr(after, column) for column in columns)
