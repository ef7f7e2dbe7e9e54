"""Letters to those whose figures wait for confirmation: two working days before the end, and after it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from agencies.mailing import send_after_commit
from agencies.models import User
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.permissions import CONFIRM_RESULTS
from agencies.visibility import holds_somewhere, paths_held
from procedures.months import VIETNAM
from procedures.working_days import add_working_days
from scoring.confirmations import MISSING, answered, offices_asked
from scoring.models import ConfirmationLetter, ConfirmationRound
from scoring.periods import Period

#: Working days before the last one.
AHEAD = 2
SOON, OVER = "soon", "over"
#: Offices that a letter names; of more it says how many.
NAMED = 20


def remind_in_time(as_of: datetime) -> int:
    """Remind of every round near its end, and once more when it is over; returns how many letters."""
    today = as_of.astimezone(VIETNAM).date()
    sent = 0
    for asked in ConfirmationRound.objects.going_on().select_related("publication"):
        if today > asked.until:
            sent += remind(asked, OVER, as_of)
        elif today >= add_working_days(asked.until, -AHEAD):
            sent += remind(asked, SOON, as_of)
    return sent


def remind_now(asked: ConfirmationRound, *, by: User, as_of: datetime) -> int:
    """Remind those missing in ``by``'s part of the tree, each once a day; returns how many letters.

    Raises PermissionDenied to who confirms nothing anywhere.
    """
    if not holds_somewhere(by, CONFIRM_RESULTS):
        raise PermissionDenied
    day = as_of.astimezone(VIETNAM).date().isoformat()
    return remind(asked, day, as_of, paths_held(by, CONFIRM_RESULTS, as_of))


def remind(asked: ConfirmationRound, occasion: str, as_of: datetime, paths: tuple[str, ...] = ("/",)) -> int:
    """One letter to everybody who has a grant to confirm on an office below ``paths`` that is missing.

    Nobody gets two on one occasion, whatever runs how often. Returns how many letters.
    """
    missing = answered(asked, offices_asked(asked)).filter(answer=MISSING)
    held = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        permission__codename=CONFIRM_RESULTS,
        content_object__in=missing.values("agency_id"),
        user__is_active=True,
    )
    names: dict[int, list[str]] = defaultdict(list)
    for user_id, name, path in held.order_by("content_object__path").values_list(
        "user", "content_object__name", "content_object__path"
    ):
        if path.startswith(paths) and name not in names[user_id]:
            names[user_id].append(name)
    told = ConfirmationLetter.objects.filter(round=asked, occasion=occasion).values("user")
    sent = 0
    for person in User.objects.filter(pk__in=[pk for pk, of in names.items() if of]).exclude(pk__in=told):
        with transaction.atomic():
            _letter, new = ConfirmationLetter.objects.get_or_create(
                round=asked, user=person, occasion=occasion, defaults={"sent_at": as_of}
            )
            if new:
                _write(asked, person, names[person.pk])
                sent += 1
    return sent


def _write(asked: ConfirmationRound, person: User, names: list[str]) -> None:
    with override("vi"):
        told = {
            "period": Period.parse(asked.publication.period).label,
            "until": f"{asked.until:%d/%m/%Y}",
        }
        subject = _("Confirm the figures of %(period)s by %(until)s") % told
        lines = [
            _("The figures of %(period)s wait for your confirmation until %(until)s:") % told,
            *(f"- {name}" for name in names[:NAMED]),
        ]
        further = len(names) - NAMED
        if further > 0:
            lines.append(
                ngettext("and %(count)s more office", "and %(count)s more offices", further)
                % {"count": further}
            )
        lines += ["", _("Sign in to the portal and open “Confirmations”.")]
    send_after_commit([person.email], subject, "\n".join(lines), about=str(asked.publication))
