"""Where a voice came from, known again for a month and by nobody else: a keyed hash of the address."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from feedback.keys import keyed
from feedback.models import Petition, Rating

#: How long the hash of a source is kept.
KEPT = timedelta(days=30)
#: One household has so many bits of an IPv6 address to choose from.
IPV6_PREFIX = 64


def source_of(address: str) -> str:
    """What stands for the address a voice came from; empty for none.

    An IPv6 address counts by its network, since one connection has them by the billion.
    """
    if not address:
        return ""
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if told.version == 6:
        told = ipaddress.ip_network((told, IPV6_PREFIX), strict=False).network_address
    return keyed("source of a voice", str(told))


def forget_sources(as_of: datetime) -> int:
    """Remove the hashes that were kept long enough; returns how many voices lost theirs."""
    return sum(
        model._default_manager.exclude(source_hash="")
        .filter(given_at__lte=as_of - KEPT)
        .update(source_hash="")
        for model in (Rating, Petition)
    )
