"""A new version of an indicator set: a draft that begins as a copy."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from scoring.models import Band, Criterion, Group, IndicatorSet

#: The ranking rules, as fields of a set.
RANKING_FIELDS = (
    "minimum_dossiers", "ties", "tie_criterion", "departments_within", "communes_within", "units_within",
)  # fmt: skip


@transaction.atomic
def new_draft(indicator_set: IndicatorSet, valid_from: int) -> IndicatorSet:
    """Copy a set, with groups, criteria and bands, as the draft of its next version.

    ``valid_from`` (yyyymm) is the month from which it is meant to hold; it scores nothing before it
    is approved. Raises ValidationError when that is no month.
    """
    latest = IndicatorSet.objects.filter(code=indicator_set.code).aggregate(latest=Max("version"))["latest"]
    draft = IndicatorSet(
        code=indicator_set.code,
        version=latest + 1,
        name=indicator_set.name,
        legal_source=indicator_set.legal_source,
        agency=indicator_set.agency,
        valid_from=valid_from,
        **{name: getattr(indicator_set, name) for name in RANKING_FIELDS},
    )
    draft.full_clean()
    draft.save()
    for group in indicator_set.groups.prefetch_related("criteria"):
        criteria = list(group.criteria.all())
        copy = Group.objects.create(
            indicator_set=draft,
            code=group.code,
            name=group.name,
            name_en=group.name_en,
            position=group.position,
        )
        for criterion in criteria:
            criterion.pk = None
            criterion.group = copy
        Criterion.objects.bulk_create(criteria)
    bands = list(indicator_set.bands.all())
    for band in bands:
        band.pk = None
        band.indicator_set = draft
    Band.objects.bulk_create(bands)
    return draft
