"""How people sign in: what django-allauth is told. Settings of a machine are in portal/settings.py."""

from __future__ import annotations

from typing import Any

#: The name under which authenticator apps and passkeys keep an account.
SITE_NAME = "Service Index Portal"

# --- Accounts: opened by operators and invitations, never by visitors -----------

ACCOUNT_ADAPTER = "portal.signing_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.signing_in.forms.SignInForm",
    "reauthenticate": "portal.signing_in.forms.ConfirmPasswordForm",
    "change_password": "portal.signing_in.forms.ChangePasswordForm",
    "reset_password": "portal.signing_in.forms.AskResetForm",
    "reset_password_from_key": "portal.signing_in.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# A reset for an address nobody has sends nothing, and looks the same.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Wrong passwords and codes: an office shares one address, so an address is given more of them.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "100/15m/ip,10/15m/key,50/d/key",
    "change_password": "10/15m/user",
}

# --- Second factor -----------------------------------------------------------

MFA_ADAPTER = "portal.signing_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = SITE_NAME
# A phone's clock may be half a minute off; a code still works once only (forms.OnceOnly).
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "portal.signing_in.forms.CodeForm",
    "reauthenticate": "portal.signing_in.forms.ConfirmCodeForm",
    "activate_totp": "portal.signing_in.forms.ActivateAppForm",
    "add_webauthn": "portal.signing_in.forms.AddPasskeyForm",
    "edit_webauthn": "portal.signing_in.forms.RenamePasskeyForm",
}

# --- Single sign-on -----------------------------------------------------------

SOCIALACCOUNT_ADAPTER = "portal.signing_in.provider.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
#: The one provider there may be, as its accounts are kept.
PROVIDER_ID = "sso"


def openid_connect(*, name: str, server_url: str, client_id: str, client_secret: str) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS for the OpenID Connect provider at ``server_url``; none without it."""
    if not server_url:
        return {}
    app = {
        "provider_id": PROVIDER_ID,
        "name": name or server_url,
        "client_id": client_id,
        "secret": client_secret,
        "settings": {"server_url": server_url.rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
