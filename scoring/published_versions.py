"""What was published of a period: its versions, and what each tells of every office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scoring.models import Publication, PublishedScorecard
from scoring.periods import Period

PORTION = 1000


def latest_published(period: Period) -> Publication | None:
    """The version of a period's result that holds; None while it is provisional."""
    found = Publication.objects.published().filter(period=period.code).defer("rules")
    return found.order_by("-version").first()


def published_version(period: Period, version: int) -> Publication | None:
    """One published version of a period."""
    return Publication.objects.published().filter(period=period.code, version=version).first()


def versions_of(period: Period) -> list[Publication]:
    """Every published version of a period, the newest first."""
    return list(Publication.objects.published().filter(period=period.code).order_by("-version"))


def all_published() -> list[Publication]:
    """Everything ever published, the newest first."""
    return list(Publication.objects.published().order_by("-number").defer("rules"))


def frozen(publication: Publication) -> Iterator[PublishedScorecard]:
    """Its scorecards by code, read in portions; codes compare as plain text, on any database."""
    codes = publication.scorecards.values_list("code", "pk")
    keys = [pk for _code, pk in sorted(codes)]
    for first in range(0, len(keys), PORTION):
        found = PublishedScorecard.objects.in_bulk(keys[first : first + PORTION])
        yield from (found[pk] for pk in keys[first : first + PORTION])


def offices_told(publication: Publication) -> Iterator[dict[str, Any]]:
    """What it tells of every office, by code, as in the files and under the fingerprint."""
    return (card.told() for card in frozen(publication))
