"""One of many: the condition for the thousand codes or ids of a batch.

Django's ``in`` sends each value as a parameter of its own, which costs more than the look-up does.
"""

import json
from collections.abc import Collection
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup


def among(field: str, values: Collection[str] | Collection[int]) -> "Among":
    """The condition "``field`` is one of ``values``", for ``filter``."""
    return Among(F(field), list(values))


class Among(Lookup):
    """``field`` equals one of the values, all sent as one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """One array, written as text."""
        left, parameters = self.process_lhs(compiler, connection)
        # Between the brackets an array's text is JSON's, where quotes and backslashes are concerned.
        array = json.dumps(self.rhs, ensure_ascii=False, separators=(",", ":"))
        return f"{left} = ANY(%s)", [*parameters, "{" + array[1:-1] + "}"]

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """One JSON array, taken apart by the database."""
        left, parameters = self.process_lhs(compiler, connection)
        values = "(SELECT value FROM json_each(%s))"
        return f"{left} IN {values}", [*parameters, json.dumps(self.rhs)]
