"""Where a request came from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of who asks, "" if there is none.

    Behind proxies of our own (BEHIND_PROXY) it is the one that the first of them wrote into
    X-Forwarded-For; what stands before it there was written by the client, and is not believed. Without
    the header the request did not come through them.
    """
    told = request.META.get("REMOTE_ADDR", "")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    if proxies and forwarded:
        told = forwarded[-min(proxies, len(forwarded))]
    try:
        return str(ipaddress.ip_address(_without_port(told)))
    except ValueError:
        return ""


def _without_port(address: str) -> str:
    # Some proxies write 192.0.2.7:50000 or [2001:db8::1]:50000.
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
