"""Where django-allauth asks the portal how it wants things: accounts, second factor."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.client_address import client_address
from agencies.lockout import name_key
from agencies.second_factor import needs_second_factor
from agencies.step_up import recently_proved
from portal.sign_in_settings import SITE_NAME
from portal.signing_in.provider import can_confirm_at_provider, provider_name
from portal.signing_in.secrets import sealed, unsealed

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by operators and invitations; signing in says little to who guesses."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The username or the password is not right."),
        "too_many_login_attempts": _(
            "Too many wrong attempts. Wait 15 minutes and try again, or ask an operator to unlock you."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account for themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where the request came from; raises PermissionDenied if that cannot be told."""
        address = client_address(request)
        if not address:
            raise PermissionDenied("The address of the client is not known.")
        return address

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Turn away who guessed too often; raises ValidationError."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            log.warning("sign_in_locked", address=self.get_client_ip(request))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong password; what was typed as a name may be one, so it is not written."""
        log.warning("sign_in_failed", address=self.get_client_ip(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # All spellings of a name, and all host names of the portal, are one account.
        return name_key(credentials.get("username") or credentials.get("email") or "")

    def get_login_stages(self) -> list[str]:
        """The steps of a sign-in, with our own about the second factor."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "portal.signing_in.stages.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to confirm who one is: by the second factor alone for who has one."""
        methods = super().get_reauthentication_methods(user)
        strong = [method for method in methods if method["id"] != "reauthenticate"]
        if strong or not can_confirm_at_provider(user):
            return strong or methods
        confirm = {
            "id": "provider",
            "description": _("Sign in again at %(provider)s") % {"provider": provider_name()},
            "url": reverse("single_sign_on") + "?confirm=1",
        }
        return [*methods, confirm]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether to ask again before second factors change: not within ten minutes of a sign-in."""
        return not recently_proved(self.request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After a new password: one's own account."""
        return reverse("mfa_index")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are kept sealed; who needs one keeps at least one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right, or was used before."),
        "cannot_delete_authenticator": _(
            "It is your only second factor, and your account needs one. Set up another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        """The text as the database keeps it."""
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The text that ``encrypt`` sealed."""
        return unsealed(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another second factor remains, or none is needed."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return (
            others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
            or authenticator.type == Authenticator.Type.RECOVERY_CODES
            or not needs_second_factor(authenticator.user)
        )

    def get_totp_label(self, user: Any) -> str:
        """The name of the account in an authenticator app."""
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The portal as a passkey knows it: by its host name."""
        return {**super().get_public_key_credential_rp_entity(), "name": SITE_NAME}
