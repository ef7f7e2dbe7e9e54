"""A supplement that never comes: the petition is closed on its day, once, and counts as it did."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from feedback import petition_work as work
from feedback import petitions
from feedback.lapsing import lapse, lapses_at
from feedback.models import Petition, PetitionStay, PetitionStep
from portal.citizen.petition_story import can_do, story
from tests.feedback.conftest import NOW, Staff, days, write

ASKED = "Ở đường nào?"


def asked(commune, staff: Staff) -> Petition:
    petition = write(commune).petition
    work.ask_supplement(petition, ASKED, by=staff.officer, as_of=NOW)
    return petition


def test_it_is_closed_after_so_many_working_days(commune, staff: Staff, settings) -> None:
    settings.PETITION_SUPPLEMENT_DAYS = 10
    petition = asked(commune, staff)
    last = lapses_at(NOW)
    assert last - NOW > days(13), "ten working days are two weeks"
    assert can_do(petition, NOW).supplement_until == last
    assert lapse(last) == 0
    assert lapse(last + days(1)) == 1
    assert lapse(last + days(1)) == 0, "once"
    petition.refresh_from_db()
    assert petition.state == Petition.State.LAPSED and petition.due_by is None
    assert can_do(petition, last + days(1)) == can_do(petition, last + days(400))
    assert "đóng" in story(petition)[-1].says or "closed" in story(petition)[-1].says
    step = PetitionStep.objects.get(verb="lapsed")
    assert step.actor is None and step.open_to_sender


def test_it_counts_as_before(commune, staff: Staff) -> None:
    petition = asked(commune, staff)
    before = PetitionStay.objects.values().get(petition=petition)
    assert lapse(NOW + days(90)) == 1
    assert PetitionStay.objects.values().get(petition=petition) == before


def test_a_supplement_in_time_keeps_it_and_one_after_is_refused(commune, staff: Staff) -> None:
    kept, closed = asked(commune, staff), asked(commune, staff)
    petitions.supplement(kept, "Đường 30 tháng 4", as_of=NOW + days(5))
    assert lapse(NOW + days(90)) == 1
    kept.refresh_from_db()
    assert kept.state == Petition.State.SUPPLEMENTED
    with pytest.raises(ValidationError) as refused:
        petitions.supplement(closed, "Đường 30 tháng 4", as_of=NOW + days(91))
    assert refused.value.code == "state"


def test_asked_again_the_time_begins_again(commune, staff: Staff) -> None:
    petition = asked(commune, staff)
    petitions.supplement(petition, "Ở gần chợ", as_of=NOW + days(40))
    work.ask_supplement(petition, ASKED, by=staff.officer, as_of=NOW + days(41))
    assert lapse(NOW + days(60)) == 0
    assert lapse(NOW + days(120)) == 1


def test_others_are_left_alone(commune, staff: Staff) -> None:
    write(commune)
    refused = write(commune).petition
    work.refuse(refused, "abusive", by=staff.officer, explanation="x", as_of=NOW)
    assert lapse(NOW + days(900)) == 0
