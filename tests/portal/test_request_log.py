"""What is written down about a request, and what is not."""

import json
import logging
from io import StringIO
from logging.config import dictConfig
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.logs import logging_settings
from portal.request_log import RequestLogMiddleware


@pytest.fixture
def printed() -> Any:
    """Return what the portal logs as JSON while the test runs."""
    stream = StringIO()
    config = logging_settings(level="INFO", as_json=True)
    config["handlers"]["console"]["stream"] = stream
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    dictConfig(config)
    yield stream
    root.handlers[:], root.level = before, level


def answer(request: Any) -> HttpResponse:
    """Answer like a view that logs something of its own."""
    logging.getLogger("procedures.sync").warning("refused %s", 3)
    return HttpResponse()


def lines(printed: StringIO) -> list[dict[str, Any]]:
    """Return the logged lines."""
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def test_all_lines_of_a_request_share_its_id(printed: StringIO) -> None:
    response = RequestLogMiddleware(answer)(RequestFactory().get("/petitions/"))
    refused, request = lines(printed)
    assert refused["event"] == "refused 3"
    assert request["path"] == "/petitions/" and request["status"] == 200
    assert refused["request_id"] == request["request_id"] == response["X-Request-ID"]


def test_neither_body_nor_query_is_logged(printed: StringIO) -> None:
    request = RequestFactory().post("/rate/?phone=0912345678", {"identity": "079123456789"})
    RequestLogMiddleware(answer)(request)
    assert "0912345678" not in printed.getvalue()
    assert "079123456789" not in printed.getvalue()


@pytest.mark.parametrize("folder", ["loi-moi", "dat-lai-mat-khau"])
def test_the_secret_of_a_link_is_not_logged(folder: str, printed: StringIO) -> None:
    RequestLogMiddleware(answer)(RequestFactory().get(f"/{folder}/1-c9x-4f00d/"))
    assert lines(printed)[-1]["path"] == f"/{folder}/…"


@pytest.mark.parametrize("offered", ["short", "x" * 65, "line\nbreak-in-id", "<script>alert"])
def test_an_id_that_could_spoil_the_log_is_replaced(offered: str, printed: StringIO) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": offered})
    assert RequestLogMiddleware(answer)(request)["X-Request-ID"] != offered


def test_the_id_given_by_a_proxy_is_kept(printed: StringIO) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": "proxy-0123456789"})
    assert RequestLogMiddleware(answer)(request)["X-Request-ID"] == "proxy-0123456789"


def test_nor_by_what_a_library_says_of_it(printed: StringIO) -> None:
    logging.getLogger("django.request").warning("Not Found: %s", "/danh-gia/AAAAAAEO fkqv/them/")
    assert lines(printed)[-1]["event"] == "Not Found: /danh-gia/…"
