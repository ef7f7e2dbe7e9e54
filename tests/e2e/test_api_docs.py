"""The API explorer, under the content policy that real browsers enforce."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e


def test_the_explorer_lists_the_operations(desktop_page: Page) -> None:
    desktop_page.goto("/api/docs/")
    expect(desktop_page.locator(".opblock").first).to_be_visible()
