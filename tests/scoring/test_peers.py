import pytest

from agencies.models import Agency
from scoring.models import Scorecard
from scoring.peers import peer_class


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("nation", "/1/", "nation"),
        ("ministry", "/1/2/", "ministries"),
        ("ministerial_agency", "/1/3/", "ministries"),
        ("government_agency", "/1/4/", "ministries"),
        ("province", "/1/35/", "provinces"),
        ("department", "/1/35/412/", "departments:35"),
        ("department", "/1/2/77/", "departments:2"),
        ("commune", "/1/35/900/", "communes:35"),
        ("commune", "/1/35/60/900/", "communes:35"),
        ("unit", "/1/35/412/5000/", "units:412"),
        ("unit", "/1/35/412/5000/6000/", "units:5000"),
        ("department", "/1/9/", "departments:1"),
    ],
)
def test_like_is_compared_with_like(kind, path, expected):
    assert peer_class(kind, path) == expected


def test_every_kind_has_a_class_that_fits_its_column():
    room = Scorecard._meta.get_field("peer_class").max_length

    for kind in Agency.Kind:
        assert 0 < len(peer_class(kind, "/1/9999999999/99999999999999/")) <= room


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="district"):
        peer_class("district", "/1/35/7/")
