"""Publishing: take out what names anybody, look at it as everybody will read it, then publish."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from feedback import publishing
from feedback.models import Petition
from feedback.personal_data import signs_in
from feedback.petition_work import LONGEST_TEXT
from feedback.petitions import LONGEST_SUBJECT
from portal.petitions.act_page import fits, unchanged
from portal.petitions.frame import framed
from portal.petitions.reached import petition_for, stay_of

STATES = frozenset({Petition.State.AWAITING_PUBLICATION})


class PublicationForm(forms.Form):
    """The texts as everybody may read them."""

    subject = forms.CharField(label=gettext_lazy("What it is about"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("Text of the petition"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 9})
    )


@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: HttpRequest, petition_id: int) -> HttpResponse:
    """First the texts, then how they will look with a yes to be given."""
    petition = petition_for(request, petition_id)
    if not fits(request, petition, STATES):
        return redirect("desk-petition", petition.pk)
    initial = {name: getattr(petition, name) for name in ("subject", "body", "answer")}
    form = PublicationForm(request.POST if request.method == "POST" else None, initial=initial)
    looked = request.POST.get("looked") == "yes"
    if form.is_bound and form.is_valid() and request.POST.get("confirmed") == "yes":
        if not looked:
            messages.error(request, _("Confirm that you have looked through the texts."))
        elif unchanged(request, petition) and _published(request, petition, form):
            return redirect("desk-petition", petition.pk)
    preview = form.is_bound and form.is_valid() and request.POST.get("step") != "change"
    texts = form.cleaned_data if preview else initial
    context = framed(
        request,
        _("Publish petition and answer"),
        "petitions",
        petition=petition,
        form=form,
        preview={name: marked(text) for name, text in texts.items()} if preview else None,
        signs=list(dict.fromkeys(sign for text in texts.values() for sign in signs_in(text))),
        publish_by=stay_of(petition).publish_by,
        seen=petition.moved_at.isoformat(),
    )
    return TemplateResponse(request, "petitions/publish.html", context)


def marked(text: str) -> SafeString:
    """The text with what looks like personal data marked."""
    told: Any = conditional_escape(text)
    for sign in sorted(signs_in(text), key=len, reverse=True):
        shown = conditional_escape(sign)
        told = told.replace(shown, format_html("<mark>{}</mark>", sign))
    # Escaped above; the marks are ours.
    return mark_safe(told)  # noqa: S308


def _published(request: HttpRequest, petition: Petition, form: PublicationForm) -> bool:
    try:
        publishing.publish(
            petition, **form.cleaned_data, by=person(request), as_of=timezone.now(), looked_through=True
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Petition and answer are published."))
    return True
