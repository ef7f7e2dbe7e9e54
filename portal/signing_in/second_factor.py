"""Nothing but setting one up, for who needs a second factor and has not shown one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from agencies.second_factor import has_second_factor, needs_second_factor
from agencies.step_up import provider_sign_in, step_up

#: What such a person can still open: the way to a second factor, the way out, and how pages look.
OPEN = frozenset(
    {
        "account_login", "account_logout", "admin-logout", "account_inactive",
        "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
        "single_sign_on", "openid_connect_callback",
        "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes",
        "health", "preferences", "set_language", "javascript-catalog",
    }
)  # fmt: skip

Answer = Callable[[HttpRequest], HttpResponse]


class SecondFactorMiddleware:
    """Sends who may write, but has not shown a second factor since signing in, to do so first."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; what is to be kept back is so before its view runs."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the way to the second factor in place of the view, None where there is no need."""
        # Visitors without a session are not asked about one: their pages come from caches.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not lacks_second_factor(request):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN:
            return None
        if request.path.startswith("/api/"):
            told = _("Sign in to the portal with a second factor first.")
            return JsonResponse({"detail": told}, status=403)
        if not has_second_factor(request.user):
            return redirect("mfa_index")
        back = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return redirect(f"{reverse('mfa_reauthenticate')}?{back}")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Lead to confirming who it is, where allauth's own pages ask for it.

        Its way of doing so would write the whole request into the session to repeat it later, and with
        the request the server's environment, secrets included.
        """
        return step_up(request) if isinstance(exception, ReauthenticationRequired) else None


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor is needed of who is signed in, and none was shown since signing in."""
    user: Any = request.user
    return user.is_authenticated and not shown_second_factor(request) and needs_second_factor(user)


def shown_second_factor(request: HttpRequest) -> bool:
    """Whether one was shown since signing in: here, or to the provider of identities."""
    user: Any = request.user
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user)) or bool(
        provider_sign_in(request).get("second_factor")
    )


@receiver(authenticator_added)
def count_set_up(request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting one up shows it, until signing out.

    With the first one all others end: they knew no more than the password.
    """
    kinds = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    if kinds.count() == 1:
        end_other_sessions(request, user)
