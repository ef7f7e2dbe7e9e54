"""When something is missing or fails, a page says so in plain words, in the portal's own frame."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from portal.pages.errors import server_error


@pytest.mark.django_db
def test_an_address_that_does_not_exist_leads_back_to_the_standings(client: Client) -> None:
    response = client.get("/khong-co-trang-nay/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "Không có trang này" in html
    assert "Về bảng xếp hạng" in html
    assert "Resolver404" not in html
    assert "tried" not in html


def test_a_failure_is_told_without_touching_the_database() -> None:
    # No database is allowed in this test: a page that needed one would fail again.
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Lỗi không do bạn" in response.content.decode()
