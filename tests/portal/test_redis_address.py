"""Numbered databases of one Redis."""

import pytest

from portal.redis_address import database_number, with_database


@pytest.mark.parametrize(
    ("url", "number"),
    [("redis://h:1", 0), ("redis://h:1/", 0), ("redis://:p%40w@h:1/3", 3), ("rediss://h/12?x=1", 12)],
)
def test_the_number_is_read_and_replaced(url: str, number: int) -> None:
    assert database_number(url) == number
    assert database_number(with_database(url, 7)) == 7


def test_the_rest_of_the_address_stays() -> None:
    assert with_database("rediss://:p%40w@h:6380/1?ssl_cert_reqs=none", 2) == (
        "rediss://:p%40w@h:6380/2?ssl_cert_reqs=none"
    )
