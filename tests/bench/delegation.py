"""What asking the grants costs in a country of 15,000 offices, 5,000 people and 20,000 grants.

``python -m tests.bench.delegation`` measures on SQLite, and on PostgreSQL under
``python -m tests.real_services``; ``fill`` and ``measure`` are for others to call.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agencies.models import User

AS_OF = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

OFFICES, PEOPLE, GRANTS = 15_000, 5_000, 20_000


@dataclass(frozen=True)
class Cost:
    """Milliseconds for one person's question, and how many queries it took at most."""

    median: float
    slowest_in_twenty: float
    queries: int


def fill(offices: int = OFFICES, people: int = PEOPLE, grants: int = GRANTS) -> None:
    """A tree of offices, people, and grants in chains of three: operator, administrators, officers."""
    from agencies.grant_worth import settle, settle_all
    from agencies.granting import make_operator, review_day
    from agencies.models import Agency, Grant, Role, User
    from agencies.tree import place, place_all

    chance = random.Random(766)
    nation = place(Agency(code="VN", name="Cả nước", kind=Agency.Kind.NATION), None)
    provinces = [
        Agency(code=f"H{n}", name=f"Tỉnh {n}", kind=Agency.Kind.PROVINCE, parent=nation) for n in range(34)
    ]
    place_all(provinces)
    rest = [
        Agency(code=f"X{n}", name=f"Đơn vị {n}", kind=Agency.Kind.UNIT, parent=provinces[n % 34])
        for n in range(offices - 35)
    ]
    place_all(rest)
    users = User.objects.bulk_create([User(username=f"user{n}", password="!") for n in range(people)])
    roles = {role.code: role for role in Role.objects.all()}
    operators = make_operator(users[0], reason="đo", as_of=AS_OF - timedelta(days=400))

    def granted(user: User, role: str, agency: Agency, parent: Grant) -> Grant:
        return Grant(
            user=user, role=roles[role], agency=agency, parent=parent, valid_from=AS_OF - timedelta(days=300),
            valid_until=None if chance.random() < 0.7 else AS_OF + timedelta(days=chance.randint(-60, 300)),
            granted_by=parent.user, reason="đo", created_at=AS_OF, review_due_on=review_day(AS_OF),
        )  # fmt: skip

    administrators = Grant.objects.bulk_create(
        [granted(users[1 + n], "administrator", province, operators) for n, province in enumerate(provinces)]
    )
    below = []
    for n in range(grants - len(administrators) - 1):
        office = rest[chance.randrange(len(rest))]
        parent = administrators[provinces.index(office.parent)] if office.parent else operators
        role = ("officer", "data_steward", "auditor")[n % 3]
        below.append(granted(users[35 + n % (people - 35)], role, office, parent))
    Grant.objects.bulk_create(below, batch_size=500)
    started = perf_counter()
    rows = settle([operators])
    print(f"{grants:,} grants settled into {rows:,} rows in {perf_counter() - started:.1f} s")
    started = perf_counter()
    assert settle_all() == 0
    print(f"and all found settled in {perf_counter() - started:.1f} s")


def measure(asked: int = 300) -> Cost:
    """Ask for as many people which paths they may see, and take the quickest of three times.

    Others share the machine. The queries are those of a whole request that asks again and again.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from agencies.models import User
    from agencies.request_trace import traced
    from agencies.visibility import may, paths_held, visible

    chance = random.Random(35)
    users = chance.sample(list(User.objects.filter(grants__isnull=False).distinct()), asked)
    took = [min(_milliseconds(user) for _ in range(3)) for user in users]
    with CaptureQueriesContext(connection) as captured, traced("bench"):
        paths_held(users[0], "see_records")
        visible(users[0], "agency__path")
        may(users[0], "delegate", "/1/2/")
        may(users[0], "work_inbox", "/1/3/")
    return Cost(median(took), quantiles(took, n=20)[-1], len(captured))


def _milliseconds(user: User) -> float:
    from agencies.visibility import paths_held

    started = perf_counter()
    paths_held(user, "see_records", AS_OF)
    return (perf_counter() - started) * 1000


def main(argv: Sequence[str] = ()) -> None:
    """Make a database, fill it, measure, and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        measure(50)
        cost = measure()
        print(
            f"{connection.vendor}: which paths may this user see: median {cost.median:.2f} ms, "
            f"one in twenty over {cost.slowest_in_twenty:.2f} ms, {cost.queries} query"
        )
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
