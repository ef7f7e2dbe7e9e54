"""A new version of an indicator set: a draft that begins as a copy."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agencies.models import Agency
from scoring.models import Band, Criterion, Group, IndicatorSet

#: The ranking rules, as fields of a set.
RANKING_FIELDS = (
    "minimum_dossiers", "ties", "tie_criterion", "departments_within", "communes_within", "units_within",
)  # fmt: skip


def derive(indicator_set: IndicatorSet, agency: Agency, valid_from: int) -> IndicatorSet:
    """Copy a set as the draft of one that ``agency``, a ministry or province, makes for its own units.

    It is told by the agency's code; the next version if there is one already. National scores are not
    its business. Raises ValidationError for an agency that has no sets, or when ``valid_from`` is no month.
    """
    name = _("Indicator set of %(agency)s") % {"agency": agency.name}
    return _copied(indicator_set, slugify(agency.code), name[:200], agency, valid_from)


def new_draft(indicator_set: IndicatorSet, valid_from: int) -> IndicatorSet:
    """Copy a set, with groups, criteria and bands, as the draft of its next version.

    ``valid_from`` (yyyymm) is the month from which it is meant to hold; it scores nothing before it
    is approved. Raises ValidationError when that is no month.
    """
    return _copied(indicator_set, indicator_set.code, indicator_set.name, indicator_set.agency, valid_from)


def draft_end(indicator_set: IndicatorSet, valid_from: int) -> IndicatorSet:
    """The draft of an end to the set that a ministry or province derived, from ``valid_from`` (yyyymm) on.

    It gets into force like any version (``scoring.set_approval``); from then on the units below have
    national results only, until a set is derived again. Raises ValidationError for a national set, or when
    ``valid_from`` is no month.
    """
    owner = indicator_set.agency
    name = _("End of the indicator set of %(agency)s") % {"agency": owner.name if owner else ""}
    draft = IndicatorSet(
        code=indicator_set.code,
        version=_next_version(indicator_set.code),
        name=name[:200],
        agency=owner,
        valid_from=valid_from,
        ends=True,
    )
    draft.full_clean()
    draft.save()
    return draft


@transaction.atomic
def _copied(
    indicator_set: IndicatorSet, code: str, name: str, agency: Agency | None, valid_from: int
) -> IndicatorSet:
    draft = IndicatorSet(
        code=code,
        version=_next_version(code),
        name=name,
        legal_source=indicator_set.legal_source,
        agency=agency,
        valid_from=valid_from,
        **{field: getattr(indicator_set, field) for field in RANKING_FIELDS},
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


def _next_version(code: str) -> int:
    latest = IndicatorSet.objects.filter(code=code).aggregate(latest=Max("version"))["latest"]
    return (latest or 0) + 1
