import csv
import io
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from scoring.models import IndicatorSet

pytestmark = pytest.mark.django_db
VECTORS = Path(__file__).with_name("published_vectors.csv")


@pytest.fixture(autouse=True)
def decision_766(db: None) -> None:
    call_command("load_indicators", stdout=StringIO())


@pytest.fixture
def graded(tmp_path):
    """Grade a text; returns points by unit and code, what went to stderr, and the final error."""

    def run(text, *options, encoding="utf-8"):
        path = tmp_path / "counts.csv"
        path.write_text(text, encoding=encoding, newline="")
        out, err, failure = StringIO(), StringIO(), ""
        try:
            call_command("grade", str(path), *options, stdout=out, stderr=err)
        except CommandError as error:
            failure = str(error)
        rows = list(csv.DictReader(StringIO(out.getvalue())))
        return {(row["unit"], row["code"]): row["points"] for row in rows}, err.getvalue(), failure

    return run


def test_published_figures_come_to_the_published_points(graded):
    points, err, failure = graded(VECTORS.read_text(encoding="utf-8"))

    assert (err, failure) == ("", "")
    for row in csv.DictReader(VECTORS.open(encoding="utf-8")):
        difference = Decimal(points[row["unit"], row["criterion"]]) - Decimal(row["published_points"])
        assert abs(difference) <= Decimal("0.01"), row


def test_criteria_groups_and_total_are_printed(graded):
    points, _, _ = graded("unit,criterion,numerator,denominator\nA,2.1,50,100\nA,1.4,1,3\n")

    assert points["A", "2.1"] == points["A", "TDGQ"] == "10.00"
    assert points["A", "1.4"] == points["A", "CKMB"] == "2.00"
    # A criterion that is missing has no data: nothing for 5.4, full points for 5.2 and 5.3.
    assert (points["A", "5.4"], points["A", "5.2"], points["A", "MDHL"]) == ("0.00", "6.00", "12.00")
    assert points["A", "total"] == "24.00"
    assert ("A", "2.2") not in points and len(points) == 21 + 6 + 1


def test_other_columns_blanks_and_a_byte_order_mark_do_no_harm(graded):
    text = 'note, Unit ,criterion,numerator,denominator\r\nx," Sở A",2.1,,\r\nx,Sở A,3.3,5,10\r\n'
    points, err, failure = graded(text, encoding="utf-8-sig")

    assert (err, failure) == ("", "")
    assert (points["Sở A", "2.1"], points["Sở A", "3.3"]) == ("0.00", "6.00")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("B,9.9,1,2", "line 3, criterion: '9.9' is not in the indicator set"),
        ("B,2.10,1,2", "did you mean 2.1?"),
        ("B,2.1,many,2", "line 3, numerator: 'many' is not a number"),
        ("B,2.1,1,NaN", "line 3, denominator: 'NaN' is not a number"),
        ("B,2.1,1,-2", "line 3, denominator: -2 is below zero"),
        ("B,2.1,1e30,2", "line 3, numerator: 1e30 is too large"),
        ("B,2.1,1,", "line 3, denominator: it is empty"),
        ("B,2.1,1", "line 3, denominator: it is empty"),
        (",2.1,1,2", "line 3, unit: it is empty"),
        ("B,2.1,358,660,2", "line 3, row: it has more cells than the header"),
        ("B,2.1,1,2\nB,2.1,1,2", "line 4, criterion: 2.1 of B stands twice"),
        ('B,"2.1,1,2', "line 3, criterion"),
    ],
)
def test_a_bad_row_is_told_and_good_units_are_graded(graded, row, told):
    points, err, failure = graded(f"unit,criterion,numerator,denominator\nA,2.1,50,100\n{row}\n")

    assert told in err
    assert points["A", "total"] == "22.00"
    assert not any(unit != "A" for unit, _ in points)
    assert "Bad rows: 1" in failure


def test_a_unit_with_a_bad_row_is_left_out_by_name(graded):
    text = "unit,criterion,numerator,denominator\nB,2.1,50,100\nB,1.4,x,100\nA,2.1,50,100\n"
    points, _, failure = graded(text)

    assert {unit for unit, _ in points} == {"A"}
    assert failure == "Bad rows: 1. Units left out: B."


@pytest.mark.parametrize("text", ["", "unit;criterion;numerator;denominator\nA;2.1;1;2\n", "a,b\n1,2\n"])
def test_a_file_without_the_columns_is_refused(graded, text):
    points, _, failure = graded(text)

    assert not points and "no column" in failure and "counts.csv" in failure


def test_a_file_in_another_encoding_is_refused(graded):
    points, _, failure = graded("unit,criterion,numerator,denominator\nSở,2.1,1,2\n", encoding="utf-16")

    assert not points and "counts.csv" in failure


def test_the_indicator_set_can_be_chosen_by_code_and_month(graded):
    text = "unit,criterion,numerator,denominator\nA,2.1,50,100\n"

    assert graded(text, "--set", "decision-766", "--month", "202609")[0]["A", "total"] == "22.00"
    assert "decision-999" in graded(text, "--set", "decision-999")[2]
    unscored = graded(text, "--month", "202201")[2]
    assert "202201" in unscored and "manage.py load_indicators" in unscored
    assert IndicatorSet.objects.count() == 1


def test_a_missing_file_is_an_error():
    with pytest.raises(CommandError, match=r"no-such\.csv"):
        call_command("grade", "no-such.csv")


def test_stdin_is_read_as_utf_8_whatever_the_locale(monkeypatch):
    out = StringIO()
    text = "unit,criterion,numerator,denominator\nĐồng Nai,2.1,50,100\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="ascii"))

    call_command("grade", "-", stdout=out)
    assert "Đồng Nai,2.1,10.00" in out.getvalue()


def test_the_exit_code_tells_of_bad_rows(tmp_path):
    counts = tmp_path / "counts.csv"
    counts.write_text("unit,criterion,numerator,denominator\nA,2.1,x,100\n", encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        call_command("grade", str(counts), stdout=StringIO(), stderr=StringIO())
    assert caught.value.returncode == 1
