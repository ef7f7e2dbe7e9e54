"""The schema says what the API does: made of the same shapes, and without a warning."""

from __future__ import annotations

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

PATHS = {
    "/api/v1/agencies/",
    "/api/v1/agencies/{code}/",
    "/api/v1/agencies/{code}/scorecards/{period}/",
    "/api/v1/standings/",
}


@pytest.fixture
def schema(client: Client) -> dict:  # type: ignore[type-arg]
    response = client.get("/api/schema/")
    assert response.status_code == 200
    return yaml.safe_load(response.content)  # type: ignore[no-any-return]


def test_every_address_is_described(schema: dict) -> None:  # type: ignore[type-arg]
    assert set(schema["paths"]) >= PATHS
    for path in PATHS:
        assert set(schema["paths"][path]) == {"get"}
        assert schema["paths"][path]["get"].get("security", [{}]) == [{}]


def test_points_are_numbers_and_what_is_not_known_may_be_null(schema: dict) -> None:  # type: ignore[type-arg]
    criterion = schema["components"]["schemas"]["CriterionShape"]["properties"]
    assert criterion["rate"]["type"] == "number"
    assert criterion["rate"]["nullable"] is True


def test_the_schema_is_made_without_a_warning(tmp_path) -> None:  # type: ignore[no-untyped-def]
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))


def test_the_documentation_comes_from_our_own_address(client: Client) -> None:
    html = client.get("/api/docs/").content.decode()
    assert "swagger-ui" in html
    assert "https://cdn" not in html
