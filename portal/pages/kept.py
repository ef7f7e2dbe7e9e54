"""Keep finished pages while the scores they show stay the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from portal.pages.preferences import preferences_of
from procedures.months import VIETNAM
from scoring.freshness import CACHE_AWAY, generation

SECONDS_KEPT = 600
PACKAGE = Path(__file__).resolve().parent.parent
#: Which release wrote a page: a new one must not answer with what the old one wrote.
RELEASE = max(
    path.stat().st_mtime for pattern in ("**/*.html", "**/*.py", "**/*.mo") for path in PACKAGE.glob(pattern)
)

View = Callable[..., HttpResponse]


def kept(*query_names: str, markers: Callable[[], str] = generation) -> Callable[[View], View]:
    """Answer a page from the cache, or with 304 to a browser that has it, until scores move.

    ``query_names`` are the parts of the query the page reads; the view sees no others, so that a
    kept page never carries what another reader's address held. Only for pages that are the same
    for everyone with the same language and look.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _forget_the_rest(request, query_names)
            if settings.DEBUG or request.method not in ("GET", "HEAD"):
                return view(request, *args, **kwargs)
            mark = page_mark(request, query_names, markers())
            etag = f'"{mark}"'
            if etag in _etags(request):
                response: HttpResponse = HttpResponseNotModified()
            else:
                response = _remembered(mark) or _remember(mark, view(request, *args, **kwargs))
            if response.status_code in (200, 304):
                response["ETag"] = etag
                patch_cache_control(response, no_cache=True)
                patch_vary_headers(response, ["Cookie", "Accept-Language"])
            return response

        return answer

    return decorate


def page_mark(request: HttpRequest, query_names: tuple[str, ...], scores: str) -> str:
    """What a page is known by: address, the query it reads, scores, day, language, look, release."""
    look = preferences_of(request)
    parts = (
        request.path,
        *(f"{name}={request.GET.get(name)}" for name in query_names),
        scores,
        str(timezone.now().astimezone(VIETNAM).date()),
        get_language(),
        look.text_size,
        look.contrast,
        RELEASE,
    )
    return hashlib.blake2s(repr(parts).encode(), digest_size=16).hexdigest()


def _forget_the_rest(request: HttpRequest, query_names: tuple[str, ...]) -> None:
    read = QueryDict(mutable=True)
    for name in query_names:
        if name in request.GET:
            read[name] = request.GET[name]
    request.GET = read  # type: ignore[assignment]
    request.META["QUERY_STRING"] = read.urlencode()


def _etags(request: HttpRequest) -> set[str]:
    """What the browser has; a proxy that compresses pages marks them as weak."""
    return {etag.removeprefix("W/") for etag in parse_etags(request.headers.get("If-None-Match", ""))}


def _remembered(mark: str) -> HttpResponse | None:
    try:
        page = cache.get(f"page:{mark}")
    except CACHE_AWAY:
        return None
    return HttpResponse(page[0], headers=page[1]) if page else None


def _remember(mark: str, response: HttpResponse) -> HttpResponse:
    if response.status_code == 200:
        try:
            cache.set(f"page:{mark}", (response.content, dict(response.headers)), SECONDS_KEPT)
        except CACHE_AWAY:
            pass
    return response
