"""Writing live scorecards: counts of a period, graded with the set in force, then ranked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from agencies.models import Agency
from scoring.derived import refresh_derived
from scoring.graded_rows import (
    IN_HANDLING,
    Counted,
    Row,
    graded_rows,
    lay_out,
    lender_of,
    replace_differing,
)
from scoring.grading import used_names
from scoring.indicator_sets import (
    NoSetInForceError,
    derived_sets,
    ranking_rules,
    rule_set,
    set_in_force,
)
from scoring.models import DerivedScorecard, Scorecard
from scoring.period_counts import Counts, period_counts
from scoring.periods import Period
from scoring.ranking import places_among, rank

TABLE = Scorecard._meta.db_table
#: Where the scorecards of a period wait while they are compared with what stands.
GRADED = "graded_scorecard"


def refresh_scorecards(period: Period, agency_ids: Collection[int] | None, as_of: datetime) -> int:
    """Grade these agencies (None: all) in a period anew and rank their peers again.

    Nothing is written where nothing moved. An agency without any count in the period has no
    scorecard: no data is not zero. Returns how many scorecards moved. Runs in the caller's
    transaction, which holds the turn.
    """
    try:
        indicator_set = set_in_force(period.last)
    except NoSetInForceError:
        # Months from before the first set: counted, but nothing says how to grade them.
        return 0
    ranking = ranking_rules(indicator_set)
    derived = derived_sets(period.last)
    names = used_names(rule_set(indicator_set)).union(
        IN_HANDLING, *(used_names(rule_set(one)) for one in derived)
    )
    counts = period_counts(period, agency_ids, as_of, names)
    places = _places(agency_ids)
    counted = Counted(counts, places, _lenders(counts, places, period, as_of, names), as_of)
    classes: set[str] = set()

    def rows() -> Iterator[Row]:
        for row in graded_rows(counted, indicator_set, period, counts):
            classes.add(row[2])
            yield row

    lay_out(GRADED, TABLE, rows())
    classes |= _drop_gone(period, agency_ids, counts)
    # With all of the period there, they get their ranks on the way, and so are not written twice.
    moved = replace_differing(GRADED, TABLE, places_among(ranking) if agency_ids is None else "")
    rank(period.code, ranking, None if agency_ids is None else classes)
    if derived or DerivedScorecard.objects.filter(period=period.code).exists():
        refresh_derived(derived, period, agency_ids, counted)
    return moved


def _places(agency_ids: Collection[int] | None) -> dict[int, tuple[str, str]]:
    agencies = Agency.objects.order_by()
    if agency_ids is not None:
        agencies = agencies.filter(pk__in=agency_ids)
    return {pk: (kind, path) for pk, kind, path in agencies.values_list("pk", "kind", "path")}


def _lenders(
    counts: dict[int, Counts],
    places: dict[int, tuple[str, str]],
    period: Period,
    as_of: datetime,
    names: Collection[str],
) -> dict[int, Counts]:
    wanted = {pk for agency_id in counts if (pk := lender_of(places[agency_id][1])) is not None}
    known = {pk: counts[pk] for pk in wanted if pk in counts}
    return known | period_counts(period, wanted - known.keys(), as_of, names)


def _drop_gone(period: Period, agency_ids: Collection[int] | None, counted: Collection[int]) -> set[str]:
    """Delete scorecards whose agency has nothing counted any more; returns their peer classes."""
    cards = Scorecard.objects.filter(period=period.code).order_by()
    if agency_ids is not None:
        cards = cards.filter(agency_id__in=agency_ids)
    standing = cards.values_list("pk", "agency_id", "peer_class")
    gone = {pk: peers for pk, agency_id, peers in standing if agency_id not in counted}
    Scorecard.objects.filter(pk__in=gone).delete()
    return set(gone.values())
