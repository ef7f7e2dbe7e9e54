"""Two systems, or two workers of one, sending at the same time. On PostgreSQL, with real transactions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from procedures.models import Dossier, InboxItem
from procedures.progress import sync_steps
from procedures.refusals import Reason
from procedures.sync import sync_dossiers
from procedures.sync_report import Outcome, SyncReport
from tests.procedures.conftest import AS_OF, World, at, make_world
from tests.procedures.sending import contents, dossier, step

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    assert connection.vendor == "postgresql", "Run with `python -m tests.real_services pytest -m real`."
    return make_world()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; their answers in order."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def sending(world: World, records: list[Any], **options: Any) -> Callable[[], SyncReport]:
    return lambda: sync_dossiers(records, client=world.client, as_of=AS_OF, **options)


def test_a_dossier_created_twice_at_once_is_created_once(world: World) -> None:
    for turn in range(5):
        records = [dossier(4, f"H44.01-{turn}-{n:03}") for n in range(200)]
        shuffled = random.Random(turn).sample(records, len(records))

        first, second = at_once(
            sending(world, records, only_new=True), sending(world, shuffled, only_new=True)
        )

        accepted = first.count(Outcome.ACCEPTED) + second.count(Outcome.ACCEPTED)
        refused = Counter(r.reason for r in [*first.refusals, *second.refusals])
        assert accepted == 200
        assert refused == {Reason.EXISTS: 200}
        assert Dossier.objects.filter(code__startswith=f"H44.01-{turn}-").count() == 200


def test_the_newest_state_stands_whoever_comes_last(world: World) -> None:
    for turn in range(5):
        codes = [f"H44.01-{turn}-{n:03}" for n in range(100)]
        states = [
            [dossier(2, code) for code in codes],
            [dossier(4, code, submitted_at=at("03-06")) for code in codes],
            [dossier(9, code, finished_at=at("03-09")) for code in codes],
        ]

        at_once(*[sending(world, random.Random(turn).sample(state, 100)) for state in states])

        found = Dossier.objects.filter(code__startswith=f"H44.01-{turn}-")
        assert set(found.values_list("status", "ended_at")) == {(9, at("03-09"))}


def test_a_step_and_its_dossier_at_once_always_meet(world: World) -> None:
    for turn in range(25):
        codes = [f"H44.01-{turn}-{n}" for n in range(3)]
        records = [dossier(2, code) for code in codes]
        steps = [step(9, "03-09", code) for code in codes]

        at_once(
            sending(world, records),
            lambda steps=steps: sync_steps(steps, client=world.client, as_of=AS_OF),  # type: ignore[misc]
        )

        found = Dossier.objects.filter(code__in=codes)
        assert set(found.values_list("status", flat=True)) == {9}
        assert not InboxItem.objects.filter(state=InboxItem.State.WAITING).exists()


def test_overlapping_batches_in_any_order_neither_fail_nor_lose(world: World) -> None:
    chance = random.Random(766)
    codes = [f"H44.0{chance.choice('17')}-{n:03}" for n in range(150)]

    def history(code: str) -> list[Any]:
        return [dossier(2, code), dossier(4, code, submitted_at=at("03-06")), step(9, "03-12", code)]

    everything = [item for code in codes for item in history(code)]

    def arriving(seed: int) -> Callable[[], None]:
        def send() -> None:
            mine = random.Random(seed)
            for _ in range(6):
                part = mine.sample(everything, 120)
                records = [item for item in part if hasattr(item, "procedure_code")]
                steps = [item for item in part if not hasattr(item, "procedure_code")]
                sync_dossiers(records, client=world.client, as_of=AS_OF)
                sync_steps(steps, client=world.client, as_of=AS_OF)

        return send

    at_once(*[arriving(seed) for seed in range(4)])
    sync_dossiers([i for c in codes for i in history(c)[:2]], client=world.client, as_of=AS_OF)
    sync_steps([history(code)[2] for code in codes], client=world.client, as_of=AS_OF)
    raced = contents()

    Dossier.objects.all().delete()
    sync_dossiers([i for c in codes for i in history(c)[:2]], client=world.client, as_of=AS_OF)
    sync_steps([history(code)[2] for code in codes], client=world.client, as_of=AS_OF)
    assert raced == contents()


def test_the_same_refused_record_at_once_is_one_item(world: World) -> None:
    refused = [dossier(4, "H21-1"), dossier(4, "H21-2")]

    at_once(*[sending(world, order) for order in (refused, refused[::-1], refused)])

    assert sorted(InboxItem.objects.values_list("dossier_code", "times")) == [("H21-1", 3), ("H21-2", 3)]
