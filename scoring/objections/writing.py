"""Writing an objection: what it disputes, of which dossiers, with which evidence; sending it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import Agency, User
from agencies.models.agency import within
from procedures.among import among
from procedures.corrections import Wanted, checked
from procedures.laying_over import FIELDS, stands_as
from procedures.models import Dossier
from scoring.behind import criterion_of
from scoring.models import Objection, ObjectionItem
from scoring.objections import doors, letters
from scoring.objections.moves import Desk, State, Verb, held, move, note, said
from scoring.objections.terms import window
from scoring.periods import Period

SENT = declare("objection.sent", gettext_lazy("sent an objection"))
WITHDRAWN = declare("objection.withdrawn", gettext_lazy("withdrew an objection"))
MORE_SAID = declare("objection.more_said", gettext_lazy("said more about an objection"))

#: Facts one objection may dispute; each is a field of the form, and to be read by a person.
MOST_ITEMS = 300
#: While these hold its agency writes on it.
EDITABLE = frozenset({State.DRAFT, State.MORE_ASKED})


def draft(
    agency: Agency, period: Period, *, text: str, by: User, as_of: datetime, criterion: str = ""
) -> Objection:
    """Begin an objection of an agency to what was counted of it in a period.

    Raises PermissionDenied unless ``by`` writes objections there, ValidationError when the period is no
    longer open for them, for an unknown criterion or an empty text.
    """
    if not doors.may_write(by, agency):
        raise PermissionDenied(_("You do not write objections of this agency."))
    _check(agency, period, criterion, as_of)
    objection = Objection.objects.create(
        agency=agency,
        period=period.code,
        criterion=criterion,
        text=said(text),
        written_by=by,
        written_at=as_of,
        moved_at=as_of,
    )
    note(objection, Verb.WRITTEN, by=by, as_of=as_of)
    return objection


def amend(objection: Objection, *, text: str, criterion: str, by: User, as_of: datetime) -> None:
    """Write its text and criterion anew; raises as ``draft`` does, and for one that was sent."""
    with held(objection, {State.DRAFT}) as found:
        check_writer(found, by)
        _check(found.agency, Period.parse(found.period), criterion, as_of)
        found.text, found.criterion, found.moved_at = said(text), criterion, as_of
        found.save()


def dispute(
    objection: Objection,
    dossiers: Iterable[Dossier],
    field: str,
    *,
    by: User,
    as_of: datetime,
    value: Any = None,
) -> list[ObjectionItem]:
    """Name a fact of these dossiers that is wrong; ``value`` is what it should be, None: to be filled in.

    One disputed already is passed over. Raises ValidationError for a dossier of another agency, one
    whose fact is disputed in another objection under way, or a value that cannot be.
    """
    with held(objection, EDITABLE) as found:
        check_writer(found, by)
        chosen = list(dossiers)
        _check_dossiers(found, chosen, field)
        known = set(found.items.filter(field=field).values_list("dossier_id", flat=True))
        fresh = [one for one in chosen if one.pk not in known]
        if found.items.count() + len(fresh) > MOST_ITEMS:
            raise ValidationError(_("At most %(most)d facts in one objection.") % {"most": MOST_ITEMS})
        plain = None
        if value is not None and fresh:
            plain = checked([Wanted(fresh[0].pk, field, value)], as_of)[fresh[0].pk][field]
        return ObjectionItem.objects.bulk_create(
            ObjectionItem(objection=found, dossier=one, field=field, value=plain, stood=stands_as(one, field))
            for one in fresh
        )


def fill_in(objection: Objection, values: Mapping[int, Any], *, by: User, as_of: datetime) -> None:
    """What the facts should be, by item; raises ValidationError, by the item's id, for what cannot be."""
    with held(objection, EDITABLE) as found:
        check_writer(found, by)
        problems: dict[str, Any] = {}
        items = list(found.items.filter(pk__in=values.keys()).select_related("dossier"))
        for item in items:
            raw = values[item.pk]
            try:
                item.value = None
                if raw not in (None, ""):
                    wanted = Wanted(item.dossier_id, item.field, raw)
                    item.value = checked([wanted], as_of)[item.dossier_id][item.field]
            except ValidationError as error:
                problems[str(item.pk)] = error.messages
        if problems:
            raise ValidationError(problems)
        ObjectionItem.objects.bulk_update(items, ["value"])


def drop(objection: Objection, item_ids: Collection[int], *, by: User) -> int:
    """No longer dispute these; returns how many."""
    with held(objection, EDITABLE) as found:
        check_writer(found, by)
        count, _by_model = found.items.filter(pk__in=item_ids).delete()
        return count


def send(objection: Objection, *, by: User, as_of: datetime) -> None:
    """Send it: to the province or ministry above, or to the Office if its people send it themselves.

    Raises PermissionDenied unless ``by`` may send there, ValidationError when something is missing or
    the period is no longer open.
    """
    with held(objection, {State.DRAFT}) as found:
        if not doors.may_send(by, found.agency):
            raise PermissionDenied(_("An agency's administrator sends its objections."))
        _check(found.agency, Period.parse(found.period), found.criterion, as_of)
        _check_whole(found)
        found.sent_by, found.sent_at = by, as_of
        found.above = _above(found.agency, by)
        desk = Desk.ABOVE if found.above else Desk.OFFICE
        move(found, State.SENT, desk, Verb.SENT, by=by, as_of=as_of)
        letters.write_to_desk(found, as_of)
        record(
            SENT,
            found,
            actor=by,
            as_of=as_of,
            agency=found.agency,
            after={"period": found.period, "criterion": found.criterion, "facts": found.items.count()},
        )
    _take_over(objection, found)


def say_more(objection: Objection, text: str, *, by: User, as_of: datetime) -> None:
    """Answer what was asked; it goes back to who asked, with a deadline anew."""
    with held(objection, {State.MORE_ASKED}) as found:
        check_writer(found, by)
        _check_whole(found)
        state = found.opinion or State.SENT
        told = said(text)
        move(found, state, found.asked_by_desk, Verb.MORE_SAID, by=by, as_of=as_of, text=told)
        letters.write_to_desk(found, as_of)
        record(MORE_SAID, found, actor=by, as_of=as_of, agency=found.agency)
    _take_over(objection, found)


def withdraw(objection: Objection, reason: str, *, by: User, as_of: datetime) -> None:
    """Give it up before it is decided; a draft takes no reason."""
    with held(objection, {State.DRAFT, *Objection.UNDER_WAY}) as found:
        draft_only = found.state == State.DRAFT
        allowed = doors.may_write if draft_only else doors.may_send
        if not allowed(by, found.agency):
            raise PermissionDenied(_("An agency's administrator withdraws its objections."))
        why = reason.strip() if draft_only else said(reason, "reason")
        move(found, State.WITHDRAWN, Desk.NOBODY, Verb.WITHDRAWN, by=by, as_of=as_of, text=why)
        record(WITHDRAWN, found, actor=by, as_of=as_of, agency=found.agency, reason=why)
    _take_over(objection, found)


def lacking(objection: Objection) -> list[str]:
    """What is still missing before it can be sent."""
    found = []
    if not objection.criterion and not objection.items.exists():
        found.append(_("Name a criterion, or the dossiers that are wrong."))
    if empty := sum(1 for item in objection.items.all() if item.value is None):
        found.append(_("Say of %(count)d facts what they should be.") % {"count": empty})
    return found


def _check(agency: Agency, period: Period, criterion: str, as_of: datetime) -> None:
    if agency.kind == Agency.Kind.NATION:
        raise ValidationError({"agency": _("The nation does not object.")})
    found = window(period, as_of)
    if not found.is_open:
        raise ValidationError({"period": found.why_not})
    if criterion:
        try:
            criterion_of(agency, period, criterion)
        except LookupError as error:
            raise ValidationError({"criterion": str(error)}) from error


def _check_dossiers(objection: Objection, dossiers: Sequence[Dossier], field: str) -> None:
    if field not in FIELDS:
        raise ValidationError({"field": _("This fact cannot be corrected.")})
    ids = [one.pk for one in dossiers]
    own = Dossier.objects.filter(among("id", ids), within(objection.agency.path, "agency__path"))
    elsewhere = set(ids) - set(own.values_list("pk", flat=True))
    if elsewhere:
        codes = sorted(one.code for one in dossiers if one.pk in elsewhere)
        text = _("Not dossiers of this agency: %(codes)s.")
        raise ValidationError({"dossiers": text % {"codes": ", ".join(codes[:10])}})
    other = ObjectionItem.objects.filter(
        among("dossier_id", ids), field=field, objection__state__in=Objection.UNDER_WAY
    ).exclude(objection=objection)
    taken = other.select_related("dossier", "objection").first()
    if taken is not None:
        raise ValidationError(
            {
                "dossiers": _("%(code)s is disputed in %(number)s already.")
                % {"code": taken.dossier.code, "number": taken.objection.number}
            }
        )


def _check_whole(objection: Objection) -> None:
    if missing := lacking(objection):
        raise ValidationError(missing)
    # Another may have disputed the same meanwhile.
    for field in sorted({item.field for item in objection.items.all()}):
        dossiers = Dossier.objects.filter(pk__in=objection.items.filter(field=field).values("dossier"))
        _check_dossiers(objection, list(dossiers), field)


def _above(agency: Agency, by: User) -> Agency | None:
    """The province or ministry an opinion is asked of; None where it sends itself."""
    chain = [pk for pk in agency.ancestor_ids() if pk != agency.pk]
    top = Agency.objects.filter(pk__in=chain).exclude(kind=Agency.Kind.NATION).order_by("depth").first()
    return None if top is None or doors.may_send(by, top) else top


def check_writer(objection: Objection, by: User) -> None:
    """Raise PermissionDenied unless ``by`` writes objections of its agency."""
    if not doors.may_write(by, objection.agency):
        raise PermissionDenied(_("You do not write objections of this agency."))


def _take_over(given: Objection, found: Objection) -> None:
    """What the caller holds shall say what was written."""
    given.__dict__.update({name: value for name, value in found.__dict__.items() if name != "_state"})
