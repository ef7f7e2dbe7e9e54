"""Months as whole numbers, ``yyyymm`` in Vietnamese time: how flows and stocks are kept apart."""

from datetime import UTC, datetime, timedelta, timezone

#: Vietnam has no summer time, so a fixed offset says what the zone file says, faster.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def month_of(moment: datetime) -> int:
    """The month ``moment`` (aware) falls in, seen from Vietnam."""
    local = moment.astimezone(VIETNAM)
    return local.year * 100 + local.month


def add_months(month: int, count: int) -> int:
    """``month`` moved by ``count`` months: ``add_months(202512, 1) == 202601``."""
    index = month // 100 * 12 + month % 100 - 1 + count
    return index // 12 * 100 + index % 12 + 1


def months_between(first: int, last: int) -> list[int]:
    """Every month from ``first`` to ``last``, both included; empty when they are reversed."""
    months = []
    while first <= last:
        months.append(first)
        first = add_months(first, 1)
    return months


def start_of(month: int) -> datetime:
    """The month's first moment, in UTC."""
    return datetime(month // 100, month % 100, 1, tzinfo=VIETNAM).astimezone(UTC)


def edge_of(month: int, as_of: datetime) -> datetime:
    """The moment at which a month's end stocks are taken: its last one, or ``as_of`` if earlier."""
    return min(start_of(add_months(month, 1)) - timedelta(microseconds=1), as_of)
