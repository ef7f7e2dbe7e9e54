"""Forms by which a petition is written, sent and followed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.petitions import LONGEST_BODY, LONGEST_SUBJECT
from portal.citizen.fields import FilesField, LineField, PlainField
from portal.pages.procedure import LONGEST_QUERY, matching
from procedures.models import Procedure

#: How many procedures are offered when several match.
OFFERED = 8


class TextForm(forms.Form):
    """What is said, in a sentence and at length, and of which procedure."""

    subject = LineField(
        label=_("In one sentence, what is it about?"),
        max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = PlainField(
        label=_("What happened, and what do you ask for?"),
        max_length=LONGEST_BODY,
        help_text=_("When, where, which papers. Write of yourself only what the office must know."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    procedure = LineField(
        label=_("Procedure (optional)"),
        required=False,
        max_length=LONGEST_QUERY,
        help_text=_("Some words of its name, or its code."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    procedure_code = forms.CharField(required=False, max_length=50)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        #: The procedures that match what was written, if there are several.
        self.offered: list[Procedure] = []
        self.found: Procedure | None = None

    def clean(self) -> dict[str, Any]:
        """Find the procedure meant; with several, one must be chosen."""
        told: dict[str, Any] = self.cleaned_data
        code, asked = told.get("procedure_code", ""), told.get("procedure", "")
        if not asked:
            return told
        named = Procedure.objects.filter(is_public=True, code=code or asked).first()
        offered = [named] if named else list(matching(asked)[: OFFERED + 1])
        if len(offered) == 1:
            self.found = offered[0]
        elif offered:
            self.offered = offered[:OFFERED]
            self.add_error(
                "procedure", ValidationError(_("Several procedures match. Choose one, or leave it empty."))
            )
        else:
            self.add_error(
                "procedure", ValidationError(_("No procedure matches. Write other words, or leave it empty."))
            )
        return told


class SendForm(forms.Form):
    """Files and contact, both as one likes."""

    attachments = FilesField(
        label=_("Pictures or papers (optional)"),
        help_text=_("JPEG, PNG, WebP or PDF; up to 5 files, 5 MB each, 15 MB together."),
    )
    name = LineField(
        label=_("Your name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = LineField(
        label=_("Telephone"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    email = LineField(
        label=_("E-mail"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email", "type": "email"}),
    )

    @property
    def contact(self) -> list[forms.BoundField]:
        """The fields that say who writes."""
        return [self[name] for name in ("name", "phone", "email")]


class ReceiptForm(forms.Form):
    """The two things on a petition's receipt."""

    code = LineField(
        label=_("Receipt code"),
        max_length=30,
        help_text=_("For example PA261121-7K3Q-F2MX."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    secret = LineField(
        label=_("Secret"),
        max_length=40,
        help_text=_("Three times four letters, told with the receipt code."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class SupplementForm(forms.Form):
    """What the office asked for."""

    text = PlainField(
        label=_("What the office asked for"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    attachments = FilesField(
        label=_("Pictures or papers (optional)"),
        help_text=_("JPEG, PNG, WebP or PDF; up to 5 files, 5 MB each, 15 MB together."),
    )


class ComplaintForm(forms.Form):
    """Why the answer will not do."""

    text = PlainField(
        label=_("What is wrong with the answer?"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
