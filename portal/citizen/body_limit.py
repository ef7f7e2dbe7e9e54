"""Refuse a body that is too large before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from feedback.attachments import MEGABYTE, MOST_BYTES, MOST_FILES

#: The addresses where nobody has signed in and files may come.
PATHS = ("/danh-gia/", "/phan-anh/")
#: Every file at its largest, and the texts: what is over its own limit is then told file by file.
LARGEST = MOST_FILES * MOST_BYTES + MEGABYTE


class BodyLimitMiddleware:
    """413, in words, for a body that says it is larger than any form of these pages can be.

    Before the form's token is looked for, since that reads the whole body. A body that does not say how
    large it is counts as empty everywhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse."""
        told = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith(PATHS) and told.isdecimal() and int(told) > LARGEST:
            return render(request, "citizen/too_large.html", {"most": LARGEST // MEGABYTE}, status=413)
        return self.get_response(request)
