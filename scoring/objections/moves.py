"""The one way an objection changes: locked, its state checked, its step noted, the next ones told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from scoring.models import Objection, ObjectionStep
from scoring.objections.terms import due_at

State, Desk, Verb = Objection.State, Objection.Desk, ObjectionStep.Verb

LONGEST_TEXT = 5000


@contextmanager
def held(objection: Objection, states: Collection[str]) -> Iterator[Objection]:
    """The objection as it is now, locked to the end of the transaction, in one of ``states``.

    Raises ValidationError in any other.
    """
    with transaction.atomic():
        known = Objection.objects.select_for_update(of=("self",)).select_related("agency", "above")
        found = known.get(pk=objection.pk)
        if found.state not in states:
            text = _("This cannot be done with an objection that is: %(state)s.")
            raise ValidationError(text % {"state": found.get_state_display()})
        yield found


def move(
    objection: Objection,
    state: str,
    desk: str,
    verb: str,
    *,
    by: User | None,
    as_of: datetime,
    text: str = "",
) -> None:
    """Bring an objection held by ``held`` into a state and on to a desk, with its deadline there."""
    before = objection.due_at
    objection.state, objection.desk, objection.moved_at = state, desk, as_of
    objection.due_at = None if state in Objection.OVER else due_at(objection, as_of)
    objection.save()
    note(objection, verb, by=by, as_of=as_of, text=text, due=before)


def note(
    objection: Objection,
    verb: str,
    *,
    by: User | None,
    as_of: datetime,
    text: str = "",
    due: datetime | None = None,
) -> None:
    """Add a line to the history."""
    ObjectionStep.objects.create(
        objection=objection, at=as_of, verb=verb, state=objection.state, actor=by, text=text, due_at=due
    )


def said(text: str, field: str = "text") -> str:
    """A text that must be given; raises ValidationError (``field``) for none or one too long."""
    given = text.replace("\0", "").strip()
    if not given:
        raise ValidationError({field: _("Say why.")})
    if len(given) > LONGEST_TEXT:
        raise ValidationError({field: _("At most %(most)d characters.") % {"most": LONGEST_TEXT}})
    return given
