"""Keeping agencies in bulk: added in their places, moved, or amended, with all that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.event_words import AGENCY_MOVED
from agencies.models import Agency, User
from agencies.signals import agency_moved
from agencies.tree import flaws, place_all, rebuild


@transaction.atomic
def save_agencies(
    agencies: Sequence[Agency], parents: Mapping[str, str | None], *, by: User | None, as_of: datetime
) -> None:
    """Add or amend agencies; ``parents`` gives the code of each one's parent by its own code.

    New ones may lie below each other. Who moved is announced with the branches they leave and join, so
    that both are added up anew, and noted in the log as by ``by``; who became another kind of office is
    graded among other peers. All or none. Raises ValidationError for a parent that does not exist or a
    loop.
    """
    new = [agency for agency in agencies if not agency.pk]
    known = [agency for agency in agencies if agency.pk]
    kinds = dict(
        Agency.objects.filter(pk__in=[agency.pk for agency in known]).values_list("pk", "kind").order_by()
    )
    placed = {agency.code: agency for agency in Agency.objects.order_by()}
    _place_new(new, parents, placed)
    moved: dict[int, set[int]] = {}
    codes = {agency.pk: agency.code for agency in placed.values()}
    left_by = {agency.pk: codes[agency.parent_id] for agency in known if agency.parent_id}
    for agency in known:
        left, parent = agency.parent_id, _parent_of(agency, parents, placed)
        if left != (parent.pk if parent else None):
            agency.parent = parent
            moved[agency.pk] = {pk for pk in (left, agency.parent_id) if pk}
        elif kinds[agency.pk] != agency.kind:
            moved[agency.pk] = set()
        agency.save()
    if any(moved.values()):
        rebuild()
        if flaws():
            raise ValidationError(_("An agency cannot lie below itself."))
    there = list(Agency.objects.filter(pk__in=moved).select_related("parent"))
    for agency in there:
        agency_moved.send(sender=Agency, agency=agency, parents=moved[agency.pk])
    for agency in there:
        if moved[agency.pk]:
            record(
                AGENCY_MOVED,
                agency,
                actor=by,
                as_of=as_of,
                agency=agency,
                before={"parent": left_by[agency.pk]},
                after={"parent": agency.parent.code if agency.parent else None},
            )


def _place_new(
    agencies: Sequence[Agency], parents: Mapping[str, str | None], placed: dict[str, Agency]
) -> None:
    """Place new agencies level by level, each below one that is placed already."""
    waiting = list(agencies)
    while waiting:
        ready = [
            agency for agency in waiting if parents[agency.code] is None or parents[agency.code] in placed
        ]
        if not ready:
            raise ValidationError(
                _("There is no agency with the code %(code)s.") % {"code": parents[waiting[0].code]}
            )
        for agency in ready:
            agency.parent = _parent_of(agency, parents, placed)
        place_all(ready)
        placed |= {agency.code: agency for agency in ready}
        waiting = [agency for agency in waiting if agency.code not in placed]


def _parent_of(
    agency: Agency, parents: Mapping[str, str | None], placed: Mapping[str, Agency]
) -> Agency | None:
    code = parents[agency.code]
    if code is None:
        return None
    if code not in placed:
        raise ValidationError(_("There is no agency with the code %(code)s.") % {"code": code})
    return placed[code]
