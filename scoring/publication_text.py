"""The text whose SHA-256 is a publication's fingerprint: made again from the published files alone.

The contents are lines of JSON, each ended by a line feed: first the indicator set, then one office a
line, by code. JSON is written with keys in order, without spaces, letters as they are; points and
figures are texts, counts and places whole numbers. The fingerprint is that of one more line, the
statement: what was published, when, by whom and why, with the hash of the contents and the
fingerprint of the publication before. ``verify_publication.py`` does the same on its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from scoring.models import Publication

FORMAT = "service-index-publication/1"


#: The text of json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")), much faster.
_encode = msgspec.json.Encoder(order="deterministic").encode


def line(value: Any) -> bytes:
    """A value as its line of text."""
    return _encode(value) + b"\n"


def content_hash(rules: Mapping[str, Any], offices: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 of the indicator set and of the offices, given in the order of their codes."""
    found = hashlib.sha256(line(rules))
    for office in offices:
        found.update(line(office))
    return found.hexdigest()


def statement(publication: Publication) -> dict[str, Any]:
    """What is said with a publication and stands in its fingerprint."""
    return {
        "format": FORMAT,
        "number": publication.number,
        "period": publication.period,
        "version": publication.version,
        "as_of": told_moment(publication.as_of),
        "offices": publication.offices,
        "content": publication.content,
        "reason": publication.reason,
        "proposed_by": publication.proposed_by_name,
        "proposed_at": told_moment(publication.proposed_at),
        "approved_by": publication.approved_by_name,
        "approved_at": told_moment(publication.approved_at),
        "previous": publication.previous_fingerprint,
    }


def fingerprint_of(publication: Publication) -> str:
    """The SHA-256 of a publication's statement."""
    return hashlib.sha256(line(statement(publication))).hexdigest()


def told_moment(moment: datetime | None) -> str:
    """A moment in universal time, to the second: ``2026-11-21T09:30:00Z``; empty for none."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
