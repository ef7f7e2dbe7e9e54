"""Held for review: bursts from one source, to be released or rejected by who stands above the agency."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from agencies.admin_display import figure
from agencies.admin_scope import person
from agencies.permissions import REVIEW_VOICES
from agencies.step_up import step_up_required
from agencies.visibility import holds_somewhere
from feedback.models import Opinion, Rating
from feedback.reviewing import reject, release
from portal.petitions.frame import framed
from portal.petitions.held_voices import Held, bursts_for, chosen


class ReasonForm(forms.Form):
    """Why they count, or never will."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the log of decisions."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def held(request: HttpRequest) -> HttpResponse:
    """What is held, by where it came from; those chosen are released or rejected once confirmed."""
    user = person(request)
    if not holds_somewhere(user, REVIEW_VOICES):
        raise PermissionDenied
    decision = request.POST.get("decision", "")
    if decision in ("release", "reject"):
        voices = chosen(user, request.POST.getlist("voice"))
        if voices:
            return _decide(request, voices, decision)
        messages.warning(request, _("Choose what to decide about; what others decided is gone from here."))
    bursts = bursts_for(user)
    context = framed(request, _("Held for review"), "held", bursts=bursts)
    return TemplateResponse(request, "petitions/held.html", context)


def _decide(request: HttpRequest, voices: list[Held], decision: str) -> HttpResponse:
    confirmed = request.POST.get("confirmed") == "yes"
    form = ReasonForm(request.POST if confirmed else None)
    if confirmed and form.is_valid():
        verb = release if decision == "release" else reject
        try:
            count = verb(
                [one.voice for one in voices],
                by=person(request),
                reason=form.cleaned_data["reason"],
                as_of=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _told(decision, count))
            return redirect("held-voices")
    context = framed(
        request,
        _("Release held voices") if decision == "release" else _("Reject held voices"),
        "held",
        voices=voices,
        decision=decision,
        form=form,
        consequences=_consequences(voices, decision),
    )
    return TemplateResponse(request, "petitions/decide.html", context)


def _consequences(voices: list[Held], decision: str) -> list[str]:
    count = len(voices)
    unhappy = sum(
        isinstance(one.voice, Rating) and one.voice.satisfaction == Opinion.Satisfaction.NOT_SATISFIED
        for one in voices
    )
    if decision == "release":
        first = ngettext("%(count)s voice counts from now on.", "%(count)s voices count from now on.", count)
    else:
        first = ngettext(
            "%(count)s voice will never count; it stays to be seen.",
            "%(count)s voices will never count; they stay to be seen.",
            count,
        )
    told = [first % {"count": figure(count)}]
    if unhappy:
        told.append(
            ngettext(
                "%(count)s of them says “not satisfied” and weighs on criterion 5.4.",
                "%(count)s of them say “not satisfied” and weigh on criterion 5.4.",
                unhappy,
            )
            % {"count": figure(unhappy)}
        )
    if any(one.is_petition for one in voices):
        told.append(_("Petitions among them are handled all the same, whether they count or not."))
    told.append(_("The decision cannot be taken back; it stands in the log with its reason."))
    return told


def _told(decision: str, count: int) -> str:
    if decision == "release":
        text = ngettext("%(count)s voice was released.", "%(count)s voices were released.", count)
    else:
        text = ngettext("%(count)s voice was rejected.", "%(count)s voices were rejected.", count)
    return text % {"count": figure(count)}
