"""From marked months to ranked scorecards, and full recounts that end in the same state."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from agencies.models import Agency
from agencies.moving import move
from agencies.tree import place
from procedures.signals import catalogue_changed
from scoring import recount as recounting
from scoring.models import CatalogueTally, DirtyMonth, Scorecard, Tally
from scoring.outbox import mark
from scoring.recount import drain, recount_all
from tests.scoring.country import NOW, Country, make_dossier, on


@pytest.fixture
def country(country: Country) -> Country:
    call_command("load_indicators", verbosity=0)
    return country


def state() -> dict[str, list]:
    """All that a recount writes, without ids and moments."""
    cards = Scorecard.objects.order_by("agency", "period")
    return {
        "tallies": sorted(
            (sorted((k, v) for k, v in row.items() if k != "id") for row in Tally.objects.values()), key=repr
        ),
        "catalogue": sorted(CatalogueTally.objects.values_list()),
        "cards": list(
            cards.values_list(
                "agency__code", "period", "total", "band", "groups", "criteria", "dossiers", "rank", "ranked"
            )
        ),
    }


def test_a_mark_becomes_scorecards_up_to_the_nation_in_all_periods(country: Country) -> None:
    commune = country.north_communes[0]
    make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 25))
    mark({(commune.pk, 202604, 202604)})
    assert drain(NOW) == 1
    assert not DirtyMonth.objects.exists()
    assert set(Scorecard.objects.values_list("agency__code", "period")) == {
        (code, period)
        for code in ("VN", "H44", "H44.101")
        for period in ("2026-M04", "2026-Q2", "2026-H1", "2026")
    }
    card = Scorecard.objects.get(agency=commune, period="2026-Q2")
    assert card.criteria["2.1"] == ["1", "2", "10.00"]
    assert card.groups["TDGQ"] == "10.00"
    assert card.dossiers == 2 and card.rank is None  # too few to be ranked
    assert card.total == sum(Decimal(points) for points in card.groups.values())
    assert Scorecard.objects.get(agency=country.nation, period="2026").rank == 1


def test_without_data_no_scorecard_and_what_is_gone_goes(country: Country) -> None:
    commune = country.south_commune
    dossier = make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    mark({(commune.pk, 202604, 202604)})
    drain(NOW)
    assert Scorecard.objects.count() == 12
    dossier.delete()
    mark({(commune.pk, 202604, 202604)})
    drain(NOW)
    assert not Scorecard.objects.exists() and not Tally.objects.exists()


def test_a_scorecard_that_did_not_move_is_left_as_it_was(country: Country) -> None:
    commune = country.south_commune
    make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    mark({(commune.pk, 202604, 202604)})
    drain(NOW)
    mark({(commune.pk, 202604, 202604)})
    drain(NOW + timedelta(hours=1))
    assert set(Scorecard.objects.values_list("changed_at", flat=True)) == {NOW}
    make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    mark({(commune.pk, 202604, 202604)})
    drain(NOW + timedelta(hours=2))
    assert set(Scorecard.objects.values_list("changed_at", flat=True)) == {NOW + timedelta(hours=2)}


def test_a_failed_recount_keeps_its_marks_and_changes_nothing(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = country.south_commune
    make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    mark({(commune.pk, 202604, 202604)})

    def lost(*_: object) -> None:
        raise RuntimeError("worker lost")

    monkeypatch.setattr(recounting, "refresh_scorecards", lost)
    with pytest.raises(RuntimeError), transaction.atomic():
        drain(NOW)
    assert DirtyMonth.objects.count() == 1 and not Tally.objects.exists()


def test_communes_take_the_province_s_openness(country: Country) -> None:
    country.licence.announcing_agency = country.north
    country.licence.save()
    commune = country.north_communes[0]
    make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    mark({(commune.pk, 202604, 202604), (country.north.pk, 0, 0)})
    drain(NOW)
    for agency in (commune, country.north):
        card = Scorecard.objects.get(agency=agency, period="2026-M04")
        assert card.criteria["1.3"] == ["1", "1", "2.00"]
    country.licence.is_complete = False
    country.licence.save()
    catalogue_changed.send(sender=None, agency_ids=[country.north.pk])
    drain(NOW)
    assert Scorecard.objects.get(agency=commune, period="2026-M04").criteria["1.3"] == ["0", "1", "0.00"]


def test_what_is_offered_counts_once_in_a_subtree(country: Country) -> None:
    make_dossier(country.north_communes[0], country.marriage, on(4, 1), ended_at=on(4, 5), channel=2)
    recount_all(NOW)
    card = Scorecard.objects.get(agency=country.north, period="2026-M04")
    assert card.criteria["3.1"] == ["1", "1", "2.00"]
    assert card.criteria["3.2"] == ["1", "1", "4.00"]


def test_peers_are_ranked_and_ties_share_a_rank(country: Country) -> None:
    for agency, late in ((country.south_commune, 0), (country.north_communes[0], 4), (country.ministry, 4)):
        for number in range(12):
            ended = on(4, 25) if number < late else on(4, 3)
            make_dossier(agency, country.marriage, on(4, 1), ended_at=ended)
    for _ in range(12):
        make_dossier(country.north_communes[1], country.marriage, on(4, 1), ended_at=on(4, 3))
    recount_all(NOW)
    ranks = {
        card.agency.code: (card.rank, card.ranked)
        for card in Scorecard.objects.filter(period="2026-M04").select_related("agency")
    }
    assert ranks["H19"] == (1, 2) and ranks["H44"] == (2, 2)
    assert ranks["H44.102"] == (1, 2) and ranks["H44.101"] == (2, 2)
    assert ranks["G15"] == (1, 1) and ranks["VN"] == (1, 1)


def test_a_full_recount_ends_where_the_incremental_path_does(country: Country) -> None:
    for month in (2, 3, 4):
        for agency in country.handling:
            make_dossier(agency, country.marriage, on(month, 2), ended_at=on(month, 20), channel=2)
            make_dossier(agency, country.licence, on(month, 9))
            mark({(agency.pk, 0, 0), (agency.pk, 202600 + month, 202605)})
    while drain(NOW, limit=7):
        pass
    incremental = state()
    assert incremental["cards"]
    Tally.objects.filter(month=202603).update(received=99)
    Scorecard.objects.update(total=1)
    steps: list[tuple[str, int, int]] = []
    mark({(country.ministry.pk, 202604, 202604)})
    recount_all(NOW, progress=lambda *step: steps.append(step))
    assert state() == incremental
    assert steps[0][0] == "202602" and steps[-1][1] == steps[-1][2]
    assert not DirtyMonth.objects.exists()


def test_a_subtree_s_recount_mends_it_and_all_above(country: Country) -> None:
    for agency in country.handling:
        make_dossier(agency, country.marriage, on(4, 2), ended_at=on(4, 20))
    recount_all(NOW)
    whole = state()
    Tally.objects.filter(agency__path__startswith=country.north.path).delete()
    mark({(country.ministry.pk, 202604, 202604)})
    recount_all(NOW, agency=country.north, since=202604)
    assert state() == whole
    assert DirtyMonth.objects.count() == 1  # the ministry's is not ours to clear


def test_moving_an_agency_moves_its_counts_and_its_peers(country: Country) -> None:
    for agency in country.handling:
        make_dossier(agency, country.marriage, on(4, 2), ended_at=on(4, 20))
    recount_all(NOW)
    move(country.south_commune, country.north)
    while drain(NOW):
        pass
    incremental = state()
    assert not Scorecard.objects.filter(agency=country.south).exists()
    peers = Scorecard.objects.get(agency=country.south_commune, period="2026").peer_class
    assert peers == f"communes:{country.north.pk}"
    recount_all(NOW)
    assert state() == incremental


def test_a_leaf_that_gets_a_unit_keeps_its_own_counts(country: Country) -> None:
    commune = country.south_commune
    make_dossier(commune, country.marriage, on(4, 2), ended_at=on(4, 20))
    recount_all(NOW)
    unit = place(Agency(code="H19.101.01", kind="unit", name="Unit"), commune)
    make_dossier(unit, country.marriage, on(4, 2), ended_at=on(4, 20))
    mark({(unit.pk, 202604, 202604)})
    drain(NOW)
    incremental = state()
    card = Scorecard.objects.get(agency=country.south, period="2026-M04")
    assert card.criteria["2.1"][1] == "2"
    recount_all(NOW)
    assert state() == incremental


def test_the_command(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    make_dossier(country.south_commune, country.marriage, on(4, 2), ended_at=on(4, 20))
    mark({(country.south_commune.pk, 202604, 202604)})
    call_command("recount")
    assert "1 marks recounted" in capsys.readouterr().out
    call_command("recount", agency="H19", since="2026-04")
    assert "2026-Q2" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No agency"):
        call_command("recount", agency="H99")
    with pytest.raises(CommandError, match="2026-01"):
        call_command("recount", since="April")
