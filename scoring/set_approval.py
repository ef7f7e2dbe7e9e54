"""An indicator set's way into force: drafted, proposed by one person, approved by another.

::

    draft ──propose──► proposed ──approve──► approved, for good; it scores from its first month on
      ▲────give back──────┘

Every verb takes KEEP_INDICATORS on the set's agency (the national set: on the nation) and stands in the
log of decisions.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import decision, record
from agencies.event_words import declare
from agencies.models import User
from agencies.permissions import KEEP_INDICATORS
from agencies.visibility import may
from scoring.indicator_documents import document_of
from scoring.indicator_sets import check, make_approved
from scoring.models import IndicatorSet
from scoring.regrading import mark_for_regrading

PROPOSED = declare("indicators.proposed", gettext_lazy("proposed an indicator set for approval"))
GIVEN_BACK = declare("indicators.given_back", gettext_lazy("gave a proposed indicator set back"))

Status = IndicatorSet.Status


def content_of(indicator_set: IndicatorSet) -> str:
    """The SHA-256 of all that a set says: another one as soon as anything in it changed."""
    text = msgspec.json.encode(document_of(indicator_set), order="deterministic")
    owner = indicator_set.agency.code if indicator_set.agency else ""
    end = "ends" if indicator_set.ends else ""
    return hashlib.sha256(text + (owner + end).encode()).hexdigest()


def note_edit(indicator_set_id: int, *, by: User, as_of: datetime) -> None:
    """Note who changed a draft last; raises ValidationError for an approved one."""
    IndicatorSet.objects.filter(pk=indicator_set_id).update(
        edited_by=by, edited_by_name=str(by), edited_at=as_of
    )


def propose(indicator_set: IndicatorSet, *, by: User, reason: str, as_of: datetime) -> None:
    """Lay a draft before another person; until they decide nothing in it changes.

    Raises PermissionDenied, and ValidationError when it is no draft, could not be graded by, or no reason
    is given.
    """
    _may(by, indicator_set)
    _needs(reason)
    with decision():
        _fresh(indicator_set, Status.DRAFT)
        check(indicator_set)
        indicator_set.status = Status.PROPOSED
        indicator_set.proposed_by, indicator_set.proposed_by_name = by, str(by)
        indicator_set.proposed_at = as_of
        indicator_set.reason = reason.strip()
        indicator_set.content = content_of(indicator_set)
        indicator_set.save()
        _log(PROPOSED, indicator_set, by, as_of, reason)


def approve(indicator_set: IndicatorSet, *, by: User, as_of: datetime) -> int:
    """Put what was proposed in force from its first month on; returns how many agency-months were marked
    to be graded anew.

    Published results stay as they are. Raises PermissionDenied, also to who proposed it or changed it
    last, and ValidationError when it is not proposed or not as it was proposed.
    """
    _may(by, indicator_set)
    with decision():
        _fresh(indicator_set, Status.PROPOSED)
        if by.pk in (indicator_set.proposed_by_id, indicator_set.edited_by_id):
            raise PermissionDenied(
                _("Who proposed a set or changed it last does not approve it: another person does.")
            )
        if content_of(indicator_set) != indicator_set.content:
            raise ValidationError(_("The set is not what was proposed; give it back."))
        check(indicator_set)
        make_approved(indicator_set, by=by, reason=indicator_set.reason, as_of=as_of)
        return mark_for_regrading(indicator_set, as_of)


def give_back(indicator_set: IndicatorSet, *, by: User, reason: str, as_of: datetime) -> None:
    """Make a proposed set a draft again, to be changed: by who proposed it, or by who will not approve it.

    Raises PermissionDenied, and ValidationError when it is not proposed or no reason is given.
    """
    _may(by, indicator_set)
    _needs(reason)
    with decision():
        _fresh(indicator_set, Status.PROPOSED)
        indicator_set.status = Status.DRAFT
        indicator_set.proposed_by, indicator_set.proposed_by_name = None, ""
        indicator_set.proposed_at = None
        indicator_set.reason = indicator_set.content = ""
        indicator_set.save()
        _log(GIVEN_BACK, indicator_set, by, as_of, reason)


def may_approve(indicator_set: IndicatorSet, user: User) -> bool:
    """Whether this person may put it in force: proposed, and by nobody's hand but others'."""
    return (
        indicator_set.status == Status.PROPOSED
        and user.pk not in (indicator_set.proposed_by_id, indicator_set.edited_by_id)
        and may(user, KEEP_INDICATORS, indicator_set)
    )


def _may(by: User, indicator_set: IndicatorSet) -> None:
    if not may(by, KEEP_INDICATORS, indicator_set):
        raise PermissionDenied(_("Only who keeps this agency's indicator sets may do this."))


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})


def _fresh(indicator_set: IndicatorSet, expected: str) -> None:
    """Read it anew under the lock; another person may have decided meanwhile."""
    indicator_set.refresh_from_db(from_queryset=IndicatorSet.objects.select_for_update())
    if indicator_set.status != expected:
        raise ValidationError(
            _("It is “%(state)s” by now.") % {"state": indicator_set.get_status_display()}, code="state"
        )


def _log(verb: str, indicator_set: IndicatorSet, by: User, as_of: datetime, reason: str) -> None:
    record(
        verb,
        indicator_set,
        actor=by,
        as_of=as_of,
        agency=indicator_set.agency,
        after={
            "code": indicator_set.code,
            "version": indicator_set.version,
            "valid_from": indicator_set.valid_from,
            "content": indicator_set.content,
        },
        reason=reason,
    )
