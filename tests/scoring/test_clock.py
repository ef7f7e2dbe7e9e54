"""Time as an input: what is marked for recount though nobody sent anything."""

from datetime import date, timedelta

from procedures.models import Announcement, ReportedVolume
from scoring.clock import tick
from scoring.models import DirtyMonth
from tests.scoring.country import NOW, Country, make_dossier, on


def marks() -> set[tuple[int, int]]:
    taken = set(DirtyMonth.objects.values_list("agency", "month"))
    DirtyMonth.objects.all().delete()
    return taken


def test_the_first_tick_only_starts_the_clock(country: Country) -> None:
    make_dossier(country.south_commune, country.marriage, on(4, 1), deadline_at=NOW - timedelta(days=1))
    assert tick(NOW) == 0
    assert not marks()


def test_a_deadline_that_passes_marks_its_agency_once(country: Country) -> None:
    tick(NOW)
    make_dossier(country.south_commune, country.marriage, on(5, 1), deadline_at=NOW + timedelta(minutes=3))
    make_dossier(country.north_communes[0], country.marriage, on(5, 1), deadline_at=NOW + timedelta(days=3))
    tick(NOW + timedelta(minutes=2))
    assert not marks()
    tick(NOW + timedelta(minutes=4))
    assert marks() == {(country.south_commune.pk, 202605)}
    tick(NOW + timedelta(minutes=5))
    assert not marks()


def test_a_deadline_that_passed_while_nothing_ran_marks_every_month_since(country: Country) -> None:
    tick(NOW)
    make_dossier(country.south_commune, country.marriage, on(5, 19), deadline_at=on(5, 28))
    tick(on(6, 10))
    assert marks() == {(country.south_commune.pk, month) for month in (202605, 202606)}


def test_a_new_month_marks_all_that_is_carried_into_it(country: Country) -> None:
    tick(NOW)
    make_dossier(country.south_commune, country.marriage, on(5, 19), deadline_at=on(12, 1))
    make_dossier(country.north_communes[0], country.marriage, on(5, 2), ended_at=on(5, 9))
    ReportedVolume.objects.create(agency=country.ministry, month=202507, dossiers=12)
    tick(on(6, 1, hour=0))
    assert marks() == {
        (agency.pk, month)
        for agency in (country.south_commune, country.ministry)
        for month in (202605, 202606)
    }


def test_a_day_to_publish_that_passes_marks_everyone_who_inherits(country: Country) -> None:
    tick(NOW)
    Announcement.objects.create(
        agency=country.north,
        procedure=country.licence,
        change="new",
        decision_number="7",
        decided_on=date(2026, 5, 18),
        effective_on=date(2026, 6, 30),
        announce_by=date(2026, 6, 23),
        publish_by=date(2026, 5, 20),
        decided_month=202605,
        publish_month=202605,
    )
    tick(NOW + timedelta(hours=10))
    assert not marks()
    tick(NOW + timedelta(hours=16))
    expected = [country.north, country.north_department, *country.north_communes]
    assert marks() == {(agency.pk, 202605) for agency in expected}


def test_a_clock_set_back_marks_nothing(country: Country) -> None:
    tick(NOW)
    make_dossier(country.south_commune, country.marriage, on(5, 1), deadline_at=NOW - timedelta(hours=1))
    assert tick(NOW - timedelta(days=1)) == 0
