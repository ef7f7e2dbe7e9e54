"""The language of a page: Vietnamese, until its reader chooses another."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class VietnameseFirstMiddleware(LocaleMiddleware):
    """Django's own, less the browser's preference: many browsers here are set to English by their
    maker, not by their reader."""

    def process_request(self, request: HttpRequest) -> None:
        """Speak the language of the cookie that the switch in the header sets, else Vietnamese."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = chosen in dict(settings.LANGUAGES)
        translation.activate(chosen if known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
