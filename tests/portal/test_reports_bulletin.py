"""Bulletins: the same numbers as the pages, by one source; reproducible once published; honest until then."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from agencies.models import Agency
from agencies.tree import place
from portal.reports.bulletin_pdf import bulletin_pdf
from portal.reports.letterhead import letterhead
from procedures.months import VIETNAM
from scoring.bulletin import Bulletin, bulletin
from scoring.models import Publication, Scorecard
from scoring.periods import Period
from scoring.recount import recount_all
from scoring.results_shown import shown
from tests.factories import ScorecardFactory, indicator_set
from tests.scoring.country import NOW, Country, make_country, make_dossier, on
from tests.scoring.publishing import Results, make_results, published

OCTOBER = Period.parse("2026-M10")


@pytest.fixture
def country(db: None) -> Country:
    """Two provinces and their communes, scored in September and October."""
    land = make_country()
    rules = indicator_set()
    offices = [
        land.nation,
        land.north,
        land.south,
        land.ministry,
        *land.north_communes,
        land.north_department,
    ]
    for number, agency in enumerate(offices):
        for period, share in (("2026-M09", "0.50"), ("2026-M10", f"0.{51 + number}")):
            ScorecardFactory(
                agency=agency,
                indicator_set=rules,
                period=period,
                share=Decimal(share),
                dossiers=50,
                rank=1 + number,
                ranked=7,
            )
    return land


@pytest.fixture
def results(db: None) -> Iterator[Results]:
    yield make_results()
    # What is kept is dropped on commit, which a test's transaction never reaches.
    cache.clear()


def told(agency: Agency, period: Period = OCTOBER) -> Bulletin:
    found = bulletin(agency, shown(period))
    assert found is not None
    return found


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_it_tells_what_moved_by_block_and_by_unit(country: Country) -> None:
    found = told(country.north)
    total = Scorecard.objects.get(agency=country.north, period="2026-M10").total
    before = Scorecard.objects.get(agency=country.north, period="2026-M09").total
    assert found.standing.since_previous is not None
    assert found.standing.since_previous.points == total - before
    assert sum(line.moved for line in found.groups if line.moved is not None) == total - before
    assert {units.kind: len(units.rows) for units in found.units} == {"communes": 2, "departments": 1}
    communes = next(units for units in found.units if units.kind == "communes")
    assert [row.agency for row in communes.rows] == country.north_communes
    assert [row.agency for row in communes.best] == country.north_communes[:1]
    assert [row.agency for row in communes.last] == country.north_communes[1:]
    assert {row.agency for row in communes.risers} == set(country.north_communes)
    assert communes.fallers == ()


def test_the_page_has_the_figures_of_the_standings(client: Client, country: Country) -> None:
    html = read(client, "/ban-tin/2026-M10/VN/")
    standings = read(client, "/?ky=2026-M10")
    for card in Scorecard.objects.filter(period="2026-M10", peer_class="provinces"):
        figure = f"{card.total:.2f}".replace(".", ",")
        assert figure in html and figure in standings
    assert "Bản tin kết quả phục vụ" in html and "Tạm tính" in html
    assert "/ban-tin/2026-M10/VN/" in standings
    assert "/ban-tin/2026-M10/H44/" in read(client, "/co-quan/H44/?ky=2026-M10")
    assert "/ban-tin/2026-M10/H44/" in read(client, "/ban-tin/?ky=2026-M10")


def test_without_a_score_or_for_a_wrong_address_there_is_none(client: Client, country: Country) -> None:
    for address in (
        "/ban-tin/2026-M08/VN/",
        "/ban-tin/x/VN/",
        "/ban-tin/2026-M10/H99/",
        "/ban-tin/2026-M10/VN/v1/",
        "/ban-tin/2026-M10/VN/v1/ban-tin-2026-M10-VN-v1.pdf",
        "/ban-tin/2026-M10/VN/tam-tinh/ban-tin-2026-M10-H44-tam-tinh.pdf",
        "/ban-tin/2026-M10/VN/tam-tinh/x.pdf",
    ):
        assert client.get(address).status_code == 404, address
    assert "Chưa có dữ liệu" in read(client, "/ban-tin/") or "2026" in read(client, "/ban-tin/")


def test_as_many_queries_for_two_units_as_for_forty(
    country: Country,
) -> None:
    with CaptureQueriesContext(connection) as few:
        told(country.north)
    rules = Scorecard.objects.first().indicator_set  # type: ignore[union-attr]
    for number in range(38):
        agency = place(Agency(code=f"H44.2{number:02}", kind="commune", name=f"Xã {number}"), country.north)
        ScorecardFactory(agency=agency, indicator_set=rules, period="2026-M10", share=Decimal("0.4"))
    with CaptureQueriesContext(connection) as many:
        told(country.north)
    assert len(many) == len(few)


def test_a_provisional_paper_says_so_and_is_whole(client: Client, country: Country) -> None:
    address = "/ban-tin/2026-M10/H44/tam-tinh/ban-tin-2026-M10-H44-tam-tinh.pdf"
    response = client.get(address)
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-") and response.content.rstrip().endswith(b"%%EOF")
    # Its letters are in it: no reader needs fonts of its own.
    assert b"/FontFile2" in response.content and b"Tinos" in response.content
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    book = load_workbook(io.BytesIO(client.get(address.replace(".pdf", ".xlsx")).content))
    rows = [row for sheet in book for row in sheet.values]
    words = " ".join(str(cell) for row in rows for cell in row if cell)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words and "TẠM TÍNH" in words
    card = Scorecard.objects.get(agency=country.north_communes[0], period="2026-M10")
    row = next(row for row in rows if row[0] == card.agency.code)
    assert Decimal(str(row[3])) == card.total


def test_what_is_published_is_the_same_file_for_good(client: Client, results: Results) -> None:
    publication = published(results)
    address = "/ban-tin/2026-M03/H44/v1/ban-tin-2026-M03-H44-v1"
    first = {end: client.get(f"{address}{end}") for end in (".pdf", ".xlsx")}
    cache.clear()
    Scorecard.objects.update(total="99.99")
    # Nor do names given since reach it.
    Agency.objects.exclude(code="VN").update(short_name="Tên gọi mới")
    Agency.objects.filter(code="H44.101").update(name="Xã đổi tên")
    for end, response in first.items():
        again = client.get(f"{address}{end}")
        assert again.content == response.content and "max-age" in again["Cache-Control"]
        assert client.get(f"{address}{end}", headers={"If-None-Match": again["ETag"]}).status_code == 304
    html = read(client, "/ban-tin/2026-M03/H44/")
    frozen = publication.scorecards.get(code="H44")
    assert f"{frozen.total:.2f}".replace(".", ",") in html and "99,99" not in html
    assert "99,99" in read(client, "/ban-tin/2026-M03/H44/?ban=tam-tinh")
    assert "/ban-tin/2026-M03/VN/v1/" in read(client, "/cong-bo/2026-M03/v1/")
    names = zipfile.ZipFile(io.BytesIO(first[".xlsx"].content)).namelist()
    assert names == sorted(names)


def test_a_published_one_compares_only_with_what_was_published_by_then(results: Results) -> None:
    april, country = Period.parse("2026-M04"), results.country
    make_dossier(country.north_communes[0], country.marriage, on(4, 2), ended_at=on(4, 9))
    recount_all(NOW)
    later = published(results, april)
    found = told(results.country.north, april)
    assert found.before is None and found.standing.since_previous is None
    published(results)  # March, after April
    assert told(results.country.north, april).before is None
    second = published(results, april, "Đính chính")
    again = told(results.country.north, april)
    assert again.before is not None and again.before.publication is not None
    assert again.before.publication.period == "2026-M03"
    assert Publication.objects.get(pk=later.pk).number < second.number  # type: ignore[operator]


def test_a_published_paper_is_dated_and_bears_its_fingerprint(results: Results) -> None:
    publication = published(results)
    paper = bulletin_pdf(told(results.country.north, Period.parse("2026-M03")))
    assert paper == bulletin_pdf(told(results.country.north, Period.parse("2026-M03")))
    assert publication.approved_at is not None
    assert publication.approved_at.astimezone(VIETNAM).year == 2026
    assert len(re.findall(rb"/Type /Page\b", paper)) >= 1


@pytest.mark.parametrize(
    ("kind", "name", "short", "above", "expected"),
    [
        ("nation", "Cả nước", "", None, ("", "Văn phòng Chính phủ", "Hà Nội")),
        ("ministry", "Bộ Tư pháp", "", "nation", ("", "Bộ Tư pháp", "Hà Nội")),
        ("province", "Tỉnh Phú Thọ", "Phú Thọ", "nation", ("", "Ủy ban nhân dân\nTỉnh Phú Thọ", "Phú Thọ")),
        ("department", "Sở Tư pháp", "", "province", ("Ủy ban nhân dân Tỉnh trên", "Sở Tư pháp", "trên")),
        (
            "commune",
            "Xã Đồng Lương",
            "",
            "province",
            ("Ủy ban nhân dân Tỉnh trên", "Ủy ban nhân dân\nXã Đồng Lương", "Đồng Lương"),
        ),
    ],
)
def test_the_head_names_who_issues_it(
    kind: str, name: str, short: str, above: str | None, expected: tuple[str, str, str]
) -> None:
    parent = Agency(kind=above, name="Tỉnh trên") if above else None
    head = letterhead(Agency(kind=kind, name=name, short_name=short), parent)
    assert (head.above, head.issuer, head.place) == expected
