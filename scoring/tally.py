"""Counting: from dossiers, announcements, volumes and petitions to tallies, up the agency tree.

Nothing is added to what was there: the rows of an agency's month are counted anew from the records
and replaced, so that counting twice, or after a crash, comes to the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Count, F, FilteredRelation, Model, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from agencies.models import Agency
from feedback.models import PetitionStay
from procedures.models import Announcement, Dossier, ReportedVolume
from procedures.months import edge_of
from scoring.measures import TALLY_COLUMNS, Column, Moment, Source
from scoring.models import Tally
from scoring.models.tally import Scope

TALLY = Tally._meta.db_table
AGENCY = Agency._meta.db_table
COLUMNS = ", ".join(f'"{column.name}"' for column in TALLY_COLUMNS)
SUMS = ", ".join(f'SUM("{column.name}")' for column in TALLY_COLUMNS)


def recount_month(month: int, agency_ids: Collection[int] | None, as_of: datetime) -> set[int]:
    """Count one month anew for these agencies (None: for all) and add it up to the root.

    ``as_of`` is the edge at which the stocks of an unfinished month are taken. Returns the ids of
    every agency whose tallies were replaced: those given and all above them. Runs in the caller's
    transaction, which holds the turn (``scoring.turn``).
    """
    at = Moment(month, edge_of(month, as_of), as_of)
    touched, inner = _inner_by_depth(agency_ids)
    _clear(month, agency_ids, touched)
    if agency_ids is not None:
        # One above that has just got its first sub-unit is no leaf any more.
        parents = [pk for owners in inner.values() for pk in owners]
        Tally.objects.filter(month=month, scope=Scope.BOTH, agency_id__in=parents).update(scope=Scope.OWN)
    for records, columns in _sources():
        _count_own(records, columns, at, agency_ids)
    # The deepest first: what lies above adds up what was just added up below.
    for depth in sorted(inner, reverse=True):
        _add_up(month, inner[depth])
    return touched


def alive(month: int) -> Q:
    """Dossiers that a month's counts can see: started by then, not ended before it."""
    return Q(started_month__lte=month, ended_month__gte=month) & (
        Q(in_handling=True) | Q(started_month=month)
    )


def with_offer(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Dossiers joined to what their own agency offers of their procedure, as ``offer``."""
    return dossiers.annotate(
        offer=FilteredRelation(
            "procedure__offered_by", condition=Q(procedure__offered_by__agency=F("agency"))
        )
    )


def behind(column: Column, month: int, as_of: datetime) -> QuerySet[Dossier]:
    """The very dossiers that a dossier column counts in a month."""
    moment = Moment(month, edge_of(month, as_of))
    return with_offer(Dossier.objects.filter(alive(month))).filter(column.records(moment))


def _sources() -> Iterable[tuple[type[Model], list[Column]]]:
    tables: dict[Source, type[Model]] = {
        Source.DOSSIER: Dossier,
        Source.ANNOUNCEMENT: Announcement,
        Source.VOLUME: ReportedVolume,
        Source.PETITION: PetitionStay,
    }
    for source, columns in groupby(TALLY_COLUMNS, key=attrgetter("source")):
        yield tables[source], list(columns)


def own_counts(
    model: type[Model], columns: Iterable[Column], at: Moment, agency_ids: Collection[int] | None = None
) -> QuerySet[Any, dict[str, Any]]:
    """Counts by agency and procedure (declared volumes: by agency) from the records of ``model``.

    The counts are named as their columns after ``n_``, since a measure may bear the name of a field.
    """
    records: QuerySet[Any] = model._default_manager.order_by()
    if model is Dossier:
        records = with_offer(records.filter(alive(at.month)))
    else:
        seen = Q()
        for column in columns:
            seen |= column.records(at)
        records = records.filter(seen)
    if agency_ids is not None:
        records = records.filter(agency_id__in=agency_ids)
    keys, elsewhere = ["agency_id"], {}
    if model is PetitionStay:
        elsewhere["procedure_id"] = F("petition__procedure_id")
    elif model is not ReportedVolume:
        keys.append("procedure_id")
    return records.values(*keys, **elsewhere).annotate(
        **{f"n_{column.name}": _aggregate(column, at) for column in columns}
    )


def _count_own(
    model: type[Model], columns: list[Column], at: Moment, agency_ids: Collection[int] | None
) -> None:
    sql, parameters = own_counts(model, columns, at, agency_ids).query.sql_with_params()
    procedure = "NULL" if model is ReportedVolume else "counted.procedure_id"
    names = ", ".join(f'"{column.name}"' for column in columns)
    counted = ", ".join(f'counted."n_{column.name}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {TALLY} (agency_id, procedure_id, month, scope, {names})
            SELECT counted.agency_id, {procedure}, %s,
                CASE WHEN EXISTS (
                    SELECT 1 FROM {AGENCY} child WHERE child.parent_id = counted.agency_id
                ) THEN {Scope.OWN} ELSE {Scope.BOTH} END,
                {counted}
            FROM ({sql}) counted
            """,  # noqa: S608
            [at.month, *parameters],
        )


def _aggregate(column: Column, at: Moment) -> Any:
    condition = column.records(at)
    if column.summed:
        return Coalesce(Sum(column.summed, filter=condition), 0)
    return Count("pk", filter=condition)


def _clear(month: int, agency_ids: Collection[int] | None, touched: Collection[int]) -> None:
    """Delete what will be written anew: own rows of those given, subtree rows of all touched."""
    stale = Tally.objects.filter(month=month)
    if agency_ids is not None:
        own = Q(agency_id__in=agency_ids, scope__in=[Scope.OWN, Scope.BOTH])
        stale = stale.filter(own | Q(agency_id__in=touched, scope=Scope.SUBTREE))
    stale._raw_delete(stale.db)  # nothing hangs on a tally


def _add_up(month: int, owners: Collection[int]) -> None:
    """Write the subtree rows of these inner agencies from their own and their children's rows."""
    marks = ", ".join(["%s"] * len(owners))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {TALLY} (agency_id, procedure_id, month, scope, {COLUMNS})
            SELECT owner, procedure_id, %s, {Scope.SUBTREE}, {SUMS}
            FROM (
                SELECT child.parent_id AS owner, tally.*
                FROM {AGENCY} child JOIN {TALLY} tally ON tally.agency_id = child.id
                WHERE child.parent_id IN ({marks}) AND tally.month = %s
                    AND tally.scope IN ({Scope.SUBTREE}, {Scope.BOTH})
                UNION ALL
                SELECT tally.agency_id AS owner, tally.*
                FROM {TALLY} tally
                WHERE tally.agency_id IN ({marks}) AND tally.month = %s
                    AND tally.scope = {Scope.OWN}
            ) parts
            GROUP BY owner, procedure_id
            """,  # noqa: S608
            [month, *owners, month, *owners, month],
        )


def _inner_by_depth(agency_ids: Collection[int] | None) -> tuple[set[int], dict[int, list[int]]]:
    """All agencies touched by these (themselves and those above), and the inner ones by depth."""
    agencies = Agency.objects.order_by()
    if agency_ids is None:
        touched = set(agencies.values_list("pk", flat=True))
    else:
        touched = set(agency_ids)
        for agency in agencies.filter(pk__in=agency_ids).only("path"):
            touched.update(agency.ancestor_ids())
    parents = agencies.filter(pk__in=Agency.objects.exclude(parent=None).values("parent"))
    if agency_ids is not None:
        parents = parents.filter(pk__in=touched)
    by_depth: dict[int, list[int]] = {}
    for pk, depth in parents.values_list("pk", "depth"):
        by_depth.setdefault(depth, []).append(pk)
    return touched, by_depth
