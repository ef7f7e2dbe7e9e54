"""Agencies that ended or moved: letting what people held there pass on, or taking it under one's own hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from agencies.admin_display import figure
from agencies.models import Agency, Grant
from agencies.permissions import DELEGATE, REVIEW_ACCESS
from agencies.revoking import hanging_on
from agencies.step_up import step_up_required
from agencies.succession import Succession, adopt, proposed_successions, stranded, succeed
from agencies.visibility import holds_somewhere, may
from agencies.watching import may_watch
from portal.delegation.acts import ASKED_OR_SENT
from portal.delegation.confirming import (
    Carried,
    OptionalReasonForm,
    ReasonForm,
    agreed,
    ask,
    fingerprint,
    post_of,
    refusal,
)
from portal.delegation.frame import framed
from portal.delegation.places import grant_seen, me, office_named
from portal.delegation.told import told


class SuccessionForm(OptionalReasonForm):
    """Which agency what people held passes to, where several came after."""

    successor = forms.ModelChoiceField(
        label=gettext_lazy("Passes to"),
        queryset=Agency.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
    )
    field_order = ("successor", "reason")

    def __init__(self, *args: Any, successors: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["successor"]
        field.queryset = Agency.objects.filter(pk__in=[agency.pk for agency in successors])
        field.label_from_instance = lambda agency: f"{agency.name} ({agency.code})"
        if len(successors) == 1:
            field.initial = successors[0].code


@require_safe
def successions(request: HttpRequest) -> HttpResponse:
    """The agencies that ended with access still on them, and access cut off from what it hung on."""
    if not (holds_somewhere(request.user, REVIEW_ACCESS) or holds_somewhere(request.user, DELEGATE)):
        raise PermissionDenied
    as_of = timezone.now()
    proposed = [found for found in proposed_successions(as_of) if may_watch(request.user, found.agency)]
    apart = [grant for grant in stranded() if may_watch(request.user, grant.agency)]
    context = framed(
        request,
        _("Succession"),
        "succession",
        proposed=[(found, _may_confirm(request, found)) for found in proposed],
        apart=[
            (row, may(request.user, DELEGATE, row.grant.agency) and row.grant.user_id != request.user.pk)
            for row in told(apart, request.user, as_of)
        ],
    )
    return TemplateResponse(request, "delegation/succession.html", context)


@ASKED_OR_SENT
@step_up_required
def succeed_agency(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm that what people hold on an agency that ended passes to what came after it."""
    agency, as_of, back = office_named(request, code), timezone.now(), reverse("delegation-succession")
    if not may(request.user, REVIEW_ACCESS, agency):
        raise PermissionDenied
    found = next((found for found in proposed_successions(as_of) if found.agency.pk == agency.pk), None)
    if found is None or not found.successors:
        raise Http404(_("Nothing waits there to pass on."))
    form = SuccessionForm(post_of(request), successors=list(found.successors))
    hanging = [below for grant in found.grants for below in hanging_on(grant)]
    seen = fingerprint(found.grants, hanging)
    if agreed(request, seen) and form.is_valid():
        told_by_form = form.cleaned_data
        try:
            made = succeed(
                agency,
                by=me(request),
                as_of=as_of,
                successor=told_by_form["successor"],
                reason=told_by_form["reason"],
            )
        except ValidationError as error:
            refusal(error, form)
        else:
            words = {"count": figure(len(made)), "agency": told_by_form["successor"].name}
            told_so = ngettext(
                "%(count)s access passed to %(agency)s.",
                "%(count)s accesses passed to %(agency)s.",
                len(made),
            )
            messages.success(request, told_so % words)
            return redirect(back)
    return ask(
        request,
        title=_("What came after %(agency)s") % {"agency": agency.name},
        here="succession",
        consequences=_passing(found, hanging),
        carried=[
            Carried(_("Pass on"), found.grants),
            Carried(_("Hang on it and stay where they are"), hanging),
        ],
        button=_("Let it pass"),
        back=back,
        form=form,
        seen=seen,
    )


@ASKED_OR_SENT
@step_up_required
def adopt_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Let access that is cut off hang on one's own."""
    grant, as_of, back = grant_seen(request, pk), timezone.now(), reverse("delegation-succession")
    if not may(request.user, DELEGATE, grant.agency) or grant.user_id == request.user.pk:
        raise PermissionDenied
    form, hanging = ReasonForm(post_of(request)), hanging_on(grant)
    names = {"person": grant.user, "role": grant.role, "agency": grant.agency.name}
    seen = fingerprint(hanging)
    if agreed(request, seen) and form.is_valid():
        try:
            adopt(grant, by=me(request), reason=form.cleaned_data["reason"], as_of=as_of)
        except ValidationError as error:
            refusal(error, form)
        else:
            messages.success(request, _("%(person)s is %(role)s of %(agency)s under your hand.") % names)
            return redirect(back)
    return ask(
        request,
        title=_("Take on the access of %(person)s as %(role)s of %(agency)s") % names,
        here="succession",
        consequences=[
            _("It hangs on your own access from now on, and is worth something again."),
            _("If your access ends, it ends with it."),
        ],
        carried=[Carried(_("Work again with it"), hanging)],
        button=_("Take on"),
        back=back,
        form=form,
        seen=seen,
    )


def _may_confirm(request: HttpRequest, found: Succession) -> bool:
    """Whether the reader reviews the agency and at least one of what came after it."""
    return may(request.user, REVIEW_ACCESS, found.agency) and any(
        may(request.user, REVIEW_ACCESS, after) for after in found.successors
    )


def _passing(found: Succession, hanging: list[Grant]) -> list[str]:
    words = [
        ngettext(
            "%(count)s access on %(agency)s ends there and begins at what came after it.",
            "%(count)s accesses on %(agency)s end there and begin at what came after it.",
            len(found.grants),
        )
        % {"count": figure(len(found.grants)), "agency": found.agency.name},
        _("Each keeps its person, role and end."),
    ]
    if hanging:
        told_so = ngettext(
            "%(count)s access of others hangs on it and hangs on the new one.",
            "%(count)s accesses of others hang on it and hang on the new one.",
            len(hanging),
        )
        words.append(told_so % {"count": figure(len(hanging))})
    return words
