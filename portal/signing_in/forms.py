"""The forms of signing in: allauth's, without texts inside fields, and with codes that work once."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

PERIOD = 30
CODE = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "autocapitalize": "off",
    "spellcheck": "false",
}


class PlainFields(forms.Form):
    """Labels stand above the fields, so that none repeats itself in grey inside them."""

    help_texts: dict[str, Any] = {}
    first = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = self.help_texts.get(name, "")
            if name == self.first and not self.is_bound:
                field.widget.attrs["autofocus"] = True


class SignInForm(PlainFields, account.LoginForm):
    """Username and password."""

    first = "login"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class ConfirmPasswordForm(PlainFields, account.ReauthenticateForm):
    """The password once more."""

    first = "password"


class ChangePasswordForm(PlainFields, account.ChangePasswordForm):
    """The present password, and twice the new one."""

    help_texts = {"password1": _("At least 12 characters. A sentence of several unrelated words is good.")}


class AskResetForm(PlainFields, account.ResetPasswordForm):
    """Where to send the link for a new password."""

    first = "email"


class NewPasswordForm(PlainFields, account.ResetPasswordKeyForm):
    """Twice the new password."""

    help_texts = ChangePasswordForm.help_texts


class OnceOnly(PlainFields):
    """A code of an app works once for as long as it is accepted; allauth forgets it after one period."""

    first = "code"
    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= CODE

    def clean_code(self) -> str:
        """The code, found right; raises ValidationError for a wrong and for a used one."""
        code: str = super().clean_code()  # type: ignore[misc]
        accepted_for = PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
        if self.authenticator.type == Authenticator.Type.TOTP and not cache.add(
            f"code-used:{self.user.pk}:{code.strip()}", True, accepted_for
        ):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OnceOnly, codes.AuthenticateForm):
    """The second factor of a sign-in: a code of the app, or a recovery code."""


class ConfirmCodeForm(OnceOnly, codes.ReauthenticateForm):
    """A code once more."""


class ActivateAppForm(PlainFields, ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= CODE


class AddPasskeyForm(PlainFields, AddWebAuthnForm):
    """A name for a new passkey, and what it is for."""

    help_texts = {
        "name": _("So that you can tell it from others, such as “Work computer”."),
        "passwordless": _("The key then asks for your fingerprint, face or PIN, and no password is needed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["passwordless"].label = _("Sign in with this key alone")


class RenamePasskeyForm(PlainFields, EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
