"""An anomaly on a phone: found, explained by the office with the keyboard, settled by who stands above it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from procedures.months import month_of
from scoring.anomalies.finding import look
from scoring.anomalies.rules import ensure_rules
from scoring.models import Anomaly, AnomalyRule
from tests.e2e.at_the_desk import Violations, enter, faultless
from tests.people import FourPeople
from tests.scoring.country import make_dossier, on

pytestmark = pytest.mark.e2e

OURS = "main.desk"


def test_explained_by_the_office_and_settled_above_it(
    phone_page: Page, live_server: Any, people: FourPeople, accessibility_violations: Violations
) -> None:
    now, page = timezone.now(), phone_page
    ensure_rules()  # emptied away by an earlier test
    flawed = make_dossier(people.commune, None, now, finished_at=on(4, 2))
    look(AnomalyRule.objects.get(code="ended-before-received"), month_of(now), now)
    enter(page, people.officer, live_server.url)
    page.goto("/admin/scoring/anomaly/?state=waiting")
    page.locator("#result_list").get_by_role("link", name="Kết thúc xử lý").click()
    faultless(page, accessibility_violations, OURS)
    page.get_by_role("link", name="Các hồ sơ: 1").click()
    expect(page.get_by_role("link", name=flawed.code)).to_be_visible()
    page.go_back()
    expect(page.locator(".petition-head")).to_be_visible()
    page.get_by_role("link", name="Giải thích", exact=True).click()
    faultless(page, accessibility_violations, OURS)
    page.get_by_label("Nội dung giải thích").fill("Máy chủ chạy sai giờ.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".petition-head")).to_contain_text("Cơ quan đã giải thích")
    expect(page.get_by_role("link", name="Xử lý xong")).to_have_count(0)
    enter(page, people.administrator, live_server.url)
    page.goto("/admin/anomalies/rules/")
    faultless(page, accessibility_violations, OURS)
    page.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_text("Rà soát gần nhất lúc")).to_be_visible()
    page.locator("#result_list").get_by_role("link", name="Kết thúc xử lý").click()
    page.get_by_role("link", name="Xử lý xong").click()
    expect(page.locator(".beside")).to_contain_text("Máy chủ chạy sai giờ.")
    page.get_by_label("Lý do").fill("Đã kiểm tra.")
    page.get_by_role("button", name="Xử lý xong").click()
    expect(page.locator(".petition-head")).to_contain_text("Đã xử lý xong")
    assert Anomaly.objects.get().state == Anomaly.State.SETTLED
