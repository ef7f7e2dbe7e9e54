"""Single sign-on: what the provider of identities says of a person, and which account that is."""

from __future__ import annotations

import time
from typing import Any

import structlog
from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from agencies.models import Invitation, User
from agencies.step_up import PROVIDER_SIGN_IN, STEP_UP_LASTS
from portal.sign_in_settings import PROVIDER_ID

log = structlog.get_logger(__name__)


def is_on() -> bool:
    """Whether a provider of identities is set up."""
    return bool(settings.OIDC_SERVER_URL)


def provider_name() -> str:
    """What people call the provider."""
    return settings.OIDC_NAME or settings.OIDC_SERVER_URL


def can_confirm_at_provider(user: Any) -> bool:
    """Whether ``user`` is known to the provider, and can sign in there once more."""
    return is_on() and SocialAccount.objects.filter(user_id=user.pk, provider=PROVIDER_ID).exists()


def account_of(email: str) -> User | None:
    """The one active account with this e-mail address; None if there is none, or more than one."""
    found = [
        user
        for user in User.objects.filter(email__iexact=email, is_active=True)
        # What a database takes for the same letters need not be the same address.
        if user.email.casefold() == email.casefold()
    ]
    return found[0] if len(found) == 1 else None


class ProviderAdapter(DefaultSocialAccountAdapter):
    """An identity is tied to an account by an e-mail address the provider verified; none is opened."""

    def new_user(self, request: HttpRequest, sociallogin: SocialLogin) -> Any:
        """Keep what was said for this sign-in only: the database needs nothing but who it was."""
        sociallogin.said, sociallogin.account.extra_data = sociallogin.account.extra_data, {}
        return super().new_user(request, sociallogin)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account, or turn the person away; raises ImmediateHttpResponse with the page."""
        token, told = sociallogin.said.get("id_token", {}), sociallogin.said.get("userinfo", {})
        if not token or told.get("sub", token["sub"]) != token["sub"]:
            raise _refusal(request, "identity_unclear")
        signed_in_at = token.get("auth_time")
        sociallogin.state["at"] = signed_in_at if isinstance(signed_in_at, int) else 0
        sociallogin.state["second_factor"] = _asked_second_factor(token)
        if not sociallogin.is_existing:
            self._tie(request, sociallogin, {**token, **told})
        if sociallogin.state.get("data") == "confirm":
            _check_confirmed(request, sociallogin)

    def _tie(self, request: HttpRequest, sociallogin: SocialLogin, told: dict[str, Any]) -> None:
        email = told.get("email", "")
        if not email or told.get("email_verified") is not True:
            raise _refusal(request, "email_unverified")
        user = account_of(email)
        if user is None:
            pending = Invitation.objects.pending(timezone.now()).filter(email__iexact=email)
            raise _refusal(request, "invited" if pending.exists() else "no_account")
        if SocialAccount.objects.filter(user=user, provider=PROVIDER_ID).exists():
            # Its address was given to somebody else at the provider.
            raise _refusal(request, "other_identity")
        sociallogin.connect(request, user)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Back to the sign-in page with a word of what happened."""
        log.warning("single_sign_on_failed", error=str(error), exception=str(exception or ""))
        messages.error(request, _("Signing in at %(provider)s did not work.") % {"provider": provider_name()})
        raise ImmediateHttpResponse(redirect("account_login"))


@receiver(user_logged_in)
def note_provider(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Keep in the session when, and how well, the provider checked who it was."""
    sociallogin = kwargs.get("sociallogin")
    if sociallogin is None:
        request.session.pop(PROVIDER_SIGN_IN, None)
        return
    request.session[PROVIDER_SIGN_IN] = {
        "user": str(user.pk),
        "second_factor": sociallogin.state["second_factor"],
        "at": sociallogin.state["at"],
    }


def _asked_second_factor(token: dict[str, Any]) -> bool:
    methods = token.get("amr", [])
    said = [token.get("acr"), *(methods if isinstance(methods, list) else [methods])]
    return any(word in settings.OIDC_SECOND_FACTOR for word in said)


def _check_confirmed(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Asked to sign in again, a provider may have answered from memory, or for somebody else."""
    fresh = sociallogin.state["at"] > time.time() - STEP_UP_LASTS
    if fresh and sociallogin.user == request.user:
        return
    messages.error(
        request,
        _("%(provider)s did not confirm that you signed in again.") % {"provider": provider_name()},
    )
    raise ImmediateHttpResponse(HttpResponseRedirect(_safe(request, sociallogin.state.get("next", ""))))


def _safe(request: HttpRequest, address: str) -> str:
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else "/"


def _refusal(request: HttpRequest, reason: str) -> ImmediateHttpResponse:
    log.warning("single_sign_on_refused", reason=reason)
    page = render(
        request, "socialaccount/refused.html", {"reason": reason, "provider": provider_name()}, status=403
    )
    return ImmediateHttpResponse(page)
