"""Published results: which periods, which versions, who published them and why, with their fingerprints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.pages.frame import frame
from portal.pages.kept import kept
from portal.pages.publication_columns import columns_of
from scoring.explanation import guide
from scoring.late_changes import corrections_since
from scoring.models import Publication
from scoring.peers import NATION
from scoring.periods import Period
from scoring.publication_files import FILES
from scoring.published_versions import all_published, published_version, versions_of
from scoring.results_shown import shown
from scoring.standings import standing_of


@require_safe
@kept()
def publications(request: HttpRequest) -> HttpResponse:
    """Everything published, the newest first, and how it can be checked."""
    rows = [(publication, Period.parse(publication.period)) for publication in all_published()]
    return render(request, "portal/publications.html", frame(tab="data", rows=rows, columns=columns_of()))


@require_safe
@kept()
def publication(request: HttpRequest, period: str, version: int | None = None) -> HttpResponse:
    """One version of a period's result; without ``version`` the one that holds."""
    found = version_asked(period, version)
    of = Period.parse(found.period)
    as_of = timezone.now()
    context = frame(
        tab="data",
        publication=found,
        publication_period=of,
        versions=versions_of(of),
        files=[(f"{found.name}{end}", end) for end in FILES],
        corrections=corrections_since(found),
    )
    context |= _nation(found, of, as_of)
    return render(request, "portal/publication.html", context)


def version_asked(period: str, version: int | None) -> Publication:
    """A published version; raises Http404 with a message."""
    try:
        asked = Period.parse(period)
    except ValueError as error:
        raise Http404(_("“%(code)s” is not a period.") % {"code": period[:20]}) from error
    found = published_version(asked, version) if version is not None else next(iter(versions_of(asked)), None)
    if found is None:
        raise Http404(_("No result of %(period)s is published under this address.") % {"period": asked.label})
    return found


def _nation(found: Publication, of: Period, as_of: datetime) -> dict[str, Any]:
    card = next(iter(shown(of, version=found.version).cards(peer_class=NATION)), None)
    if card is None:
        return {}
    rules = guide(card.indicator_set_id)
    return {
        "standing": standing_of(card, of, as_of),
        "guide": rules,
        "maxima": rules.maxima(),
        "period": of,
    }
