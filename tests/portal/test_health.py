"""The page that load balancers and monitors read."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from portal import health
from scoring.models import TaskPulse

MINUTE = timedelta(minutes=1)


def ran(ago: timedelta) -> None:
    """Have the sweep, expected every minute, end so long ago."""
    then = timezone.now() - ago
    TaskPulse.objects.create(name="sweep", every=MINUTE, last_started_at=then, last_finished_at=then)


@pytest.mark.django_db
def test_all_is_well_when_periodic_tasks_ran_lately(client: Client) -> None:
    ran(MINUTE)
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "cache": "ok", "workers": "ok"}


@pytest.mark.django_db
def test_silent_workers_are_reported_while_pages_still_work(client: Client) -> None:
    ran(MINUTE * 10)
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json()["workers"] == "silent"


@pytest.mark.django_db
def test_workers_never_seen_are_not_called_well(client: Client) -> None:
    assert client.get("/health/").json()["workers"] == "not seen yet"


@pytest.mark.django_db
def test_a_lost_cache_is_reported_while_pages_still_work(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(cache, "set", refuse)
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json()["cache"] == "unreachable"


def test_a_lost_database_is_an_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "silent_tasks", refuse)
    response = client.get("/health/")
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"


@pytest.mark.django_db
def test_it_may_not_be_stored_nor_posted_to(client: Client) -> None:
    assert "no-store" in client.get("/health/")["Cache-Control"]
    assert client.post("/health/").status_code == 405
