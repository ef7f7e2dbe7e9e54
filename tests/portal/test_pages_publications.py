"""What everybody sees of a published result: frozen pages, files for good, live figures beside them."""

from __future__ import annotations

import io
import json
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.test import Client
from openpyxl import load_workbook

from scoring.models import Scorecard
from scoring.publication_files import FILES, SCRIPT
from scoring.recount import recount_all
from tests.scoring.country import NOW, make_dossier, on
from tests.scoring.publishing import MARCH, Results, closed, make_results, published
from tests.worlds import built_once

built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None) -> Results:
    return deepcopy(built)


@pytest.fixture
def late(results: Results) -> Results:
    """March is published, and then much came late for a commune of H19."""
    published(results)
    for day in range(5, 30):
        make_dossier(results.country.south_commune, results.country.marriage, on(3, day), ended_at=on(5, 1))
    recount_all(NOW)
    return results


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def body(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_before_anything_is_published_the_page_says_so(client: Client, results: Results) -> None:
    assert "Chưa có kết quả nào được công bố" in read(client, "/cong-bo/")
    closed(results)
    assert "Chưa có kết quả nào được công bố" in read(client, "/cong-bo/")
    assert "Tạm tính" in read(client, "/?ky=2026-M03")
    assert client.get("/cong-bo/2026-M03/").status_code == 404
    assert client.get("/cong-bo/2026-M03/v1/").status_code == 404
    assert client.get("/cong-bo/2026-M03/v1/2026-M03-v1.json").status_code == 404


@pytest.mark.parametrize(
    "address", ["/?ky=2026-M03", "/co-quan/H19/?ky=2026-M03", "/co-quan/H19.101/?ky=2026-M03"]
)
def test_pages_show_the_published_figures_and_the_live_ones_on_demand(
    client: Client, late: Results, address: str
) -> None:
    code = "H19.101" if "H19.101" in address else "H19"
    office = late.country.south_commune if code == "H19.101" else late.country.south
    frozen = published_total(client, code)
    live = f"{Scorecard.objects.get(agency=office, period=MARCH.code).total:.2f}".replace(".", ",")
    assert frozen != live
    shown = read(client, address)
    assert "Đã công bố, phiên bản 1" in shown and "/cong-bo/2026-M03/v1/" in shown
    assert frozen in shown
    now = read(client, f"{address}&ban=tam-tinh")
    assert "Tạm tính" in now and "Về kết quả đã công bố" in now
    assert live in now


def published_total(client: Client, code: str) -> str:
    told = json.loads(body(client, "/cong-bo/2026-M03/v1/2026-M03-v1.json"))
    total = next(office["total"] for office in told["offices"] if office["code"] == code)
    return total.replace(".", ",")


def test_the_api_says_which_it_is(client: Client, late: Results) -> None:
    told = client.get("/api/v1/agencies/H19/scorecards/2026-M03/").json()
    assert (told["status"], told["provisional"], told["version"]) == ("published", False, 1)
    assert len(told["fingerprint"]) == 64
    assert f"{told['total']:.2f}".replace(".", ",") == published_total(client, "H19")
    rows = client.get("/api/v1/standings/?period=2026-M03").json()
    assert (rows["status"], rows["fingerprint"]) == ("published", told["fingerprint"])
    other = client.get("/api/v1/agencies/H19/scorecards/2026-Q1/").json()
    assert (other["status"], other["version"], other["fingerprint"]) == ("provisional", None, None)


def test_publishing_drops_pages_that_were_kept(client: Client, results: Results) -> None:
    assert "Tạm tính" in read(client, "/?ky=2026-M03")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda call, robust=False: call())
        published(results)
    assert "Đã công bố, phiên bản 1" in read(client, "/?ky=2026-M03")


def test_the_page_names_who_when_why_and_the_fingerprint(client: Client, results: Results) -> None:
    first = published(results)
    html = read(client, "/cong-bo/2026-M03/v1/")
    for told in ("Kết quả tháng 3", "reviewer", "second-reviewer", first.fingerprint, "2026-M03-v1.xlsx"):
        assert told in html
    second = published(results, reason="Đính chính số liệu H19")
    # What is done on commit does not happen in a test's transaction.
    cache.clear()
    assert second.fingerprint in read(client, "/cong-bo/2026-M03/")
    old = read(client, "/cong-bo/2026-M03/v1/")
    assert "Đã đính chính" in old and first.fingerprint in old and "Đính chính số liệu H19" in old
    assert read(client, "/cong-bo/").count("/cong-bo/2026-M03/v") == 2


def test_files_are_the_same_for_good_and_need_not_be_asked_again(client: Client, late: Results) -> None:
    for end, (content_type, _contents) in FILES.items():
        address = f"/cong-bo/2026-M03/v1/2026-M03-v1{end}"
        response = client.get(address)
        assert response["Content-Type"] == content_type
        assert "immutable" in response["Cache-Control"]
        assert f'filename="2026-M03-v1{end}"' in response["Content-Disposition"]
        if end != ".xlsx":
            assert b"".join(response.streaming_content) == body(client, address)
        assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    for name in ("2026-M03-v2.json", "x", "2026-M03-v1.exe", "2026-Q1-v1.json"):
        assert client.get(f"/cong-bo/2026-M03/v1/{name}").status_code == 404


def test_the_workbook_opens_and_holds_the_very_figures(client: Client, results: Results) -> None:
    published(results)
    book = load_workbook(io.BytesIO(body(client, "/cong-bo/2026-M03/v1/2026-M03-v1.xlsx")), read_only=True)
    assert book.sheetnames == ["scorecards", "counts", "indicator set", "statement"]
    rows = list(book["scorecards"].values)
    told = json.loads(body(client, "/cong-bo/2026-M03/v1/2026-M03-v1.json"))
    assert [row[0] for row in rows[1:]] == [office["code"] for office in told["offices"]]
    place = rows[0].index("total")
    assert [row[place] for row in rows[1:]] == [office["total"] for office in told["offices"]]
    assert dict(list(book["statement"].values)[1:])["fingerprint"] == told["fingerprint"]


def test_the_script_the_chain_and_the_dictionary_lie_beside(client: Client, results: Results) -> None:
    publication = published(results)
    assert body(client, "/cong-bo/verify_publication.py") == SCRIPT.read_bytes()
    chain = json.loads(body(client, "/cong-bo/chuoi.json"))
    assert [link["fingerprint"] for link in chain["publications"]] == [publication.fingerprint]
    dictionary = body(client, "/cong-bo/tu-dien.csv").decode("utf-8-sig")
    counts = body(client, "/cong-bo/2026-M03/v1/2026-M03-v1-counts.csv").decode("utf-8-sig")
    for name in counts.splitlines()[0].split(","):
        assert f"-counts.csv,{name}," in dictionary
    assert "hồ sơ" in dictionary and "dossiers" in dictionary


def test_pages_take_a_fixed_number_of_queries(
    client: Client, results: Results, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    published(results)
    for address in ("/cong-bo/", "/cong-bo/2026-M03/v1/"):
        with django_assert_max_num_queries(14):  # type: ignore[operator]
            read(client, address)


def test_an_office_renamed_since_is_named_as_it_was(client: Client, results: Results) -> None:
    published(results)
    results.country.south.name = "Tên mới"
    results.country.south.save()
    html = read(client, "/?ky=2026-M03")
    assert "Agency H19" in html
