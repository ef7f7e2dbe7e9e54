"""A generation lasts exactly as long as the scores."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db.models import F

from scoring.freshness import LATEST_KEY, bump, generation, latest_change
from scoring.models import Scorecard
from tests.factories import AS_OF, country

pytestmark = pytest.mark.django_db


def test_it_stays_while_nothing_moves_without_asking_the_database_again(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    country()
    first = generation()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert generation() == first


def test_every_bump_begins_another() -> None:
    seen = {generation()}
    for _ in range(5):
        bump()
        seen.add(generation())
    assert len(seen) == 6


def test_a_change_nobody_announced_is_seen_once_the_memory_of_the_last_one_ends() -> None:
    country()
    first = generation()
    Scorecard.objects.update(changed_at=F("changed_at") + timedelta(seconds=1))
    cache.delete(LATEST_KEY)
    assert generation() != first


def test_an_empty_cache_falls_back_to_the_newest_change() -> None:
    country()
    cache.clear()
    first = generation()
    cache.clear()
    assert generation() == first
    assert latest_change() == AS_OF


def test_without_scores_there_is_still_a_generation() -> None:
    assert generation()
    assert latest_change() is None
