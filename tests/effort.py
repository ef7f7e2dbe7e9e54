"""How much a test tries: all of it on SQLite, a part on PostgreSQL, where a case costs several times more."""

from __future__ import annotations

import os
from typing import TypeVar

Case = TypeVar("Case")

ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")


def examples(number: int) -> int:
    """So many random examples, a third of them on PostgreSQL."""
    return max(1, number // 3) if ON_POSTGRESQL else number


def cases(*every: Case) -> list[Case]:
    """These cases, only the first of them on PostgreSQL."""
    return list(every[:1] if ON_POSTGRESQL else every)
