"""Whatever the order in which records and steps arrive, however often, in whatever batches: one outcome."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.handling import version_of
from procedures.models import Dossier, DossierStep, InboxItem
from procedures.progress import sync_steps
from procedures.records import DossierRecord, StepRecord
from procedures.sync import sync_dossiers
from tests.effort import examples
from tests.procedures.conftest import AS_OF, World, at
from tests.procedures.sending import contents

pytestmark = pytest.mark.django_db

CODES = ["H44.01-260301-1", "H44.01-260301-2", "H44.07-260301-3"]
STATUSES = st.integers(1, 10)
MOMENTS = st.integers(0, 18 * 24).map(lambda hours: at("03-01") + timedelta(hours=hours))
MAYBE = st.none() | MOMENTS


@st.composite
def supplements(draw: st.DrawFn) -> tuple[tuple[int, int | None], ...]:
    pairs = []
    for requested in sorted(draw(st.lists(MOMENTS, max_size=2, unique=True))):
        answered = draw(st.none() | st.integers(1, 72).map(lambda n, r=requested: r + timedelta(hours=n)))
        pairs.append((int(requested.timestamp()), answered and int(answered.timestamp())))
    return tuple(pairs)


RECORDS = st.builds(
    DossierRecord,
    code=st.sampled_from(CODES),
    procedure_code=st.sampled_from(["1.001193", "9.999999"]),
    status=STATUSES,
    submitted_at=MAYBE,
    received_at=MAYBE,
    due_at=MAYBE,
    finished_at=MAYBE,
    returned_at=MAYBE,
    refused_at=MAYBE,
    supplements=supplements(),
    fee_total=st.none() | st.integers(0, 3),
).filter(lambda record: version_of(record, AS_OF) is not None)
STEPS = st.builds(
    StepRecord,
    code=st.sampled_from(CODES),
    at=MOMENTS,
    status=STATUSES,
    unit=st.sampled_from(["", "Phòng Hộ tịch"]),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """A history in order, and the same shuffled and with repetitions."""
    told: dict[Any, DossierRecord] = {}
    for record in draw(st.lists(RECORDS, min_size=1, max_size=6)):
        # Two different records of one moment and status are a correction: there the later counts.
        told.setdefault((record.code, version_of(record, AS_OF)), record)
    # What follows is about dossiers that exist: each has at least one record.
    codes = {record.code for record in told.values()}
    steps = [step for step in draw(st.lists(STEPS, max_size=6)) if step.code in codes]
    history = [*told.values(), *steps]
    again = draw(st.lists(st.sampled_from(history), max_size=4))
    return history, draw(st.permutations([*history, *again]))


def play(world: World, history: list[Any], batch: int) -> tuple[Any, Any]:
    """What the tables hold after the history arrived in batches of that size; undone afterwards."""
    with transaction.atomic():
        for start in range(0, len(history), batch):
            arrived = history[start : start + batch]
            steps = [item for item in arrived if isinstance(item, StepRecord)]
            records = [item for item in arrived if isinstance(item, DossierRecord)]
            sync_steps(steps, client=world.client, as_of=AS_OF)
            sync_dossiers(records, client=world.client, as_of=AS_OF)
        assert not InboxItem.objects.filter(state=InboxItem.State.WAITING).exists()
        steps_kept = DossierStep.objects.order_by("dossier__code", "at", "status", "unit")
        outcome = contents(), list(steps_kept.values_list("dossier__code", "at", "status", "unit"))
        transaction.set_rollback(True)
    return outcome


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories(), st.integers(1, 5))
def test_the_outcome_does_not_depend_on_it(
    world: World, history: tuple[list[Any], list[Any]], batch: int
) -> None:
    in_order, shuffled = history

    expected = play(world, in_order, len(in_order))

    assert expected[0], "nothing was written"
    assert play(world, shuffled, batch) == expected
    assert Dossier.objects.count() == 0
