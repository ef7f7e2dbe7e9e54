"""The page that says, in numbers and names, what a decision will do, and waits for a reason and a yes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Grant
from portal.delegation.frame import framed

#: Names listed of those that a decision carries along.
NAMED = 100


class ReasonForm(forms.Form):
    """Why something is decided."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class OptionalReasonForm(forms.Form):
    """Why, where it may go without saying."""

    reason = forms.CharField(
        label=gettext_lazy("Reason (if there is something to say)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dataclass(frozen=True)
class Carried:
    """Grants that a decision carries along or leaves, under a heading; ``unnamed`` more are only counted."""

    heading: str
    grants: Sequence[Grant]
    unnamed: int = 0

    @property
    def named(self) -> Sequence[Grant]:
        """Those that are listed."""
        return self.grants[:NAMED]

    @property
    def further(self) -> int:
        """How many more there are."""
        return max(0, len(self.grants) - NAMED) + self.unnamed


def ask(
    request: HttpRequest,
    *,
    title: str,
    here: str,
    consequences: Iterable[str],
    button: str,
    back: str,
    form: forms.Form | None,
    carried: Iterable[Carried] = (),
    hidden: Iterable[tuple[str, Any]] = (),
    seen: str = "",
) -> TemplateResponse:
    """The page; its POST goes to its own address. ``seen`` stands for what it shows (``fingerprint``)."""
    context = framed(
        request,
        title,
        here,
        consequences=list(consequences),
        carried=[part for part in carried if part.grants or part.unnamed],
        button=button,
        back=back,
        form=form,
        hidden=list(hidden),
        seen=seen,
    )
    return TemplateResponse(request, "delegation/confirm.html", context)


def agreed(request: HttpRequest, seen: str = "") -> bool:
    """Whether this is the answer "yes" to the page as it would look now.

    Where more or less would happen than the person saw, they are told so and asked again.
    """
    if request.method != "POST" or request.POST.get("confirmed") != "yes":
        return False
    if request.POST.get("seen", "") == seen:
        return True
    messages.warning(request, _("What would happen has changed meanwhile. Look again, then confirm."))
    return False


def fingerprint(*grants: Iterable[Grant]) -> str:
    """A short text that differs where the grants shown on a page do."""
    ids = "|".join(",".join(str(grant.pk) for grant in part) for part in grants)
    return hashlib.sha256(ids.encode()).hexdigest()[:16]


def refusal(error: PermissionDenied | ValidationError, form: forms.Form | None) -> None:
    """Put a refusal where it belongs on the form; raises it anew where there is none or it is a 403."""
    if form is None or isinstance(error, PermissionDenied):
        raise error
    fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, reasons in fields.items():
        form.add_error(field if field in form.fields else None, reasons)


def post_of(request: HttpRequest) -> Any:
    """What a form is bound to: what was sent, None while the page is only shown."""
    return request.POST if request.method == "POST" else None
