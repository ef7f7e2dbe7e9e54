"""What is filled in to set, change and cancel a task of an action list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from portal.delegation.forms import DAY_FORMATS, DayInput

HUNDRED = Decimal(100)


class PercentField(forms.DecimalField):
    """A percentage, with a comma or a point; cleans to a fraction."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_digits=5, decimal_places=2, widget=widget, localize=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().removesuffix("%").strip().replace(",", ".")
        return super().to_python(text)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else found / HUNDRED


class TaskForm(forms.Form):
    """What a task asks for."""

    target = PercentField(label=_("Target rate (%)"))
    due_on = forms.DateField(label=_("By the day"), input_formats=DAY_FORMATS, widget=DayInput())
    responsible = forms.ModelChoiceField(
        label=_("Person responsible"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Everybody of the unit"),
        help_text=_("Who is reminded by letter: a week and a day before the day, and once it is over."),
    )
    note = forms.CharField(
        label=_("What is to be done"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        chosen: Any = self.fields["responsible"]
        chosen.queryset = User.objects.filter(pk__in=[person.pk for person in people])

    def refuse(self, messages: Mapping[str, list[str]]) -> None:
        """Tell what the verb refused, each beside its field."""
        for name, told in messages.items():
            for message in told:
                self.add_error(name if name in self.fields else None, message)


class ChangedTaskForm(TaskForm):
    """What a task asks for from now on, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class ReasonForm(forms.Form):
    """Why a task is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
