"""The log of decisions under real writers at once, and under a database role that may only add to it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from agencies.event_log import flaws, record
from agencies.event_words import CLIENT_CREATED
from agencies.granting import make_operator
from agencies.models import EventLog, EventLogHead, User
from agencies.operators import operators
from agencies.revoking import revoke
from tests.people import LET_IN, account, let_in

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
ROLE = "portal_application"


@pytest.fixture
def application() -> Iterator[psycopg.Connection]:
    """A connection as a role with the rights an application is usually given, and no more."""
    database = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO {ROLE}"
        )
    address = f"postgresql://{ROLE}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    try:
        with psycopg.connect(address, autocommit=True) as found:
            yield found
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")


def test_a_protected_log_can_only_be_added_to(application: psycopg.Connection) -> None:
    record(CLIENT_CREATED, actor=None, as_of=NOW)
    call_command("protect_log", ROLE)
    for statement in (
        "UPDATE agencies_eventlog SET reason = 'khác'",
        "DELETE FROM agencies_eventlog",
        "TRUNCATE agencies_eventlog",
        "DELETE FROM agencies_eventloghead",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("ALTER TABLE agencies_eventlog DISABLE TRIGGER ALL")
    # What record() does is still allowed.
    application.execute("UPDATE agencies_eventloghead SET count = count")
    application.execute(
        "INSERT INTO agencies_eventlog (number, at, actor_name, verb, object_type, object_id, object_label,"
        " agency_path, agency_name, reason, request_id, address, previous_hash, hash)"
        " SELECT 2, at, '', verb, '', '', '', '', '', '', '', '', hash, 'x' FROM agencies_eventlog"
    )
    assert EventLog.objects.count() == 2


def test_protecting_says_when_it_cannot() -> None:
    for named in ("nobody_at_all", connection.settings_dict["USER"]):
        with pytest.raises(CommandError):
            call_command("protect_log", named)


def test_an_inherited_right_is_noticed(application: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE clerks")
        cursor.execute("GRANT DELETE ON agencies_eventlog TO clerks")
        cursor.execute(f"GRANT clerks TO {ROLE}")
    try:
        with pytest.raises(CommandError, match="DELETE"):
            call_command("protect_log", ROLE)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP OWNED BY clerks")
            cursor.execute("DROP ROLE clerks")


def test_writers_at_once_make_one_chain() -> None:
    writers, each = 4, 25
    start = Barrier(writers)

    def write(_number: int) -> None:
        start.wait()
        for _ in range(each):
            record(CLIENT_CREATED, actor=None, as_of=NOW)
        connection.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert EventLogHead.objects.get().count == EventLog.objects.count() == writers * each
    assert list(flaws()) == []


def test_two_operators_who_leave_at_once_do_not_leave_nobody() -> None:
    first, second = let_in().operator, account("second")
    make_operator(second, reason="dự phòng", as_of=LET_IN)
    grants = {user: user.grants.get() for user in (first, second)}
    start = Barrier(2)

    def give_up(user: User) -> bool:
        start.wait()
        try:
            revoke(grants[user], by=user, reason="xin thôi", as_of=NOW)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        left = list(pool.map(give_up, (first, second)))
    assert sorted(left) == [False, True]
    assert list(operators(NOW)) == [second if left[0] else first]
