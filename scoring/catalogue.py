"""Counting what agencies offer and announce: distinct procedures in each subtree, as of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Q

from agencies.models import Agency
from agencies.models.agency import within
from procedures.models import AgencyProcedure, Procedure
from scoring.measures import CATALOGUE_MEASURES, CatalogueMeasure
from scoring.models import CatalogueTally

OFFERED = [measure for measure in CATALOGUE_MEASURES if not measure.announced]
ANNOUNCED = [measure for measure in CATALOGUE_MEASURES if measure.announced]


def refresh_catalogue(agency_ids: Collection[int] | None) -> None:
    """Replace the catalogue tallies of these agencies and all above them (None: of all).

    A procedure offered by several units of a subtree counts once there (criterion 3.1).
    """
    agencies = Agency.objects.order_by().only("path")
    if agency_ids is not None:
        touched = set(agency_ids)
        for agency in agencies.filter(pk__in=agency_ids):
            touched.update(agency.ancestor_ids())
        agencies = agencies.filter(pk__in=touched)
    inner = list(agencies.filter(pk__in=Agency.objects.exclude(parent=None).values("parent")))
    leaves = agencies.exclude(pk__in=Agency.objects.exclude(parent=None).values("parent"))
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for key, rows, measures in (
        ("agency", AgencyProcedure.objects.order_by(), OFFERED),
        ("announcing_agency", Procedure.objects.order_by(), ANNOUNCED),
    ):
        of_leaves = rows.filter(**{f"{key}__in": leaves}) if agency_ids is not None else rows
        for row in of_leaves.values(key).annotate(**_distinct(measures)):
            counts[row.pop(key)].update(row)
        for agency in inner:
            below = rows.filter(within(agency.path, f"{key}__path"))
            counts[agency.pk].update(below.aggregate(**_distinct(measures)))
    stale = CatalogueTally.objects.all()
    if agency_ids is not None:
        stale = stale.filter(agency_id__in=touched)
    stale.delete()
    CatalogueTally.objects.bulk_create(
        [
            CatalogueTally(agency_id=agency_id, **row)
            for agency_id, row in counts.items()
            if any(row.values())
        ],
        batch_size=1000,
    )


def catalogue_counts(agency_ids: Collection[int] | None) -> dict[int, dict[str, int]]:
    """The catalogue measures of these agencies (None: of all) by agency id; absent: all zero."""
    tallies = CatalogueTally.objects.all()
    if agency_ids is not None:
        tallies = tallies.filter(agency_id__in=agency_ids)
    names = [measure.name for measure in CATALOGUE_MEASURES]
    return {
        agency_id: dict(zip(names, values, strict=True))
        for agency_id, *values in tallies.values_list("agency_id", *names)
    }


def _distinct(measures: list[CatalogueMeasure]) -> dict[str, Count]:
    return {
        measure.name: Count(
            "pk" if measure.announced else "procedure",
            filter=measure.offers or Q(pk__isnull=False),
            distinct=not measure.announced,
        )
        for measure in measures
    }
