"""Pages of signing in that are the portal's own; the others are allauth's, with our forms and templates."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.internal import flows
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter as second_factors
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.adapter import get_adapter as providers
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from portal.sign_in_settings import PROVIDER_ID
from portal.signing_in.provider import is_on, provider_name

log = structlog.get_logger(__name__)


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Where the admin sends who is not signed in: to the one sign-in page, and back."""
    back = get_next_redirect_url(request) or reverse("admin:index")
    if admin.site.has_permission(request):
        return HttpResponseRedirect(back)
    if request.user.is_authenticated:
        return render(request, "account/no_access.html", status=403)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: back})}")


def admin_password(request: HttpRequest) -> HttpResponse:
    """The admin's address for one's own password: there is one page for it."""
    return redirect("account_change_password")


@login_required
def no_password(request: HttpRequest) -> HttpResponse:
    """Told to who signs in without a password and looks for where to change it."""
    return render(request, "account/no_password.html")


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one of one's own sessions; 404 for anybody else's."""
    session = get_object_or_404(UserSession, pk=pk, user_id=request.user.pk)
    if session.is_current():
        flows.logout.logout(request)
        return redirect("account_login")
    session.end()
    messages.success(request, _("That session is signed out."))
    return redirect("usersessions_list")


@login_required
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a passkey, unless it is the only second factor of who needs one."""
    key = get_object_or_404(Authenticator, pk=pk, user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)
    adapter = second_factors()
    if not adapter.can_delete_authenticator(key):
        refusal: ValidationError = adapter.validation_error("cannot_delete_authenticator")
        messages.error(request, refusal.messages[0])
        return redirect("mfa_list_webauthn")
    return passkeys.remove_webauthn(request, pk=pk)


@never_cache
@require_GET
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """Off to the provider of identities, and back to ``next``; ``confirm`` makes it ask once more."""
    if not is_on():
        raise Http404
    back = get_next_redirect_url(request)
    asked: dict[str, Any] = {"process": AuthProcess.LOGIN, "next_url": back}
    if "confirm" in request.GET:
        asked |= {"data": "confirm", "auth_params": {"prompt": "login", "max_age": "0"}}
    try:
        provider = providers().get_provider(request, provider=PROVIDER_ID)
        return provider.redirect(request, **asked)
    except (RequestException, KeyError, ValueError) as unreachable:
        log.warning("single_sign_on_unreachable", error=str(unreachable))
        messages.error(request, _("%(provider)s cannot be reached now.") % {"provider": provider_name()})
        return redirect("account_login")


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too many tries in a short time, from one address or by one person."""
    return render(request, "account/too_many.html", status=429)
