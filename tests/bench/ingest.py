"""Row 1: batches of a thousand dossiers through HTTP, against the database's own ceiling."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from agencies.models import Agency
from tests.bench import database
from tests.bench.country import NOW, build
from tests.bench.measuring import Row, say, seconds
from tests.bench.one_stop import OneStop, Record, new_dossiers, returned
from tests.bench.raw_upsert import make_table, rows_of, upsert
from tests.bench.running import portal

BATCH = 1000
VARIANTS = {
    "mixed": "half new, half updates of known ones",
    "new": "all new",
    "updates": "all updates of known ones",
    "stale": "all older than what is known",
}


def rows(quick: bool) -> list[Row]:
    """Rows a second of the portal, of the bare database and of the reference; one and two clients."""
    dossiers, rounds = (20_000, 3) if quick else (200_000, 12)
    say(f"a country with {dossiers:,} dossiers")
    build(f"dossiers_{dossiers}", dossiers)
    database.make_database("ingest", like=f"dossiers_{dossiers}")
    database.use("ingest")
    make_table()
    with portal("ingest") as address:
        provinces = Agency.objects.filter(kind="province", valid_to=None).order_by("pk")[:2]
        systems = [OneStop.of(province, address) for province in provinces]
        say("batches of a thousand")
        taken = one_client(systems[0], rounds)
        say("one client and two")
        alone, together = two_clients(systems, 2 if quick else 10)
    found = [
        Row(
            "1 ingest" if variant == "mixed" else "1",
            f"HTTP, a thousand a batch, {what}",
            rate(taken[variant, "portal"]),
            f"{rate(taken[variant, 'raw'])}  COPY and upsert",
            taken[variant, "raw"] / taken[variant, "portal"],
            0.45,
        )
        for variant, what in VARIANTS.items()
    ]
    reference = taken["mixed", "reference"]
    return [
        *found,
        Row(
            "1 reference",
            "the mixed batches",
            rate(taken["mixed", "portal"]),
            f"{rate(reference)}  DRF serializer and bulk_create",
            reference / taken["mixed", "portal"],
            4,
        ),
        Row(
            "1 two clients",
            "mixed batches of two provinces at once",
            f"{2 * BATCH / together:,.0f} rows/s",
            f"{BATCH / alone:,.0f} rows/s  one client",
            2 * alone / together,
            1.5,
        ),
    ]


def rate(per_batch: float) -> str:
    """Rows a second, from the seconds of a batch."""
    return f"{BATCH / per_batch:,.0f} rows/s"


def one_client(system: OneStop, rounds: int) -> dict[tuple[str, str], float]:
    """The median seconds of a batch, by variant and by who takes it, in turn."""
    taken: dict[tuple[str, str], list[float]] = {}

    def time_all(variant: str, records: list[Record]) -> None:
        body, prepared = system.body(records), rows_of(records, system.client, NOW)
        ways: dict[str, Callable[[], object]] = {
            "portal": lambda: system.send(body),
            "raw": lambda: upsert(prepared),
        }
        if variant == "mixed":
            ways["reference"] = lambda: system.http.post("/reference/", body)
        for way, action in ways.items():
            taken.setdefault((variant, way), []).append(seconds(action))

    half = new_dossiers(system.communes, BATCH // 2)
    time_all("new", half + new_dossiers(system.communes, BATCH // 2))
    taken.clear()
    for _ in range(rounds):
        whole = new_dossiers(system.communes, BATCH)
        time_all("new", whole)
        time_all("updates", list(returned(whole)))
        time_all("stale", whole)
        fresh = new_dossiers(system.communes, BATCH // 2)
        time_all("mixed", fresh + list(returned(half)))
        half = fresh
    return {key: median(times) for key, times in taken.items()}


def two_clients(systems: list[OneStop], rounds: int) -> tuple[float, float]:
    """The median seconds of a batch sent by one client, and of a batch of each of two at once."""
    known = [new_dossiers(system.communes, BATCH // 2) for system in systems]
    for number, system in enumerate(systems):
        system.send(system.body(known[number]))

    def bodies(number: int) -> list[bytes]:
        made = []
        # Several batches in a row, so that the two clients meet at every stage.
        for _ in range(4):
            fresh = new_dossiers(systems[number].communes, BATCH // 2)
            made.append(systems[number].body(fresh + list(returned(known[number]))))
            known[number] = fresh
        return made

    ones, twos = [], []
    for turn in range(rounds):
        alone = bodies(turn % 2)
        ones.append(seconds(send_all, systems[turn % 2], alone) / len(alone))
        pair = [bodies(0), bodies(1)]
        twos.append(seconds(send_together, systems, pair) / len(alone))
    return median(ones), median(twos)


def send_all(system: OneStop, bodies: list[bytes]) -> None:
    """Send one batch after the other."""
    for body in bodies:
        system.send(body)


def send_together(systems: list[OneStop], bodies: list[list[bytes]]) -> None:
    """Let each system send its batches at the same time; raises what one of them met."""
    with ThreadPoolExecutor(len(systems)) as pool:
        list(pool.map(send_all, systems, bodies))
