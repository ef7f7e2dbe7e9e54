"""A grant as the pages tell it: how it stands, in words, and what the reader may do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agencies.admin_display import mark
from agencies.authority import may_decide
from agencies.grant_state import Standing, State, standings_of
from agencies.holdings import Holdings
from agencies.models import Agency, Grant
from agencies.permissions import label
from portal.delegation.days import last_day

LOOKS = {
    State.IN_FORCE: "good",
    State.SUSPENDED: "warn",
    State.LATER: "quiet",
    State.NOTHING: "bad",
    State.ENDED: "quiet",
}


@dataclass(frozen=True)
class Deed:
    """Something the reader may do about a grant."""

    label: str
    url: str


@dataclass(frozen=True)
class Told:
    """A grant with what a page says beside it."""

    grant: Grant
    standing: Standing
    state: SafeString
    until: date | None
    overdue: bool
    deeds: tuple[Deed, ...]
    explained: str

    @property
    def permissions(self) -> list[str]:
        """What its role lets one do, in words."""
        return permission_labels(self.grant)

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.standing.state is State.ENDED


def told(
    grants: Iterable[Grant], reader: Any, as_of: datetime, *, deeds: bool = True, at: Agency | None = None
) -> list[Told]:
    """Each grant as ``reader`` sees it; ``deeds`` False leaves out what could be done.

    ``at``: the office they are looked at from, where that is not their own; access is explained there.
    """
    listed = list(grants)
    standings = standings_of(listed, as_of)
    held = Holdings.of(reader, as_of) if deeds else None
    return [_told(grant, standings[grant.pk], reader, held, as_of, at or grant.agency) for grant in listed]


def state_label(state: State) -> str:
    """A state in the reader's language."""
    return {
        State.IN_FORCE: pgettext("state", "in force"),
        State.SUSPENDED: pgettext("state", "suspended"),
        State.LATER: pgettext("state", "starts later"),
        State.NOTHING: pgettext("state", "worth nothing now"),
        State.ENDED: pgettext("state", "ended"),
    }[state]


def permission_labels(grant: Grant) -> list[str]:
    """What the role of a grant lets one do, in the reader's language."""
    return [label(codename) for codename in grant.role.codenames()]


def line_of(grant: Grant) -> str:
    """A grant in one line: who, as what, where."""
    return f"{grant.user} ({grant.user.get_username()}) · {grant.role} · {grant.agency.name}"


def _told(
    grant: Grant, standing: Standing, reader: Any, held: Holdings | None, as_of: datetime, at: Agency
) -> Told:
    going = standing.state is not State.ENDED
    return Told(
        grant,
        standing,
        mark(state_label(standing.state), LOOKS[standing.state]),
        last_day(grant.valid_until),
        overdue=going and grant.review_due_on < timezone.localdate(as_of),
        deeds=tuple(_deeds(grant, standing.state, reader, held, as_of)) if held and going else (),
        explained=reverse("delegation-explained", args=[at.code, grant.user_id]) if going else "",
    )


def _deeds(grant: Grant, state: State, reader: Any, held: Holdings, as_of: datetime) -> Iterator[Deed]:
    if grant.user_id == reader.pk:
        yield _deed(_("Give up"), "revoke", grant)
        return
    if not may_decide(reader, grant, as_of, held):
        return
    yield _deed(_("Still needed"), "confirm", grant)
    if state is State.SUSPENDED:
        yield _deed(_("Resume"), "resume", grant)
    else:
        yield _deed(_("Suspend"), "suspend", grant)
    yield _deed(_("Revoke"), "revoke", grant)


def _deed(words: str, name: str, grant: Grant) -> Deed:
    return Deed(words, reverse(f"delegation-{name}", args=[grant.pk]))
