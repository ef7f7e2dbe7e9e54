"""The list and the page of dossiers: who sees which, what finds them, what a page costs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from procedures.corrections import Wanted, correct
from procedures.models import Dossier, DossierStep
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import Country, make_dossier, on

LIST = "admin:procedures_dossier_changelist"


@pytest.fixture
def dossiers(country: Country) -> dict[str, Dossier]:
    """One dossier of each office: a commune of the north, the department, a commune of the south."""
    return {
        "commune": make_dossier(country.north_communes[0], country.marriage, on(3, 2)),
        "department": make_dossier(country.north_department, country.licence, on(3, 3)),
        "south": make_dossier(country.south_commune, country.marriage, on(4, 1)),
    }


def shown(client: Client, **filters: Any) -> set[str]:
    """The codes a list shows."""
    response = client.get(reverse(LIST), filters)
    assert response.status_code == 200
    return {dossier.code for dossier in response.context["cl"].result_list}


def test_the_list_holds_what_a_person_may_see(people: People, dossiers: dict[str, Dossier]) -> None:
    codes = {name: dossier.code for name, dossier in dossiers.items()}
    assert shown(people.operator) == set(codes.values())
    assert shown(people.administrator) == {codes["commune"], codes["department"]}
    assert shown(people.officer) == {codes["commune"]}
    assert shown(people.neighbour) == {codes["south"]}


def test_the_page_of_a_dossier_opens_only_to_those_who_see_it(
    people: People, dossiers: dict[str, Dossier]
) -> None:
    page = reverse("admin:procedures_dossier_change", args=[dossiers["department"].pk])
    assert people.administrator.get(page).status_code == 200
    # Django sends those who do not see a record back to the start, with a word.
    assert people.officer.get(page).headers["Location"] == reverse("admin:index")
    assert people.neighbour.get(page).headers["Location"] == reverse("admin:index")


def test_the_file_holds_what_the_list_shows(people: People, dossiers: dict[str, Dossier]) -> None:
    page = reverse("admin:procedures_dossier_export")

    def codes(client: Client, **filters: Any) -> set[str]:
        answer: Any = client.get(page, filters)
        content = b"".join(answer.streaming_content).decode("utf-8-sig")
        return {row[0] for row in list(csv.reader(io.StringIO(content)))[1:]}

    assert codes(people.neighbour) == {dossiers["south"].code}
    assert codes(people.operator, month=202603) == {dossiers["commune"].code, dossiers["department"].code}


def test_an_agency_outside_gives_nothing(
    people: People, country: Country, dossiers: dict[str, Dossier]
) -> None:
    assert shown(people.neighbour, agency=country.north.pk) == set()
    assert shown(people.operator, agency=country.north.pk) == {
        dossiers["commune"].code,
        dossiers["department"].code,
    }


def test_a_code_or_its_beginning_is_found_in_any_month(people: People, dossiers: dict[str, Dossier]) -> None:
    code = dossiers["south"].code
    assert shown(people.operator, q=code) == {code}
    assert shown(people.operator, q=code.lower()[:8], month=202601) == {code}
    assert shown(people.operator, q="%") == set()
    assert shown(people.administrator, q=code) == set()


def test_filters_tell_open_overdue_and_late_apart(people: People, country: Country) -> None:
    office = country.south_commune
    overdue = make_dossier(office, None, on(1, 5))
    supplemented_twice = make_dossier(office, None, on(1, 6), deadline_at=None, late_by_rule=True)
    without_deadline = make_dossier(office, None, on(1, 6), deadline_at=None)
    late = make_dossier(office, None, on(1, 5), ended_at=on(2, 20))
    timely = make_dossier(office, None, on(1, 5), ended_at=on(1, 8))
    assert shown(people.operator, handling="overdue") == {overdue.code, supplemented_twice.code}
    assert shown(people.operator, handling="open") == {
        overdue.code,
        supplemented_twice.code,
        without_deadline.code,
    }
    assert shown(people.operator, handling="ended_late") == {late.code}
    assert shown(people.operator, handling="ended_in_time") == {timely.code}
    assert shown(people.operator, status=Dossier.Status.RETURNED) == {late.code, timely.code}


def test_columns_that_are_no_filter_cannot_be_searched_through_the_address(
    people: People, dossiers: dict[str, Dossier]
) -> None:
    for lookup in ("phone_hash__startswith", "identity_hash", "agency__name__contains", "code__contains"):
        assert people.operator.get(reverse(LIST), {lookup: "a"}).status_code == 400


def test_pages_are_walked_by_id_both_ways(people: People, country: Country) -> None:
    made = [make_dossier(country.south_commune, None, on(1, 5)) for _ in range(120)]
    page = people.operator.get(reverse(LIST)).context["cl"]
    assert [d.pk for d in page.result_list] == [d.pk for d in reversed(made[70:])]
    assert not page.newer_query
    older = people.operator.get(reverse(LIST) + page.older_query).context["cl"]
    assert [d.pk for d in older.result_list] == [d.pk for d in reversed(made[20:70])]
    last = people.operator.get(reverse(LIST) + older.older_query).context["cl"]
    assert [d.pk for d in last.result_list] == [d.pk for d in reversed(made[:20])]
    assert not last.older_query
    back = people.operator.get(reverse(LIST) + last.newer_query).context["cl"]
    assert [d.pk for d in back.result_list] == [d.pk for d in older.result_list]
    assert back.estimate.number == 120
    assert people.operator.get(reverse(LIST), {"older": "x"}).status_code == 302


def test_a_page_costs_the_same_queries_however_long_it_is(people: People, country: Country) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(people.neighbour, month=202601)
        return len(captured)

    make_dossier(country.south_commune, country.marriage, on(1, 5))
    queries()  # the first visit also notes the session
    few = queries()
    for _ in range(49):
        make_dossier(country.south_commune, country.marriage, on(1, 5))
    # PostgreSQL is also asked for its estimate, and told how long to look.
    assert queries() == few <= (18 if connection.vendor == "postgresql" else 8)


def test_a_dossier_is_only_read(people: People, dossiers: dict[str, Dossier]) -> None:
    page = reverse("admin:procedures_dossier_change", args=[dossiers["south"].pk])
    assert people.operator.post(page, {"status": 9}).status_code == 403
    assert people.operator.get(reverse("admin:procedures_dossier_add")).status_code == 403
    assert (
        people.operator.post(
            reverse("admin:procedures_dossier_delete", args=[dossiers["south"].pk]), {"post": "yes"}
        ).status_code
        == 403
    )
    assert Dossier.objects.get(pk=dossiers["south"].pk).status == dossiers["south"].status


def test_the_page_explains_deadline_end_and_placement(people: People, country: Country) -> None:
    dossier = make_dossier(
        country.south_commune,
        country.marriage,
        on(3, 2),
        due_at=on(3, 10),
        deadline_at=on(3, 13),
        ended_at=on(3, 15),
        returned_at=on(3, 15),
        placement=Dossier.Placement.DEFAULT,
        local_unit="Bộ phận <b>Một cửa</b>",
        phone_hash="a" * 32,
    )
    DossierStep.objects.create(dossier=dossier, at=on(3, 4), status=5, unit="Phòng Tư pháp")
    page = reverse("admin:procedures_dossier_change", args=[dossier.pk])
    text = in_english(people.operator).get(page).content.decode()
    assert "Ended 2 days after its deadline." in text
    assert "the due date sent (10/03/2026 09:00) and the 3 days the citizen took to supplement" in text
    assert "the date of return sent" in text
    assert "Bộ phận &lt;b&gt;Một cửa&lt;/b&gt;" in text
    assert "Phòng Tư pháp" in text
    assert "a" * 32 not in text


def test_the_page_tells_what_was_corrected(people: People, dossiers: dict[str, Dossier]) -> None:
    dossier = dossiers["commune"]
    page = reverse("admin:procedures_dossier_change", args=[dossier.pk])
    assert "đang hiệu lực" not in people.officer.get(page).content.decode()
    correct(
        [Wanted(dossier.pk, "channel", 2), Wanted(dossier.pk, "left_out", True)],
        by=None,
        reason="sent twice",
        source="GT-1",
        as_of=timezone.now(),
    )
    content = people.officer.get(page).content.decode()
    assert "GT-1 · sent twice" in content and content.count("đang hiệu lực") == 2
    assert "Được loại khỏi thống kê theo một đính chính." in content
    assert "đã đặt các đính chính lên trên" in content
    assert people.neighbour.get(page).status_code == 302
