"""The acts with an objection: who may, what each asks for, what it will do, and the verb that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_display import figure
from agencies.models import User
from procedures.laying_over import FIELDS, shown
from scoring.models import Objection
from scoring.objections import deciding, doors, writing
from scoring.objections.moves import LONGEST_TEXT
from scoring.objections.terms import terms
from scoring.periods import Period
from scoring.published_versions import latest_published

State, Desk = Objection.State, Objection.Desk


class ActForm(forms.Form):
    """Begins with nothing to fill in; knows the objection."""

    def __init__(self, *args: Any, objection: Objection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.objection = objection
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the objection."""


def _words(label: Any, hint: Any = "", *, needed: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, help_text=hint, max_length=LONGEST_TEXT, widget=area, required=needed)


class ReasonForm(ActForm):
    """Why."""

    text = _words(gettext_lazy("Reason"))


class OpinionForm(ActForm):
    """Whether the level above supports it, and why."""

    supports = forms.ChoiceField(
        label=gettext_lazy("Opinion"),
        choices=[("yes", gettext_lazy("We support it")), ("no", gettext_lazy("We do not support it"))],
        widget=forms.RadioSelect,
    )
    text = _words(gettext_lazy("Reasons"), gettext_lazy("Read by the agency and the Government Office."))


class MoreForm(ActForm):
    """What is to be said or shown."""

    text = _words(gettext_lazy("What is missing"), gettext_lazy("The agency reads it; ask for all at once."))


class SayMoreForm(ActForm):
    """What was asked for."""

    text = _words(gettext_lazy("Answer"), gettext_lazy("Files are added on the page before this."))


class DecideForm(ActForm):
    """Which facts are accepted, and why."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Accepted: the data are corrected"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("yes", gettext_lazy("Accepted")), ("no", gettext_lazy("Refused"))],
        widget=forms.RadioSelect,
    )
    text = _words(
        gettext_lazy("Reasons"), gettext_lazy("The agency reads them; they stand in the log of decisions.")
    )

    def prepare(self) -> None:
        disputed = list(self.objection.items.select_related("dossier"))
        field: Any = self.fields["items"]
        field.choices = [
            (
                str(one.pk),
                f"{one.dossier.code} · {FIELDS[one.field].label}: "
                f"{shown(one.field, one.stood)} → {shown(one.field, one.value)}",
            )
            for one in disputed
        ]
        del self.fields["outcome" if disputed else "items"]
        self.initial.setdefault("items", [str(one.pk) for one in disputed])

    def accepted(self) -> list[int]:
        """The ids of the facts accepted."""
        return [int(pk) for pk in self.cleaned_data.get("items", [])]


@dataclass(frozen=True)
class Act:
    """One act: its words, who may do it when, what is asked for, the verb and what it will do."""

    name: str
    title: Any
    button: Any
    done: Any
    #: Whose it is at all, whatever the state; and whether the state allows it.
    whose: Callable[[User, Objection], bool]
    fits: Callable[[Objection], bool]
    form: type[ActForm]
    verb: Callable[[Objection, Any, User, datetime], object]
    consequences: Callable[[Objection, datetime], Iterator[str]]
    #: Seen in numbers before it is done.
    looked_at: bool = False

    def may(self, user: User, objection: Objection) -> bool:
        """Whether this person may do it now."""
        return self.fits(objection) and self.whose(user, objection)

    def url(self, objection: Objection) -> str:
        """Where it is done."""
        return reverse(f"objection-{self.name}", args=[objection.pk])


def _sender(user: User, one: Objection) -> bool:
    return doors.may_send(user, one.agency)


def _writer(user: User, one: Objection) -> bool:
    return doors.may_write(user, one.agency)


def _withdrawer(user: User, one: Objection) -> bool:
    return _writer(user, one) if one.state == State.DRAFT else _sender(user, one)


def _has_it(user: User, one: Objection) -> bool:
    return doors.may_judge(user, one) if one.desk == Desk.ABOVE else doors.may_decide(user, one)


def _is_draft(one: Objection) -> bool:
    return one.state == State.DRAFT


def _is_above(one: Objection) -> bool:
    return one.state == State.SENT and one.desk == Desk.ABOVE


def _is_judgeable(one: Objection) -> bool:
    return one.state in deciding.JUDGEABLE


def _is_at_office(one: Objection) -> bool:
    return one.state in deciding.JUDGEABLE and one.desk == Desk.OFFICE


def _has_corrected(one: Objection) -> bool:
    return one.state in Objection.DECIDED and bool(deciding.in_force(one))


def _sending(one: Objection, as_of: datetime) -> Iterator[str]:
    yield _("%(count)s facts of dossiers are disputed, %(files)s files are attached.") % {
        "count": figure(one.items.count()),
        "files": figure(one.evidence.count()),
    }
    yield _("The level above has %(days)d working days for its opinion, the Government Office %(more)d.") % {
        "days": terms().opinion,
        "more": terms().decision,
    }
    yield _("Where the level above sends it itself, it goes to the Office at once.")
    yield _("Nothing on it can be changed then, unless more is asked for.")


def _withdrawing(one: Objection, as_of: datetime) -> Iterator[str]:
    yield _("It is not decided; what it disputed may be disputed anew.")


def _judging(one: Objection, as_of: datetime) -> Iterator[str]:
    yield _("It goes on to the Government Office either way, with your reasons.")


def _asking(one: Objection, as_of: datetime) -> Iterator[str]:
    yield _("The agency has %(days)d working days; then it comes back, answered or not.") % {
        "days": terms().more
    }


def _saying(one: Objection, as_of: datetime) -> Iterator[str]:
    yield _("It goes back to who asked.")


def _deciding(one: Objection, as_of: datetime) -> Iterator[str]:
    yield _("Facts accepted are corrected at once and counted anew; their systems cannot undo it.")
    yield _("Those not ticked are refused.")
    if latest_published(Period.parse(one.period)) is not None:
        yield _("The period is published: what is published stays, until a corrected version is.")


def _taking_back(one: Objection, as_of: datetime) -> Iterator[str]:
    yield _("%(count)s corrections end: what the systems said last stands again and is counted.") % {
        "count": figure(len(deciding.in_force(one)))
    }


SEND = Act(
    "send",
    gettext_lazy("Send the objection"),
    gettext_lazy("Send"),
    gettext_lazy("Sent."),
    _sender,
    _is_draft,
    ActForm,
    lambda one, form, by, as_of: writing.send(one, by=by, as_of=as_of),
    _sending,
)
WITHDRAW = Act(
    "withdraw",
    gettext_lazy("Withdraw the objection"),
    gettext_lazy("Withdraw"),
    gettext_lazy("Withdrawn."),
    _withdrawer,
    lambda one: not one.is_over,
    ReasonForm,
    lambda one, form, by, as_of: writing.withdraw(one, form.cleaned_data["text"], by=by, as_of=as_of),
    _withdrawing,
)
JUDGE = Act(
    "opinion",
    gettext_lazy("Give the opinion of the level above"),
    gettext_lazy("Give the opinion"),
    gettext_lazy("The opinion went to the Government Office."),
    doors.may_judge,
    _is_above,
    OpinionForm,
    lambda one, form, by, as_of: deciding.give_opinion(
        one, form.cleaned_data["supports"] == "yes", form.cleaned_data["text"], by=by, as_of=as_of
    ),
    _judging,
)
ASK_MORE = Act(
    "ask-more",
    gettext_lazy("Ask the agency for more"),
    gettext_lazy("Ask"),
    gettext_lazy("The agency was asked."),
    _has_it,
    _is_judgeable,
    MoreForm,
    lambda one, form, by, as_of: deciding.ask_more(one, form.cleaned_data["text"], by=by, as_of=as_of),
    _asking,
)
SAY_MORE = Act(
    "say-more",
    gettext_lazy("Say what was asked for"),
    gettext_lazy("Send the answer"),
    gettext_lazy("Sent."),
    _writer,
    lambda one: one.state == State.MORE_ASKED,
    SayMoreForm,
    lambda one, form, by, as_of: writing.say_more(one, form.cleaned_data["text"], by=by, as_of=as_of),
    _saying,
)
DECIDE = Act(
    "decide",
    gettext_lazy("Decide"),
    gettext_lazy("Decide so"),
    gettext_lazy("Decided."),
    doors.may_decide,
    _is_at_office,
    DecideForm,
    lambda one, form, by, as_of: deciding.decide(
        one,
        accepted=form.accepted(),
        wholly=form.cleaned_data.get("outcome") == "yes",
        text=form.cleaned_data["text"],
        by=by,
        as_of=as_of,
    ),
    _deciding,
    looked_at=True,
)
TAKE_BACK = Act(
    "withdraw-corrections",
    gettext_lazy("Withdraw its corrections"),
    gettext_lazy("Withdraw the corrections"),
    gettext_lazy("The corrections are withdrawn."),
    doors.may_decide,
    _has_corrected,
    ReasonForm,
    lambda one, form, by, as_of: deciding.withdraw_corrections(
        one, form.cleaned_data["text"], by=by, as_of=as_of
    ),
    _taking_back,
)
#: In the order in which they are offered, the next thing first.
ACTS = (SEND, DECIDE, JUDGE, SAY_MORE, ASK_MORE, WITHDRAW, TAKE_BACK)
