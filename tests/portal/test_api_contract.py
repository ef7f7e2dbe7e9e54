"""What the schema says holds: whatever call it allows is answered as it says, none with a server's error.

The doors of connected systems are called without a key, and must say that they need one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.factories import country

#: What an answer is held against; which input is refused is each address's own tests' affair.
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
QUICKLY = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def connection_kept(db: None) -> Iterator[None]:
    """Keep a request from closing the connection that the test's transaction runs on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("connection_kept")
def test_every_answer_is_as_described() -> None:
    country()
    schema = schemathesis.openapi.from_wsgi("/api/schema/", WSGIHandler()).include(path_regex="^/api/v1/")
    tried = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @QUICKLY
        @given(case=operation.as_strategy())
        def answered_as_described(case: Case) -> None:
            answer = case.call_and_validate(checks=CHECKS)
            if case.method == "POST":
                assert answer.status_code == 401

        answered_as_described()
        tried.add(operation.label)
    assert len(tried) >= 7, tried
