"""What was published, as files: one JSON with everything, two CSV files and the rules, a workbook.

Every file follows from the frozen copy alone and so never changes. Figures are texts exactly as under
the fingerprint; the columns of the CSV files hold all that is needed to make it again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scoring.models import Publication
from scoring.publication_text import line, statement
from scoring.published_versions import offices_told
from scoring.workbook import sheets_as_workbook

#: The script that checks a publication, downloadable beside it.
SCRIPT = Path(__file__).parent / "data" / "verify_publication.py"
PLAIN = (
    "code", "name", "kind", "parent", "inherits_from", "peer_class", "total", "band", "rank", "ranked",
    "dossiers",
)  # fmt: skip
FIGURES = ("numerator", "denominator", "points")
#: A text that begins with one of these is run as a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PORTION = 200

Cell = str | int | None
Table = tuple[list[str], Iterator[list[Cell]]]


def header(publication: Publication) -> dict[str, Any]:
    """What stands before the offices: the statement, its fingerprint and the indicator set."""
    return {
        "statement": statement(publication),
        "fingerprint": publication.fingerprint,
        "rules": publication.rules,
    }


def whole_json(publication: Publication) -> Iterator[bytes]:
    """Everything in one file, an office a line."""
    yield line(header(publication))[:-2] + b',"offices":[\n'
    comma = b""
    for office in offices_told(publication):
        yield comma + line(office)[:-1]
        comma = b",\n"
    yield b"\n]}\n"


def rules_json(publication: Publication) -> Iterator[bytes]:
    """The statement and the rules, for who takes the offices from the two CSV files it names."""
    files = [f"{publication.name}-scorecards.csv", f"{publication.name}-counts.csv"]
    told = {**header(publication), "files": files}
    yield (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def chain_json(publications: Iterable[Publication]) -> bytes:
    """The statements and fingerprints of all publications, the first one first."""
    links = [
        {"statement": statement(publication), "fingerprint": publication.fingerprint}
        for publication in sorted(publications, key=lambda publication: publication.number or 0)
    ]
    return (json.dumps({"publications": links}, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def scorecards_table(publication: Publication) -> Table:
    """An office a row: its result, its blocks, and the figures of every criterion."""
    groups = [group["code"] for group in publication.rules["groups"]]
    criteria = [one["code"] for group in publication.rules["groups"] for one in group["criteria"]]
    names = [*PLAIN, *(f"group:{code}" for code in groups)]
    names += [f"{figure}:{code}" for code in criteria for figure in FIGURES]
    return names, (
        [
            *(office[name] for name in PLAIN),
            *(office["groups"][code] for code in groups),
            *(value for code in criteria for value in office["criteria"][code]),
        ]
        for office in offices_told(publication)
    )


def counts_table(publication: Publication) -> Table:
    """An office a row: every count that the formulas use."""
    first = publication.scorecards.first()
    names = sorted(first.counts) if first else []
    return ["code", *names], (
        [office["code"], *(office["counts"][name] for name in names)] for office in offices_told(publication)
    )


def criteria_table(publication: Publication) -> Table:
    """A criterion a row: maximum, threshold, formulas and the rule in words."""
    names = [
        "code", "name", "name_en", "max_points", "threshold", "numerator", "denominator", "zero_rule",
        "inherited", "kinds", "rule", "rule_en", "legal_source",
    ]  # fmt: skip
    return ["group", *names], (
        [group["code"], *(_plain(criterion[name]) for name in names)]
        for group in publication.rules["groups"]
        for criterion in group["criteria"]
    )


def statement_table(publication: Publication) -> Table:
    """The statement, a field a row, with the fingerprint."""
    told = {**statement(publication), "fingerprint": publication.fingerprint}
    return ["field", "value"], ([name, value] for name, value in told.items())


def scorecards_csv(publication: Publication) -> Iterator[bytes]:
    """The results as CSV."""
    return _csv(scorecards_table(publication))


def counts_csv(publication: Publication) -> Iterator[bytes]:
    """The counts as CSV."""
    return _csv(counts_table(publication))


def workbook(publication: Publication) -> Iterator[bytes]:
    """Results, counts, indicator set and statement as the sheets of one XLSX workbook."""
    return sheets_as_workbook(
        {
            "scorecards": scorecards_table(publication),
            "counts": counts_table(publication),
            "indicator set": criteria_table(publication),
            "statement": statement_table(publication),
        }
    )


#: What can be downloaded of a publication: the end of the file's name, its type, its contents.
FILES: dict[str, tuple[str, Callable[[Publication], Iterator[bytes]]]] = {
    ".json": ("application/json", whole_json),
    "-rules.json": ("application/json", rules_json),
    "-scorecards.csv": ("text/csv; charset=utf-8", scorecards_csv),
    "-counts.csv": ("text/csv; charset=utf-8", counts_csv),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
}


def _csv(table: Table) -> Iterator[bytes]:
    names, rows = table
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow(names)
    for number, row in enumerate(rows, 1):
        writer.writerow([_written(cell) for cell in row])
        if number % PORTION == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else str(cell)


def _plain(value: Any) -> Cell:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value


def file_names(publication: Publication) -> Sequence[str]:
    """The names of all its files."""
    return [f"{publication.name}{end}" for end in FILES]
