"""On PostgreSQL: which way the list of dossiers takes, and what happens when it takes too long."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies import planner
from procedures.admin.dossier_list import DossierChangeList
from procedures.models import Dossier
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import Country, make_dossier, on

pytestmark = pytest.mark.real

HOW_TO_RUN = "Run this test with `python -m tests.real_services pytest …`."
LIST = "admin:procedures_dossier_changelist"


@pytest.fixture
def many(country: Country) -> Country:
    """60,000 dossiers of the north over a year, a handful of the south's, the oldest of all."""
    assert connection.vendor == "postgresql", HOW_TO_RUN
    for _ in range(3):
        make_dossier(country.south_commune, country.marriage, on(1, 5))
    sample = make_dossier(country.north_communes[0], country.marriage, on(1, 5))
    columns = [str(field.column) for field in Dossier._meta.concrete_fields if field.column != "id"]
    others = ", ".join(name for name in columns if name not in ("code", "started_month", "agency_id"))
    offices = [country.north_department.pk, *(commune.pk for commune in country.north_communes)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO procedures_dossier (code, started_month, agency_id, {others})
            SELECT 'H44.101-' || n, 202501 + n * 12 / 60001, (%s::bigint[])[1 + n %% 3], {others}
            FROM procedures_dossier, generate_series(1, 60000) n WHERE id = %s
            """,
            [offices, sample.pk],
        )
        cursor.execute("ANALYZE procedures_dossier, agencies_agency")
    return country


def plans(client: Client, **asked: Any) -> list[str]:
    """How PostgreSQL finds the rows of the page, for each query that cuts a page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(LIST), asked).status_code == 200
    found = []
    for query in captured:
        if query["sql"].startswith('SELECT "procedures_dossier"') and "ORDER BY" in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                found.append("\n".join(line for (line,) in cursor.fetchall()))
    assert found
    return found


def test_pages_of_the_country_are_found_by_index(people: People, many: Country) -> None:
    asked: dict[str, dict[str, Any]] = {
        "procedures_dossier_pkey": {},
        "dossier_started": {"month": 202502},
        "one_dossier_per_code": {"q": "H44.101-4711"},
    }
    for index, filters in asked.items():
        for plan in plans(people.operator, **filters):
            assert index in plan and "Seq Scan on procedures_dossier" not in plan, plan


def test_an_office_with_few_dossiers_is_not_sought_among_everybodys(people: People, many: Country) -> None:
    for plan in plans(people.neighbour):
        assert "dossier_alive" in plan, plan
        assert "procedures_dossier_pkey" not in plan, plan
    shown = people.neighbour.get(reverse(LIST)).context["cl"]
    assert (len(shown.result_list), shown.estimate) == (3, planner.Estimate(3, exact=True))


def test_a_long_list_is_estimated(people: People, many: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "AFFORDABLE", 10)
    shown = in_english(people.operator).get(reverse(LIST))
    estimate = shown.context["cl"].estimate
    assert not estimate.exact and 50_000 < estimate.number < 70_000
    assert "About 60,0" in shown.content.decode()


def test_a_list_that_takes_too_long_says_so(
    people: People, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connection.vendor == "postgresql", HOW_TO_RUN

    def dawdle(changelist: DossierChangeList) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(10)")

    monkeypatch.setattr(planner, "PATIENCE", 50)
    monkeypatch.setattr(DossierChangeList, "read_page", dawdle)
    shown = in_english(people.operator).get(reverse(LIST))
    assert "takes too long to find" in shown.content.decode()
    assert Dossier.objects.count() == 0, "the connection is of use afterwards"


def test_patience_ends_with_the_list(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection.vendor == "postgresql", HOW_TO_RUN
    monkeypatch.setattr(planner, "PATIENCE", 50)
    with pytest.raises(OperationalError) as caught, planner.list_reading(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(10)")
    assert planner.took_too_long(caught.value)
    assert Dossier.objects.count() == 0
