"""What citizens read of the scores is in their language."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import override

import scoring
from scoring.measures import MEASURES
from scoring.periods import Period

CATALOGUE = Path(scoring.__file__).with_name("locale") / "vi" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def vietnamese():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="vi")


def test_every_measure_has_a_vietnamese_label_of_its_own(vietnamese):
    with override("en"):
        labels = [str(measure.label) for measure in MEASURES.values()]
    translated = [vietnamese[label].string if label in vietnamese else "" for label in labels]

    assert all(translated)
    assert len(set(translated)) == len(labels)


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("2026-M03", "Tháng 3/2026"),
        ("2026-M12", "Tháng 12/2026"),
        ("2026-Q1", "Quý I/2026"),
        ("2026-Q4", "Quý IV/2026"),
        ("2026-H1", "6 tháng đầu năm 2026"),
        ("2026-H2", "6 tháng cuối năm 2026"),
        ("2026", "Năm 2026"),
    ],
)
def test_periods_are_named_as_in_vietnamese_documents(vietnamese, code, label):
    period = Period.parse(code)
    with override("en"):
        english = period.label.replace("2026", "%(year)d")

    assert vietnamese[english].string % {"year": 2026} == label


def test_nothing_is_left_untranslated(vietnamese):
    assert [message.id for message in vietnamese if message.id and not message.string] == []
