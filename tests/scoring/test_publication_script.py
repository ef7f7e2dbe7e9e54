"""The script that anybody can run: from the downloads alone, with Python alone, and it notices a digit."""

from __future__ import annotations

import json
import random
import runpy
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scoring.formula import parse
from scoring.grading import BandRule, CriterionRule, GroupRule, RuleSet, ZeroRule, grade
from scoring.models import Publication
from scoring.publication_files import FILES, SCRIPT, chain_json
from scoring.publication_text import line
from scoring.published_versions import all_published
from tests.scoring.publishing import Results, make_results, published
from tests.worlds import built_once

built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None) -> Results:
    return deepcopy(built)


@pytest.fixture
def folder(results: Results, tmp_path: Path) -> Path:
    """What a journalist has downloaded."""
    download(published(results), tmp_path)
    (tmp_path / "chain.json").write_bytes(chain_json(all_published()))
    return tmp_path


def download(publication: Publication, folder: Path) -> None:
    for end, (_type, contents) in FILES.items():
        (folder / f"{publication.name}{end}").write_bytes(b"".join(contents(publication)))


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a file of its own, with nothing of the project in reach."""
    (folder / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
    command = [sys.executable, "-I", SCRIPT.name, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_it_confirms_what_was_published(folder: Path) -> None:
    done = check(folder, "2026-M03-v1.json", "--chain", "chain.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "8 offices" in done.stdout and "Everything agrees" in done.stdout


def test_it_confirms_the_csv_files_as_well(folder: Path) -> None:
    (folder / "2026-M03-v1.json").unlink()
    done = check(folder, "2026-M03-v1-rules.json", "--chain", "chain.json")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("file", ["scorecards", "counts"])
def test_a_changed_digit_in_a_csv_file_is_found(folder: Path, file: str) -> None:
    path = folder / f"2026-M03-v1-{file}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    row = next(number for number, line in enumerate(lines) if line.startswith("H19.101"))
    cells = lines[row].split(",")
    place = next(number for number, cell in enumerate(cells) if cell.strip() in ("12", "100.00", "20.00"))
    cells[place] = cells[place].replace("2", "3", 1).replace("100", "101", 1)
    lines[row] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8")
    done = check(folder, "2026-M03-v1-rules.json")
    assert done.returncode == 1
    assert "H19.101" in done.stdout and "contents: the hash" in done.stdout


def digit(where: str) -> Callable[[dict[str, Any]], None]:
    def change(office: dict[str, Any]) -> None:
        office[where] = {"total": "99.99", "rank": 7, "band": "excellent", "dossiers": 13}[where]

    return change


def points(office: dict[str, Any]) -> None:
    office["criteria"]["2.1"][2] = "0.01"


def count(office: dict[str, Any]) -> None:
    office["counts"]["ended_late"] += 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (digit("total"), "H44.101, total: published 99.99, computed "),
        (digit("rank"), "H44.101, rank: published 7, computed "),
        (digit("dossiers"), "H44.101, dossiers: published 13, computed 12"),
        (points, "H44.101, criteria 2.1: published ['"),
        (count, "H44.101, criteria 2.1: published ['"),
    ],
)
def test_it_names_the_place_of_a_changed_digit(
    folder: Path, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    path = folder / "2026-M03-v1.json"
    publication = json.loads(path.read_text(encoding="utf-8"))
    change(next(office for office in publication["offices"] if office["code"] == "H44.101"))
    path.write_text(json.dumps(publication), encoding="utf-8")
    done = check(folder, path.name)
    assert done.returncode == 1
    assert told in done.stdout and "contents: the hash should be" in done.stdout


@pytest.mark.parametrize("field", ["reason", "approved_by", "as_of", "previous"])
def test_who_when_and_why_stand_under_the_fingerprint(folder: Path, field: str) -> None:
    path = folder / "2026-M03-v1.json"
    publication = json.loads(path.read_text(encoding="utf-8"))
    publication["statement"][field] += "x"
    path.write_text(json.dumps(publication), encoding="utf-8")
    done = check(folder, path.name)
    assert done.returncode == 1 and "fingerprint: " in done.stdout


def test_a_chain_that_was_rewritten_is_found(results: Results, tmp_path: Path) -> None:
    published(results)
    second = published(results, reason="Sửa số liệu")
    download(second, tmp_path)
    chain = json.loads(chain_json(all_published()))
    (tmp_path / "chain.json").write_text(json.dumps(chain))
    assert check(tmp_path, "2026-M03-v2.json", "--chain", "chain.json").returncode == 0
    chain["publications"][0]["statement"]["reason"] = "khác"
    (tmp_path / "chain.json").write_text(json.dumps(chain))
    done = check(tmp_path, "2026-M03-v2.json", "--chain", "chain.json")
    assert done.returncode == 1 and "chain, number 1 (2026-M03 v1): fingerprint" in done.stdout
    del chain["publications"][0]
    (tmp_path / "chain.json").write_text(json.dumps(chain))
    done = check(tmp_path, "2026-M03-v2.json", "--chain", "chain.json")
    assert done.returncode == 1 and "does not follow the one before" in done.stdout


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"statement": {"format": "other"}}', "\x00"])
def test_what_is_no_publication_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    done = check(tmp_path, "x.json")
    assert done.returncode == 2 and "x.json" in done.stderr and "Traceback" not in done.stderr


def test_it_grades_as_the_portal_does_on_any_counts() -> None:
    """A thousand offices with random counts, under every zero rule, graded by both."""
    draw, script = random.Random(766), runpy.run_path(str(SCRIPT))
    formulas = [
        ("ended_on_time + open_on_time", "ended_on_time + ended_late + open_on_time + open_late"),
        ("received", "max(received, first(declared, declared_last_year / 12))"),
        ("min(received_online, received)", "(received + 1) * 2 - 2"),
        ("1 - (ended_late / ended_on_time) * 0.5", "1"),
        ("", ""),
    ]
    for _round in range(40):
        told, groups = [], []
        for group in "AB":
            criteria = []
            for number, (above, below) in enumerate(draw.sample(formulas, 4)):
                criteria.append(
                    {
                        "code": f"{group}{number}",
                        "max_points": draw.choice(["6.00", "4.00", "0.07", None]),
                        "threshold": draw.choice(["1.0000", "0.8000", "0.3000"]),
                        "numerator": above,
                        "denominator": below,
                        "zero_rule": draw.choice([rule.value for rule in ZeroRule]),
                        "inherited": draw.random() < 0.3,
                        "kinds": draw.choice([[], ["commune"], ["province"]]),
                    }
                )
            told.append({"code": group, "criteria": criteria})
            groups.append(GroupRule(group, tuple(rule_of(one) for one in criteria)))
        bands = [{"code": "good", "minimum": "8.00"}, {"code": "weak", "minimum": "0.00"}]
        rules = {"groups": told, "bands": bands, "minimum_dossiers": 10}
        portal = RuleSet(tuple(groups), tuple(BandRule(b["code"], Decimal(b["minimum"])) for b in bands))
        for _office in range(25):
            own, above_counts = counts_drawn(draw), counts_drawn(draw)
            kind = draw.choice(["commune", "province", "department"])
            expected = grade(own, portal, kind, above_counts)
            above = above_counts if kind in script["INHERITING"] else own
            found = script["Rules"](rules).grade(kind, own, above)
            assert found["total"] == str(expected.total)
            assert found["band"] == expected.band
            assert found["groups"] == {code: str(value) for code, value in expected.groups.items()}
            assert found["criteria"] == {
                code: [None if value is None else str(value) for value in one[:3]]
                for code, one in expected.criteria.items()
            }


@pytest.mark.parametrize(
    "text", ["", "Đà Nẵng", 'a "b" \\c/', "\x00\x08\x0c\n\r\t\x1f\x7f", "\u2028\ufeff", "😀", "<&>'"]
)
def test_portal_and_script_write_the_same_text_under_a_hash(text: str) -> None:
    value = {"b": [text, None, -1, True], "a": {text: 12345678901234567890, "é": {}}}
    assert line(value) == runpy.run_path(str(SCRIPT))["line"](value)


def rule_of(told: dict[str, Any]) -> Any:
    return CriterionRule(
        code=told["code"],
        max_points=None if told["max_points"] is None else Decimal(told["max_points"]),
        threshold=Decimal(told["threshold"]),
        numerator=parse(told["numerator"]) if told["numerator"] else None,
        denominator=parse(told["denominator"]) if told["denominator"] else None,
        zero_rule=ZeroRule(told["zero_rule"]),
        inherited=told["inherited"],
        kinds=frozenset(told["kinds"]),
    )


def counts_drawn(draw: random.Random) -> dict[str, int]:
    names = (
        "received", "received_online", "declared", "declared_last_year", "ended_on_time", "ended_late",
        "open_on_time", "open_late",
    )  # fmt: skip
    return {name: draw.choice([0, 0, 1, 2, 3, 7, 40, 1234567]) for name in names}
