"""What is filled in to write an objection: agency, period, criterion, text; dossiers and their facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.laying_over import FIELDS, LEFT_OUT, Fact, Kind
from procedures.months import VIETNAM, add_months, month_of
from scoring.behind import Behind, NotByDossierError, behind
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.models import Criterion
from scoring.objections.moves import LONGEST_TEXT
from scoring.periods import Period, containing

#: Months back to which one may object on the page; what is published closes earlier.
MONTHS = 15
#: Which fact is most likely wrong where a criterion is settled by it, and what it should then be.
LIKELY: dict[str, tuple[str, Any]] = {
    "late_by_rule": ("finished_at", None),
    "deadline_at": ("finished_at", None),
    "ended_at": ("finished_at", None),
    "channel": ("channel", 2),
    "payment": ("payment", 2),
    "fee_total": ("fee_total", 0),
    "has_attachment": ("has_attachment", True),
    "has_result_file": ("has_result_file", True),
    "reuses_data": ("reuses_data", True),
    "from_personal_store": ("from_personal_store", True),
    "uses_population_data": ("uses_population_data", True),
}


class TextForm(forms.Form):
    """The criterion and the text."""

    criterion = forms.ChoiceField(label=_("Criterion"), required=False)
    text = forms.CharField(
        label=_("What is wrong, and how it is known"),
        help_text=_("Read by the level above and the Government Office. Name no applicant."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["criterion"]
        field.choices = [("", _("none: dossiers alone")), *criteria(period)]


class NewForm(forms.Form):
    """Whose, and of which period."""

    agency = forms.CharField(
        label=_("Agency (code)"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, *args: Any, as_of: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["period"]
        field.choices = [(one.code, one.label) for one in periods(as_of)]


class DossiersForm(forms.Form):
    """Dossiers by their codes, and which fact of them is wrong."""

    codes = forms.CharField(
        label=_("Dossier codes"),
        help_text=_("One a line."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=30_000,
        required=False,
    )
    field = forms.ChoiceField(
        label=_("What is wrong of them"), choices=[(fact.name, fact.label) for fact in FIELDS.values()]
    )

    def listed(self) -> list[str]:
        """The codes, each once, in order."""
        return list(dict.fromkeys(self.cleaned_data["codes"].replace(",", "\n").split()))


def periods(as_of: datetime) -> Iterator[Period]:
    """The periods one may choose from, the newest first: months, then what they make up."""
    months = [add_months(month_of(as_of), -back) for back in range(MONTHS)]
    found = dict.fromkeys(period for month in months for period in containing(month))
    return iter(sorted(found, key=lambda one: (len(one.months), -one.first)))


def criteria(period: Period) -> list[tuple[str, str]]:
    """The criteria that give points in a period, by code."""
    try:
        rules = set_in_force(period.last)
    except NoSetInForceError:
        return []
    found = Criterion.objects.filter(group__indicator_set=rules).order_by("group__position", "position")
    return [(one.code, f"{one.code} {one.name}") for one in found]


def likely(found: Behind) -> tuple[str, Any]:
    """The fact by which the dossiers behind a criterion are settled, and what it should be."""
    for name in found.deciding:
        if name in LIKELY:
            return LIKELY[name]
    return "finished_at", None


def likely_fact(agency: Any, period: Period, criterion: str, as_of: datetime) -> tuple[str, Any]:
    """The same for a criterion by its code; the end of handling where it counts no dossiers."""
    try:
        return likely(behind(agency, period, criterion, as_of))
    except (NotByDossierError, LookupError):
        return "finished_at", None


def usual_value(field: str) -> Any:
    """What a fact should be where it can only be one thing: filled in beforehand."""
    if field == LEFT_OUT:
        return True
    return next((value for name, value in LIKELY.values() if name == field), None)


def input_of(fact: Fact, value: Any) -> dict[str, Any]:
    """How a fact is filled in: the kind of input, its choices, and its value there."""
    if fact.kind is Kind.MOMENT:
        written = ""
        if value:
            written = fact.python(value).astimezone(VIETNAM).strftime("%Y-%m-%dT%H:%M")
        return {"type": "datetime-local", "value": written}
    if fact.kind is Kind.NUMBER:
        return {"type": "number", "value": "" if value is None else value}
    choices: Any = [("1", _("yes")), ("0", _("no"))]
    if fact.kind is Kind.CHOICE:
        choices = [(str(number), label) for number, label in fact.choices]
    chosen = "" if value is None else str(int(value))
    return {"type": "select", "choices": choices, "value": chosen}
