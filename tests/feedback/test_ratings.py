"""Rating a dossier: one voice, changeable for a while, every version kept."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from feedback.models import Door, Grievance, Opinion, Rating, RatingChange
from feedback.ratings import Said
from procedures.models import Dossier
from scoring.models import DirtyMonth
from tests.feedback.conftest import HAPPY, NOW, UNHAPPY, days, dossier_of, give
from tests.scoring.country import Country


def marks() -> set[tuple[int, int]]:
    found = set(DirtyMonth.objects.values_list("agency", "month"))
    DirtyMonth.objects.all().delete()
    return found


def test_one_rating_a_dossier_and_a_double_click_is_one(dossier: Dossier) -> None:
    first, second = give(dossier), give(dossier, as_of=NOW + days(0.0001))
    assert (first.created, second.created, second.changed) == (True, False, False)
    assert (Rating.objects.count(), RatingChange.objects.count()) == (1, 0)


def test_a_dislike_marks_the_months_in_which_its_dossier_counts_and_a_change_of_heart_too(
    dossier: Dossier,
) -> None:
    give(dossier, HAPPY)
    assert not marks() and not Grievance.objects.exists()
    give(dossier, UNHAPPY, NOW + days(1))
    assert marks() == {(dossier.agency_id, 202605)}
    assert Grievance.objects.get().dossier == dossier
    give(dossier, HAPPY, NOW + days(2))
    assert marks() == {(dossier.agency_id, 202605)} and not Grievance.objects.exists()
    history = RatingChange.objects.values_list("satisfaction", "at")
    assert list(history) == [(3, NOW), (1, NOW + days(1))]
    assert Rating.objects.get().satisfaction == 3


def test_it_can_be_changed_for_fifteen_days(dossier: Dossier) -> None:
    give(dossier, HAPPY)
    give(dossier, UNHAPPY, NOW + days(15))
    with pytest.raises(ValidationError) as refused:
        give(dossier, HAPPY, NOW + days(15.01))
    assert refused.value.code == "closed"
    assert Rating.objects.get().satisfaction == 1


def test_what_is_not_received_or_long_over_is_not_rated(country: Country, commune, dossier: Dossier) -> None:
    with pytest.raises(ValidationError):
        give(dossier, as_of=dossier.ended_at + days(91))
    early = dossier_of(commune, country, ended_at=None, received_at=None)
    with pytest.raises(ValidationError):
        give(early)
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(4), "satisfaction"),
        (Said(True), "satisfaction"),
        (Said(2, {"staff": 6}), "staff"),
        (Said(2, {"staff": 2.5}), "staff"),
        (Said(2, {"coffee": 5}), "coffee"),
        (Said(2, {}, "x" * 2001), "comment"),
    ],
)
def test_what_cannot_be_is_refused_by_field(dossier: Dossier, said: Said, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        give(dossier, said)
    assert set(refused.value.message_dict) == {field}


def test_a_comment_waits_to_be_looked_at_again_when_it_changes(dossier: Dossier) -> None:
    rating = give(dossier, Said(3, {"staff": 5}, "Tốt\x00\u202e lắm ")).rating
    assert (rating.comment, rating.comment_state) == ("Tốt lắm", Rating.CommentState.WAITING)
    Rating.objects.update(comment_state=Rating.CommentState.SHOWN, shown_comment="Tốt")
    rating = give(dossier, Said(3, {"staff": 5}, "Ông A rất tốt"), NOW + days(1)).rating
    assert (rating.shown_comment, rating.comment_state) == ("", Rating.CommentState.WAITING)


def test_the_citizen_s_own_word_replaces_what_a_system_reported_not_the_other_way_round(
    dossier: Dossier,
) -> None:
    give(dossier, HAPPY, door=Door.SYSTEM)
    give(dossier, UNHAPPY, NOW + days(40), door=Door.LINK)
    rating = Rating.objects.get()
    assert (rating.satisfaction, rating.door) == (Opinion.Satisfaction.NOT_SATISFIED, Door.LINK)
    with pytest.raises(ValidationError):
        give(dossier, HAPPY, NOW + days(41), door=Door.SYSTEM)


def test_a_history_that_held_the_last_word_too_is_brought_in_line(dossier: Dossier) -> None:
    give(dossier, HAPPY)
    give(dossier, UNHAPPY, NOW + days(1))
    migration = import_module("feedback.migrations.0003_history_before_changes")
    migration.add_what_it_says_now(apps, None)
    assert list(RatingChange.objects.values_list("satisfaction", "at")) == [(3, NOW), (1, NOW + days(1))]
    migration.drop_what_it_says_now(apps, None)
    assert RatingChange.objects.get().satisfaction == 3
