"""Whether everything that was published is still what it was: hashes, chain and triggers."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from scoring import publication_guard
from scoring.models import Publication
from scoring.publication_text import content_hash, fingerprint_of
from scoring.published_versions import offices_told


def flaws() -> Iterator[str]:
    """What is wrong with the publications, in words; nothing when all is as it was."""
    for name in publication_guard.missing(connection):
        yield f"trigger {name} is missing or switched off"
    previous = ""
    for number, publication in enumerate(Publication.objects.published().order_by("number"), 1):
        if publication.number != number:
            yield f"number {number} is missing before {publication.name}"
        if publication.previous_fingerprint != previous:
            yield f"{publication.name} does not follow the one before it"
        if fingerprint_of(publication) != publication.fingerprint:
            yield f"{publication.name}: its statement was changed"
        if content_hash(publication.rules, offices_told(publication)) != publication.content:
            yield f"{publication.name}: its results were changed"
        previous = publication.fingerprint
