"""Asking once more who it is before harm: publishing, granting, rotating a key.

A sign-in counts for ten minutes; after that the person proves it again, by the second factor if there
is one. For views, methods of an admin page and its actions::

    @action(description=_("Revoke"), permissions=["change"])
    @step_up_required
    def revoke_access(self, request, object_id): ...

Asked of a POST, it does not repeat what was sent: the person comes back to the page and does it then.
So a page that asks for confirmation is to be guarded when it is shown, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from agencies.second_factor import has_second_factor

P = ParamSpec("P")

#: Seconds for which a person counts as having just proved who they are.
STEP_UP_LASTS = 600
#: Where a session keeps what the provider of identities said: "user", "second_factor", "at".
PROVIDER_SIGN_IN = "provider_sign_in"


def step_up_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Let the view be reached only by who proved themselves in the last ten minutes."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        request = next(argument for argument in args if isinstance(argument, HttpRequest))
        return view(*args, **kwargs) if recently_proved(request) else step_up(request)

    return guarded


def recently_proved(request: HttpRequest) -> bool:
    """Whether the person behind ``request`` proved who they are within the last ten minutes.

    By the second factor for who has one, by the password for who has none, or by a sign-in at the
    provider of identities that it says is as recent (and, for the former, asked for a second factor).
    """
    user: Any = request.user
    if not user.is_authenticated:
        return False
    since = time.time() - STEP_UP_LASTS
    methods = {
        record["method"] for record in get_authentication_records(request, user) if record["at"] > since
    }
    provider = provider_sign_in(request)
    by_provider = provider.get("at", 0) > since
    if has_second_factor(user):
        return "mfa" in methods or (by_provider and provider["second_factor"])
    return "password" in methods or by_provider


def step_up(request: HttpRequest) -> HttpResponse:
    """The way to proving it again and back to this page; raises PermissionDenied if there is none."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        raise PermissionDenied(_("This account has no way to confirm that it is you."))
    if request.method != "GET":
        messages.warning(request, _("Nothing was done yet: confirm that it is you, then do it again."))
    back = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    joint = "&" if "?" in methods[0]["url"] else "?"
    return HttpResponseRedirect(f"{methods[0]['url']}{joint}{back}")


def provider_sign_in(request: HttpRequest) -> dict[str, Any]:
    """What the provider of identities said when this person signed in; empty if they did not by it."""
    said = request.session.get(PROVIDER_SIGN_IN, {})
    return said if said.get("user") == str(request.user.pk) else {}
