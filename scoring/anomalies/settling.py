"""What people do with an anomaly: give it to somebody, explain it, settle or dismiss it.

The agency, and whoever works above it, explains; somebody above the agency decides, never the agency
itself. Every verb takes who does it and when, refuses with PermissionDenied who may not, with
ValidationError what its state does not allow, adds a step to the history, and stands in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.models import User
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.permissions import REVIEW_ANOMALIES, WORK_INBOX
from agencies.visibility import Person, may
from scoring.anomalies import words
from scoring.models import Anomaly, AnomalyStep

LONGEST_TEXT = 2000
LONGEST_REASON = 500


def may_explain(user: Person, anomaly: Anomaly) -> bool:
    """Whether ``user`` works on the agency's records, and so answers for it."""
    return may(user, WORK_INBOX, anomaly.agency)


def may_settle(user: Person, anomaly: Anomaly) -> bool:
    """Whether ``user`` decides about it: from above the agency, never as the agency itself."""
    above = anomaly.agency.parent
    return may(user, REVIEW_ANOMALIES, above.path if above else None)


def may_assign(user: Person, anomaly: Anomaly) -> bool:
    """Whether ``user`` may give it to somebody: who explains it or decides about it."""
    return may_explain(user, anomaly) or may_settle(user, anomaly)


def assignees(anomaly: Anomaly, as_of: datetime) -> QuerySet[User]:
    """The people it may be given to: those who may explain it, and those who may decide."""
    above = anomaly.agency.ancestor_ids()
    held = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        Q(permission__codename=WORK_INBOX, content_object__in=[*above, anomaly.agency_id])
        | Q(permission__codename=REVIEW_ANOMALIES, content_object__in=above)
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by(
        "last_name", "first_name", "username"
    )


def assign(anomaly: Anomaly, to: User, *, by: User, as_of: datetime) -> None:
    """Give it to somebody who may explain it or decide about it."""
    with _working(anomaly, as_of) as held:
        _refuse_unless(may_assign(by, held), _("Who works for the agency or above it gives it to somebody."))
        _needs(held, *Anomaly.WAITING)
        if not may_assign(to, held):
            raise ValidationError({"assignee": _("%(person)s has no part in it.") % {"person": to}})
        before, held.assignee = held.assignee, to
        if held.state == Anomaly.State.OPEN:
            held.state = Anomaly.State.ASSIGNED
        _note(held, AnomalyStep.Verb.ASSIGNED, by, as_of, str(to))
        record(
            words.ASSIGNED,
            held,
            actor=by,
            as_of=as_of,
            agency=held.agency,
            before={"assignee": before and before.get_username()},
            after={"assignee": to.get_username()},
        )


def explain(anomaly: Anomaly, text: str, *, by: User, as_of: datetime) -> None:
    """The agency's answer; another one may follow until somebody decides.

    The text stays with the anomaly; the log only says that it was given.
    """
    text = _written(text, "text", LONGEST_TEXT)
    with _working(anomaly, as_of) as held:
        _refuse_unless(may_explain(by, held), _("Only who works for the agency explains it."))
        _needs(held, *Anomaly.WAITING)
        before, held.state = held.state, Anomaly.State.EXPLAINED
        _note(held, AnomalyStep.Verb.EXPLAINED, by, as_of, text)
        _record(words.EXPLAINED, held, by, as_of, before)


def settle(anomaly: Anomaly, *, by: User, reason: str, as_of: datetime) -> None:
    """It was one, and is dealt with: explained well, or to be mended."""
    _decide(anomaly, Anomaly.State.SETTLED, AnomalyStep.Verb.SETTLED, words.SETTLED, by, reason, as_of)


def dismiss(anomaly: Anomaly, *, by: User, reason: str, as_of: datetime) -> None:
    """It is none: the data are right as they are."""
    _decide(anomaly, Anomaly.State.DISMISSED, AnomalyStep.Verb.DISMISSED, words.DISMISSED, by, reason, as_of)


def reopen(anomaly: Anomaly, *, by: User, reason: str, as_of: datetime) -> None:
    """Take a decision back."""
    reason = _written(reason, "reason", LONGEST_REASON)
    with _working(anomaly, as_of) as held:
        _refuse_unless(may_settle(by, held), _somebody_above(held))
        _needs(held, *Anomaly.DECIDED)
        before, held.decided_size = held.state, 0
        held.state = Anomaly.State.ASSIGNED if held.assignee_id else Anomaly.State.OPEN
        held.severity = held.rule.severity
        _note(held, AnomalyStep.Verb.REOPENED, by, as_of, reason)
        _record(words.REOPENED, held, by, as_of, before, reason)


def _decide(
    anomaly: Anomaly,
    state: Anomaly.State,
    verb: AnomalyStep.Verb,
    word: str,
    by: User,
    reason: str,
    as_of: datetime,
) -> None:
    reason = _written(reason, "reason", LONGEST_REASON)
    with _working(anomaly, as_of) as held:
        _refuse_unless(may_settle(by, held), _somebody_above(held))
        _needs(held, *Anomaly.WAITING)
        before, held.state, held.decided_size = held.state, state, held.size
        _note(held, verb, by, as_of, reason)
        _record(word, held, by, as_of, before, reason)


@contextmanager
def _working(anomaly: Anomaly, as_of: datetime) -> Iterator[Anomaly]:
    """The anomaly as stored, changed by nobody else meanwhile; written at the end."""
    stored = Anomaly.objects.select_related("agency__parent", "rule", "assignee")
    with transaction.atomic():
        held = stored.select_for_update(of=("self",)).get(pk=anomaly.pk)
        yield held
        held.changed_at = as_of
        held.save(update_fields=["state", "severity", "assignee", "decided_size", "changed_at"])
    anomaly.refresh_from_db()


def _refuse_unless(allowed: bool, why: str) -> None:
    if not allowed:
        raise PermissionDenied(why)


def _somebody_above(anomaly: Anomaly) -> str:
    return _("Somebody above %(agency)s decides this.") % {"agency": anomaly.agency}


def _needs(anomaly: Anomaly, *states: str) -> None:
    if anomaly.state not in states:
        raise ValidationError(
            _("This cannot be done with an anomaly that is: %(state)s.")
            % {"state": anomaly.get_state_display()},
            code="state",
        )


def _written(text: str, name: str, longest: int) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise ValidationError({name: _("Write something here.")})
    if len(text) > longest:
        raise ValidationError({name: _("At most %(most)d characters.") % {"most": longest}})
    return text


def _note(anomaly: Anomaly, verb: AnomalyStep.Verb, by: User, as_of: datetime, text: str) -> None:
    AnomalyStep.objects.create(anomaly=anomaly, at=as_of, verb=verb, actor=by, text=text, found=anomaly.found)


def _record(word: str, anomaly: Anomaly, by: User, as_of: datetime, before: str, reason: str = "") -> None:
    record(
        word,
        anomaly,
        actor=by,
        as_of=as_of,
        agency=anomaly.agency,
        before={"state": before},
        after={"state": anomaly.state, "figures": anomaly.found},
        reason=reason,
    )
