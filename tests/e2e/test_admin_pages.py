"""The admin in a real browser, on a phone and at a desk: it opens, filters, maps and confirms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from agencies.granting import make_operator
from agencies.models import Agency, IntegrationClient
from agencies.roles import ensure_roles
from procedures.models import Dossier, LocalName
from tests.people import LET_IN, account
from tests.scoring.country import NOW, make_country, make_dossier, on
from tests.signing_in import prove

pytestmark = pytest.mark.e2e


@pytest.fixture
def door(page: Page, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A browser in which the operator of a small country has signed in."""
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    ensure_roles()  # emptied away by an earlier test
    operator = account("operator")
    make_country()
    make_operator(operator, reason="first", as_of=LET_IN)
    client = Client()
    client.force_login(operator)
    prove(client, "password")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the screen to the right."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    return wide


def test_pages_open_without_complaint_and_fit_the_screen(door: Page) -> None:
    for address in (
        "/admin/",
        "/admin/procedures/dossier/",
        "/admin/procedures/inboxitem/?state=waiting",
        "/admin/procedures/localname/?mapped=no",
        "/admin/scoring/scorecard/",
        "/admin/scoring/indicatorset/add/",
        "/admin/procedures/announcement/add/",
        "/admin/agencies/agency/",
    ):
        door.goto(address)
        expect(door.locator("html")).to_have_attribute("lang", "vi")
        assert fits(door), address
    # The theme's script fails on a file input without a text box beside it; the page must not.
    door.goto("/admin/tables/agencies/import/")
    table: Any = {"name": "bang.csv", "mimeType": "text/csv", "buffer": b"code\nH44\n"}
    door.locator("input[type=file]").set_input_files(table)
    expect(door.get_by_role("button", name="Kiểm tra tệp")).to_be_visible()


def test_a_list_is_filtered_by_an_agency_found_by_typing(door: Page) -> None:
    north, south = Agency.objects.get(code="H44.101"), Agency.objects.get(code="H19.101")
    theirs = make_dossier(south, None, on(3, 2))
    make_dossier(north, None, on(3, 2))
    door.goto("/admin/procedures/dossier/")
    door.locator("a", has_text="Bộ lọc").first.click()
    door.locator("#changelist-filter .select2-selection").first.click()
    door.locator(".select2-search__field").fill("h19")
    door.get_by_role("option", name="Agency H19.101").click()
    door.get_by_role("button", name="Áp dụng bộ lọc").click()
    expect(door).to_have_url(re.compile(rf"agency={south.pk}"))
    expect(door.locator("#result_list")).to_contain_text(theirs.code)
    expect(door.locator("#result_list")).not_to_contain_text("H44.101")
    expect(door.locator(".in-use")).to_contain_text("Agency H19.101")


def test_a_name_is_mapped_at_one_click(door: Page) -> None:
    north = Agency.objects.get(code="H44")
    commune = Agency.objects.get(code="H44.101")
    commune.name = "Xã Việt Trì"
    commune.save()
    waiting = make_dossier(
        north, None, on(3, 2), placement=Dossier.Placement.DEFAULT, local_unit="UBND Xa Viet Tri"
    )
    LocalName.objects.create(owner=north, kind="unit", value="UBND Xa Viet Tri", first_seen_at=NOW)
    door.goto("/admin/procedures/localname/?mapped=no")
    door.get_by_role("button", name="Xã Việt Trì").click()
    expect(door.locator("body")).to_contain_text("nay là Xã Việt Trì")
    waiting.refresh_from_db()
    assert waiting.agency == commune


def test_revoking_says_what_stops_before_it_does(door: Page) -> None:
    system = IntegrationClient.objects.create(agency=Agency.objects.get(code="H44"), username="one-stop")
    door.goto(f"/admin/agencies/integrationclient/{system.pk}/revoke/")
    expect(door.locator(".consequences li")).to_have_count(4)
    door.get_by_role("button", name="Thu hồi").click()
    expect(door.locator("body")).to_contain_text("one-stop không còn đăng nhập được")
    system.refresh_from_db()
    assert system.revoked_at is not None


def test_today_is_readable_by_everyone(
    door: Page, accessibility_violations: Callable[[Page], list[str]]
) -> None:
    door.goto("/admin/")
    ours = [found for found in accessibility_violations(door) if ".today" in found or "contrast" in found]
    assert ours == []
