"""Bottom-up confirmation: offices look at their frozen figures before they are proposed.

A commune confirms, then its province, then the Government Office takes them over by proposing the
result. What an office finds wrong it says in its answer; figures are mended by correcting the data, in
a new copy. Every answer stands in the log of decisions.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.event_log import decision, record
from agencies.event_words import declare
from agencies.models import Agency, User
from agencies.permissions import CONFIRM_RESULTS, PUBLISH_RESULTS
from agencies.visibility import holds_everywhere, may
from procedures.months import VIETNAM
from procedures.working_days import add_working_days
from scoring.confirmations import missing_below
from scoring.models import Confirmation, ConfirmationRound, Publication, PublishedScorecard
from scoring.periods import Period

ASKED = declare("confirmation.asked", gettext_lazy("asked offices to confirm their figures"))
CONFIRMED = declare("confirmation.confirmed", gettext_lazy("confirmed an agency's figures"))
DISPUTED = declare("confirmation.disputed", gettext_lazy("did not confirm an agency's figures"))
TAKEN_BACK = declare("confirmation.taken_back", gettext_lazy("took a confirmation back"))

Answer = Confirmation.Answer
#: Working days that offices are given unless somebody says otherwise.
USUAL_DAYS = 5
#: What offices can be given at most.
LONGEST = timedelta(days=90)


def usual_end(as_of: datetime) -> date:
    """The last day offices are given by default: five working days from today."""
    return add_working_days(as_of.astimezone(VIETNAM).date(), USUAL_DAYS)


def ask_to_confirm(
    publication: Publication, *, until: date, note: str, by: User, as_of: datetime
) -> ConfirmationRound:
    """Lay a period's frozen figures before the offices they are of; asked again, it moves the last day.

    Raises PermissionDenied, and ValidationError unless the figures are frozen and not yet proposed, and
    the day lies ahead, at most 90 days.
    """
    if not holds_everywhere(by, PUBLISH_RESULTS):
        raise PermissionDenied(_("Only who publishes results of the whole nation may do this."))
    today = as_of.astimezone(VIETNAM).date()
    if not today < until <= today + LONGEST:
        raise ValidationError({"until": _("Choose a day after today, at most 90 days ahead.")})
    with decision():
        _closed(publication)
        asked, created = ConfirmationRound.objects.get_or_create(
            publication=publication,
            defaults={
                "until": until,
                "note": note.strip(),
                "asked_by": by,
                "asked_by_name": str(by),
                "asked_at": as_of,
            },
        )
        before = None if created else {"until": asked.until.isoformat(), "note": asked.note}
        if not created:
            asked.until, asked.note = until, note.strip()
            asked.save(update_fields=["until", "note"])
        record(
            ASKED,
            publication,
            actor=by,
            as_of=as_of,
            label=publication.name,
            before=before,
            after={"until": until.isoformat(), "note": asked.note},
        )
    return asked


def answer(
    asked: ConfirmationRound, agency: Agency, *, confirmed: bool, note: str, by: User, as_of: datetime
) -> Confirmation:
    """Say of an agency's frozen figures that they are right, or what is wrong; a later answer replaces it.

    Raises PermissionDenied unless ``by`` confirms figures there, and ValidationError when the round is
    over, the agency has no figures in it, something is wrong and not said, or offices directly below
    have not confirmed and the note does not say why it goes without them.
    """
    if not may(by, CONFIRM_RESULTS, agency):
        raise PermissionDenied(_("You do not confirm the figures of %(agency)s.") % {"agency": agency.name})
    note = note.strip()
    with decision():
        _closed(asked.publication)
        card = PublishedScorecard.objects.filter(publication=asked.publication_id, agency=agency).first()
        if card is None or agency.kind == Agency.Kind.NATION:
            raise ValidationError(_("%(agency)s has no figures to confirm.") % {"agency": agency.name})
        missing = missing_below(asked, agency)
        if not confirmed and not note:
            raise ValidationError({"note": _("Say what is wrong.")})
        if confirmed and missing and not note:
            raise ValidationError(
                {
                    "note": ngettext(
                        "%(count)s office below has not confirmed. Say why you confirm without it.",
                        "%(count)s offices below have not confirmed. Say why you confirm without them.",
                        missing,
                    )
                    % {"count": missing}
                }
            )
        given, _created = Confirmation.objects.update_or_create(
            round=asked,
            agency=agency,
            defaults={
                "answer": Answer.CONFIRMED if confirmed else Answer.DISPUTED,
                "total": card.total,
                "missing_below": missing,
                "note": note,
                "by": by,
                "by_name": str(by),
                "at": as_of,
            },
        )
        _log(CONFIRMED if confirmed else DISPUTED, given, by, as_of)
    return given


def take_back(asked: ConfirmationRound, agency: Agency, *, by: User, as_of: datetime) -> None:
    """Undo an agency's answer while the round goes on; raises as ``answer`` does, also if there is none."""
    if not may(by, CONFIRM_RESULTS, agency):
        raise PermissionDenied(_("You do not confirm the figures of %(agency)s.") % {"agency": agency.name})
    with decision():
        _closed(asked.publication)
        given = Confirmation.objects.filter(round=asked, agency=agency).first()
        if given is None:
            raise ValidationError(_("%(agency)s has not answered.") % {"agency": agency.name})
        _log(TAKEN_BACK, given, by, as_of)
        given.delete()


def _closed(publication: Publication) -> None:
    publication.refresh_from_db(from_queryset=Publication.objects.select_for_update())
    if publication.state != Publication.State.CLOSED:
        raise ValidationError(
            _("It is “%(state)s” by now.") % {"state": publication.get_state_display()}, code="state"
        )


def _log(verb: str, given: Confirmation, by: User, as_of: datetime) -> None:
    publication = given.round.publication
    record(
        verb,
        given,
        actor=by,
        as_of=as_of,
        agency=given.agency,
        label=f"{given.agency.name}, {Period.parse(publication.period).code}",
        after={
            "publication": publication.name,
            "total": f"{given.total:.2f}",
            "missing_below": given.missing_below,
        },
        reason=given.note,
    )
