import unicodedata

import pytest

from agencies.folding import folded
from agencies.models import Agency


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tỉnh Đắk Lắk", "tinh dak lak"),
        ("ĐỒNG THÁP", "dong thap"),
        ("Thừa Thiên  Huế ", "thua thien hue"),
        ("Ủy ban nhân dân phường Cửa Nam", "uy ban nhan dan phuong cua nam"),
        ("Bà Rịa - Vũng Tàu", "ba ria - vung tau"),
        ("", ""),
    ],
)
def test_case_and_diacritics_go(text: str, expected: str) -> None:
    assert folded(text) == expected


def test_letters_typed_composed_or_combining_fold_alike() -> None:
    name = "Đặc khu Phú Quốc"
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))


def test_folding_what_is_folded_changes_nothing() -> None:
    assert folded(folded("Sở Nông nghiệp và Môi trường")) == "so nong nghiep va moi truong"


def test_an_agency_is_searched_by_both_its_names(country: dict[str, Agency]) -> None:
    agency = country["H44.01"]
    assert agency.name_folded == "so tu phap"
    agency.short_name = "STP"
    agency.save(update_fields=["short_name"])
    agency.refresh_from_db()
    assert agency.name_folded == "so tu phap stp"
