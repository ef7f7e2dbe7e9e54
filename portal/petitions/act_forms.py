"""What is filled in for each act with a petition."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from feedback.handlers import handlers_of
from feedback.models import Petition
from feedback.petition_work import LONGEST_TEXT
from portal.petitions.agencies_found import agency_named
from procedures.months import VIETNAM


class ActForm(forms.Form):
    """Begins with nothing to fill in; knows the petition and who acts."""

    def __init__(self, *args: Any, petition: Petition, by: Any, as_of: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.petition, self.by, self.as_of = petition, by, as_of
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the petition."""


class AgencyField(forms.CharField):
    """An agency by its code or name, suggested while one types; cleans to the agency."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "list": "agencies", "spellcheck": "false"})
        super().__init__(max_length=250, widget=widget, **kwargs)

    def clean(self, value: Any) -> Agency | None:
        asked = super().clean(value)
        return agency_named(asked, timezone.now().astimezone(VIETNAM).date()) if asked else None


def _words(label: Any, hint: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": rows})
    )


class AssignForm(ActForm):
    """Who is to handle it."""

    assignee = forms.ModelChoiceField(label=_("Assigned to"), queryset=User.objects.none(), empty_label=None)

    def prepare(self) -> None:
        field: Any = self.fields["assignee"]
        field.queryset = handlers_of(self.petition.agency, self.as_of)
        field.label_from_instance = lambda one: f"{one} ({one.username})"
        self.initial.setdefault("assignee", self.petition.assignee_id or self.by.pk)


class NoteForm(ActForm):
    """A note for the agencies alone."""

    text = _words(_("Note"), _("Read by the agencies alone, never by the sender."))


class TransferForm(ActForm):
    """Where it is to go, and why."""

    agency = AgencyField(
        label=_("To the agency"), help_text=_("Code or name, with or without diacritics; any in the country.")
    )
    reason = _words(_("Reason"), _("The sender reads it."), 3)


class SupplementForm(ActForm):
    """What is missing."""

    text = _words(_("What is missing"), _("The sender reads it; ask for all of it at once."))


class RefuseForm(ActForm):
    """The coded reason, and words to the sender."""

    refusal = forms.ChoiceField(
        label=_("Reason"), choices=Petition.Refusal.choices, widget=forms.RadioSelect, required=True
    )
    explanation = _words(_("Explanation"), _("The sender reads it; say where they can turn to."))


class AnswerForm(ActForm):
    """The answer."""

    text = _words(_("Answer"), _("The sender reads it at once; publishing it is the next step."), 12)


class CloseForm(ActForm):
    """Why an answer is not published."""

    reason = _words(_("Reason"), _("Read by the agencies; it stands in the log of decisions."), 3)
