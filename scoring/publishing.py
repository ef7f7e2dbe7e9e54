"""A period's way to its published result: closed, reviewed, published by two people, corrected.

::

    open ──close──► closed ──propose──► in review ──approve──► published ──close──► … a new version
                      └──────withdraw──────┘ (the period is open again, or as last published)

Closing freezes; what comes late still moves the live scores, never the frozen ones. Every verb takes
PUBLISH_RESULTS everywhere, says why, and stands in the log of decisions.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import decision, record
from agencies.event_words import declare
from agencies.models import User
from agencies.permissions import PUBLISH_RESULTS
from agencies.visibility import holds_everywhere
from procedures.months import month_of
from scoring.freshness import bump
from scoring.models import Publication
from scoring.periods import Period
from scoring.publication_text import content_hash, fingerprint_of
from scoring.published_versions import latest_published, offices_told
from scoring.standings import periods_with_scores

CLOSED = declare("results.closed", gettext_lazy("closed a period"))
PROPOSED = declare("results.proposed", gettext_lazy("proposed results for publication"))
PUBLISHED = declare("results.published", gettext_lazy("published results"))
WITHDRAWN = declare("results.withdrawn", gettext_lazy("withdrew results from publication"))

State = Publication.State


def close(period: Period, *, by: User, reason: str, as_of: datetime) -> Publication:
    """Close a period that is over: from here on a frozen copy is made, by ``scoring.closing_job``.

    Of a period that is published already it begins a correction, and ``reason`` says what it corrects.
    Raises PermissionDenied, and ValidationError when the period is not over, is on its way already, or
    a correction has no reason.
    """
    _may(by)
    if period.last >= month_of(as_of):
        raise ValidationError(
            _("%(period)s is not over yet; it can be closed afterwards.") % {"period": period.label}
        )
    with decision():
        if Publication.objects.under_way().filter(period=period.code).exists():
            raise ValidationError(_("%(period)s is closed already.") % {"period": period.label})
        before = latest_published(period)
        if before is not None:
            _needs(reason)
        publication = Publication.objects.create(
            period=period.code,
            version=1 if before is None else (before.version or 0) + 1,
            closed_by=by,
            closed_by_name=str(by),
            closed_at=as_of,
            reason=reason.strip(),
        )
        _log(CLOSED, publication, by, as_of, reason)
    return publication


def propose(publication: Publication, *, by: User, reason: str, as_of: datetime) -> None:
    """Lay a frozen result before another person, with the reason that will be published.

    Raises PermissionDenied, and ValidationError unless it is closed and a reason is given.
    """
    _may(by)
    _needs(reason)
    with decision():
        _fresh(publication, State.CLOSED)
        publication.state = State.IN_REVIEW
        publication.proposed_by, publication.proposed_by_name = by, str(by)
        publication.proposed_at = as_of.replace(microsecond=0)
        publication.reason = reason.strip()
        publication.save()
        _log(PROPOSED, publication, by, as_of, reason)


def approve(publication: Publication, *, by: User, as_of: datetime) -> None:
    """Publish what was proposed: from here on nothing changes it, and every page shows it.

    The frozen copy is read once more and compared with the hash that was proposed. Raises
    PermissionDenied, also to who proposed it, and ValidationError when it is not in review or its copy
    is not what was proposed.
    """
    _may(by)
    with decision():
        _fresh(publication, State.IN_REVIEW)
        if by.pk == publication.proposed_by_id:
            raise PermissionDenied(_("Who proposes a result does not approve it: another person does."))
        if content_hash(publication.rules, offices_told(publication)) != publication.content:
            raise ValidationError(_("The frozen copy is not what was proposed; withdraw it."))
        last = Publication.objects.published().order_by("-number").first()
        publication.state = State.PUBLISHED
        publication.approved_by, publication.approved_by_name = by, str(by)
        publication.approved_at = as_of.replace(microsecond=0)
        publication.number = 1 if last is None else (last.number or 0) + 1
        publication.previous_fingerprint = last.fingerprint if last else ""
        publication.fingerprint = fingerprint_of(publication)
        publication.save()
        _log(PUBLISHED, publication, by, as_of, publication.reason)
        transaction.on_commit(bump, robust=True)


def withdraw(publication: Publication, *, by: User, reason: str, as_of: datetime) -> None:
    """Give up a result that is not published: its frozen copy goes, the note of it stays.

    Raises PermissionDenied, and ValidationError when it is published or no reason is given.
    """
    _may(by)
    _needs(reason)
    with decision():
        _fresh(publication, *Publication.UNDER_WAY)
        publication.scorecards.all().delete()
        publication.state, publication.version = State.WITHDRAWN, None
        publication.save()
        _log(WITHDRAWN, publication, by, as_of, reason)


def closable(as_of: datetime) -> list[Period]:
    """The periods with scores that are over and not on their way already, the newest first."""
    under_way = set(Publication.objects.under_way().values_list("period", flat=True))
    over = [period for period in periods_with_scores() if period.last < month_of(as_of)]
    return [period for period in over if period.code not in under_way]


def may_approve(publication: Publication, user: User) -> bool:
    """Whether this person may publish it: in review, and proposed by somebody else."""
    return (
        publication.state == State.IN_REVIEW
        and publication.proposed_by_id != user.pk
        and holds_everywhere(user, PUBLISH_RESULTS)
    )


def _may(by: User) -> None:
    if not holds_everywhere(by, PUBLISH_RESULTS):
        raise PermissionDenied(_("Only who publishes results of the whole nation may do this."))


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})


def _fresh(publication: Publication, *expected: str) -> None:
    """Read it anew under the lock; another person may have decided meanwhile."""
    publication.refresh_from_db(from_queryset=Publication.objects.select_for_update())
    if publication.state not in expected:
        raise ValidationError(
            _("It is “%(state)s” by now.") % {"state": publication.get_state_display()}, code="state"
        )


def _log(verb: str, publication: Publication, by: User, as_of: datetime, reason: str) -> None:
    after = {"period": publication.period, "version": publication.version, "state": publication.state}
    if publication.content:
        after |= {"offices": publication.offices, "content": publication.content}
    if publication.fingerprint:
        after |= {"number": publication.number, "fingerprint": publication.fingerprint}
    record(verb, publication, actor=by, as_of=as_of, label=publication.name, after=after, reason=reason)
