"""How satisfied citizens are, in public: counts beside every share, and no cell under five answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feedback.models import Standing
from feedback.public_counts import by_unit, petition_counts
from feedback.ratings import Said
from procedures.months import add_months, month_of
from tests.feedback.conftest import Staff, give
from tests.portal.citizen_country import answered_petition
from tests.scoring.country import Country, make_country, make_dossier

FEW = "ít hơn 5 đánh giá"


@pytest.fixture
def country(db: None) -> Country:
    return make_country()


def rated(country: Country, agency: Any, *levels: int) -> None:
    """Dossiers of an agency, rated now."""
    now = timezone.now()
    for level in levels:
        dossier = make_dossier(agency, country.marriage, now - timedelta(hours=1))
        give(dossier, Said(level), as_of=now)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_shares_stand_beside_their_counts(client: Client, country: Country) -> None:
    rated(country, country.north_communes[0], 3, 3, 2, 1)
    rated(country, country.north_communes[1], 2, 1)
    page = text(client.get("/hai-long/", {"co-quan": "H44"}))
    assert "66,67" in page
    assert "4\u00a0/\u00a06" in page
    assert 'data-value="0.6667"' in page
    assert FEW in page  # neither commune has five
    assert country.marriage.code in page


def test_fewer_than_five_answers_are_not_told(client: Client, country: Country) -> None:
    rated(country, country.north_communes[0], 3, 1, 1, 1)
    for address in ("/hai-long/?co-quan=H44.101", "/co-quan/H44.101/", f"/thu-tuc/{country.marriage.code}/"):
        page = text(client.get(address))
        assert FEW in page, address
        assert "25,00" not in page, address
    file = client.get("/hai-long/theo-thang.csv", {"co-quan": "H44.101"})
    assert text(file).splitlines()[1].endswith("H44.101,,,,")


def test_units_below_are_counted_with_all_below_them(country: Country) -> None:
    rated(country, country.north_communes[0], 3, 3, 3)
    rated(country, country.north_department, 1, 1)
    rated(country, country.ministry, 2, 2, 2)
    rated(country, country.south_commune, 2, 2)
    month = month_of(timezone.now())
    units = [country.south, country.north, country.ministry]
    cells = by_unit(country.nation, units, add_months(month, -1), month)
    assert [cell.key for cell in cells] == [unit.pk for unit in units]
    assert [cell.answers for cell in cells] == [None, 5, None]
    assert (cells[1].very_satisfied, cells[1].satisfied, cells[1].not_satisfied) == (3, 0, 2)
    assert by_unit(country.south_commune, [], month, month) == []


def test_what_is_held_for_review_is_in_no_figure(client: Client, country: Country) -> None:
    rated(country, country.north_communes[0], 3, 3, 3, 3, 3)
    from feedback.models import Rating

    Rating.objects.filter(pk=Rating.objects.first().pk).update(standing=Standing.HELD)  # type: ignore[union-attr]
    assert FEW in text(client.get("/hai-long/?co-quan=H44"))


def test_petitions_are_counted_where_they_are(country: Country) -> None:
    staff = Staff(country)
    answered_petition(country, staff)
    month = month_of(timezone.now())
    counts = petition_counts(country.north, month, month)
    assert (counts.received, counts.on_rules, counts.answered, counts.late) == (1, 1, 1, 0)
    assert petition_counts(country.south, month, month).received == 0


def test_an_agencys_page_leads_to_its_voices(client: Client, country: Country) -> None:
    page = text(client.get("/co-quan/H44.101/"))
    assert "/hai-long/?co-quan=H44.101" in page
    assert "/phan-anh/viet/?agency=H44.101" in page


def test_an_empty_portal_says_so(client: Client, db: None) -> None:
    page = text(client.get("/hai-long/"))
    assert "Chưa có ai đánh giá" in page
    assert client.get("/hai-long/?co-quan=KHONG").status_code == 404


def test_one_small_unit_hides_the_smallest_beside_it_on_every_page(client: Client, country: Country) -> None:
    rated(country, country.north_communes[0], 3, 3, 2)
    rated(country, country.north_communes[1], 3, 3, 3, 3, 2, 2)
    rated(country, country.north_department, 3, 3, 3, 3, 2, 2, 1)
    rated(country, country.south_commune, *[3] * 9)
    first, second, department = "H44.101", country.north_communes[1].code, country.north_department.code
    table = text(client.get("/hai-long/", {"co-quan": "H44"}))
    assert table.count(FEW) == 2, "the smallest and, beside it, the next"
    assert "93,75" in table or "15\u00a0/\u00a016" in table
    for code in (first, second):
        for address in (f"/hai-long/?co-quan={code}", f"/co-quan/{code}/"):
            assert FEW in text(client.get(address)), address
            assert "\u00a0/\u00a06" not in text(client.get(address)), address
        file = text(client.get("/hai-long/theo-thang.csv", {"co-quan": code}))
        assert file.splitlines()[1].endswith(f"{code},,,,")
    assert "\u00a0/\u00a07" in text(client.get("/hai-long/", {"co-quan": department}))
