"""The log of decisions: only ever added to, and any change to it is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from agencies import event_log_guard
from agencies.event_log import flaws, hash_of, record
from agencies.event_words import CLIENT_CREATED, GRANT_MADE, declare, verbs, words_of
from agencies.models import Agency, EventLog, EventLogHead, User
from agencies.permissions import SEE_LOG
from agencies.request_trace import traced
from tests.people import FOUR, FourPeople, four_people

__all__ = ["four_people"]

NOW = datetime(2026, 10, 15, 3, 0, 0, 123456, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def write(count: int = 3, **told: Any) -> list[EventLog]:
    return [
        record(CLIENT_CREATED, actor=None, as_of=NOW + timedelta(minutes=at), label=f"H44-{at}", **told)
        for at in range(count)
    ]


def verified() -> str:
    output = StringIO()
    call_command("verify_log", stdout=output)
    return output.getvalue()


def found() -> str:
    """What the command finds wrong; fails if it finds nothing."""
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_log", stdout=output)
    return output.getvalue()


def behind_its_back(statement: str, *values: Any) -> None:
    """Do what the triggers refuse, as who owns the database could."""
    event_log_guard.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    event_log_guard.install(connection)


def test_an_event_keeps_who_what_where_why_and_from_where() -> None:
    actor = User.objects.create(username="an", first_name="Nguyễn Văn", last_name="An")
    agency = Agency.objects.create(code="H44", name="Tỉnh Phú Thọ", kind="province", path="/1/")
    with traced("request-0123", "203.0.113.7"):
        record(
            GRANT_MADE,
            agency,
            actor=actor,
            as_of=NOW,
            agency=agency,
            before={"rate": 0.5, "on": NOW.date()},
            after={"sum": Decimal("1.50"), "who": ["a\x00b", None, True, 7]},
            reason="vì cần",
        )
    event = EventLog.objects.get()
    assert (event.at, event.actor, event.actor_name) == (NOW, actor, "Nguyễn Văn An (an)")
    assert (event.object_type, event.object_id, event.object_label) == (
        "agencies.agency",
        str(agency.pk),
        "Tỉnh Phú Thọ",
    )
    assert (event.agency, event.agency_path, event.agency_name) == (agency, "/1/", "Tỉnh Phú Thọ")
    assert event.before == {"rate": "0.5", "on": "2026-10-15"}
    assert event.after == {"sum": "1.50", "who": ["ab", None, True, 7]}
    assert (event.reason, event.request_id, event.address) == ("vì cần", "request-0123", "203.0.113.7")
    assert event.hash == hash_of(event)


def test_each_event_holds_the_hash_of_the_one_before() -> None:
    first, second, third = write()
    assert (first.previous_hash, second.previous_hash, third.previous_hash) == ("", first.hash, second.hash)
    head = EventLogHead.objects.get()
    assert (head.count, head.hash) == (3, third.hash)
    assert "sound: 3 rows" in verified()


def test_a_decision_that_fails_leaves_no_event() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(1)
        raise RuntimeError
    assert not EventLog.objects.exists()
    write(1)
    assert "1 rows" in verified()


REWRITE = {
    "sqlite": "REPLACE INTO agencies_eventlog SELECT * FROM agencies_eventlog WHERE number = 2",
    "postgresql": "TRUNCATE agencies_eventlog",
}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agencies_eventlog SET reason = 'khác'",
        "DELETE FROM agencies_eventlog WHERE number = 3",
        REWRITE[connection.vendor],
    ],
)
def test_the_database_refuses_any_change(statement: str) -> None:
    write()
    refused = pytest.raises(DatabaseError, match="only ever added to")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert "sound: 3 rows" in verified()


def test_a_saved_event_cannot_be_saved_again() -> None:
    (event,) = write(1)
    event.reason = "khác"
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        EventLog.objects.all().delete()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE agencies_eventlog SET reason = 'khác' WHERE number = 2", "row 2 was changed"),
        ("UPDATE agencies_eventlog SET after = '{}' WHERE number = 1", "row 1 was changed"),
        ("UPDATE agencies_eventlog SET actor_name = 'ai đó' WHERE number = 3", "row 3 was changed"),
        ("DELETE FROM agencies_eventlog WHERE number = 2", "row 2 is missing"),
        ("DELETE FROM agencies_eventlog WHERE number = 3", "row 3 is missing"),
        ("DELETE FROM agencies_eventlog WHERE number > 1", "row 2 and those up to 3 are missing"),
        ("DELETE FROM agencies_eventlog WHERE number = 1", "row 1 is missing"),
        ("DELETE FROM agencies_eventloghead", "row 1 was added behind the log's back"),
    ],
)
def test_whatever_was_tampered_with_is_found(statement: str, said: str) -> None:
    write(after={"name": "hệ thống"})
    behind_its_back(statement)
    assert said in found()


def test_a_row_rewritten_with_its_hash_does_not_fit_the_next() -> None:
    write()
    event = EventLog.objects.get(number=2)
    event.reason = "khác"
    behind_its_back(
        "UPDATE agencies_eventlog SET reason = %s, hash = %s WHERE number = 2", event.reason, hash_of(event)
    )
    assert "row 3 does not follow the row before it" in found()


def test_the_last_row_rewritten_with_its_hash_does_not_fit_the_head() -> None:
    write()
    event = EventLog.objects.get(number=3)
    event.reason = "khác"
    behind_its_back(
        "UPDATE agencies_eventlog SET reason = %s, hash = %s WHERE number = 3", event.reason, hash_of(event)
    )
    assert "row 3 is not the last row that was written" in found()


def test_missing_triggers_are_found() -> None:
    write()
    event_log_guard.remove(connection)
    told = found()
    event_log_guard.install(connection)
    assert "_not_emptied" in told if connection.vendor == "postgresql" else "_not_replaced" in told
    assert "sound" in verified()


def test_an_empty_log_is_sound() -> None:
    assert "sound: 0 rows" in verified()
    assert list(flaws()) == []


def test_only_declared_verbs_are_written() -> None:
    with pytest.raises(ValueError, match=r"cat\.fed"):
        record("cat.fed", actor=None, as_of=NOW)
    with pytest.raises(ValueError, match="declared already"):
        declare(GRANT_MADE, "khác")
    assert words_of("cat.fed") == "cat.fed"
    assert GRANT_MADE in dict(verbs())


@pytest.mark.parametrize("who", FOUR)
def test_the_log_is_seen_where_one_may_see_it(four_people: FourPeople, who: str) -> None:
    record(CLIENT_CREATED, actor=None, as_of=NOW, agency=four_people.commune, label="ở phường")
    record(CLIENT_CREATED, actor=None, as_of=NOW, agency=four_people.other, label="nơi khác")
    record(CLIENT_CREATED, actor=None, as_of=NOW, label="của cả hệ thống")
    seen = EventLog.objects.visible_to(four_people[who], SEE_LOG).filter(verb=CLIENT_CREATED)
    assert {event.object_label for event in seen} == {
        "reviewer": {"ở phường", "nơi khác", "của cả hệ thống"},
        "administrator": {"ở phường"},
        "officer": set(),
        "stranger": set(),
    }[who]


def test_what_it_names_may_go_and_the_log_stays() -> None:
    actor = User.objects.create(username="an")
    write(1)
    record(CLIENT_CREATED, actor=actor, as_of=NOW)
    actor.delete()
    assert EventLog.objects.get(number=2).actor_name == "an (an)"
    assert "sound: 2 rows" in verified()


def test_every_verb_of_ours_has_vietnamese_words() -> None:
    with override("vi"):
        ours = ("grant.", "role.", "invitation.", "system.")
        in_vietnamese = {verb: str(words) for verb, words in verbs() if verb.startswith(ours)}
    with override("en"):
        assert all(in_vietnamese[verb] != words_of(verb) for verb in in_vietnamese)
