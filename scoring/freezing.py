"""Freezing a period: its scorecards, ranks, tree, counts and indicator set, copied beside the live ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.bulk import copy_into
from agencies.models import Agency
from agencies.models.agency import PATH_SEPARATOR
from scoring.graded_rows import IN_HANDLING, dossiers_in_handling
from scoring.grading import INHERITING_KINDS, grade, used_names
from scoring.indicator_documents import document_of
from scoring.indicator_sets import NoSetInForceError, ranking_rules, rule_set, set_in_force
from scoring.models import IndicatorSet, Publication, PublishedScorecard
from scoring.peers import peer_class
from scoring.period_counts import Counts, period_counts
from scoring.periods import Period
from scoring.publication_text import content_hash
from scoring.ranking_rules import Contestant, RankingRules, places
from scoring.turn import turn

TOLD = (
    "code", "name", "kind", "parent", "inherits_from", "peer_class", "total", "band", "rank", "ranked",
    "dossiers", "groups", "criteria", "counts",
)  # fmt: skip
COLUMNS = (
    "publication_id", "agency_id", "peer_class", "code", "name", "kind", "parent", "inherits_from",
    "public_class", "total", "band", "rank", "ranked", "dossiers", "groups", "criteria", "counts",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


class Place(NamedTuple):
    """Where an agency stands in the tree that is frozen."""

    code: str
    name: str
    kind: str
    path: str

    @property
    def above(self) -> list[int]:
        """The ids from the nation down to its parent."""
        return [int(step) for step in self.path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)[:-1]]


def freeze(publication: Publication, as_of: datetime) -> None:
    """Fill a publication that is being frozen with its period's results as they are at ``as_of``.

    The counts are read and graded anew in one turn, so that no recount comes between; live scorecards
    are not touched. Raises ValidationError when no indicator set is in force, nothing was counted in the
    period, or it is not being frozen any more.
    """
    period = Period.parse(publication.period)
    try:
        indicator_set = set_in_force(period.last)
    except NoSetInForceError as error:
        raise ValidationError(str(error)) from error
    with turn():
        publication.refresh_from_db(from_queryset=Publication.objects.select_for_update())
        if publication.state != Publication.State.CLOSING:
            raise ValidationError(_("It was withdrawn meanwhile."))
        rows = graded(period, indicator_set, as_of)
        if not rows:
            raise ValidationError(_("Nothing was counted in this period."))
        publication.scorecards.all().delete()
        copy_into(PublishedScorecard._meta.db_table, COLUMNS, _stored(publication.pk, rows))
        publication.indicator_set = indicator_set
        publication.rules = msgspec.to_builtins(document_of(indicator_set))
        publication.offices = len(rows)
        publication.as_of = as_of.replace(microsecond=0)
        publication.content = content_hash(publication.rules, (row for _id, _peers, row in rows))
        publication.state = Publication.State.CLOSED
        publication.save()


#: An agency's id, its peer class as stored, and what is told of it.
Row = tuple[int, str, dict[str, Any]]


def graded(period: Period, indicator_set: IndicatorSet, as_of: datetime) -> list[Row]:
    """Every agency's result in a period with the counts it follows from, by code."""
    rules, ranking = rule_set(indicator_set), ranking_rules(indicator_set)
    names = used_names(rules) | IN_HANDLING
    counts = period_counts(period, None, as_of, names)
    places = {
        pk: Place(*told)
        for pk, *told in Agency.objects.order_by().values_list("pk", "code", "name", "kind", "path")
    }
    rows: list[Row] = []
    for agency_id in sorted(counts, key=lambda pk: places[pk].code):
        own = {name: counts[agency_id][name] for name in names}
        place = places[agency_id]
        lender = _lender(place, counts)
        result = grade(own, rules, place.kind, None if lender is None else counts[lender])
        peers = peer_class(place.kind, place.path, ranking.peers)
        told = {
            "code": place.code,
            "name": place.name,
            "kind": place.kind,
            "parent": places[place.above[-1]].code if place.above else "",
            "inherits_from": "" if lender is None else places[lender].code,
            "peer_class": _public(peers, places),
            "total": f"{result.total:.2f}",
            "band": result.band or "",
            "dossiers": dossiers_in_handling(own),
            "groups": {code: str(points) for code, points in result.groups.items()},
            "criteria": {
                code: [None if value is None else str(value) for value in criterion[:3]]
                for code, criterion in result.criteria.items()
            },
            "counts": own,
        }
        rows.append((agency_id, peers, told))
    _rank([told for _id, _peers, told in rows], ranking)
    return rows


def _rank(offices: list[dict[str, Any]], rules: RankingRules) -> None:
    """Give each its ``rank`` and ``ranked``, as ``scoring.ranking`` does in SQL."""
    contestants = {}
    for number, office in enumerate(offices):
        tie = office["criteria"].get(rules.deciding, (None, None, None))[2]
        contestants[number] = Contestant(
            office["peer_class"],
            Decimal(office["total"]),
            office["dossiers"],
            None if tie is None else Decimal(tie),
        )
    for number, found in places(contestants, rules).items():
        offices[number]["rank"], offices[number]["ranked"] = found


def _lender(place: Place, counts: Mapping[int, Counts]) -> int | None:
    """The ministry or province whose criteria 1.1 to 1.3 it takes over (``scoring.scorecards``)."""
    if place.kind not in INHERITING_KINDS or len(place.above) < 2:
        return None
    lender = place.above[1]
    return lender if lender in counts else None


def _public(peers: str, places: Mapping[int, Place]) -> str:
    kind, _colon, agency_id = peers.partition(":")
    return f"{kind}:{places[int(agency_id)].code}" if agency_id else kind


def _stored(publication_id: int, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    for agency_id, peers, told in rows:
        yield (
            publication_id,
            agency_id,
            peers,
            *(told[name] for name in TOLD[:5]),
            *(told[name] for name in TOLD[5:11]),
            *(_encode(told[name]).decode() for name in TOLD[11:]),
        )
