"""Somebody at work in the admin, in a real browser: signed in, and pages without fault."""

from __future__ import annotations

import ast
from collections.abc import Callable

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from agencies.models import User
from tests.browser import on_a_phone
from tests.signing_in import prove

Violations = Callable[[Page], list[str]]


def enter(page: Page, user: User, address: str) -> None:
    """Be signed in as ``user``, who just proved it."""
    client = Client()
    client.force_login(user)
    prove(client, "password")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


def faultless(page: Page, accessibility_violations: Violations, ours: str) -> None:
    """Nothing inside ``ours`` is wrong for people who hear or feel a page, and nothing sticks out of it.

    What surrounds it, the header and the sidebar, is the library's.
    """
    expect(page.locator(ours)).to_be_visible()
    wrong = []
    for found in accessibility_violations(page) if on_a_phone(page) else ():
        (place,) = ast.literal_eval(found.partition(": ")[2])
        if page.evaluate("([place, ours]) => !!document.querySelector(place).closest(ours)", [place, ours]):
            wrong.append(found)
    assert wrong == [], (page.url, wrong)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), page.url
