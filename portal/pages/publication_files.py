"""The files of what was published, and the script that checks them: the same bytes for good."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from portal.pages.publication_columns import columns_of
from portal.pages.publications import version_asked
from scoring.publication_files import FILES, SCRIPT, chain_json
from scoring.published_versions import all_published

#: What was published never changes, so whoever has it need not ask again.
FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def publication_file(request: HttpRequest, period: str, version: int, file: str) -> HttpResponseBase:
    """A file of a version: ``2026-Q3-v1.json``, ``-scorecards.csv``, ``-counts.csv``, ``.xlsx`` …"""
    publication = version_asked(period, version)
    kind = FILES.get(file.removeprefix(publication.name)) if file.startswith(publication.name) else None
    if kind is None:
        raise Http404(_("There is no such file of this publication."))
    content_type, contents = kind
    etag = f'"{publication.fingerprint[:32]}{file.removeprefix(publication.name)}"'
    response: HttpResponseBase
    if etag in {known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))}:
        response = HttpResponseNotModified()
    else:
        response = StreamingHttpResponse(
            contents(publication) if request.method == "GET" else (), content_type=content_type
        )
        response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["ETag"] = etag
    response["Cache-Control"] = FOR_GOOD
    return response


@require_safe
def chain_file(request: HttpRequest) -> HttpResponse:
    """The statements of all publications with their fingerprints, each holding the one before."""
    return _download("chain.json", "application/json", chain_json(all_published()))


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """``verify_publication.py``: one file, nothing but Python's own library."""
    return _download(SCRIPT.name, "text/x-python; charset=utf-8", SCRIPT.read_bytes())


@require_safe
def dictionary_file(request: HttpRequest) -> HttpResponse:
    """What every column means, in both languages."""
    rows: dict[str, list[str]] = {}
    for language in ("vi", "en"):
        with override(language):
            for file in columns_of():
                for column in file.columns:
                    rows.setdefault(f"{file.name}\0{column.name}", []).append(str(column.meaning))
    named = ([*key.split("\0"), *meanings] for key, meanings in rows.items())
    return _download("data-dictionary.csv", "text/csv; charset=utf-8", _csv(named))


def _csv(rows: Iterable[list[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["file", "column", "meaning_vi", "meaning_en"])
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def _download(name: str, content_type: str, contents: bytes) -> HttpResponse:
    return HttpResponse(
        contents,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"},
    )
