"""The page a letter of invitation leads to: what is offered, and accepting it."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.forms import PasswordVerificationMixin
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from agencies.invitations import (
    InvitationExpired,
    InvitationRefused,
    InvitationUsed,
    InvitationWithdrawn,
    accept,
    account_for,
    open_invitation,
)
from agencies.models import Invitation, User
from portal.signing_in.forms import ChangePasswordForm, PlainFields

REASONS = {InvitationUsed: "used", InvitationWithdrawn: "withdrawn", InvitationExpired: "expired"}


class NewAccountForm(PasswordVerificationMixin, PlainFields):
    """Twice the password of an account that is to be opened."""

    help_texts = ChangePasswordForm.help_texts
    password1 = SetPasswordField(label=gettext_lazy("Password"))
    password2 = PasswordField(label=gettext_lazy("Password (again)"), autocomplete="new-password")

    def __init__(self, *args: Any, account: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password: Any = self.fields["password1"]
        password.user = account


class AcceptForm(PlainFields):
    """Nothing to fill in: who is invited has an account, and is signed in with it."""


@never_cache
@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer; a POST accepts it, for a newcomer with the password of a new account."""
    try:
        offer = open_invitation(token, as_of=timezone.now())
        account = account_for(offer)
        form = _form(request, account)
        if form is not None and form.is_valid():
            try:
                return _accepted(request, token, account, form)
            except ValidationError as error:
                form.add_error(None, error.messages)
    except InvitationRefused as refused:
        reason = REASONS.get(type(refused), "unknown")
        return render(request, "account/invitation_over.html", {"reason": reason}, status=404)
    return render(request, "account/invitation.html", _context(offer, account, form))


def _form(request: HttpRequest, account: User) -> forms.Form | None:
    """The form that accepts; None for who must sign in first, with the account that is invited."""
    data = request.POST if request.method == "POST" else None
    if account.pk is None:
        return NewAccountForm(data, account=account)
    return AcceptForm(data) if request.user == account else None


def _accepted(request: HttpRequest, token: str, account: User, form: forms.Form) -> HttpResponse:
    newcomer = account.pk is None
    if newcomer:
        account.set_password(form.cleaned_data["password1"])
    made = accept(token, account, as_of=timezone.now())
    if not newcomer:
        messages.success(request, _("You now work as %(role)s of %(agency)s.") % _words(made))
        return redirect("admin:index")
    messages.success(
        request, _("Your account %(account)s is open. Sign in with it.") % {"account": account.get_username()}
    )
    return redirect("account_login")


def _words(made: Any) -> dict[str, Any]:
    return {"role": made.role, "agency": made.agency}


def _context(offer: Invitation, account: User, form: forms.Form | None) -> dict[str, Any]:
    return {"offer": offer, "account": account, "newcomer": account.pk is None, "form": form}
