"""Row 6: a year published for 15,000 agencies, and what a page costs meanwhile."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.test import Client

from agencies import roles
from agencies.folding import folded
from agencies.granting import grant, make_operator
from agencies.models import Agency, Role, User
from agencies.tree import place
from scoring.freezing import freeze
from scoring.models import Publication, Tally
from scoring.models.tally import Scope
from scoring.periods import Period
from scoring.publication_files import FILES, SCRIPT
from scoring.publishing import approve, propose
from scoring.recount import recount_all
from tests.bench.country import MONTHS, NOW, build
from tests.bench.measuring import Row, say, seconds

ALLOWED = 60.0
AGENCIES = 15_000


def rows(quick: bool) -> list[Row]:
    """Frozen, proposed and approved; then every file written and checked by the script."""
    dossiers, agencies = (50_000, 6_000) if quick else (2_000_000, AGENCIES)
    say(f"a country with {dossiers:,} dossiers and {agencies:,} agencies, counted")
    build(f"dossiers_{dossiers}", dossiers)
    recount_all(NOW)
    add_units(agencies - Agency.objects.count())
    proposer, approver = people()
    year = Period.of_month(MONTHS[-2], Period.parse("2026").kind)
    say("publishing a year")
    publication = Publication.objects.create(
        period=year.code, version=1, closed_by=proposer, closed_by_name=str(proposer), closed_at=NOW
    )
    freezing = seconds(freeze, publication, NOW)
    propose(publication, by=proposer, reason="đo", as_of=NOW)
    approving = seconds(lambda: approve(publication, by=approver, as_of=NOW))
    page = min(seconds(Client().get, f"/?ky={year.code}") for _round in range(5))
    say("writing and checking its files")
    with tempfile.TemporaryDirectory() as folder:
        writing = {end: seconds(write, publication, end, Path(folder)) for end in FILES}
        file = str(Path(folder) / f"{publication.name}.json")
        checking = seconds(subprocess.run, [sys.executable, "-I", str(SCRIPT), file])
    taken = freezing + approving
    told = ", ".join(f"{end} {spent:.1f} s" for end, spent in writing.items())
    return [
        Row(
            "7 publishing",
            f"a year of {publication.offices:,} agencies: frozen in {freezing:.1f} s, approved in "
            f"{approving:.1f} s (first page afterwards {page * 1000:.0f} ms)",
            f"{taken:.1f} s",
            f"{ALLOWED:.0f} s  allowed",
            taken / ALLOWED,
            1,
            at_most=True,
        ),
        Row(
            "7 checking",
            f"the script, of its own; files: {told}",
            f"{checking:.1f} s",
            f"{taken:.1f} s  publishing",
            checking / taken,
        ),
    ]


def add_units(missing: int) -> None:
    """Units below the communes, each with what its commune counted, month by month."""
    communes = list(Agency.objects.filter(kind="commune").order_by("pk"))
    pairs = []
    for number in range(max(0, missing)):
        commune = communes[number % len(communes)]
        name = f"Đơn vị {number}"
        code = f"{commune.code}.U{number}"
        unit = Agency(code=code, kind="unit", name=name, name_folded=folded(name))
        pairs.append((place(unit, commune).pk, commune.pk))
    columns = ", ".join(
        f'"{field.column}"'
        for field in Tally._meta.concrete_fields
        if field.column not in ("id", "agency_id", "scope")
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE pair (unit bigint, commune bigint)")
        cursor.executemany("INSERT INTO pair VALUES (%s, %s)", pairs)
        cursor.execute(
            f"INSERT INTO scoring_tally (agency_id, scope, {columns}) "
            f"SELECT pair.unit, {Scope.BOTH}, {columns} FROM scoring_tally JOIN pair "
            f"ON pair.commune = agency_id WHERE scope IN ({Scope.BOTH}, {Scope.SUBTREE})"
        )
        cursor.execute("DROP TABLE pair; ANALYZE scoring_tally")


def write(publication: Publication, end: str, folder: Path) -> None:
    """One file of a publication, as a download streams it."""
    _type, contents = FILES[end]
    with (folder / f"{publication.name}{end}").open("wb") as file:
        file.writelines(contents(publication))


def people() -> tuple[User, User]:
    """Two reviewers."""
    nation = Agency.objects.get(depth=0)
    operator = User.objects.create_user("bench-operator")
    let_in = NOW - timedelta(days=1)
    make_operator(operator, reason="đo", as_of=let_in)
    found = []
    for name in ("bench-proposer", "bench-approver"):
        found.append(User.objects.create_user(name))
        role = Role.objects.get(code=roles.REVIEWER)
        grant(operator, found[-1], role, nation, reason="đo", as_of=let_in)
    return found[0], found[1]
