"""Procedures: found without diacritics, told with their times and results by office."""

from __future__ import annotations

import pytest
from django.test import Client

from procedures.models import Procedure
from scoring.models import Tally
from scoring.models.tally import Scope
from tests.factories import Country, ProcedureFactory, country

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def land() -> Country:
    return country(period="2026-Q1")


@pytest.fixture
def birth(land: Country) -> Procedure:
    return ProcedureFactory(announcing_agency=land.provinces[0], code="1.001193", name="Đăng ký khai sinh")


def test_a_procedure_is_found_by_words_without_diacritics_or_by_code(
    client: Client, birth: Procedure
) -> None:
    ProcedureFactory(announcing_agency=birth.announcing_agency, code="2.000488", name="Cấp lý lịch tư pháp")
    for asked in ("khai sinh", "Khai  SINH", "1.0011"):
        html = read(client, f"/thu-tuc/?q={asked}")
        assert "Đăng ký khai sinh" in html
        assert "Cấp lý lịch tư pháp" not in html


def test_a_procedure_not_public_is_neither_found_nor_shown(client: Client, birth: Procedure) -> None:
    Procedure.objects.update(is_public=False)
    assert "Đăng ký khai sinh" not in read(client, "/thu-tuc/?q=khai+sinh")
    assert client.get("/thu-tuc/1.001193/").status_code == 404


def test_a_search_that_finds_nothing_says_what_to_try(client: Client, birth: Procedure) -> None:
    assert "Hãy thử ít từ hơn" in read(client, "/thu-tuc/?q=khong+co+dau")


def test_its_counts_follow_from_the_tallies(client: Client, land: Country, birth: Procedure) -> None:
    # In January 10 open, in March 4: at the end of the quarter those of March are open.
    for month, ended, still_open in ((202601, 80, 10), (202603, 60, 4)):
        Tally.objects.create(
            agency=land.provinces[0],
            procedure=birth,
            month=month,
            scope=Scope.SUBTREE,
            received=100,
            received_online=75,
            ended_on_time=ended,
            ended_late=6,
            open_on_time=still_open,
            completed=50,
            handling_hundredths=50 * 150,
        )
        Tally.objects.create(
            agency=land.provinces[0], procedure=birth, month=month, scope=Scope.OWN, received=999_999
        )
    html = read(client, "/thu-tuc/1.001193/?ky=2026-Q1")
    assert ">200<" in html
    assert "144 / 156" in html
    assert "92,31\u00a0%" in html
    assert "1,50" in html
    assert "75,00\u00a0%" in html


def test_a_procedure_without_dossiers_says_so(client: Client, birth: Procedure) -> None:
    html = read(client, "/thu-tuc/1.001193/")
    assert "Kỳ này chưa phát sinh hồ sơ" in html


def test_long_lists_come_in_pages_that_keep_the_search(client: Client, birth: Procedure) -> None:
    for _ in range(25):
        ProcedureFactory(announcing_agency=birth.announcing_agency, field=birth.field)
    html = read(client, "/thu-tuc/?q=khai&cap=commune")
    assert "Trang 1 / 2" in html
    assert "?q=khai&amp;cap=commune&amp;trang=2" in html


@pytest.mark.parametrize("procedures", [5, 20])
def test_the_list_asks_the_database_as_often_for_twenty_as_for_five(
    client: Client, land: Country, procedures: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for _ in range(procedures):
        ProcedureFactory(announcing_agency=land.nation)
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get("/thu-tuc/")
