"""Derived results: the offices of a province or ministry by the set it derived, beside their national ones.

Graded on the same counts, in the same transaction and the same turn as the national scorecards, so both
say the same moment. National scores, ranks and publications never read them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from agencies.models import Agency
from scoring.graded_rows import Counted, Row, graded_rows, lay_out, replace_differing
from scoring.indicator_sets import NoSetInForceError, ranking_rules, set_in_force
from scoring.models import DerivedScorecard, IndicatorSet, Scorecard
from scoring.periods import Period
from scoring.ranking import rank_derived

TABLE = DerivedScorecard._meta.db_table
LAID_OUT = "graded_derived"


def refresh_derived(
    sets: Sequence[IndicatorSet], period: Period, agency_ids: Collection[int] | None, counted: Counted
) -> None:
    """Grade those of the counted agencies that lie below the owner of a derived set by it, and rank them.

    ``agency_ids`` None: all agencies were counted. What no derived set covers any more goes.
    """
    below = {one.pk: [pk for pk in counted.counts if _covers(one, pk, counted.places[pk][1])] for one in sets}

    def rows() -> Iterator[Row]:
        for indicator_set in sets:
            yield from graded_rows(counted, indicator_set, period, below[indicator_set.pk])

    lay_out(LAID_OUT, TABLE, rows())
    replace_differing(LAID_OUT, TABLE)
    shrunk = _drop_uncovered(period, agency_ids, {pk for found in below.values() for pk in found})
    for indicator_set in sets:
        if below[indicator_set.pk] or indicator_set.pk in shrunk:
            rank_derived(period.code, indicator_set.pk, ranking_rules(indicator_set))


def _covers(indicator_set: IndicatorSet, agency_id: int, path: str) -> bool:
    owner = indicator_set.agency
    return owner is not None and agency_id != owner.pk and path.startswith(owner.path)


def _drop_uncovered(period: Period, agency_ids: Collection[int] | None, covered: Collection[int]) -> set[int]:
    """Delete results of offices that moved away or have nothing counted; returns whose sets they were."""
    cards = DerivedScorecard.objects.filter(period=period.code).order_by()
    if agency_ids is not None:
        cards = cards.filter(agency_id__in=agency_ids)
    standing = cards.values_list("pk", "agency_id", "indicator_set_id")
    gone = {pk: set_id for pk, agency_id, set_id in standing if agency_id not in covered}
    DerivedScorecard.objects.filter(pk__in=gone).delete()
    return set(gone.values())


def derived_set_of(owner: Agency, month: int) -> IndicatorSet | None:
    """The set a province or ministry derived, as in force for its units in ``month`` (yyyymm)."""
    try:
        found = set_in_force(month, f"{owner.path}0/")
    except NoSetInForceError:
        return None
    return found if found.agency_id == owner.pk else None


def derived_of(agency: Agency, period: Period) -> DerivedScorecard | None:
    """An office's result by its province's or ministry's set; None where there is none."""
    found = DerivedScorecard.objects.filter(agency=agency, period=period.code)
    return found.select_related("indicator_set__agency").first()


class Beside(NamedTuple):
    """An office's derived result beside its national one."""

    derived: DerivedScorecard
    national: Scorecard | None


def derived_standings(owner: Agency, period: Period) -> dict[str, list[Beside]]:
    """The offices below ``owner`` by their derived results, by peer class, each class by rank; those not
    ranked last. Empty where it has no set or nothing was counted."""
    found = DerivedScorecard.objects.filter(period=period.code, indicator_set__agency=owner)
    cards = list(found.select_related("agency", "indicator_set"))
    live = Scorecard.objects.filter(period=period.code, agency__in=[card.agency_id for card in cards])
    national = {card.agency_id: card for card in live.defer("criteria", "groups")}
    cards.sort(key=lambda card: (card.rank is None, card.rank or 0, -card.total, card.agency.code))
    classes: dict[str, list[Beside]] = {}
    for card in cards:
        classes.setdefault(card.peer_class, []).append(Beside(card, national.get(card.agency_id)))
    return dict(sorted(classes.items()))


def periods_of_derived(owner: Agency) -> list[Period]:
    """The periods for which offices below ``owner`` have derived results."""
    found = DerivedScorecard.objects.filter(indicator_set__agency=owner).order_by()
    return [Period.parse(code) for code in found.values_list("period", flat=True).distinct()]


def has_derived_set(owner: Agency) -> bool:
    """Whether a ministry or province has a set of its own, or results by one it had."""
    if not owner.announces:
        return False
    approved = IndicatorSet.objects.filter(agency=owner, status=IndicatorSet.Status.APPROVED)
    newest = approved.order_by("-valid_from", "-version").first()
    if newest is None or not newest.ends:
        return newest is not None
    return DerivedScorecard.objects.filter(indicator_set__agency=owner).exists()
