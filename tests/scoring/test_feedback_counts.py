"""How ratings and petitions count: by month, up the tree, in criteria 5.1 to 5.4, within seconds."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import transaction

from agencies.models import Agency
from feedback import petition_work as work
from feedback.models import Door, Petition, Rating, Standing
from feedback.petitions import complain_again, judge
from feedback.publishing import close_unpublished
from feedback.reviewing import reject, release
from procedures.models import Dossier
from scoring.behind import behind
from scoring.clock import tick
from scoring.models import DirtyMonth, Scorecard, Tally
from scoring.models.tally import Scope
from scoring.outbox import mark
from scoring.periods import Period
from scoring.recount import drain
from scoring.tally import recount_month
from tests.feedback.conftest import HAPPY, Staff, days, dossier_of, give, write
from tests.scoring.country import Country, make_dossier, on

NOW = on(5, 20)
ENDED = ("petitions_ended_on_time", "petitions_ended_late", "petitions_open_on_time", "petitions_open_late")


@pytest.fixture
def staff(country: Country) -> Staff:
    call_command("load_indicators", verbosity=0)
    return Staff(country)


@pytest.fixture
def commune(country: Country) -> Agency:
    return country.north_communes[0]


def counted(agency: Agency, month: int, *names: str, now: datetime = NOW) -> tuple[int, ...]:
    with transaction.atomic():
        recount_month(month, None, now)
    rows = Tally.objects.filter(agency=agency, month=month, scope__in=[Scope.SUBTREE, Scope.BOTH])
    return tuple(sum(getattr(row, name) for row in rows) for name in names)


def card(agency: Agency, period: str = "2026-M05", as_of: datetime = NOW) -> dict[str, list]:
    while drain(as_of):
        pass
    found: dict[str, list] = Scorecard.objects.get(agency=agency, period=period).criteria
    return found


def test_a_petition_is_open_then_late_then_handled_late(country: Country, commune, staff: Staff) -> None:
    petition = write(commune, as_of=on(3, 20), procedure=country.marriage).petition  # due on 10 April
    assert counted(commune, 202603, *ENDED, "petitions_received", "petitions_faulted", now=on(3, 25)) == (
        0, 0, 1, 0, 1, 0,
    )  # fmt: skip
    assert counted(commune, 202604, *ENDED, now=on(4, 10)) == (0, 0, 1, 0)
    assert counted(commune, 202604, *ENDED, now=on(4, 13)) == (0, 0, 0, 1)
    work.answer(petition, "x", by=staff.officer, as_of=on(5, 4))
    assert counted(commune, 202603, *ENDED) == (0, 0, 1, 0)  # it was in time then
    assert counted(commune, 202604, *ENDED) == (0, 0, 0, 1)
    assert counted(commune, 202605, *ENDED) == (0, 1, 0, 0)
    # Late as is known now: against the month in which it first came.
    assert counted(commune, 202603, "petitions_received", "petitions_faulted") == (1, 1)
    assert counted(country.nation, 202605, *ENDED) == (0, 1, 0, 0)


def test_classes_are_counted_where_and_when_they_first_came(country: Country, commune, staff: Staff) -> None:
    kinds = Petition.Kind
    for kind in (kinds.RULES, kinds.RULES, kinds.STAFF, kinds.OTHER):
        write(commune, kind=kind, as_of=on(4, 8))
    names = ("petitions_received", "petitions_on_rules", "petitions_on_staff")
    assert counted(commune, 202604, *names) == (4, 2, 1)
    petition = Petition.objects.filter(kind=kinds.STAFF).get()
    work.transfer(petition, country.south_commune, by=staff.officer, reason="x", as_of=on(5, 4))
    assert counted(commune, 202604, *names) == (3, 2, 0)
    assert counted(country.south_commune, 202604, *names) == (1, 0, 1)
    assert counted(country.nation, 202604, *names) == (4, 2, 1)
    # Each agency answers for its own part.
    assert counted(commune, 202605, *ENDED) == (1, 0, 0, 3)
    assert counted(country.south_commune, 202605, *ENDED) == (0, 0, 1, 0)


@pytest.mark.parametrize("fault", ["disliked", "complained", "unpublished"])
def test_what_a_petition_s_handling_can_be_faulted_for(commune, staff: Staff, fault: str) -> None:
    petition = write(commune, as_of=on(5, 4)).petition
    work.answer(petition, "x", by=staff.officer, as_of=on(5, 6))
    now = on(5, 8)
    assert counted(commune, 202605, "petitions_faulted", now=now) == (0,)
    if fault == "disliked":
        judge(petition, "dissatisfied", as_of=now)
    elif fault == "complained":
        complain_again(petition, "x", as_of=now)
    else:
        now = on(5, 9)  # an answer of Wednesday is to be published by Friday
    assert counted(commune, 202605, "petitions_received", "petitions_faulted", now=now) == (1, 1)
    if fault == "unpublished":
        assert counted(commune, 202605, *ENDED, now=now) == (0, 1, 0, 0)
        close_unpublished(petition, reason="x", by=staff.officer, as_of=on(5, 10))
        assert counted(commune, 202605, *ENDED) == (0, 1, 0, 0)


def test_held_and_rejected_ones_do_not_count_until_released(commune, staff: Staff) -> None:
    petition = write(commune, as_of=on(5, 4)).petition
    Petition.objects.update(standing=Standing.HELD)
    assert counted(commune, 202605, "petitions_received", *ENDED) == (0, 0, 0, 0, 0)
    release([petition], by=staff.administrator, reason="x", as_of=on(5, 5))
    assert counted(commune, 202605, "petitions_received", *ENDED) == (1, 0, 0, 1, 0)
    Petition.objects.update(standing=Standing.HELD)
    reject([petition], by=staff.administrator, reason="x", as_of=on(5, 5))
    assert counted(commune, 202605, "petitions_received", *ENDED) == (0, 0, 0, 0, 0)


def test_a_grievance_counts_in_the_months_its_dossier_does(country: Country, commune, staff: Staff) -> None:
    ended = make_dossier(commune, country.marriage, on(3, 25), ended_at=on(4, 2))
    opened = make_dossier(commune, country.marriage, on(4, 7))
    for dossier in (ended, opened):
        give(dossier, as_of=on(5, 12))
    write(commune, dossier=ended, as_of=on(5, 12))
    names = ("aggrieved_ended", "aggrieved_open")
    assert counted(commune, 202603, *names) == (0, 1)
    assert counted(commune, 202604, *names) == (1, 1)
    assert counted(commune, 202605, *names) == (0, 1)


def test_the_scorecard_moves_with_every_step(country: Country, commune, staff: Staff) -> None:
    dossiers = [dossier_of(commune, country) for _ in range(10)]
    mark({(commune.pk, 202605, 202605)})
    before = card(commune)
    assert before["5.4"] == ["10", "10", "6.00"]
    assert (before["5.2"], before["5.3"]) == (["0", "0", "6.00"], ["0", "0", "6.00"])
    # Every address its own: six from one would be held.
    for dossier in dossiers[:4]:
        give(dossier, as_of=NOW)
    assert card(commune)["5.4"] == ["6", "10", "4.00"]
    give(dossiers[0], HAPPY, as_of=NOW)
    assert card(commune)["5.4"] == ["7", "10", "4.67"]
    petition = write(commune, as_of=NOW).petition
    told = card(commune)
    assert (told["5.1"], told["5.2"], told["5.3"]) == (
        ["1", "1", None],
        ["1", "1", "6.00"],
        ["1", "1", "6.00"],
    )
    work.refuse(petition, "abusive", by=staff.officer, explanation="x", as_of=NOW + days(5))
    told = card(commune, as_of=NOW + days(5))
    assert (told["5.2"], told["5.3"]) == (["0", "1", "0.00"], ["0", "1", "0.00"])
    assert Scorecard.objects.get(agency=country.nation, period="2026").criteria["5.2"][1] == "1"


def test_one_address_cannot_swing_a_score(country: Country, commune, staff: Staff) -> None:
    dossiers = [dossier_of(commune, country) for _ in range(10)]
    for dossier in dossiers:
        give(dossier, as_of=NOW, address="203.0.113.7")
    assert card(commune)["5.4"] == ["10", "10", "6.00"]
    release(Rating.objects.all(), by=staff.administrator, reason="mười người một nhà", as_of=NOW)
    assert card(commune)["5.4"] == ["0", "10", "0.00"]


def test_a_dossier_late_and_disliked_is_taken_off_twice_and_listed_once(
    country: Country, commune, staff: Staff
) -> None:
    both = make_dossier(commune, country.marriage, on(4, 8), ended_at=on(5, 8))
    late = make_dossier(commune, country.marriage, on(4, 8), ended_at=on(5, 8))
    disliked = make_dossier(commune, country.marriage, on(5, 4), ended_at=on(5, 8))
    fine = make_dossier(commune, country.marriage, on(5, 4), ended_at=on(5, 8))
    for dossier in (both, disliked):
        give(dossier, as_of=on(5, 12), door=Door.LINK)
    mark({(commune.pk, 202604, 202605)})
    assert card(commune)["5.4"] == ["0", "4", "0.00"]
    found = behind(commune, Period.parse("2026-M05"), "5.4", NOW)
    assert set(found.costing()) == {both, late, disliked} and not found.each_once
    assert set(found.dossiers()) == {both, late, disliked, fine}
    assert behind(commune, Period.parse("2026-M05"), "2.1", NOW).each_once


def test_the_clock_marks_petitions_as_it_passes_their_deadlines(
    country: Country, commune, staff: Staff
) -> None:
    petition = write(commune, as_of=on(4, 22)).petition  # due on 18 May
    answered = write(country.south_commune, as_of=on(4, 22)).petition
    work.answer(answered, "x", by=staff.stranger, as_of=on(5, 14))  # to be published by 18 May
    while drain(on(5, 14)):
        pass
    tick(on(5, 18))
    assert not DirtyMonth.objects.exists()
    tick(on(5, 19))
    marks = set(DirtyMonth.objects.values_list("agency", "month"))
    assert marks == {
        (agency.pk, month) for agency in (commune, country.south_commune) for month in (202604, 202605)
    }
    assert card(commune, as_of=on(5, 19))["5.2"] == ["0", "1", "0.00"]
    assert card(country.south_commune, as_of=on(5, 19))["5.2"] == ["0", "1", "0.00"]
    tick(on(6, 1, hour=0))
    marks = set(DirtyMonth.objects.values_list("agency", "month"))
    assert {(commune.pk, 202605), (commune.pk, 202606)} <= marks and petition.is_open


def test_a_dossier_that_moves_takes_its_grievance_along(country: Country, commune, staff: Staff) -> None:
    dossier = make_dossier(commune, country.marriage, on(5, 4), ended_at=on(5, 8))
    give(dossier, as_of=on(5, 12))
    Dossier.objects.update(agency=country.south_commune)
    assert counted(commune, 202605, "aggrieved_ended") == (0,)
    assert counted(country.south_commune, 202605, "aggrieved_ended") == (1,)
