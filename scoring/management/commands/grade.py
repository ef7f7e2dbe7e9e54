"""`manage.py grade`: the points that figures from a file come to, for anyone to check."""

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from procedures.months import month_of
from scoring.figures_csv import BadFileError, read_figures
from scoring.grading import Grade, RuleSet, grade_figures
from scoring.indicator_sets import NoSetInForceError, approved_set, rule_set, set_in_force
from scoring.models import IndicatorSet
from scoring.models.indicators import TOTAL


class Command(BaseCommand):
    """Grade a CSV of numerators and denominators as a full recount would grade its counts."""

    help = (
        "Grade COUNTS.csv (columns unit, criterion, numerator, denominator; others are passed over) "
        "and print unit,code,points for every criterion, group and total. Bad rows go to stderr, "
        "their units are left out, and the exit code is then 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the indicator set to grade with."""
        parser.add_argument("counts", metavar="COUNTS.csv", help="a file in UTF-8, or - for stdin")
        parser.add_argument("--set", metavar="CODE", help="the indicator set; default: the national one")
        parser.add_argument(
            "--month", type=int, metavar="yyyymm", help="as in force in this month; default: now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the points; raises CommandError, which exits with 1, after any bad row."""
        rules = rule_set(self.indicator_set(options["set"], options["month"]))
        try:
            with opened(options["counts"]) as lines:
                found = read_figures(lines, rules)
        except OSError as error:
            raise CommandError(f"{options['counts']}: {error.strerror}") from error
        except (BadFileError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['counts']}: {error}") from error
        out = csv.writer(self.stdout, lineterminator="\n")
        out.writerow(["unit", "code", "points"])
        for unit, figures in found.units.items():
            out.writerows((unit, *row) for row in points_by_code(grade_figures(figures, rules), rules))
        for bad in found.bad:
            self.stderr.write(str(bad))
        if found.bad:
            units = ", ".join(found.left_out) or "none"
            raise CommandError(f"Bad rows: {found.bad_lines}. Units left out: {units}.")

    def indicator_set(self, code: str | None, month: int | None) -> IndicatorSet:
        """The set to grade with; raises CommandError when there is none."""
        month = month or month_of(timezone.now())
        try:
            return approved_set(code, month) if code else set_in_force(month)
        except NoSetInForceError as error:
            raise CommandError(f"{error} Load one with: manage.py load_indicators") from error


@contextmanager
def opened(name: str) -> Iterator[Iterable[str]]:
    """The lines of a UTF-8 file, or of stdin for ``-``, with or without a byte order mark."""
    if name == "-":
        yield TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
    else:
        with Path(name).open(encoding="utf-8-sig", newline="") as file:
            yield file


def points_by_code(graded: Grade, rules: RuleSet) -> Iterator[tuple[str, object]]:
    """Code and points of each criterion (none for information; empty: left out), group and total."""
    for criterion in rules.criteria:
        if criterion.max_points is not None:
            points = graded.criteria[criterion.code].points
            yield criterion.code, "" if points is None else points
    yield from graded.groups.items()
    yield TOTAL, graded.total
