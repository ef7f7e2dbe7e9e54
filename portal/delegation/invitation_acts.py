"""Sending an invitation again, and withdrawing one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.invitations import LINK_LIFE, invite, withdraw
from agencies.models import Invitation
from agencies.step_up import step_up_required
from portal.delegation.acts import ASKED_OR_SENT
from portal.delegation.confirming import OptionalReasonForm, ReasonForm, agreed, ask, post_of, refusal
from portal.delegation.letters import send_letter
from portal.delegation.places import invitation_to_decide, me


@ASKED_OR_SENT
@step_up_required
def withdraw_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the link of an invitation open nothing any more."""
    invitation = invitation_to_decide(request, pk)
    back, form = _back(invitation), ReasonForm(post_of(request))
    if agreed(request) and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            withdraw(invitation, by=me(request), reason=reason, as_of=timezone.now())
        except ValidationError as error:
            refusal(error, form)
        else:
            messages.success(request, _("The invitation of %(email)s is withdrawn.") % _names(invitation))
            return redirect(back)
    return ask(
        request,
        title=_("Withdraw the invitation of %(email)s") % _names(invitation),
        here="offices",
        consequences=[
            _("%(email)s was invited as %(role)s of %(agency)s.") % _names(invitation),
            _("The link in the letter then opens nothing any more."),
        ],
        button=_("Withdraw"),
        back=back,
        form=form,
    )


@ASKED_OR_SENT
@step_up_required
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, in the reader's name, with a new link; the old one ends."""
    old = invitation_to_decide(request, pk)
    back, form = _back(old), OptionalReasonForm(post_of(request))
    if agreed(request) and form.is_valid():
        try:
            invitation, token = _anew(old, request, form.cleaned_data["reason"])
        except ValidationError as error:
            refusal(error, form)
        else:
            send_letter(request, invitation, token)
            return redirect(back)
    return ask(
        request,
        title=_("Send the invitation of %(email)s again") % _names(old),
        here="offices",
        consequences=[
            _("%(email)s was invited as %(role)s of %(agency)s.") % _names(old),
            _("A new letter goes to that address, in your name; its link works once, for %(days)d days.")
            % {"days": LINK_LIFE.days},
            _("The link in the letter before opens nothing any more."),
        ],
        button=_("Send again"),
        back=back,
        form=form,
    )


def _anew(old: Invitation, request: HttpRequest, reason: str) -> tuple[Invitation, str]:
    by, as_of = me(request), timezone.now()
    # Both or neither: an invitation that could not be made again stays as it was.
    with transaction.atomic():
        withdraw(old, by=by, reason=reason or _("Sent again."), as_of=as_of)
        return invite(
            by,
            old.email,
            old.role,
            old.agency,
            name=old.name,
            valid_from=old.valid_from,
            valid_until=old.valid_until,
            reason=old.reason,
            as_of=as_of,
        )


def _back(invitation: Invitation) -> str:
    return reverse("delegation-office", args=[invitation.agency.code])


def _names(invitation: Invitation) -> dict[str, object]:
    return {"email": invitation.email, "role": invitation.role, "agency": invitation.agency.name}
