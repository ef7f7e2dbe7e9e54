"""Proving that a dossier is one's own, without the portal knowing whose it is."""

from dataclasses import dataclass

import pytest

from procedures.applicants import applicant_hash, proves


@dataclass
class Hashed:
    code: str
    phone_hash: str
    identity_hash: str


CODE = "H44.01-260305-00001"
MINE = Hashed(CODE, applicant_hash(CODE, "0912 345 678"), applicant_hash(CODE, "001234567890"))


@pytest.mark.parametrize("digits", ["5678", "7890", " 5678 "])
def test_the_last_four_digits_of_either_number_prove_it(digits: str) -> None:
    assert proves(MINE, digits)


@pytest.mark.parametrize("digits", ["", "5679", "567", "45678", "abcd", "٥٦٧٨", "56 78"])
def test_anything_else_does_not(digits: str) -> None:
    assert not proves(MINE, digits)


def test_the_same_digits_do_not_show_across_dossiers() -> None:
    assert applicant_hash(CODE, "0912345678") != applicant_hash("H44.01-260305-00002", "0912345678")


def test_spaces_and_signs_in_a_number_do_not_matter() -> None:
    assert applicant_hash(CODE, "+84 912-345-678") == applicant_hash(CODE, "0912345678")


@pytest.mark.parametrize("number", ["", "12", "không có"])
def test_without_four_digits_there_is_nothing_to_prove(number: str) -> None:
    assert applicant_hash(CODE, number) == ""


def test_a_dossier_without_numbers_is_nobodys() -> None:
    assert not proves(Hashed(CODE, "", ""), "5678")


def test_the_hash_fits_its_column_and_hides_the_digits() -> None:
    hashed = applicant_hash(CODE, "0912345678")
    assert len(hashed) == 32
