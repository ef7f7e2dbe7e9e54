"""How a reader wants pages to look: size of text, contrast, language; kept in cookies."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

TEXT_SIZE, CONTRAST = "text_size", "contrast"
CHOICES = {
    TEXT_SIZE: ("small", "normal", "large"),
    CONTRAST: ("normal", "high"),
    settings.LANGUAGE_COOKIE_NAME: tuple(code for code, _name in settings.LANGUAGES),
}
YEAR = 365 * 86400


@dataclass(frozen=True)
class Preferences:
    """What the cookies say, or the defaults."""

    text_size: str
    contrast: str


def preferences_of(request: HttpRequest) -> Preferences:
    """The reader's preferences; a value no page offers counts as none."""
    return Preferences(
        text_size=_cookie(request, TEXT_SIZE, "normal"), contrast=_cookie(request, CONTRAST, "normal")
    )


@csrf_exempt  # Nothing is at stake but the look of pages, and a token would keep them out of caches.
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember one choice for a year and go back to the page it was made on."""
    chosen = {name: str(value) for name, value in request.POST.items() if name in CHOICES}
    if not chosen or any(value not in CHOICES[name] for name, value in chosen.items()):
        return HttpResponseBadRequest("Unknown preference.")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, value in chosen.items():
        response.set_cookie(
            name, value, max_age=YEAR, samesite="Lax", secure=settings.LANGUAGE_COOKIE_SECURE, httponly=True
        )
    return response


def _cookie(request: HttpRequest, name: str, default: str) -> str:
    value = request.COOKIES.get(name, default)
    return value if value in CHOICES[name] else default
