"""From the report to a task, in a real browser on a phone; the bulletin without a fault."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from procedures.months import add_months, month_of, start_of
from scoring.models import ActionTask
from scoring.recount import recount_all
from tests.e2e.at_the_desk import Violations, enter, faultless
from tests.factories import indicator_set
from tests.people import FourPeople
from tests.scoring.country import make_dossier

pytestmark = pytest.mark.e2e


@pytest.fixture
def late(people: FourPeople) -> FourPeople:
    """The commune is late with three of four dossiers, the province itself with none; one comes due."""
    indicator_set()
    now = timezone.now()
    begun = max(start_of(month_of(now)), now - timedelta(hours=2))
    for days in (-1, -1, -1, 3):
        make_dossier(people.commune, None, begun, deadline_at=now + timedelta(days=days))
        make_dossier(people.province, None, begun, deadline_at=now + timedelta(days=30))
    recount_all(now)
    return people


def test_a_criterion_leads_to_a_task_and_the_task_to_its_unit(
    phone_page: Page, late: FourPeople, live_server: Any, accessibility_violations: Violations
) -> None:
    enter(phone_page, late.administrator, live_server.url)
    year = f"{timezone.localdate():%Y}"
    phone_page.goto(reverse("committee-report") + f"?period={year}")
    faultless(phone_page, accessibility_violations, ".reports")
    phone_page.locator(".states li", has_text="2.1").get_by_role("link", name=late.commune.name).last.click()
    expect(phone_page.get_by_label("Tỷ lệ mục tiêu (%)")).to_be_visible()
    faultless(phone_page, accessibility_violations, ".reports")
    last = start_of(add_months(int(year) * 100 + 12, 1)) - timedelta(days=1)
    phone_page.get_by_label("Tỷ lệ mục tiêu (%)").fill("90,5")
    phone_page.get_by_label("Hạn hoàn thành").fill(f"{timezone.localtime(last):%Y-%m-%d}")
    phone_page.get_by_role("button", name="Giao nhiệm vụ").click()
    expect(phone_page.get_by_role("heading", name="Diễn biến")).to_be_visible()
    faultless(phone_page, accessibility_violations, ".reports")
    assert f"{ActionTask.objects.get().target}" == "0.9050"
    phone_page.goto(reverse("points-at-risk"))
    expect(phone_page.get_by_role("heading", name="Theo đơn vị trực thuộc")).to_be_visible()
    faultless(phone_page, accessibility_violations, ".reports")
    phone_page.goto(reverse("bulletin", args=[year, late.province.code]))
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text("Bản tin")
    assert accessibility_violations(phone_page) == []
