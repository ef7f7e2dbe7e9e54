"""The workshop of indicator sets on a phone: a draft tried and compared, a formula written and read back."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.roles import ensure_roles
from scoring.drafting import new_draft
from scoring.indicator_sets import set_in_force
from scoring.models import Criterion, IndicatorSet
from scoring.recount import recount_all
from tests.e2e.at_the_desk import Violations, enter, faultless
from tests.people import FourPeople, let_in
from tests.scoring.country import NOW, make_country, make_dossier, on

pytestmark = pytest.mark.e2e

#: What of a page is ours.
OURS = "main.workshop"


@pytest.fixture
def draft(transactional_db: None) -> IndicatorSet:
    """A draft that weighs punctuality less, in a country whose March was counted."""
    country = make_country()
    call_command("load_indicators", verbosity=0)
    for number, office in enumerate(country.handling):
        for day in range(12):
            late = on(3, 28) if day < number * 2 else on(3, 3 + day)
            make_dossier(office, country.marriage, on(3, 2 + day), ended_at=late)
    recount_all(NOW)
    found = new_draft(set_in_force(202603), 202603)
    Criterion.objects.filter(group__indicator_set=found, code="2.1").update(max_points=10)
    return found


@pytest.fixture
def reviewers(draft: IndicatorSet, monkeypatch: pytest.MonkeyPatch) -> FourPeople:
    """The four people; how one signs in is tried elsewhere."""
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    ensure_roles()  # emptied away by an earlier test
    return let_in()


def test_a_reviewer_tries_compares_and_writes(
    phone_page: Page,
    live_server: Any,
    draft: IndicatorSet,
    reviewers: FourPeople,
    accessibility_violations: Violations,
) -> None:
    page = phone_page
    enter(page, reviewers.reviewer, live_server.url)
    page.goto(reverse("set-what-if", args=[draft.pk]))
    page.get_by_label("Kỳ đánh giá").select_option("2026-M03")
    faultless(page, accessibility_violations, OURS)
    page.get_by_role("button", name="Chấm thử").click()
    expect(page.locator("figure.drawing canvas")).to_be_visible()
    expect(page.get_by_text("Chỉ là chấm thử")).to_be_visible()
    faultless(page, accessibility_violations, OURS)
    page.get_by_role("link", name="So sánh").click()
    expect(page.locator(".changes")).to_contain_text("từ 20,00 điểm thành 10,00 điểm")
    faultless(page, accessibility_violations, OURS)
    page.goto(reverse("formula"))
    page.get_by_label("Tử số").press_sequentially("ended_on_tim")
    expect(page.locator("[data-said=numerator]")).to_contain_text("ended_on_time")
    page.get_by_label("Tử số").fill("")
    page.get_by_label("Tìm số đếm").fill("giai quyet som")
    page.get_by_role("button", name="ended_on_time", exact=True).click()
    expect(page.get_by_label("Tử số")).to_have_value("ended_on_time")
    expect(page.locator("[data-said=numerator]")).to_have_text("hồ sơ giải quyết sớm hoặc đúng hạn")
    faultless(page, accessibility_violations, OURS)
