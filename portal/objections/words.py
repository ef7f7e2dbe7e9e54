"""How objections are told: their state, their deadline, what they dispute, what they would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.admin_display import DASH, figure, mark
from procedures.laying_over import FIELDS, shown, stands_as
from procedures.months import VIETNAM
from scoring.behind import criterion_of
from scoring.explanation import named
from scoring.models import Objection, ObjectionItem
from scoring.periods import Period

State = Objection.State
LOOKS = {
    State.DRAFT: "quiet",
    State.ACCEPTED: "good",
    State.PARTLY: "good",
    State.REFUSED: "bad",
    State.WITHDRAWN: "quiet",
}
_OUTCOMES = {"waiting": "quiet", "accepted": "good", "refused": "bad"}


def state_mark(objection: Objection) -> SafeString:
    """Its state in a word and a look."""
    return mark(objection.get_state_display(), LOOKS.get(State(objection.state), "warn"))


def due_mark(objection: Objection, as_of: datetime) -> SafeString | str:
    """By when whoever has it must act, and whether that day has passed."""
    if objection.due_at is None or objection.is_over:
        return DASH
    day = f"{objection.due_at.astimezone(VIETNAM):%d/%m/%Y}"
    if objection.is_late(as_of):
        return mark(_("late since %(day)s") % {"day": day}, "bad")
    return mark(_("by %(day)s") % {"day": day}, "quiet")


def disputed(objection: Objection) -> str:
    """The criterion by code and name, or that it is about dossiers alone."""
    if not objection.criterion:
        return _("dossiers alone")
    try:
        found = criterion_of(objection.agency, Period.parse(objection.period), objection.criterion)
    except LookupError:
        return objection.criterion
    return f"{found.code} {named(found)}"


@dataclass(frozen=True)
class Line:
    """A disputed fact as its page tells it."""

    item: ObjectionItem
    fact: str
    stood: str
    stands: str
    should: str
    outcome: SafeString
    is_so: bool


def lines(objection: Objection) -> Iterator[Line]:
    """Every disputed fact, by dossier."""
    for item in objection.items.select_related("dossier__agency", "correction"):
        now = stands_as(item.dossier, item.field)
        yield Line(
            item=item,
            fact=str(FIELDS[item.field].label),
            stood=shown(item.field, item.stood),
            stands=shown(item.field, now),
            should=shown(item.field, item.value) if item.value is not None else "",
            outcome=mark(item.get_outcome_display(), _OUTCOMES[item.outcome]),
            is_so=now == item.value,
        )


@dataclass(frozen=True)
class EffectTold:
    """What corrections do to a score, in words; from ``Effect.told`` or as it was kept."""

    facts: int
    total: tuple[str, str]
    by: str
    rank: tuple[str, str]
    criteria: Sequence[tuple[str, str, str, str, str]]


def effect_told(kept: Mapping[str, Any]) -> EffectTold | None:
    """The effect kept beside a decision, or of a preview; None for none."""
    if not kept:
        return None
    before, after = (Decimal(one) if one is not None else None for one in kept["total"])
    change = "" if before is None or after is None else f"{after - before:+}".replace(".", ",")
    return EffectTold(
        facts=kept["facts"],
        total=(figure(before, 2), figure(after, 2)),
        by=change,
        rank=(figure(kept["rank"][0]), figure(kept["rank"][1])),
        criteria=[
            (code, _share(old), _points(old), _share(new), _points(new))
            for code, (old, new) in kept["criteria"].items()
        ],
    )


def _share(row: Sequence[str | None]) -> str:
    numerator, denominator = (Decimal(one) if one is not None else None for one in row[:2])
    return DASH if denominator is None else f"{_count(numerator)} / {_count(denominator)}"


def _count(value: Decimal | None) -> str:
    if value is None:
        return DASH
    return figure(value, 0 if value == value.to_integral_value() else 2)


def _points(row: Sequence[str | None]) -> str:
    return DASH if row[2] is None else figure(Decimal(row[2]), 2)
