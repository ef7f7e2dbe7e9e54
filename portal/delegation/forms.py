"""What is filled in to give access: to whom, as what, from when until when, why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.holdings import Errors
from agencies.models import Role, User
from portal.delegation.people import account_called

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


class DayInput(forms.DateInput):
    """A day, chosen in the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PersonField(forms.CharField):
    """Somebody with an account, by exact username or e-mail; cleans to the account."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "list": "people", "spellcheck": "false"})
        super().__init__(max_length=254, widget=widget, **kwargs)

    def clean(self, value: Any) -> User | None:
        called = super().clean(value)
        if not called:
            return None
        found = account_called(called)
        if not found:
            raise ValidationError(_("No account has this username or e-mail address."), code="unknown")
        if len(found) > 1:
            raise ValidationError(_("Several accounts have this e-mail address: enter the username."))
        return found[0]


class AccessForm(forms.Form):
    """The role and the window of an access that is to be given."""

    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"),
        queryset=Role.objects.prefetch_related("permissions"),
        to_field_name="code",
        error_messages={"required": gettext_lazy("Choose a role.")},
    )
    valid_from = forms.DateField(
        label=gettext_lazy("From the day"),
        required=False,
        input_formats=DAY_FORMATS,
        widget=DayInput(),
        help_text=gettext_lazy("Empty: from now on."),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Until the end of"),
        required=False,
        input_formats=DAY_FORMATS,
        widget=DayInput(),
        help_text=gettext_lazy("Empty: without an end."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example the decision by which the person was assigned."),
    )

    def object_to(self, errors: Errors, **called: str) -> None:
        """Put objections on the fields they are about; ``called`` names fields that are called otherwise."""
        for field, reasons in errors.items():
            field = called.get(field, field)
            self.add_error(field if field in self.fields else None, reasons)


class GrantForm(AccessForm):
    """Access for somebody who has an account."""

    person = PersonField(
        label=gettext_lazy("Holder"),
        help_text=gettext_lazy("Username or e-mail address; whoever holds something here is suggested."),
    )
    field_order = ("person",)


class InviteForm(AccessForm):
    """Access offered by letter."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Full name"), max_length=150, required=False)
    field_order = ("email", "name")


class HandOverForm(forms.Form):
    """Who takes over, and why."""

    to_user = PersonField(
        label=gettext_lazy("Who takes over"),
        help_text=gettext_lazy("Username or e-mail address; whoever holds something here is suggested."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
