"""What tests in a browser can ask for besides the pages."""

from __future__ import annotations

import pytest
from django.conf import settings

from agencies.roles import ensure_roles
from tests.people import FourPeople, let_in


@pytest.fixture
def people(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> FourPeople:
    """The four people; how one signs in is tried elsewhere."""
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    ensure_roles()  # emptied away by an earlier test
    return let_in()
