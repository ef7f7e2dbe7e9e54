"""Pages for what went wrong, in words a citizen understands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with what exactly is not there when the page itself said so."""
    said = exception.args[0] if exception.args and not isinstance(exception, Resolver404) else ""
    return render(request, "portal/404.html", {"said": said if isinstance(said, str) else ""}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without touching the database, which may be what failed."""
    return render(request, "portal/500.html", status=500)
