"""Whatever dossiers go through, in whatever order it is told, counting piecemeal equals counting anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agencies.integration import create_client
from procedures.months import VIETNAM
from procedures.records import DossierRecord
from procedures.sync import sync_dossiers
from scoring.clock import tick
from scoring.outbox import CATALOGUE, mark
from scoring.recount import drain, recount_all
from tests.effort import examples
from tests.scoring.country import make_country
from tests.scoring.test_recount import state

START = datetime(2026, 1, 20, 9, tzinfo=VIETNAM)
HANDLERS = ("H44.101", "H44.102", "H44.01")
LIVES = (
    (2,),
    (2, 4),
    (2, 4, 9),
    (2, 4, 9, 10),
    (2, 5, 4, 10),
    (2, 8),
    (1,),
    (1, 2, 10),
    (1, 7),
)


@st.composite
def histories(draw: st.DrawFn) -> list[DossierRecord]:
    """The states one dossier goes through, oldest first."""
    code = f"{draw(st.sampled_from(HANDLERS))}-260101-{draw(st.integers(1, 99)):05}"
    moment = START + timedelta(days=draw(st.integers(0, 60)))
    facts = {
        "procedure_code": draw(st.sampled_from(["1.000001", "1.000002", "9.999999"])),
        "channel": draw(st.sampled_from([1, 2])),
        "due_at": moment + timedelta(days=draw(st.integers(1, 40))),
        "payment": draw(st.sampled_from([0, 1])),
    }
    records = []
    submitted, received = moment, None
    for status in draw(st.sampled_from(LIVES)):
        moment += timedelta(days=draw(st.integers(0, 30)), minutes=1)
        if status != 1 and status != 7:
            received = received or moment
        ended = moment if status in (7, 8, 9, 10) else None
        records.append(
            DossierRecord(
                code=code,
                status=status,
                submitted_at=submitted,
                received_at=received,
                finished_at=ended,
                has_result_file=status >= 9,
                **facts,
            )
        )
    return records


class PiecemealEqualsAnew(TestCase):
    """A hypothesis test case rolls the database back after every example."""

    # Not shrunk: each example is a country, and making a failing one smaller takes many minutes.
    @settings(
        max_examples=examples(15),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    @given(
        st.lists(histories(), min_size=1, max_size=12),
        st.randoms(use_true_random=False),
        st.integers(1, 9),
    )
    def test_in_any_order_with_repeats(
        self, dossiers: list[list[DossierRecord]], chance, batch_size: int
    ) -> None:
        call_command("load_indicators", verbosity=0)
        country = make_country()
        client, _password = create_client(country.north)
        records = [record for states in dossiers for record in states]
        records += chance.choices(records, k=len(records) // 2)
        chance.shuffle(records)
        now = START + timedelta(days=75)
        tick(now)
        mark({(agency.pk, CATALOGUE, CATALOGUE) for agency in country.handling})
        for first in range(0, len(records), batch_size):
            now += timedelta(days=chance.choice([0, 0, 1, 9]), seconds=1)
            sync_dossiers(records[first : first + batch_size], client=client, as_of=now)
            if chance.random() < 0.5:
                tick(now)
                drain(now, limit=3)
        tick(now)
        while drain(now):
            pass
        piecemeal = state()
        recount_all(now)
        self.assertEqual(state(), piecemeal)
