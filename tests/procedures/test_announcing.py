"""Announcements and declared volumes: criteria 1.1, 1.2 and 1.4."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from agencies.models import Agency
from procedures.announcing import (
    declare_volumes,
    remove_announcements,
    remove_volumes,
    save_announcements,
)
from procedures.models import Announcement, ReportedVolume
from tests.factories import AgencyFactory
from tests.procedures.conftest import AS_OF, Heard, World

pytestmark = pytest.mark.django_db


def announcement(world: World, **values: Any) -> Announcement:
    return Announcement(
        **{
            "agency": world.h44,
            "procedure": world.procedure,
            "change": "new",
            "decision_number": "123/QĐ-UBND",
            "decided_on": date(2026, 1, 28),
            "effective_on": date(2026, 3, 2),
            **values,
        }
    )


def test_a_province_has_five_working_days(world: World) -> None:
    save_announcements([announcement(world)], as_of=AS_OF)
    found = Announcement.objects.get()
    # Five working days before 2 March; five after 28 January.
    assert (found.announce_by, found.publish_by) == (date(2026, 2, 23), date(2026, 2, 4))
    assert (found.decided_month, found.publish_month) == (202601, 202602)


def test_a_ministry_has_twenty_and_ten(world: World) -> None:
    ministry = AgencyFactory(code="G15", name="Bộ Tư pháp", kind=Agency.Kind.MINISTRY, parent=world.nation)
    save_announcements([announcement(world, agency=ministry)], as_of=AS_OF)
    found = Announcement.objects.get()
    # The lunar new year lies in between.
    assert (found.announce_by, found.publish_by) == (date(2026, 1, 26), date(2026, 2, 11))


def test_marks_the_agency_and_all_that_inherit_from_it(world: World, heard: Heard) -> None:
    save_announcements([announcement(world)], as_of=AS_OF)
    below = {world.h44.pk, world.justice.pk, world.commune.pk}
    assert heard.spans == {(pk, month, month) for pk in below for month in (202601, 202602)}


def test_saved_again_nothing_happens(world: World, heard: Heard) -> None:
    save_announcements([announcement(world)], as_of=AS_OF)
    heard.spans.clear()
    assert save_announcements([announcement(world)], as_of=AS_OF) == 0
    assert heard.spans == set()


def test_a_change_marks_the_months_before_and_after(world: World, heard: Heard) -> None:
    save_announcements([announcement(world)], as_of=AS_OF)
    heard.spans.clear()
    stored = Announcement.objects.get()
    stored.decided_on = date(2026, 3, 3)

    assert save_announcements([stored], as_of=AS_OF) == 1

    months = {first for agency_id, first, _last in heard.spans if agency_id == world.h44.pk}
    assert months == {202601, 202602, 202603}


def test_of_two_with_one_number_in_a_batch_the_later_counts(world: World) -> None:
    later = announcement(world, published_on=date(2026, 1, 30))
    assert save_announcements([announcement(world), later], as_of=AS_OF) == 1
    assert Announcement.objects.get().published_on == date(2026, 1, 30)


def test_removing_marks_its_months(world: World, heard: Heard) -> None:
    save_announcements([announcement(world)], as_of=AS_OF)
    heard.spans.clear()
    assert remove_announcements(Announcement.objects.all()) == 1
    assert (world.commune.pk, 202601, 202601) in heard.spans
    assert not Announcement.objects.exists()


def test_a_date_outside_the_calendar_is_refused(world: World) -> None:
    with pytest.raises(ValidationError):
        save_announcements([announcement(world, decided_on=date(2206, 1, 28))], as_of=AS_OF)


def test_a_declared_volume_marks_its_month_and_the_year_after(world: World, heard: Heard) -> None:
    volume = ReportedVolume(agency=world.justice, month=202511, dossiers=40)
    assert declare_volumes([volume], as_of=AS_OF) == 1
    assert heard.spans == {(world.justice.pk, 202511, 202511), (world.justice.pk, 202601, 202603)}


def test_a_volume_of_this_year_has_no_year_after_yet(world: World, heard: Heard) -> None:
    declare_volumes([ReportedVolume(agency=world.justice, month=202602, dossiers=40)], as_of=AS_OF)
    assert heard.spans == {(world.justice.pk, 202602, 202602)}


def test_a_volume_long_ago_marks_the_whole_year_after(world: World, heard: Heard) -> None:
    declare_volumes([ReportedVolume(agency=world.justice, month=202405, dossiers=40)], as_of=AS_OF)
    assert (world.justice.pk, 202501, 202512) in heard.spans


def test_declared_again_and_corrected(world: World, heard: Heard) -> None:
    declare_volumes([ReportedVolume(agency=world.justice, month=202602, dossiers=40)], as_of=AS_OF)
    again = [ReportedVolume(agency=world.justice, month=202602, dossiers=40)]
    assert declare_volumes(again, as_of=AS_OF) == 0
    again[0].dossiers = 41
    assert declare_volumes(again, as_of=AS_OF) == 1
    assert ReportedVolume.objects.get().dossiers == 41
    heard.spans.clear()
    assert remove_volumes(ReportedVolume.objects.all(), as_of=AS_OF) == 1
    assert heard.spans == {(world.justice.pk, 202602, 202602)}


@pytest.mark.parametrize("month", [202613, 202600, 2026, 12])
def test_what_is_no_month_is_refused(world: World, month: int) -> None:
    with pytest.raises(ValidationError):
        declare_volumes([ReportedVolume(agency=world.justice, month=month, dossiers=1)], as_of=AS_OF)
