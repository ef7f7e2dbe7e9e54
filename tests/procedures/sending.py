"""Short ways to make records for tests."""

from __future__ import annotations

from typing import Any

from procedures.models import Dossier
from procedures.records import DossierRecord, StepRecord
from tests.procedures.conftest import at

CODE = "H44.01-260305-00001"

#: What a dossier's row says that does not depend on when and through whom it came.
CONTENT = tuple(
    field.attname
    for field in Dossier._meta.concrete_fields
    if field.name not in ("id", "first_seen_at", "changed_at")
)


def dossier(status: int = 4, code: str = CODE, **values: Any) -> DossierRecord:
    """A dossier of H44.01, received on 5 March unless it says otherwise."""
    values.setdefault("received_at", at("03-05"))
    values.setdefault("procedure_code", "1.001193")
    return DossierRecord(code=code, status=status, **values)


def step(status: int, day: str, code: str = CODE, hour: int = 8, **values: Any) -> StepRecord:
    """A step of that dossier."""
    return StepRecord(code=code, at=at(day, hour), status=status, **values)


def contents() -> list[tuple[Any, ...]]:
    """Every dossier's content, in order of code."""
    return list(Dossier.objects.order_by("code").values_list(*CONTENT))
