"""A correction moves the scorecard, and counting anew comes to the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from agencies.integration import create_client
from procedures.corrections import Wanted, correct, withdraw
from procedures.models import Dossier
from procedures.records import DossierRecord
from procedures.sync import sync_dossiers
from scoring.behind import behind
from scoring.models import Scorecard
from scoring.periods import Period
from scoring.recount import drain, recount_all
from tests.scoring.country import NOW, Country, on
from tests.scoring.test_recount import state

PERIOD = "2026-M04"


@pytest.fixture
def late(country: Country) -> Dossier:
    """Of two dossiers of a commune one ended late; counted."""
    call_command("load_indicators", verbosity=0)
    client, _password = create_client(country.north, username="h44")
    records = [
        DossierRecord(
            code=f"H44.101-260401-{number}",
            procedure_code="1.000001",
            status=9,
            received_at=on(4, 1),
            due_at=on(4, 10),
            finished_at=on(4, 5 + 15 * number),
        )
        for number in (0, 1)
    ]
    sync_dossiers(records, client=client, as_of=NOW)
    recount_all(NOW)
    return Dossier.objects.get(code="H44.101-260401-1")


def criterion(code: str) -> list[str]:
    card = Scorecard.objects.get(agency__code="H44.101", period=PERIOD)
    found: list[str] = card.criteria[code]
    return found


def costing(dossier: Dossier) -> list[str]:
    found = behind(dossier.agency, Period.parse(PERIOD), "2.1", NOW).costing()
    return list(found.values_list("code", flat=True))


def test_a_corrected_end_moves_the_score_and_back(late: Dossier) -> None:
    assert criterion("2.1") == ["1", "2", "10.00"] and costing(late) == [late.code]
    before = state()
    made = correct([Wanted(late.pk, "finished_at", on(4, 8))], by=None, reason="nhầm", as_of=NOW)
    drain(NOW + timedelta(hours=1))
    assert criterion("2.1") == ["2", "2", "20.00"] and costing(late) == []
    moved = state()
    recount_all(NOW + timedelta(hours=1))
    assert state() == moved
    withdraw(made, by=None, reason="nhầm", as_of=NOW)
    drain(NOW + timedelta(hours=2))
    assert state() == before


def test_a_dossier_left_out_is_in_no_count_and_no_list(late: Dossier) -> None:
    correct([Wanted(late.pk, "left_out", True)], by=None, reason="gửi thử", as_of=NOW)
    drain(NOW)
    assert criterion("2.1") == ["1", "1", "20.00"]
    found = behind(late.agency, Period.parse("2026"), "2.1", NOW)
    assert late.code not in found.dossiers().values_list("code", flat=True) and costing(late) == []
    moved = state()
    recount_all(NOW)
    assert state() == moved
