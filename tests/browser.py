"""A real browser for tests: a phone's screen and a desk's."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

# The shell without windows opens a page in a third of the time the whole browser takes.
CHROMIUMS = ("chromium-headless-shell", "chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 900}}
SCREENS = {"phone": PHONE, "desktop": DESKTOP}

# A busy machine is no fault of the page.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one Chromium for all tests of a process."""
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; Django would refuse to query beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            installed = next(filter(None, map(shutil.which, CHROMIUMS)), None)
            assert installed, "No Chromium is installed. On Debian: apt-get install chromium-headless-shell"
            chromium = playwright.chromium.launch(executable_path=installed, args=CHROMIUM_ARGUMENTS)
            yield chromium
            chromium.close()


@contextmanager
def open_page(browser: Browser, base_url: str, screen: dict[str, Any]) -> Iterator[Page]:
    """Open a fresh page; afterwards fail on script errors and on breaches of the content policy."""
    complaints: list[str] = []

    def note_breach(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    context = browser.new_context(base_url=base_url, locale="vi-VN", **screen)
    context.set_default_timeout(45_000)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", note_breach)
    yield page
    context.close()
    assert not complaints, complaints


@pytest.fixture(params=list(SCREENS))
def page(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Iterator[Page]:
    """Return a page of the running portal; the test runs once on a phone and once on a desk."""
    with open_page(browser, live_server.url, SCREENS[request.param]) as opened:
        yield opened


@pytest.fixture
def phone_page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """Return a page on a phone's screen."""
    with open_page(browser, live_server.url, PHONE) as opened:
        yield opened


@pytest.fixture
def desktop_page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """Return a page on a desk's screen."""
    with open_page(browser, live_server.url, DESKTOP) as opened:
        yield opened


def on_a_phone(page: Page) -> bool:
    """Whether the page is on a phone's screen.

    Where every page is looked at, axe is asked there alone: it takes a second a page, and what it finds
    hardly depends on the width. Tests of colours and of ways through the portal ask it on the desk too.
    """
    return page.viewport_size is not None and page.viewport_size["width"] == PHONE["viewport"]["width"]


@pytest.fixture
def accessibility_violations() -> Callable[[Page], list[str]]:
    """Return a function that lists what axe finds wrong with a page: rule and place."""
    script = Path(settings.BASE_DIR, "node_modules/axe-core/axe.min.js").read_text()

    def examine(page: Page) -> list[str]:
        # Through the debugger, because the page's own content policy forbids an added script.
        page.evaluate(script)
        result = page.evaluate("async () => await axe.run({resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {node['target']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return examine
