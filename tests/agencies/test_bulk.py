"""The same rows must come out of a bulk load as out of Django's own writing, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from agencies.bulk import copy_into, temp_table
from agencies.models import Agency, User
from procedures.models import Dossier, InboxItem
from tests.agencies.conftest import Kind

AWKWARD_TEXTS = [
    "tab\tnewline\nreturn\r",
    "back\\slash \\N \\.",
    "quote \" and ' and ; --",
    "Đặc khu Phú Quốc",
    "",
    "\\N",
]


def columns_of(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]


def values_of(instance: Model) -> list[Any]:
    return [
        getattr(instance, field.attname) for field in instance._meta.concrete_fields if not field.primary_key
    ]


def stored(model: type[Model]) -> list[tuple[Any, ...]]:
    """What the table itself holds, past every conversion of Django's."""
    columns = ", ".join(connection.ops.quote_name(column) for column in columns_of(model))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} ORDER BY id")
        return cursor.fetchall()


def dossier(agency: Agency, number: int) -> Dossier:
    received = datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=7)))
    return Dossier(
        code=f"H44.01-260301-{number:05}",
        agency=agency,
        placement=Dossier.Placement.CODE,
        status=Dossier.Status.RECEIVED,
        local_unit=AWKWARD_TEXTS[number % len(AWKWARD_TEXTS)],
        received_at=received + timedelta(hours=number),
        due_at=None if number % 2 else received + timedelta(days=number),
        supplements=[[1_772_000_000, None], [1_772_100_000, 1_772_200_000]] if number % 3 else [],
        reuses_data=bool(number % 2),
        fee_total=None if number % 4 else 9_000_000_000,
        version_at=received.astimezone(UTC),
        fingerprint="f" * 32,
        first_seen_at=received,
        changed_at=received,
    )


def test_rows_are_stored_exactly_as_django_stores_them(country: dict[str, Agency]) -> None:
    dossiers = [dossier(country["H44.01"], number) for number in range(12)]
    Dossier.objects.bulk_create(dossiers)
    by_django = stored(Dossier)
    assert len(by_django) == 12
    Dossier.objects.all().delete()

    assert copy_into("procedures_dossier", columns_of(Dossier), map(values_of, dossiers)) == 12
    assert stored(Dossier) == by_django


def test_a_whole_object_in_a_json_column_comes_back(country: dict[str, Agency]) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    record = {"MaHoSo": 'H44\t"1"\\', "TepDinhKem": [{"Ten": "đơn\nxin"}], "Gia": 1.5, "Co": None}
    item = InboxItem(
        agency=country["H44"],
        kind=InboxItem.Kind.DOSSIER,
        position=1,
        field="MaHoSo",
        reason="trống",
        record=record,
        fingerprint="a",
        received_at=now,
        last_at=now,
    )
    copy_into("procedures_inboxitem", columns_of(InboxItem), [values_of(item)])
    assert InboxItem.objects.get().record == record


def test_decimals_dates_and_empty_columns_come_back(country: dict[str, Agency]) -> None:
    agency = Agency(
        code="H21.52003",
        parent=country["H21"],
        path="/x/",
        kind=Kind.COMMUNE,
        name="Xã An Lương",
        latitude=Decimal("14.283333"),
        valid_from=date(2025, 7, 1),
    )
    copy_into("agencies_agency", columns_of(Agency), [values_of(agency)])
    loaded = Agency.objects.get(code="H21.52003")
    assert (loaded.latitude, loaded.longitude) == (Decimal("14.283333"), None)
    assert (loaded.valid_from, loaded.valid_to) == (date(2025, 7, 1), None)


def test_more_rows_than_a_chunk_and_rows_from_a_generator_all_arrive(db: None) -> None:
    columns = ["token_hash", "client_id", "created_at", "expires_at"]
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with transaction.atomic():
        temp_table(connection, "incoming_sessions", "agencies_integrationsession", columns)
        rows = ((f"{number:064}", number, now, now) for number in range(2_345))
        assert copy_into("incoming_sessions", columns, rows) == 2_345
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(DISTINCT token_hash), sum(client_id) FROM incoming_sessions"
            )
            assert cursor.fetchone() == (2_345, 2_345, 2_344 * 2_345 // 2)


def test_no_rows_is_no_error(db: None) -> None:
    assert copy_into("agencies_agency", ["code"], []) == 0


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("VN", object()), TypeError),
        (("VN", b"bytes"), TypeError),
        (("VN",), ValueError),
        (("VN", "Cả nước", 1), ValueError),
    ],
)
def test_rows_that_cannot_be_loaded_are_refused(db: None, row: tuple[Any, ...], error: type) -> None:
    with pytest.raises(error):
        copy_into("agencies_agency", ["code", "name"], [row])


def test_rows_of_unequal_length_are_refused(db: None) -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        copy_into("agencies_agency", ["code", "name"], [("VN", "Cả nước"), ("H44",)])


def test_what_the_table_refuses_is_the_databases_error(country: dict[str, Agency]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        copy_into("agencies_agencycode", ["agency_id", "code", "scheme"], [(country["H44"].pk, None, "old")])


def test_a_temporary_table_feeds_one_insert_and_one_update(country: dict[str, Agency]) -> None:
    """The way sync and scoring use it: fill, insert what is new, update what is known."""
    columns = ["agency_id", "code", "scheme"]
    justice = country["H44.01"].pk
    copy_into("agencies_agencycode", columns, [(justice, "000.00.01.H44", "local")])
    incoming = [(justice, "000.00.01.H44", "old"), (country["H44"].pk, "000.00.00.H44", "old")]
    with transaction.atomic(), connection.cursor() as cursor:
        temp_table(cursor, "incoming_codes", "agencies_agencycode", columns)
        copy_into("incoming_codes", columns, incoming)
        cursor.execute(
            "INSERT INTO agencies_agencycode (agency_id, code, scheme)"
            " SELECT agency_id, code, scheme FROM incoming_codes WHERE true"
            " ON CONFLICT (code) DO NOTHING RETURNING code"
        )
        assert cursor.fetchall() == [("000.00.00.H44",)]
        cursor.execute(
            "UPDATE agencies_agencycode SET scheme = incoming_codes.scheme FROM incoming_codes"
            " WHERE agencies_agencycode.code = incoming_codes.code"
            " AND agencies_agencycode.scheme <> incoming_codes.scheme"
        )
        assert cursor.rowcount == 1
    assert dict(country["H44.01"].other_codes.values_list("code", "scheme")) == {"000.00.01.H44": "old"}


def test_a_temporary_table_is_empty_whenever_it_is_asked_for(db: None) -> None:
    def filled() -> int:
        temp_table(connection, "incoming_users", "agencies_user", ["username"])
        copy_into("incoming_users", ["username"], [("thu.ha",)])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM incoming_users")
            return cursor.fetchone()[0]

    with transaction.atomic():
        assert filled() == 1
        assert filled() == 1
    with transaction.atomic():
        assert filled() == 1
    assert User.objects.count() == 0


def test_a_temporary_table_survives_a_transaction_that_failed(db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        temp_table(connection, "incoming_names", "agencies_user", ["username"])
        raise ZeroDivisionError
    with transaction.atomic():
        temp_table(connection, "incoming_names", "agencies_user", ["username"])
        assert copy_into("incoming_names", ["username"], [("an",)]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_temporary_table_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        temp_table(connection, "incoming", "agencies_user", ["username"])


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_temporary_table_do_not_outlive_its_transaction() -> None:
    for _ in range(2):
        with transaction.atomic(), connection.cursor() as cursor:
            temp_table(cursor, "incoming_once", "agencies_user", ["username"])
            cursor.execute("SELECT count(*) FROM incoming_once")
            assert cursor.fetchone() == (0,)
            copy_into("incoming_once", ["username"], [("binh",)])
