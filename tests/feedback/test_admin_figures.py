"""Petitions and ratings in figures: counted once, within one's reach, as a file too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from agencies.models import Agency
from feedback import petition_work as work
from feedback.many_ratings import Collected, rate_many
from feedback.models import Door, Petition, Rating
from feedback.petition_figures import By, figures_by, total
from feedback.petitions import judge
from feedback.ratings import Said
from tests.feedback.conftest import HAPPY, NOW, UNHAPPY, Staff, at, days, dossier_of, give, write
from tests.feedback.desk import browser, text_of
from tests.scoring.country import Country

MAY = (202605, 202605)


@pytest.fixture
def said(commune: Agency, country: Country, staff: Staff) -> Petition:
    """In May: two petitions in the commune, one answered late and disliked; one far away; two ratings."""
    petition = write(commune, NOW, kind="staff").petition
    work.answer(petition, "Đã sửa.", by=staff.officer, as_of=NOW + days(40))
    judge(petition, "dissatisfied", as_of=NOW + days(41))
    write(commune, NOW, procedure=country.marriage)
    write(country.south_commune, NOW)
    give(dossier_of(commune, country), HAPPY)
    give(dossier_of(commune, country), UNHAPPY)
    return petition


def test_petitions_and_ratings_are_counted_by_each_view(
    said: Petition, commune: Agency, country: Country
) -> None:
    as_of = NOW + days(1)
    agencies = figures_by(By.AGENCY, country.north, *MAY, as_of)
    assert agencies.keys() == {commune.path}
    one = agencies[commune.path]
    assert (one.received, one.answered, one.late, one.disliked, one.in_progress) == (2, 1, 1, 1, 1)
    assert (one.ratings, one.very_satisfied, one.not_satisfied) == (2, 1, 1)
    kinds = figures_by(By.KIND, country.nation, *MAY, as_of)
    assert {kind: found.received for kind, found in kinds.items()} == {"staff": 1, "rules": 2}
    procedures = figures_by(By.PROCEDURE, commune, *MAY, as_of)
    assert procedures[country.marriage.pk].received == 1 and procedures[None].received == 1
    months = figures_by(By.MONTH, country.nation, 202601, 202612, as_of)
    assert months[202605].received == 3 and months[202605].ratings == 2
    for view in (agencies, procedures):
        assert total(view.values()).received == 2


def test_an_open_petition_is_late_once_its_time_is_over(said: Petition, commune: Agency) -> None:
    later = figures_by(By.AGENCY, commune, *MAY, NOW + timedelta(days=60))
    assert later[commune.path].late == 2


def test_held_voices_are_left_out(commune: Agency, country: Country, staff: Staff) -> None:
    for _time in range(6):
        give(dossier_of(commune, country), UNHAPPY, address="203.0.113.9")
    assert Rating.objects.count() == 6
    assert figures_by(By.AGENCY, commune, *MAY, NOW) == {}


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("reviewer", "H44", 200),
        ("administrator", "H44", 200),
        ("administrator", "H19", 404),
        ("officer", "H44", 404),
        ("officer", "H44.101", 200),
        ("stranger", "H44.101", 404),
    ],
)
def test_the_page_is_for_who_sees_the_agency(
    said: Petition, staff: Staff, name: str, code: str, status: int
) -> None:
    asked = {"agency": code, "from": "202605", "to": "202605"}
    for by in By:
        answer = browser(staff, name).get(reverse("desk-figures"), {**asked, "by": by})
        assert answer.status_code == status
    if status == 200:
        assert answer.context["whole"].figures.received >= 2


def test_nonsense_in_the_address_is_the_usual_view(said: Petition, staff: Staff) -> None:
    asked = {"by": "colour", "from": "999999", "to": "²"}
    answer = browser(staff, "officer").get(reverse("desk-figures"), asked)
    assert answer.status_code == 200 and answer.context["asked"].by is By.AGENCY


def test_the_file_is_for_who_may_take_files_away(said: Petition, staff: Staff) -> None:
    url = reverse("desk-figures-file")
    asked = {"agency": "H44.101", "from": "202605", "to": "202605", "by": "kind"}
    assert browser(staff, "officer").get(url, asked).status_code == 403
    assert browser(staff, "stranger").get(url, asked).status_code == 404
    file = text_of(browser(staff, "administrator").get(url, asked))
    assert "staff,Conduct of staff,1,0,1,0,1,0,0,1,0" in file


def test_many_ratings_are_taken_by_the_rules_of_one(commune: Agency, country: Country) -> None:
    rated, fresh, gone = (dossier_of(commune, country) for _time in range(3))
    give(rated, HAPPY)
    collected = [
        Collected(rated, UNHAPPY, NOW),
        Collected(fresh, Said(1, {"staff": 2}, "Chờ lâu."), NOW),
        Collected(gone, HAPPY, at("12-20")),
    ]
    assert rate_many(collected, door=Door.LINK) == 1
    rating = Rating.objects.get(dossier=fresh)
    assert (rating.satisfaction, rating.staff, rating.comment_state) == (1, 2, "waiting")
    assert rating.comment == "Chờ lâu." and not rating.changes.exists() and hasattr(fresh, "grievance")
    assert rate_many(collected, door=Door.LINK) == 0
