"""Each rule finds what it is there for, at the agency it belongs to, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override

from agencies.models import IntegrationClient
from procedures.models import ReportedVolume
from scoring.models import Tally
from scoring.recount import recount_all
from tests.scoring.anomalies import behind, found, rule, search, told
from tests.scoring.country import NOW, Country, make_dossier, on

ON_THE_DAY = on(4, 3)


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        ("ended-before-received", {"finished_at": on(4, 2)}, {"finished_at": on(4, 3)}),
        ("returned-before-received", {"returned_at": on(4, 2)}, {"returned_at": on(4, 9)}),
        ("received-before-submitted", {"submitted_at": on(4, 4)}, {"submitted_at": on(4, 2)}),
        (
            "told-ahead",
            {"finished_at": on(4, 9), "changed_at": on(4, 7)},
            {"finished_at": on(4, 7, 20), "changed_at": on(4, 7)},
        ),
        ("paid-without-fee", {"payment": 1, "fee_total": 0}, {"payment": 1, "fee_total": 50_000}),
    ],
)
def test_impossible_values(country: Country, code: str, wrong: dict[str, Any], right: dict[str, Any]) -> None:
    one, other = country.north_communes
    flawed = make_dossier(one, country.marriage, ON_THE_DAY, **wrong)
    make_dossier(one, country.marriage, ON_THE_DAY, **right)
    make_dossier(other, country.marriage, ON_THE_DAY, **right)
    make_dossier(other, country.marriage, on(3, 3), **(wrong if "fee_total" in wrong else {}))
    assert search(code).found == 1
    anomaly = found(code)[one.code]
    assert (anomaly.size, anomaly.month, behind(anomaly)) == (1, 202604, [flawed.code])
    assert told(anomaly).endswith("1. | dossiers 1 0")


def test_a_payment_where_the_procedure_has_no_fee(country: Country) -> None:
    one, other = country.north_communes
    make_dossier(one, country.licence, ON_THE_DAY, payment=2)
    make_dossier(other, country.marriage, ON_THE_DAY, payment=2)
    search("paid-without-fee")
    assert found("paid-without-fee").keys() == {one.code}


def test_fewer_than_the_rule_asks_for_are_let_pass(country: Country) -> None:
    make_dossier(country.south_commune, country.marriage, ON_THE_DAY, finished_at=on(4, 2))
    assert search("ended-before-received", least=2).found == 0


def test_ended_as_soon_as_received(country: Country) -> None:
    quick, slow, by_day = country.north_communes[0], country.north_communes[1], country.south_commune
    for number in range(6):
        received = on(4, 3 + number)
        make_dossier(quick, country.marriage, received, finished_at=received + timedelta(minutes=number % 3))
        make_dossier(slow, country.marriage, received, finished_at=received + timedelta(minutes=3))
        midnight = on(4, 3 + number, 0)
        make_dossier(by_day, country.marriage, midnight, finished_at=midnight)
    search("handled-at-once", minutes=2, share=50, least=5)
    anomalies = found("handled-at-once")
    assert anomalies.keys() == {quick.code}
    assert "6 of 6 completed dossiers ended within 2 minutes" in told(anomalies[quick.code])
    assert len(behind(anomalies[quick.code]) or ()) == 6
    assert search("handled-at-once", minutes=2, share=50, least=7).gone == 1


def test_copies_are_alike_to_the_second(country: Country) -> None:
    one, other = country.north_communes
    same = {"submitted_at": on(4, 2, 8), "due_at": on(4, 12), "fee_total": 15_000}
    copies = [make_dossier(one, country.marriage, ON_THE_DAY, **same).code for _ in range(3)]
    make_dossier(one, country.licence, ON_THE_DAY, **same)
    make_dossier(one, country.marriage, ON_THE_DAY + timedelta(seconds=1), **same)
    make_dossier(other, country.marriage, ON_THE_DAY, **same)
    # Told by day alone, two may well be alike.
    for _ in range(2):
        make_dossier(other, country.marriage, on(4, 3, 0), **same)
    # An unknown due date is as alike as a known one.
    unknown = [make_dossier(country.south_commune, None, ON_THE_DAY, local_procedure="X").code for _ in "ab"]
    search("copies", least=1)
    anomalies = found("copies")
    assert anomalies.keys() == {one.code, country.south_commune.code}
    assert (anomalies[one.code].size, behind(anomalies[one.code])) == (2, sorted(copies))
    assert behind(anomalies[country.south_commune.code]) == sorted(unknown)
    assert "3 dossiers differ in nothing but their codes" in told(anomalies[one.code])


def tally(agency: Any, month: int, **counts: int) -> None:
    Tally.objects.create(agency=agency, month=month, scope=3, **counts)


def test_a_jump_in_dossiers_received(country: Country) -> None:
    rising, falling, steady, fresh = (
        *country.north_communes,
        country.south_commune,
        country.north_department,
    )
    for month in (202601, 202602, 202603):
        tally(rising, month, received=10)
        tally(falling, month, received=60)
        tally(steady, month, received=20 + month % 10)
    tally(fresh, 202603, received=1)
    for agency, received in ((rising, 45), (steady, 50), (fresh, 90)):
        tally(agency, 202604, received=received)
    # What stands above them is not compared again.
    Tally.objects.create(agency=country.north, month=202604, scope=2, received=1_000)
    search("volume-jump")
    anomalies = found("volume-jump")
    assert anomalies.keys() == {rising.code, falling.code}
    assert told(anomalies[rising.code]) == (
        "45 dossiers received; usual were 10.0 in each of 3 months before. | dossiers received 45 about 10.0"
    )
    assert anomalies[falling.code].found["received"] == 0


def test_a_month_under_way_can_have_too_many_but_not_yet_too_few(country: Country) -> None:
    rising, falling = country.north_communes
    for month in (202602, 202603, 202604):
        tally(rising, month, received=10)
        tally(falling, month, received=60)
    tally(rising, 202605, received=45)
    search("volume-jump", 202605)
    assert found("volume-jump").keys() == {rising.code}


def test_a_jump_of_a_criterions_rate(country: Country) -> None:
    call_command("load_indicators", verbosity=0)
    rising, steady = country.north_communes
    for month in (202601, 202602, 202603):
        tally(rising, month, ended_on_time=10, ended_late=10)
        tally(steady, month, ended_on_time=18, ended_late=2)
    tally(rising, 202604, ended_on_time=40)
    tally(steady, 202604, ended_on_time=40)
    search("rate-jump")
    assert found("rate-jump").keys() == {rising.code}
    # Criterion 5.4, which takes off those late, is not told beside it.
    anomaly = rule("rate-jump").anomalies.get()
    assert (anomaly.about, anomaly.size) == ("2.1", 50)
    assert "Criterion 2.1 rose by 50.00 points, from 50.00 % to 100.00 %." in told(anomaly)
    assert search("rate-jump", least=41).gone == 1


def test_a_rate_is_not_compared_before_its_month_is_over(country: Country) -> None:
    call_command("load_indicators", verbosity=0)
    commune = country.north_communes[0]
    tally(commune, 202604, ended_late=60)
    tally(commune, 202605, ended_on_time=60)
    assert search("rate-jump", 202605, months=1).found == 0
    later = NOW + timedelta(days=20)
    assert search("rate-jump", 202605, later, months=1).found >= 1


def test_the_dossiers_behind_a_rate_are_those_that_cost_points(country: Country) -> None:
    call_command("load_indicators", verbosity=0)
    commune = country.north_communes[0]
    for month, late in ((3, 0), (4, 1)):
        for number in range(6):
            received = on(month, 2)
            took = 20 if late else 3 + number % 3
            make_dossier(commune, country.marriage, received, ended_at=received + timedelta(days=took))
    recount_all(NOW)
    search("rate-jump", months=1, points=60, least=5)
    anomaly = rule("rate-jump").anomalies.get(about="2.1")
    assert len(behind(anomaly) or ()) == 6


def test_perfect_on_a_handful_where_many_are_usual(country: Country) -> None:
    few, small, late = *country.north_communes, country.south_commune
    for agency, usual in ((few, 30), (small, 3), (late, 30)):
        for month in (202601, 202602, 202603):
            tally(agency, month, ended_on_time=usual - 1, ended_late=1)
        tally(agency, 202604, ended_on_time=2, open_on_time=1, ended_late=int(agency == late))
    search("perfect-on-few")
    anomalies = found("perfect-on-few")
    assert anomalies.keys() == {few.code}
    assert "All 3 dossiers in time, 100 %, where the office usually handles 30.0" in told(anomalies[few.code])
    assert search("perfect-on-few", 202605).found == 0, "the month is not over"


def test_declared_and_received_far_apart(country: Country) -> None:
    apart, near, silent = *country.north_communes, country.south_commune
    for agency, declared, received in ((apart, 300, 90), (near, 120, 90), (silent, 0, 90)):
        ReportedVolume.objects.create(agency=agency, month=202604, dossiers=declared)
        tally(agency, 202604, received=received)
    ReportedVolume.objects.create(agency=country.ministry, month=202604, dossiers=60)
    search("declared-apart")
    anomalies = found("declared-apart")
    assert anomalies.keys() == {apart.code, country.ministry.code}
    assert "300 dossiers declared" in told(anomalies[apart.code])
    assert search("declared-apart", times=4).gone == 1


def test_a_system_that_went_silent(country: Country) -> None:
    def system(username: str, **facts: Any) -> None:
        client = IntegrationClient.objects.create(agency=country.north, username=username)
        IntegrationClient.objects.filter(pk=client.pk).update(created_at=on(1, 1), **facts)

    system("quiet", last_seen_at=NOW - timedelta(days=3))
    system("never")
    system("heard", last_seen_at=NOW - timedelta(days=1))
    system("revoked", revoked_at=on(2, 1))
    assert search("silent-system", 202605).found == 2
    quiet, never = sorted(found_by_system(), key=lambda anomaly: anomaly.size)
    assert (quiet.about, quiet.size, behind(quiet)) == ("quiet", 3, None)
    assert "quiet has sent nothing for 3 days" in told(quiet)
    assert "never was connected 139 days before, and never sent anything." in told(never)
    # At the end of April only the one that never spoke was silent.
    search("silent-system", 202604)
    assert [a.about for a in found_by_system() if a.month == 202604] == ["never"]
    IntegrationClient.objects.filter(username="quiet").update(last_seen_at=NOW)
    assert search("silent-system", 202605).gone == 1


def found_by_system() -> list[Any]:
    return list(rule("silent-system").anomalies.select_related("rule"))
