"""Row 4: from a sent batch to the public scorecard that shows it, while others go on sending."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from threading import Event, Thread

from agencies.models import Agency
from procedures.months import month_of
from scoring.periods import containing
from scoring.recount import recount_all
from tests.bench import database
from tests.bench.country import NOW, build
from tests.bench.measuring import Row, say
from tests.bench.one_stop import Http, OneStop, new_dossiers
from tests.bench.running import portal

#: What the others send, in dossiers a second, and in how many calls.
OTHERS_A_SECOND, CALLS_A_SECOND = 100, 10
ASK_EVERY = 0.03
PATIENCE = 60


def rows(quick: bool) -> list[Row]:
    """The seconds after which a citizen sees what a commune just sent."""
    dossiers, batches = (20_000, 5) if quick else (200_000, 25)
    say(f"a country with {dossiers:,} dossiers, counted")
    build(f"dossiers_{dossiers}", dossiers)
    database.make_database("live", like=f"dossiers_{dossiers}")
    database.use("live")
    recount_all(NOW)
    with portal("live", with_worker=True) as address:
        provinces = list(Agency.objects.filter(kind="province", valid_to=None).order_by("pk")[:4])
        measured, *others = (OneStop.of(province, address) for province in provinces)
        say(f"while {OTHERS_A_SECOND} dossiers a second arrive from elsewhere")
        with traffic(others):
            waits = [
                seconds_until_shown(measured, address, measured.communes[number]) for number in range(batches)
            ]
    return [
        Row(
            "4 live",
            f"POST of a batch → public scorecard, {batches} times",
            f"{median(waits):.2f} s median, {max(waits):.2f} s at most",
            "2 s",
            median(waits) / 2,
            1,
            at_most=True,
        )
    ]


def seconds_until_shown(system: OneStop, address: str, commune: str) -> float:
    """Send ten dossiers of a commune, then ask for its month until all ten are in."""
    reader = Http(address)
    period = containing(month_of(NOW))[0]
    path = f"/api/v1/agencies/{commune}/scorecards/{period.code}/"

    def shown() -> int:
        card = reader.get(path)
        return card["dossiers"] if card else 0

    expected = shown() + 10
    body = system.body(new_dossiers([commune], 10))
    started = time.perf_counter()
    system.send(body)
    while shown() < expected:
        if time.perf_counter() - started > PATIENCE:
            raise RuntimeError(f"{path} does not show what was sent {PATIENCE} s ago.")
        time.sleep(ASK_EVERY)
    return time.perf_counter() - started


@contextmanager
def traffic(systems: list[OneStop]) -> Iterator[None]:
    """Send from these systems, evenly, until the block ends; raises what a call met."""
    stop, met = Event(), []

    def send() -> None:
        due = time.perf_counter()
        turn = 0
        try:
            while not stop.is_set():
                system = systems[turn % len(systems)]
                system.send(system.body(new_dossiers(system.communes, OTHERS_A_SECOND // CALLS_A_SECOND)))
                turn += 1
                due += 1 / CALLS_A_SECOND
                stop.wait(max(0, due - time.perf_counter()))
        except RuntimeError as error:
            met.append(error)

    sender = Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join()
    if met:
        raise met[0]
