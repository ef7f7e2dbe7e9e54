"""Correcting the data of dossiers: what was decided lies over what their systems say, and is counted.

A correction changes a fact, never a score. It stays through whatever the system sends later, until it is
withdrawn; then what the system said last stands again. Which facts may be corrected is declared in
``procedures.laying_over.FIELDS``; ``left_out`` takes a dossier sent by mistake out of every count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import Agency, User
from procedures.among import among
from procedures.deadlocks import again_after_deadlock
from procedures.dossier_rows import Span, span_of
from procedures.handling import CLOCK_SKEW
from procedures.laying_over import FIELDS, LAID_COLUMNS, LEFT_OUT, LaidOver, laid_over
from procedures.models import NO_MONTH, Correction, Dossier
from procedures.months import month_of
from procedures.records import EVENTS
from procedures.rederiving import rederive
from procedures.signals import counts_changed

CORRECTED = declare("dossier.corrected", gettext_lazy("corrected the data of dossiers"))
WITHDRAWN = declare("dossier.correction_withdrawn", gettext_lazy("withdrew corrections of dossiers"))

#: Corrections made in one transaction.
MOST = 1_000
#: Dossiers named in one entry of the log.
NAMED = 100
#: Each may not lie before the dossier was received.
_ENDS = ("finished_at", "returned_at", "refused_at")


class Wanted(NamedTuple):
    """A fact of a dossier that is to be another one; ``value`` as a form, a file or JSON gives it."""

    dossier_id: int
    field: str
    value: Any


def correct(
    wanted: Sequence[Wanted], *, by: User | None, reason: str, as_of: datetime, source: str = ""
) -> list[Correction]:
    """Lay these facts over what the systems say, all or none, and mark the months they move.

    A fact that is so already is left alone, so that saying it twice changes nothing; one that was
    corrected before is corrected anew; one that is set to what its system says has its correction
    withdrawn. Returns the corrections made. ``source`` is what it was decided on. Raises ValidationError
    for an unknown fact or value, a moment to come, an end before the reception, or without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    if len(wanted) > MOST:
        raise ValidationError(_("At most %(most)d corrections at once.") % {"most": MOST})
    values = checked(wanted, as_of)
    made: list[Correction] = again_after_deadlock(_correct, values, by, reason.strip(), as_of, source)
    return made


def withdraw(
    corrections: Iterable[Correction], *, by: User | None, reason: str, as_of: datetime
) -> list[Correction]:
    """Take corrections back: what their systems said last stands again; returns those withdrawn.

    One withdrawn already is passed over. Raises ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    ids = [correction.pk for correction in corrections]
    gone: list[Correction] = again_after_deadlock(_withdraw, ids, by, reason.strip(), as_of)
    return gone


def checked(wanted: Iterable[Wanted], as_of: datetime) -> dict[int, dict[str, Any]]:
    """The values as JSON holds them, by dossier and fact; raises ValidationError as ``correct`` does."""
    values: dict[int, dict[str, Any]] = {}
    for dossier_id, name, raw in wanted:
        fact = FIELDS.get(name)
        if fact is None:
            raise ValidationError({name[:30]: _("This fact cannot be corrected.")})
        value = fact.read(raw)
        event = value is not None and name in EVENTS
        if event and fact.python(value) > as_of + CLOCK_SKEW:
            raise ValidationError({name: _("This lies in the future.")})
        values.setdefault(dossier_id, {})[name] = value
    return values


def in_force_on(dossier: Dossier) -> QuerySet[Correction]:
    """The corrections that lie over a dossier now."""
    return dossier.corrections.filter(withdrawn_at=None).select_related("made_by")


def moved_since(moment: datetime, first_month: int, last_month: int) -> QuerySet[Correction]:
    """Corrections made or withdrawn after ``moment`` that moved counts of these months (``yyyymm``)."""
    changed = Q(made_at__gt=moment) | Q(made_at__lte=moment, withdrawn_at__gt=moment)
    return Correction.objects.filter(
        changed, first_month__lte=last_month, last_month__gte=first_month, last_month__gt=NO_MONTH
    )


class _Touched:
    """Dossiers locked while corrections are laid over them, and the months they count in."""

    def __init__(self, dossier_ids: Collection[int], as_of: datetime) -> None:
        self.as_of, self.this_month = as_of, month_of(as_of)
        rows = Dossier.objects.filter(among("id", dossier_ids)).order_by("code")
        self.dossiers = {d.pk: d for d in rows.select_for_update(of=("self",))}
        self.agencies = Agency.objects.in_bulk({d.agency_id for d in self.dossiers.values()})
        self.laid = laid_over(self.dossiers.keys())
        self.spans = self._spans()

    def write(self, changed: Collection[Correction]) -> None:
        """Write the dossiers' facts, derive them anew, note the months moved and tell of them."""
        touched = {correction.dossier_id for correction in changed}
        in_force = set(
            Correction.objects.filter(among("dossier_id", touched), withdrawn_at=None)
            .order_by()
            .values_list("dossier_id", flat=True)
        )
        for pk in touched:
            self.dossiers[pk].corrected, self.dossiers[pk].changed_at = pk in in_force, self.as_of
        Dossier.objects.bulk_update(
            [self.dossiers[pk] for pk in sorted(touched)],
            [*LAID_COLUMNS, "corrected", "changed_at"],
            batch_size=100,
        )
        rederive(touched, self.as_of)
        after = self._spans()
        spans = {span for found in (self.spans, after) for pk, span in found.items() if pk in touched}
        for correction in changed:
            both = [
                found[correction.dossier_id]
                for found in (self.spans, after)
                if correction.dossier_id in found
            ]
            correction.first_month = min((first for _agency, first, _last in both), default=NO_MONTH)
            correction.last_month = max((last for _agency, _first, last in both), default=NO_MONTH)
        Correction.objects.bulk_update(changed, ["first_month", "last_month"], batch_size=500)
        if spans:
            counts_changed.send(sender=Correction, spans=spans)

    def log(self, verb: str, changed: Sequence[Correction], by: User | None, reason: str) -> None:
        """One entry an agency, naming the dossiers and their facts before and after."""
        by_agency: dict[int, list[Correction]] = {}
        for correction in changed:
            by_agency.setdefault(self.dossiers[correction.dossier_id].agency_id, []).append(correction)
        for agency_id, chosen in sorted(by_agency.items()):
            codes = list(dict.fromkeys(self.dossiers[c.dossier_id].code for c in chosen))
            before = verb == CORRECTED
            record(
                verb,
                chosen[0],
                actor=by,
                as_of=self.as_of,
                agency=self.agencies[agency_id],
                label=", ".join(codes[:NAMED]),
                before=self._told(chosen, "said" if before else "value"),
                after={
                    "count": len(chosen),
                    "source": chosen[0].source,
                    **self._told(chosen, "value" if before else "said"),
                },
                reason=reason,
            )

    def _told(self, corrections: Sequence[Correction], which: str) -> dict[str, Any]:
        return {
            f"{self.dossiers[c.dossier_id].code} {c.field}": getattr(c, which) for c in corrections[:NAMED]
        }

    def _spans(self) -> dict[int, Span]:
        rows = Dossier.objects.filter(among("id", list(self.dossiers))).order_by()
        told = rows.values_list("id", "agency_id", "started_month", "ended_month", "in_handling")
        found = {row[0]: span_of(row[1], row[2], row[3], row[4], self.this_month) for row in told}
        return {pk: span for pk, span in found.items() if span is not None}


@transaction.atomic
def _correct(
    values: Mapping[int, Mapping[str, Any]], by: User | None, reason: str, as_of: datetime, source: str
) -> list[Correction]:
    touched = _Touched(values.keys(), as_of)
    if missing := values.keys() - touched.dossiers.keys():
        raise ValidationError(_("There is no dossier %(id)s.") % {"id": min(missing)})
    ended: list[Correction] = []
    made: list[Correction] = []
    for pk, facts in values.items():
        dossier, laid = touched.dossiers[pk], touched.laid.get(pk, LaidOver())
        for name, value in facts.items():
            before = laid.corrections.get(name)
            stands = before.value if before else _said(dossier, name)
            if value == stands:
                continue
            said = before.said if before else stands
            if before:
                ended.append(_ended(before, by, _("Corrected anew.") if value != said else reason, as_of))
            if value != said:
                made.append(
                    Correction(
                        dossier=dossier,
                        field=name,
                        value=value,
                        said=said,
                        reason=reason[:500],
                        source=source,
                        made_by=by,
                        made_at=as_of,
                    )
                )
            _set(dossier, name, value)
        _check_order(dossier, facts)
    if ended or made:
        _save_ended(ended)
        Correction.objects.bulk_create(made)
        touched.write([*made, *ended])
        if made:
            touched.log(CORRECTED, made, by, reason)
        elif ended:
            touched.log(WITHDRAWN, ended, by, reason)
    return made


@transaction.atomic
def _withdraw(ids: Collection[int], by: User | None, reason: str, as_of: datetime) -> list[Correction]:
    chosen = Correction.objects.filter(among("id", ids), withdrawn_at=None).order_by()
    touched = _Touched(set(chosen.values_list("dossier_id", flat=True)), as_of)
    # Read again under the lock: another may have withdrawn them, or their system said something else.
    ended = [_ended(correction, by, reason, as_of) for correction in chosen.all()]
    for correction in ended:
        _set(touched.dossiers[correction.dossier_id], correction.field, correction.said)
    if ended:
        _save_ended(ended)
        touched.write(ended)
        touched.log(WITHDRAWN, ended, by, reason)
    return ended


def _ended(correction: Correction, by: User | None, reason: str, as_of: datetime) -> Correction:
    correction.withdrawn_at, correction.withdrawn_by = as_of, by
    correction.withdrawal_reason = reason[:500]
    return correction


def _save_ended(ended: Sequence[Correction]) -> None:
    if ended:
        Correction.objects.bulk_update(ended, ["withdrawn_at", "withdrawn_by", "withdrawal_reason"])


def _said(dossier: Dossier, name: str) -> Any:
    fact = FIELDS[name]
    return fact.plain(getattr(dossier, fact.column)) if fact.column else False


def _set(dossier: Dossier, name: str, value: Any) -> None:
    fact = FIELDS[name]
    if name != LEFT_OUT:
        setattr(dossier, fact.column, fact.python(value))


def _check_order(dossier: Dossier, facts: Collection[str]) -> None:
    """Refuse an end before the reception, where one of them is what was corrected."""
    begun = dossier.received_at or dossier.submitted_at
    if begun is None:
        return
    for name in _ENDS:
        end = getattr(dossier, name)
        if end is not None and end < begun and {name, "received_at", "submitted_at"} & set(facts):
            raise ValidationError(
                {name: _("Dossier %(code)s would end before it was received.") % {"code": dossier.code}}
            )
