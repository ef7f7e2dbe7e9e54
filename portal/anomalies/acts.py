"""What may be done with an anomaly: what each act asks for, what it will do, and the verb that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.models import User
from scoring.anomalies import settling
from scoring.models import Anomaly


class AssignForm(forms.Form):
    """Who is to look into it."""

    assignee = forms.ModelChoiceField(
        label=gettext_lazy("Assigned to"), queryset=User.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, people: Any, first: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignee"]
        field.queryset = people
        field.label_from_instance = lambda one: f"{one} ({one.username})"
        self.initial.setdefault("assignee", first)


class ExplainForm(forms.Form):
    """The agency's answer."""

    text = forms.CharField(
        label=pgettext_lazy("anomaly", "Explanation"),
        help_text=gettext_lazy(
            "What happened, and what was mended. Name dossiers by their codes, never applicants."
        ),
        max_length=settling.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class ReasonForm(forms.Form):
    """Why it is decided so."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The agency reads it; it stands in the log of decisions."),
        max_length=settling.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@dataclass(frozen=True)
class Act:
    """One act: its words, in which states who may do it, what is asked for, what it will do, the verb."""

    name: str
    title: Any
    button: Any
    done: Any
    states: tuple[str, ...]
    may: Callable[[Any, Anomaly], bool]
    form: type[forms.Form]
    verb: Callable[..., None]
    consequences: Callable[[Anomaly], Iterator[str]]


def _assigning(anomaly: Anomaly) -> Iterator[str]:
    yield _("It stands in that person’s list; everybody who could see it still can.")


def _explaining(anomaly: Anomaly) -> Iterator[str]:
    above = anomaly.agency.parent
    if above:
        yield _("%(above)s, or somebody above, reads it and decides.") % {"above": above.name}
    yield _("If you mend the data, the next search closes the anomaly by itself.")


def _settling(anomaly: Anomaly) -> Iterator[str]:
    yield _("It no longer waits, and is not named to who publishes the period.")
    yield _("It is opened again if it is found twice as large.")


def _dismissing(anomaly: Anomaly) -> Iterator[str]:
    yield _("The data count as they are; it is not named to who publishes the period.")
    yield _("It is opened again if it is found twice as large.")


def _reopening(anomaly: Anomaly) -> Iterator[str]:
    yield _("It stands in the list again, to be decided anew.")


ASSIGN = Act(
    "assign",
    gettext_lazy("Assign the anomaly"),
    gettext_lazy("Assign"),
    gettext_lazy("It is assigned."),
    Anomaly.WAITING,
    settling.may_assign,
    AssignForm,
    lambda anomaly, data, **who: settling.assign(anomaly, data["assignee"], **who),
    _assigning,
)
EXPLAIN = Act(
    "explain",
    gettext_lazy("Explain the anomaly"),
    pgettext_lazy("anomaly", "Explain"),
    gettext_lazy("The explanation is kept."),
    Anomaly.WAITING,
    settling.may_explain,
    ExplainForm,
    lambda anomaly, data, **who: settling.explain(anomaly, data["text"], **who),
    _explaining,
)
SETTLE = Act(
    "settle",
    gettext_lazy("Settle the anomaly"),
    gettext_lazy("Settle"),
    gettext_lazy("It is settled."),
    Anomaly.WAITING,
    settling.may_settle,
    ReasonForm,
    lambda anomaly, data, **who: settling.settle(anomaly, reason=data["reason"], **who),
    _settling,
)
DISMISS = Act(
    "dismiss",
    gettext_lazy("Dismiss the anomaly"),
    gettext_lazy("Dismiss: the data are right"),
    gettext_lazy("It is dismissed."),
    Anomaly.WAITING,
    settling.may_settle,
    ReasonForm,
    lambda anomaly, data, **who: settling.dismiss(anomaly, reason=data["reason"], **who),
    _dismissing,
)
REOPEN = Act(
    "reopen",
    gettext_lazy("Open the anomaly again"),
    gettext_lazy("Open again"),
    gettext_lazy("It is open again."),
    Anomaly.DECIDED,
    settling.may_settle,
    ReasonForm,
    lambda anomaly, data, **who: settling.reopen(anomaly, reason=data["reason"], **who),
    _reopening,
)
#: What comes next while nobody explained it yet, and once somebody did.
ACTS = (EXPLAIN, ASSIGN, SETTLE, DISMISS, REOPEN)
ONCE_EXPLAINED = (SETTLE, DISMISS, EXPLAIN, ASSIGN)


@dataclass(frozen=True)
class Deed:
    """Something that this person may do now; ``strong`` is what comes next."""

    label: Any
    url: str
    strong: bool


def deeds(anomaly: Anomaly, user: Any) -> list[Deed]:
    """What the state allows and the person may do, the next thing first."""
    acts = ONCE_EXPLAINED if anomaly.state == Anomaly.State.EXPLAINED else ACTS
    found = [act for act in acts if anomaly.state in act.states and act.may(user, anomaly)]
    return [
        Deed(act.button, reverse(f"anomaly-{act.name}", args=[anomaly.pk]), not place and anomaly.is_waiting)
        for place, act in enumerate(found)
    ]
