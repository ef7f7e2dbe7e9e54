"""A country of the size of Vietnam: its real offices, three hundred procedures, millions of dossiers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from django.core.management import call_command
from django.db import connection, transaction

from agencies.bulk import copy_into
from agencies.models import Agency
from procedures.models import STILL_OPEN, AgencyProcedure, Field, Procedure
from procedures.months import VIETNAM, add_months, month_of, months_between, start_of
from tests.bench import database

#: What the measurements take for now, and the twelve months up to it in which dossiers were received.
NOW = datetime.now(VIETNAM).replace(minute=0, second=0, microsecond=0)
MONTHS = months_between(add_months(month_of(NOW), -11), month_of(NOW))

#: How many procedures each level carries out, in the order of their ids.
COMMUNE_PROCEDURES, PROVINCE_PROCEDURES, MINISTRY_PROCEDURES = 110, 150, 40
PROCEDURES = COMMUNE_PROCEDURES + PROVINCE_PROCEDURES + MINISTRY_PROCEDURES


def build(name: str, dossiers: int) -> None:
    """Make a database with the country and so many dossiers, unless the server has it; then use it."""
    if not database.exists("country"):
        database.make_database("country")
        database.use("country")
        call_command("migrate", verbosity=0)
        call_command("seed_agencies", stdout=StringIO())
        call_command("load_indicators", stdout=StringIO())
        make_procedures()
    if not database.exists(name):
        database.make_database(name, like="country")
        database.use(name)
        make_dossiers(dossiers)
        settle()
    database.use(name)


def make_procedures() -> None:
    """Procedures of every level, and which offices have them under their authority."""
    field = Field.objects.create(code="G15-TP01", name="Hộ tịch")
    ministries = list(Agency.objects.filter(kind="ministry").order_by("pk").values_list("pk", flat=True))
    levels = ["commune"] * COMMUNE_PROCEDURES
    levels += ["province"] * PROVINCE_PROCEDURES + ["ministry"] * MINISTRY_PROCEDURES
    Procedure.objects.bulk_create(
        Procedure(
            pk=number,
            code=f"1.{number:06}",
            name=f"Thủ tục {number}",
            field=field,
            level=level,
            announcing_agency_id=ministries[number % len(ministries)],
            processing_time=3 + number % 20,
            has_fee=number % 3 != 0,
            needs_paper_result=number % 10 != 0,
            open_to_citizens=number % 5 != 0,
            online_level=("full", "partial", "none")[number % 3],
            full_process_eligible=number % 2 == 0,
            is_complete=number % 7 != 0,
        )
        for number, level in enumerate(levels, 1)
    )
    columns = ("agency_id", "procedure_id", "online_level", "online_payment")
    copy_into(AgencyProcedure._meta.db_table, columns, _offers())
    with connection.cursor() as cursor:
        cursor.execute(HANDLERS)


def _offers() -> Iterator[tuple[int, int, str, bool]]:
    places: dict[int | None, int] = {}
    for agency_id, parent_id, kind in Agency.objects.order_by("pk").values_list("pk", "parent_id", "kind"):
        if kind == "commune":
            first, count = 1, COMMUNE_PROCEDURES
        elif kind == "department":
            place = places[parent_id] = places.get(parent_id, -1) + 1
            first, count = COMMUNE_PROCEDURES + 1 + place % 14 * 10, 20
        elif kind == "ministry":
            first, count = COMMUNE_PROCEDURES + PROVINCE_PROCEDURES + 1, MINISTRY_PROCEDURES
        else:
            continue
        for number in range(first, first + count):
            yield agency_id, number, ("full", "partial", "none")[(number + agency_id) % 3], True


# Who handles dossiers, numbered from 0 within a kind, and the first of the procedures they handle.
HANDLERS = """
CREATE TABLE bench_handler AS
SELECT
    agency.id, agency.code, agency.kind,
    (row_number() OVER (PARTITION BY agency.kind ORDER BY md5(agency.code)) - 1)::int AS number,
    offered.first AS first_procedure
FROM agencies_agency agency
JOIN (
    SELECT agency_id, min(procedure_id)::int AS first FROM procedures_agencyprocedure GROUP BY agency_id
) offered ON offered.agency_id = agency.id
"""

# Communes receive three quarters, each mainly of some fifteen procedures; an eighth is still open.
DOSSIERS = """
INSERT INTO procedures_dossier (
    code, agency_id, procedure_id, placement, local_unit, local_procedure, status, channel,
    subject_type, phone_hash, identity_hash, submitted_at, received_at, due_at, finished_at,
    returned_at, supplements, has_attachment, has_result_file, reuses_data, from_personal_store,
    uses_population_data, payment, fee_total, started_month, ended_month, in_handling, ended_at,
    deadline_at, late_by_rule, handling_hundredths, version_at, version_rank, record_status,
    fingerprint, first_seen_at, changed_at
)
SELECT
    code || '-' || to_char(received, 'YYMMDD') || '-' || n, agency_id, procedure_id, 1,
    'Trung tâm Phục vụ hành chính công', '', CASE WHEN ended IS NULL THEN 4 ELSE 10 END,
    CASE WHEN r1 < 0.9 THEN 2 WHEN r1 < 0.98 THEN 1 ELSE 3 END,
    1, md5(n::text), md5('i' || n), received - interval '2 hours', received, due, ended, ended, '[]',
    r2 < 0.8, r3 < 0.7, r2 < 0.2, r3 < 0.05, r1 < 0.6,
    CASE WHEN r2 < 0.5 THEN 1 ELSE 0 END, CASE WHEN r3 < 0.3 THEN 0 WHEN r3 < 0.9 THEN 15000 END,
    to_char(received AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMM')::int,
    coalesce(to_char(ended AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMM')::int, %(still_open)s), true, ended,
    due, r1 < 0.02, CASE WHEN ended IS NOT NULL THEN (100 * days)::int END, coalesce(ended, received),
    CASE WHEN ended IS NULL THEN 3 ELSE 10 END, CASE WHEN ended IS NULL THEN 4 ELSE 10 END,
    md5('f' || n), received, coalesce(ended, received)
FROM (
    SELECT
        drawn.*, handler.id AS agency_id, handler.code, procedure_id,
        received + (3 + procedure_id %% 20) * interval '1 day' AS due,
        CASE WHEN NOT stuck AND received + days * interval '1 day' < %(now)s
            THEN received + days * interval '1 day'
        END AS ended
    FROM (
        SELECT
            n, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() < 0.09 AS stuck,
            least(-ln(1 - random()) * 8, 90) AS days, random() AS who, random() AS whose, random() AS usual,
            %(first)s + n * ((%(now)s - %(first)s) / %(count)s) AS received
        FROM generate_series(1, %(count)s) n
    ) drawn
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN who < 0.75 THEN 'commune' WHEN who < 0.97 THEN 'department' ELSE 'ministry'
        END AS kind
    ) drawn_kind
    JOIN (SELECT kind, count(*) AS handlers FROM bench_handler GROUP BY kind) counted USING (kind)
    JOIN bench_handler handler ON handler.kind = drawn_kind.kind
        AND handler.number = floor(handlers * power(whose, 1.5))::int
    CROSS JOIN LATERAL (
        SELECT first_procedure + CASE
            WHEN handler.kind <> 'commune' THEN floor(20 * r4 * r4)::int
            WHEN usual < 0.93 THEN floor(15 * power(r4, 1.7))::int + 3 * (handler.number %% 7)
            ELSE floor(%(commune_procedures)s * r4)::int
        END AS procedure_id
    ) handled
) timed
"""


def make_dossiers(count: int) -> None:
    """Twelve months of dossiers in the order they were received, the same ones at every run."""
    with transaction.atomic(), connection.cursor() as cursor:
        # What they refer to is known to be there.
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL jit = off")
        cursor.execute("SELECT setseed(0.766)")
        cursor.execute(
            DOSSIERS,
            {
                "count": count,
                "now": NOW,
                "first": start_of(MONTHS[0]),
                "still_open": STILL_OPEN,
                "commune_procedures": COMMUNE_PROCEDURES,
            },
        )


def settle() -> None:
    """Statistics and visibility as autovacuum would have left them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
