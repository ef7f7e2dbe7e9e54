"""What the level above and the Government Office say to an objection; accepted facts are corrected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import User
from procedures import corrections
from procedures.corrections import Wanted, correct
from procedures.models import Correction
from scoring.models import Objection, ObjectionItem
from scoring.objections import doors, letters
from scoring.objections.effect import Effect, effect_of
from scoring.objections.moves import Desk, State, Verb, held, move, note, said
from scoring.periods import Period

JUDGED = declare("objection.judged", gettext_lazy("gave an opinion on an objection"))
MORE_ASKED = declare("objection.more_asked", gettext_lazy("asked for more about an objection"))
DECIDED = declare("objection.decided", gettext_lazy("decided on an objection"))

#: While these hold somebody above the agency has it.
JUDGEABLE = frozenset({State.SENT, State.SUPPORTED, State.NOT_SUPPORTED})


def give_opinion(objection: Objection, supports: bool, text: str, *, by: User, as_of: datetime) -> None:
    """Say for the level above whether it supports the objection; it goes on to the Office either way.

    Raises PermissionDenied for who wrote or sent it or is not of that level, ValidationError without
    reasons or when it is elsewhere.
    """
    with held(objection, {State.SENT}) as found:
        if found.desk != Desk.ABOVE:
            raise ValidationError(_("It no longer waits for the level above."))
        if not doors.may_judge(by, found):
            raise PermissionDenied(_("The opinion is for the level above, and not on one's own objection."))
        why = said(text)
        state, verb = (
            (State.SUPPORTED, Verb.SUPPORTED) if supports else (State.NOT_SUPPORTED, Verb.NOT_SUPPORTED)
        )
        found.opinion, found.opinion_by = state, by
        move(found, state, Desk.OFFICE, verb, by=by, as_of=as_of, text=why)
        letters.write_to_desk(found, as_of)
        letters.write_to_agency(found)
        record(
            JUDGED,
            found,
            actor=by,
            as_of=as_of,
            agency=found.agency,
            after={"supports": supports},
            reason=why,
        )


def ask_more(objection: Objection, text: str, *, by: User, as_of: datetime) -> None:
    """Ask the agency for more; it comes back to who asked. Raises as ``give_opinion`` does."""
    with held(objection, JUDGEABLE) as found:
        _check_turn(found, by)
        why = said(text)
        found.asked_by_desk = found.desk
        move(found, State.MORE_ASKED, Desk.AGENCY, Verb.MORE_ASKED, by=by, as_of=as_of, text=why)
        letters.write_to_agency(found)
        record(MORE_ASKED, found, actor=by, as_of=as_of, agency=found.agency, reason=why)


def effect_of_accepting(
    objection: Objection, item_ids: Collection[int], *, by: User, as_of: datetime
) -> Effect:
    """What accepting these facts would do to the agency's score; nothing is kept."""
    chosen = _wanted(objection.items.filter(pk__in=item_ids))
    return effect_of(chosen, objection.agency, Period.parse(objection.period), by=by, as_of=as_of)


def decide(
    objection: Objection,
    *,
    accepted: Collection[int],
    text: str,
    by: User,
    as_of: datetime,
    wholly: bool = False,
) -> list[Correction]:
    """Decide for the Office: these facts (``accepted``, ids of items) are corrected, the others not.

    An objection that names no dossiers is accepted with ``wholly``; what is then mended stands in the
    reasons, as announcements and declared volumes are kept in tables of their own. Returns the
    corrections made. Raises PermissionDenied for who wrote, sent or judged it or does not decide for the
    nation, ValidationError without reasons or where a fact cannot be corrected; then nothing is written.
    """
    with held(objection, JUDGEABLE) as found:
        _check_office(found, by)
        why = said(text)
        items = list(found.items.all())
        if set(accepted) - {item.pk for item in items}:
            raise ValidationError(_("A fact among those accepted is not of this objection."))
        chosen = [item for item in items if item.pk in set(accepted)]
        found.effect = _effect(found, chosen, by, as_of)
        made = _correct(found, chosen, why, by, as_of)
        _note_outcomes(items, chosen, made)
        state = _outcome(items, chosen, wholly)
        found.decision, found.decided_by, found.decided_at = why, by, as_of
        move(found, state, Desk.NOBODY, Verb.DECIDED, by=by, as_of=as_of, text=why)
        letters.write_to_agency(found)
        record(
            DECIDED,
            found,
            actor=by,
            as_of=as_of,
            agency=found.agency,
            after={"outcome": state, "accepted": len(chosen), "facts": len(items), "corrections": len(made)},
            reason=why,
        )
        return made


def withdraw_corrections(objection: Objection, reason: str, *, by: User, as_of: datetime) -> int:
    """Take back what an accepted objection corrected: what the systems say stands again; returns how many.

    Raises as ``decide`` does; who decided may take back their own decision.
    """
    with held(objection, Objection.DECIDED) as found:
        if not doors.may_decide(by, found):
            raise PermissionDenied(_("Only who decides for the whole nation takes corrections back."))
        why = said(reason, "reason")
        gone = corrections.withdraw(in_force(found), by=by, reason=why, as_of=as_of)
        if gone:
            found.moved_at = as_of
            found.save(update_fields=["moved_at"])
            note(found, Verb.CORRECTIONS_WITHDRAWN, by=by, as_of=as_of, text=why)
            letters.write_to_agency(found)
        return len(gone)


def in_force(objection: Objection) -> list[Correction]:
    """The corrections made on an objection that lie over their dossiers now."""
    made = objection.items.exclude(correction=None).values("correction")
    return list(Correction.objects.filter(pk__in=made, withdrawn_at=None))


def _check_turn(objection: Objection, by: User) -> None:
    if objection.desk == Desk.ABOVE:
        if not doors.may_judge(by, objection):
            raise PermissionDenied(_("It waits for the level above."))
    else:
        _check_office(objection, by)


def _check_office(objection: Objection, by: User) -> None:
    if not doors.may_decide(by, objection):
        raise PermissionDenied(
            _("Who decides does so for the whole nation, and not on what they wrote, sent or judged.")
        )
    if objection.desk != Desk.OFFICE:
        raise ValidationError(_("It still waits for the level above."))


def _wanted(items: Iterable[ObjectionItem]) -> list[Wanted]:
    return [Wanted(item.dossier_id, item.field, item.value) for item in items]


def _effect(
    objection: Objection, chosen: Sequence[ObjectionItem], by: User, as_of: datetime
) -> dict[str, object]:
    if not chosen:
        return {}
    period = Period.parse(objection.period)
    return effect_of(_wanted(chosen), objection.agency, period, by=by, as_of=as_of).told()


def _correct(
    objection: Objection, chosen: Sequence[ObjectionItem], why: str, by: User, as_of: datetime
) -> list[Correction]:
    if not chosen:
        return []
    return correct(_wanted(chosen), by=by, reason=why[:500], as_of=as_of, source=objection.number)


def _note_outcomes(
    items: Sequence[ObjectionItem], chosen: Sequence[ObjectionItem], made: Sequence[Correction]
) -> None:
    by_fact = {(correction.dossier_id, correction.field): correction for correction in made}
    for item in items:
        item.outcome = ObjectionItem.Outcome.REFUSED
    for item in chosen:
        item.outcome = ObjectionItem.Outcome.ACCEPTED
        # None: its system said so itself meanwhile.
        item.correction = by_fact.get((item.dossier_id, item.field))
    ObjectionItem.objects.bulk_update(items, ["outcome", "correction"])


def _outcome(items: Sequence[ObjectionItem], chosen: Sequence[ObjectionItem], wholly: bool) -> str:
    if not items:
        return State.ACCEPTED if wholly else State.REFUSED
    if len(chosen) == len(items):
        return State.ACCEPTED
    return State.PARTLY if chosen else State.REFUSED
