"""When each session was last used: for the list that every person has of their own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

#: How exact the time of last use is: a note more often would be a write with every page.
NOTED_EVERY = 300

_BROWSERS = (
    ("Edg", "Edge"), ("CocCoc|coc_coc", "Cốc Cốc"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"), ("Chrome|CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "macOS"), ("CrOS", "ChromeOS"), ("Linux|X11", "Linux"),
)  # fmt: skip


class SessionUseMiddleware:
    """Notes, every five minutes at most, that a signed-in session is in use, from where and with what."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the use, then answer."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            key = hashlib.sha256(str(request.session.session_key).encode()).hexdigest()
            if cache.add(f"session-used:{key}", True, NOTED_EVERY):
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


def remove_expired(as_of: datetime) -> None:
    """Remove the sessions that ended before ``as_of``, and the notes of use that belong to none."""
    Session.objects.filter(expire_date__lt=as_of).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def device(user_agent: str) -> str:
    """The browser and system a session is used with, as its owner would name them."""
    browser = _first(_BROWSERS, user_agent) or _("Unknown browser")
    system = _first(_SYSTEMS, user_agent)
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, user_agent)), "")
