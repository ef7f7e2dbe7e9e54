"""Double clicks that really come at once, and two officers at one petition: on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from feedback import petition_work as work
from feedback.models import (
    Grievance,
    Petition,
    PetitionStay,
    PetitionStep,
    Rating,
    RatingChange,
    Standing,
)
from scoring.models import DirtyMonth
from tests.feedback.conftest import HAPPY, NOW, UNHAPPY, Staff, dossier_of, give, write
from tests.scoring.country import make_country

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]
AT_ONCE = 6


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of several threads came to, all let go at one moment."""
    start = Barrier(AT_ONCE)

    def run(number: int) -> Any:
        try:
            start.wait(10)
            return act(number)
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(run, range(AT_ONCE)))


def test_a_rating_clicked_often_is_one() -> None:
    country = make_country()
    dossier = dossier_of(country.south_commune, country)
    done = at_once(lambda _number: give(dossier, UNHAPPY))
    assert sorted(rated.created for rated in done) == [False] * (AT_ONCE - 1) + [True]
    assert (Rating.objects.count(), RatingChange.objects.count()) == (1, 0)
    assert DirtyMonth.objects.count() == 1


def test_a_form_sent_often_is_one_petition() -> None:
    country = make_country()
    done = at_once(lambda _number: write(country.south_commune, form_key="the form"))
    assert len({(receipt.petition.pk, receipt.secret) for receipt in done}) == 1
    assert Petition.objects.count() == PetitionStay.objects.count() == PetitionStep.objects.count() == 1


def test_of_two_who_answer_one_does() -> None:
    country = make_country()
    staff = Staff(country)
    petition = write(country.north_communes[0]).petition

    def answer(number: int) -> None:
        work.answer(Petition.objects.get(pk=petition.pk), f"{number}", by=staff.officer, as_of=NOW)

    done = at_once(answer)
    assert sum(error is None for error in done) == 1
    assert {error.code for error in done if error} == {"state"}
    assert PetitionStep.objects.filter(verb="answered").count() == 1


def test_a_burst_that_comes_at_once_is_held_whole() -> None:
    country = make_country()
    dossiers = [dossier_of(country.south_commune, country) for _ in range(AT_ONCE)]
    at_once(lambda number: give(dossiers[number], UNHAPPY, address="203.0.113.7"))
    assert set(Rating.objects.values_list("standing", flat=True)) == {Standing.HELD}
    assert not Grievance.objects.exists()


def test_a_change_of_heart_and_a_petition_at_once_leave_the_grievance() -> None:
    country = make_country()
    for _turn in range(5):
        dossier = dossier_of(country.south_commune, country)
        give(dossier, UNHAPPY)
        at_once(
            lambda number, dossier=dossier: (
                give(dossier, HAPPY) if number % 2 else write(country.south_commune, dossier=dossier)
            )
        )
        assert Grievance.objects.filter(dossier=dossier).exists()
