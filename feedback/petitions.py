"""What a sender does with a petition: send it, supplement it, judge the answer, complain again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, IntegrationClient
from feedback import attachments, contacts, moves, receipts
from feedback.bursts import hold_burst, wait_for_turn
from feedback.contacts import Contact
from feedback.grievances import settle
from feedback.models import Petition, PetitionStep
from feedback.plain_text import one_line, plain
from feedback.sources import source_of
from procedures.models import Dossier, Procedure
from procedures.months import VIETNAM, month_of

LONGEST_SUBJECT, LONGEST_BODY = 200, 5000
#: How long after an answer it may be judged, and complained of.
JUDGED_WITHIN = timedelta(days=15)
COMPLAINED_WITHIN = timedelta(days=30)
#: How often one petition may be complained of again.
MOST_COMPLAINTS = 2
#: How many petitions one source may send within a day, to whatever agencies: more is no citizen's.
MOST_A_DAY = 30

State, Verb = Petition.State, PetitionStep.Verb


@dataclass(frozen=True)
class Receipt:
    """What the sender is told: the petition, and the secret by which they follow it."""

    petition: Petition
    secret: str
    created: bool


@dataclass(frozen=True)
class Told:
    """What somebody writes: about which agency, of which class, perhaps of a procedure or dossier.

    The caller has made sure that the dossier is the sender's (``feedback.proving``).
    """

    agency: Agency
    kind: str
    subject: str
    body: str
    procedure: Procedure | None = None
    dossier: Dossier | None = None

    def checked(self, as_of: datetime) -> dict[str, object]:
        """The values as they are kept. Raises ValidationError by field."""
        subject, body = one_line(self.subject), plain(self.body)
        problems: dict[str, str] = {}
        if self.kind not in Petition.Kind.values:
            problems["kind"] = _("Choose what it is about: regulations, conduct of staff, or something else.")
        for name, text, most in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
            if not text:
                problems[name] = _("Write something here.")
            elif len(text) > most:
                problems[name] = _("At most %(most)d characters.") % {"most": most}
        gone = self.agency.valid_to
        if gone and gone < as_of.astimezone(VIETNAM).date():
            problems["agency"] = _("This agency has ended; choose the one that came after it.")
        if problems:
            raise ValidationError(problems)
        dossier = self.dossier
        return {
            "agency": self.agency,
            "kind": self.kind,
            "subject": subject,
            "body": body,
            "dossier": dossier,
            "procedure": self.procedure or (dossier.procedure if dossier else None),
        }


def send(
    told: Told,
    *,
    form_key: str,
    door: str,
    as_of: datetime,
    address: str = "",
    contact: Contact | None = None,
    files: Sequence[UploadedFile] = (),
    client: IntegrationClient | None = None,
    client_ref: str = "",
    given_at: datetime | None = None,
) -> Receipt:
    """Take a petition in and give its receipt.

    ``form_key`` is the form's own: sending the same form again, by a double click or the back button,
    gives the same receipt and makes no second petition. ``given_at`` is when a connected system says it
    was sent; the clock runs from then. Raises ValidationError by field, and (code ``too_many``) when so
    many came from ``address`` today.
    """
    known = Petition.objects.filter(form_key=form_key).select_related("agency").first()
    if known:
        return _receipt(known, form_key, created=False)
    values = told.checked(as_of)
    source = source_of(address)
    _refuse_flood(source, as_of)
    contact = (contact or Contact()).checked()
    sound = attachments.checked(files)
    sent_at = given_at or as_of
    code = receipts.new_code(as_of)
    petition = Petition(
        **values,
        code=code,
        secret_hash=receipts.secret_hash(code, receipts.secret_of(code, form_key)),
        form_key=form_key,
        door=door,
        source_hash=source,
        client=client,
        client_ref=client_ref if client else "",
        given_at=sent_at,
        received_month=month_of(sent_at),
        moved_at=as_of,
    )
    try:
        _keep(petition, contact, sound, as_of)
    except IntegrityError:
        known = Petition.objects.filter(form_key=form_key).select_related("agency").first()
        if known is None:
            raise
        return _receipt(known, form_key, created=False)
    return _receipt(petition, form_key, created=True)


def supplement(petition: Petition, text: str, *, as_of: datetime, files: Sequence[UploadedFile] = ()) -> None:
    """Add what the agency asked for; the clock starts anew.

    Raises ValidationError by field, and (code ``state``) when no supplement is awaited.
    """
    text = _text(text)
    sound = attachments.checked(files, list(petition.attachments.all()))
    with moves.moving(petition, as_of) as move:
        move.needs(State.AWAITING_SUPPLEMENT)
        move.petition.state = State.SUPPLEMENTED
        move.start_clock()
        move.step(Verb.SUPPLEMENTED, text=text, open_to_sender=True)
        attachments.keep(move.petition, sound, as_of)


def judge(petition: Petition, verdict: str, *, as_of: datetime) -> None:
    """Say whether the answer satisfies; can be said otherwise for 15 days after the answer.

    Raises ValidationError (code ``state``) before an answer, and (``closed``) when it is too late.
    """
    if verdict not in (Petition.Verdict.SATISFIED, Petition.Verdict.DISSATISFIED):
        raise ValidationError({"verdict": _("Say whether you are satisfied with the answer.")})
    with moves.moving(petition, as_of) as move:
        held = move.petition
        move.needs(*Petition.ANSWERED)
        if held.answered_at is None or held.answered_at + JUDGED_WITHIN < as_of:
            raise ValidationError(
                _("An answer can be judged for %(days)d days.") % {"days": JUDGED_WITHIN.days}, code="closed"
            )
        if held.verdict == verdict:
            return
        held.verdict, held.verdict_at = verdict, as_of
        move.step(Verb.JUDGED, text=verdict, open_to_sender=True)


def complain_again(petition: Petition, text: str, *, as_of: datetime) -> None:
    """Complain of the answer or the refusal: it is to be handled again, and counts as complained of.

    Raises ValidationError by field, and (code ``state``, ``closed``) when it cannot be (any more).
    """
    text = _text(text)
    with moves.moving(petition, as_of) as move:
        held = move.petition
        move.needs(*Petition.ANSWERED, State.REFUSED)
        ended = move.stay.ended_at
        if ended is None or ended + COMPLAINED_WITHIN < as_of:
            raise ValidationError(
                _("It can be complained of for %(days)d days.") % {"days": COMPLAINED_WITHIN.days},
                code="closed",
            )
        if held.complaints >= MOST_COMPLAINTS:
            raise ValidationError(
                _("It has been complained of %(count)d times; send a new petition.")
                % {"count": held.complaints},
                code="closed",
            )
        held.complaints += 1
        held.state, held.refusal = State.RECEIVED, ""
        held.verdict, held.verdict_at = Petition.Verdict.NONE, None
        move.start_clock()
        move.step(Verb.COMPLAINED, text=text, open_to_sender=True)


def told_to_sender(petition: Petition) -> list[PetitionStep]:
    """The steps of a petition that its sender may read, in order."""
    return list(petition.steps.filter(open_to_sender=True).select_related("agency", "to_agency"))


def _refuse_flood(source: str, as_of: datetime) -> None:
    since = as_of - timedelta(days=1)
    if source and Petition.objects.filter(source_hash=source, given_at__gt=since).count() >= MOST_A_DAY:
        raise ValidationError(
            _("Too many petitions came from your connection today. Try again tomorrow."), code="too_many"
        )


@transaction.atomic
def _keep(petition: Petition, contact: Contact, sound: list[attachments.Sound], as_of: datetime) -> None:
    said_lately = wait_for_turn(petition.agency_id, petition.source_hash, as_of)
    stay = moves.new_stay(petition, petition.agency, petition.given_at)
    petition.due_by = stay.handle_by
    petition.save(force_insert=True)
    stay.petition = petition
    stay.save()
    PetitionStep.objects.create(
        petition=petition,
        at=petition.given_at,
        verb=Verb.SENT,
        state=petition.state,
        agency=petition.agency,
        open_to_sender=True,
    )
    contacts.keep(petition, contact)
    attachments.keep(petition, sound, as_of)
    moves.tell(moves.spans_of(petition, [stay], as_of))
    if petition.dossier_id:
        settle([petition.dossier_id], as_of)
    if hold_burst(petition.agency_id, petition.source_hash, as_of, said_lately):
        petition.refresh_from_db()


def _receipt(petition: Petition, form_key: str, *, created: bool) -> Receipt:
    return Receipt(petition, receipts.secret_of(petition.code, form_key), created)


def _text(text: str) -> str:
    text = plain(text)
    if not text:
        raise ValidationError({"text": _("Write something here.")})
    if len(text) > LONGEST_BODY:
        raise ValidationError({"text": _("At most %(most)d characters.") % {"most": LONGEST_BODY}})
    return text
