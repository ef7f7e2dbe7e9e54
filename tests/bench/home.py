"""Row 5: an administrator's first page and list of dossiers, in a small and in a large country; and
what asking the grants costs."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client

from agencies import roles
from agencies.granting import grant, make_operator
from agencies.models import Agency, Role, User
from procedures.models import Dossier
from scoring.models import Scorecard
from scoring.recount import recount_all
from scoring.snapshots import take_snapshots
from tests.bench import database, delegation
from tests.bench.country import MONTHS, NOW, build
from tests.bench.measuring import Row, say, seconds

#: Lists that fill a page in the small country too: most of a page is writing its rows.
PAGES = {
    "home": ("an administrator's first page", "/admin/"),
    "list": ("dossiers of a month, of a province", f"/admin/procedures/dossier/?month={MONTHS[-1]}"),
    "open": ("open dossiers, of a province", "/admin/procedures/dossier/?handling=open"),
}
#: The first after a change of database fills what a process keeps.
WARMING = 2


def rows(quick: bool) -> list[Row]:
    """The same pages with a hundred times the dossiers, then the grants of 5,000 people."""
    small, large, rounds = (2_000, 20_000, 3) if quick else (20_000, 2_000_000, 6)
    return [*page_rows(small, large, rounds), *grant_rows(quick)]


def page_rows(small: int, large: int, rounds: int) -> list[Row]:
    """How long each page takes with so many dossiers."""
    settings.SECOND_FACTOR = "off"
    doors: dict[int, Client] = {}
    for dossiers in (small, large):
        say(f"a country with {dossiers:,} dossiers, counted, and the administrator of its busiest province")
        build(f"dossiers_{dossiers}", dossiers)
        if not Scorecard.objects.exists():
            recount_all(NOW)
        doors[dossiers] = door()
    say("first page and lists")
    taken: dict[tuple[str, int], list[float]] = {}
    for _turn in range(rounds):
        for dossiers, client in doors.items():
            database.use(f"dossiers_{dossiers}")
            for name, (_what, address) in PAGES.items():
                times = [seconds(opened, client, address) for _ in range(WARMING + 4)]
                taken.setdefault((name, dossiers), []).extend(times[WARMING:])
    found = []
    for name, (what, _address) in PAGES.items():
        one, other = median(taken[name, small]), median(taken[name, large])
        found.append(
            Row(
                f"5 {name}",
                f"{what}, {large:,} dossiers",
                f"{other * 1000:.0f} ms",
                f"{one * 1000:.0f} ms  with {small:,}",
                other / one,
                3,
                at_most=True,
            )
        )
    return found


def door() -> Client:
    """A browser in which the administrator of the province with most dossiers has signed in."""
    busiest = (
        Dossier.objects.filter(agency__parent__kind=Agency.Kind.PROVINCE)
        .values_list("agency__parent")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    province = Agency.objects.get(pk=busiest.values_list("agency__parent", flat=True)[0])
    administrator, created = User.objects.get_or_create(username="bench-administrator")
    if created:
        operator = User.objects.create(username="bench-operator")
        make_operator(operator, reason="bench", as_of=NOW)
        role = Role.objects.get(code=roles.ADMINISTRATOR)
        grant(operator, administrator, role, province, reason="bench", as_of=NOW)
        take_snapshots(NOW - timedelta(days=7))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(pk=administrator.pk))
    return client


def opened(client: Client, address: str) -> None:
    """Fetch a page; raises AssertionError unless it is shown."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.headers.get('Location', '')}"


def grant_rows(quick: bool) -> list[Row]:
    """What one person's question costs among many people's grants."""
    offices, people, grants = (1_500, 500, 2_000) if quick else (15_000, 5_000, 20_000)
    say(f"{offices:,} offices, {people:,} people, {grants:,} grants")
    if not database.exists("grants"):
        database.make_database("grants")
        database.use("grants")
        call_command("migrate", verbosity=0)
        delegation.fill(offices, people, grants)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    database.use("grants")
    delegation.measure(50)
    cost = delegation.measure()
    what = f"{offices:,} offices, {people:,} people, {grants:,} grants"
    slow = f"one in twenty over {cost.slowest_in_twenty:.1f} ms"
    return [
        Row(
            "5 grants", f"ms: where one may see, {what}", f"{cost.median:.2f} ms", slow, cost.median, 5, True
        ),
        Row("5 grants", "queries a request", f"{cost.queries}", "", cost.queries, 1, at_most=True),
    ]
