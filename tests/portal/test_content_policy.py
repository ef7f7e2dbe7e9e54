"""What browsers are told to refuse."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.content_policy import ContentPolicyMiddleware


def policy(path: str, *, with_nonce: bool = False) -> dict[str, str]:
    """Return the directives sent with an answer to this path."""

    def page(request: Any) -> HttpResponse:
        return HttpResponse(str(request.csp_nonce) if with_nonce else "")

    response = ContentPolicyMiddleware(page)(RequestFactory().get(path))
    assert isinstance(response, HttpResponse)
    directives = (part.partition(" ") for part in response["Content-Security-Policy"].split("; "))
    return {name: values for name, _, values in directives}


@pytest.mark.parametrize("path", ["/", "/agencies/H44/", "/administration/", "/api/v1/"])
def test_public_pages_run_nothing_but_our_own_files(path: str) -> None:
    directives = policy(path)
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"


def test_a_page_that_asks_for_a_nonce_may_use_it() -> None:
    assert policy("/", with_nonce=True)["script-src"].startswith("'self' 'nonce-")


def test_the_admin_may_evaluate_but_not_run_inline_scripts() -> None:
    directives = policy("/admin/agencies/agency/")
    assert directives["script-src"] == "'self' 'unsafe-eval'"
    assert "'unsafe-inline'" in directives["style-src"]
    assert directives["frame-ancestors"] == "'none'"


def test_the_api_explorer_may_start_from_its_inline_script() -> None:
    assert "'unsafe-inline'" in policy("/api/docs/")["script-src"]
