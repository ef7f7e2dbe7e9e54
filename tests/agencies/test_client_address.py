"""Where a request came from, with and without proxies of our own."""

from typing import Any

import pytest
from django.test import RequestFactory

from agencies.client_address import client_address


@pytest.mark.parametrize(
    ("proxies", "connection", "forwarded", "address"),
    [
        (0, "192.0.2.7", None, "192.0.2.7"),
        (0, "192.0.2.7", "198.51.100.1", "192.0.2.7"),
        (1, "127.0.0.1", "192.0.2.7", "192.0.2.7"),
        (1, "127.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        (2, "127.0.0.1", "198.51.100.1, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, "127.0.0.1", "192.0.2.7", "192.0.2.7"),
        (1, "127.0.0.1", None, "127.0.0.1"),
        (1, "127.0.0.1", "192.0.2.7:50000", "192.0.2.7"),
        (1, "127.0.0.1", "[2001:db8::1]:50000", "2001:db8::1"),
        (1, "127.0.0.1", "2001:db8:0::1", "2001:db8::1"),
        (1, "127.0.0.1", "unknown", ""),
        (0, "", None, ""),
    ],
)
def test_the_address_of_who_asks(
    settings: Any, proxies: int, connection: str, forwarded: str | None, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=connection, headers=headers)
    assert client_address(request) == address
