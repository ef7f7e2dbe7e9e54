"""Two indicator sets side by side: what the newer one changes, criterion by criterion, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_display import figure, month
from agencies.models import Agency
from scoring.explanation import Guide, formula_reading, named, ruled
from scoring.models import Criterion, Group, IndicatorSet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Status(StrEnum):
    """What became of a part."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Difference(NamedTuple):
    """Something that is told otherwise: what, how it was, how it is; empty: nothing was said."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return _("%(what)s: from %(before)s to %(after)s") % {
            "what": self.what,
            "before": self.before or "—",
            "after": self.after or "—",
        }


@dataclass(frozen=True)
class Compared:
    """A criterion in both sets, under the same code; None where a set has none."""

    code: str
    before: Criterion | None
    after: Criterion | None
    differences: tuple[Difference, ...] = ()

    @property
    def status(self) -> Status:
        """What became of it."""
        if self.before is None:
            return Status.ADDED
        if self.after is None:
            return Status.REMOVED
        return Status.CHANGED if self.differences else Status.SAME

    @property
    def name(self) -> str:
        """Its name in the newer set, or the older one's where it is gone."""
        return named(self.after or self.before)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Block:
    """A block in both sets, with the criteria it has in the newer one and those it lost."""

    code: str
    name: str
    before: Decimal | None
    after: Decimal | None
    criteria: tuple[Compared, ...]

    @property
    def status(self) -> Status:
        """What became of it."""
        if self.before is None:
            return Status.ADDED
        if self.after is None:
            return Status.REMOVED
        same = self.before == self.after and all(one.status is Status.SAME for one in self.criteria)
        return Status.SAME if same else Status.CHANGED


@dataclass(frozen=True)
class Comparison:
    """What a set changes against an older one."""

    older: IndicatorSet
    newer: IndicatorSet
    of_the_set: tuple[Difference, ...]
    blocks: tuple[Block, ...]
    bands: tuple[Difference, ...] = field(default=())

    def criteria(self, status: Status) -> list[Compared]:
        """The criteria of which this became."""
        return [one for block in self.blocks for one in block.criteria if one.status is status]

    @property
    def is_same(self) -> bool:
        """Whether they grade and rank alike and say so in the same words."""
        return (
            not self.of_the_set
            and not self.bands
            and all(block.status is Status.SAME for block in self.blocks)
        )


def compare(older: Guide, newer: Guide) -> Comparison:
    """What ``newer`` changes against ``older``."""
    before = {criterion.code: criterion for criterion in older.criteria()}
    after = {criterion.code: criterion for criterion in newer.criteria()}
    return Comparison(
        older.indicator_set,
        newer.indicator_set,
        tuple(_of_the_set(older, newer)),
        tuple(_blocks(older, newer, before, after)),
        tuple(_bands(older, newer)),
    )


def _blocks(
    older: Guide, newer: Guide, before: dict[str, Criterion], after: dict[str, Criterion]
) -> Iterator[Block]:
    groups_before = {group.code: group for group in older.groups}
    groups_after = {group.code: group for group in newer.groups}
    for code in dict.fromkeys((*groups_after, *groups_before)):
        was, now = groups_before.get(code), groups_after.get(code)
        codes = [criterion.code for criterion in (now.criteria.all() if now else ())]
        gone = [criterion.code for criterion in (was.criteria.all() if was else ())]
        codes += [one for one in gone if one not in after]
        yield Block(
            code,
            named(now or was),  # type: ignore[arg-type]
            older.maximum(was) if was else None,
            newer.maximum(now) if now else None,
            tuple(_criterion(one, before.get(one), after.get(one)) for one in codes),
        )


def _criterion(code: str, before: Criterion | None, after: Criterion | None) -> Compared:
    if before is None or after is None:
        return Compared(code, before, after)
    return Compared(code, before, after, tuple(_told_otherwise(CRITERION, before, after)))


def _of_the_set(older: Guide, newer: Guide) -> Iterator[Difference]:
    yield from _told_otherwise(SET, older.indicator_set, newer.indicator_set)
    if older.total_maximum != newer.total_maximum:
        yield Difference(_("points in all"), points(older.total_maximum), points(newer.total_maximum))


def _bands(older: Guide, newer: Guide) -> Iterator[Difference]:
    for code in dict.fromkeys((*newer.bands, *older.bands)):
        was, now = older.bands.get(code), newer.bands.get(code)
        told = [
            _("%(name)s, from %(points)s points") % {"name": look.name, "points": figure(look.minimum, 2)}
            if look
            else ""
            for look in (was, now)
        ]
        if told[0] != told[1]:
            yield Difference(_("band"), *told)


Telling = tuple[str, "_StrPromise", Callable[[Any], str]]


def _told_otherwise(fields: tuple[Telling, ...], before: Any, after: Any) -> Iterator[Difference]:
    for _field, label, told in fields:
        was, now = told(before), told(after)
        if was != now:
            yield Difference(str(label), was, now)


def points(value: Decimal | None) -> str:
    """Points as they are told; for information where there are none."""
    return _("for information") if value is None else _("%(points)s points") % {"points": figure(value, 2)}


def _kinds(criterion: Criterion) -> str:
    labels = dict(Agency.Kind.choices)
    return ", ".join(str(labels.get(kind, kind)) for kind in criterion.kinds) or _("all kinds of agencies")


def formula_told(text: str) -> str:
    """A formula in plain words, with how it is written; what an empty one means."""
    return f"{formula_reading(text)} ({text})" if text else _("waits for its data")


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


CRITERION: tuple[Telling, ...] = (
    ("group", gettext_lazy("block"), lambda one: _of_group(one.group)),
    ("name", gettext_lazy("name"), named),
    ("max_points", gettext_lazy("maximum points"), lambda one: points(one.max_points)),
    ("threshold", gettext_lazy("full points at"), lambda one: f"{figure(one.threshold * 100, 2)} %"),
    ("numerator", gettext_lazy("numerator"), lambda one: formula_told(one.numerator)),
    ("denominator", gettext_lazy("denominator"), lambda one: formula_told(one.denominator)),
    (
        "zero_rule",
        gettext_lazy("when there is nothing to count"),
        lambda one: str(one.get_zero_rule_display()),
    ),
    ("inherited", gettext_lazy("taken from the province or ministry"), lambda one: _yes(one.inherited)),
    ("kinds", gettext_lazy("applies to"), _kinds),
    ("rule", gettext_lazy("rule in plain words"), ruled),
    ("legal_source", gettext_lazy("legal source"), lambda one: one.legal_source),
)
SET: tuple[Telling, ...] = (
    ("name", gettext_lazy("name"), lambda one: one.name),
    ("agency", gettext_lazy("whose"), lambda one: str(one.agency or _("national"))),
    ("legal_source", gettext_lazy("legal source"), lambda one: one.legal_source),
    ("valid_from", gettext_lazy("from month"), lambda one: month(one.valid_from)),
    (
        "minimum_dossiers",
        gettext_lazy("dossiers needed to be ranked"),
        lambda one: figure(one.minimum_dossiers),
    ),
    (
        "ties",
        gettext_lazy("equal totals"),
        lambda one: f"{one.get_ties_display()} {one.tie_criterion}".strip(),
    ),
    (
        "departments_within",
        gettext_lazy("departments are ranked within"),
        lambda one: str(one.get_departments_within_display()),
    ),
    (
        "communes_within",
        gettext_lazy("communes are ranked within"),
        lambda one: str(one.get_communes_within_display()),
    ),
    (
        "units_within",
        gettext_lazy("units are ranked within"),
        lambda one: str(one.get_units_within_display()),
    ),
)


def _of_group(group: Group) -> str:
    return f"{group.code} {named(group)}"
