import pytest

from tests.scoring.country import Country, make_country


@pytest.fixture
def country(db: None) -> Country:
    return make_country()
