"""A year as it goes: counted as it comes, frozen, late data, an objection accepted, published, corrected.

What was published is taken to an empty virtual environment, where the checking script alone recomputes it.
"""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency, EventLog
from procedures.models import Dossier
from procedures.months import VIETNAM
from procedures.records import DossierRecord
from procedures.sync import sync_dossiers
from scoring.confirming import answer, ask_to_confirm
from scoring.freezing import freeze
from scoring.late_changes import late_dossiers, moved
from scoring.models import Objection, Publication, Scorecard
from scoring.objections import deciding, writing
from scoring.periods import Period
from scoring.publication_files import SCRIPT
from scoring.publishing import approve, close, propose, withdraw
from scoring.recount import drain, recount_all
from tests.people import (
    LET_IN,
    four_people,  # noqa: F401  (a fixture, found by name)
)
from tests.scoring.objecting import Case, case  # noqa: F401  (a fixture, found by name)

YEAR = Period.parse("2025")
#: The year is closed on a Monday of the next one.
CLOSED = datetime(2026, 1, 12, 8, 0, tzinfo=VIETNAM)
A_DAY = timedelta(days=1)


def day(month: int, number: int, hour: int = 9) -> datetime:
    return datetime(2025, month, number, hour, tzinfo=VIETNAM)


def dossier(month: int, number: int, finished: datetime | None) -> DossierRecord:
    """A dossier received on the second of a month and due on the tenth."""
    return DossierRecord(
        code=f"H44.07900-25{month:02}02-{number}",
        procedure_code="1.000001",
        status=9 if finished else 2,
        received_at=day(month, 2),
        due_at=day(month, 10),
        finished_at=finished,
    )


def drained(as_of: datetime) -> None:
    while drain(as_of):
        pass


def live(agency: Agency, period: str = YEAR.code) -> Any:
    return Scorecard.objects.get(agency=agency, period=period)


def scores() -> list[Any]:
    told = Scorecard.objects.filter(period__startswith="2025").order_by("period", "agency")
    return list(told.values_list("period", "agency", "total", "rank", "ranked", "criteria"))


@pytest.fixture
def year(case: Case, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:  # noqa: F811
    """Twelve months as they came: each month twelve dossiers, some late, one open over the month's end."""
    for month in range(1, 13):
        late = month % 4 + 1
        came = [dossier(month, number, day(month, 20 if number < late else 5)) for number in range(11)]
        came.append(dossier(month, 11, None))
        sync_dossiers(came, client=case.client, as_of=day(month, 21))
        drained(day(month, 21))
        if month > 1:
            sync_dossiers([dossier(month - 1, 11, day(month, 3))], client=case.client, as_of=day(month, 22))
            drained(day(month, 22))
    yield case


def test_a_year_is_counted_objected_to_published_corrected_and_checked_by_anybody(
    year: Case, client: Client, tmp_path: Path
) -> None:
    people, commune = year.people, year.people.commune
    second = year.people.operator

    # As it came, in order, is as it is counted anew; a quarter follows from its months.
    drained(CLOSED)
    as_it_came = scores()
    recount_all(CLOSED)
    assert scores() == as_it_came
    months = [live(commune, f"2025-M{month:02}").criteria["3.3"][1] for month in (1, 2, 3)]
    assert str(sum(map(int, months))) == live(commune, "2025-Q1").criteria["3.3"][1] == "36"

    # Closed: what comes late moves the live score alone.
    first = close(YEAR, by=people.reviewer, reason="", as_of=CLOSED)
    freeze(first, CLOSED)
    frozen = first.scorecards.get(agency=commune)
    assert (frozen.total, moved(first)) == (live(commune).total, [])
    sync_dossiers(
        [dossier(12, number, day(12, 28)) for number in range(20, 26)],
        client=year.client,
        as_of=CLOSED + A_DAY,
    )
    drained(CLOSED + A_DAY)
    assert late_dossiers(first) == 6 and commune.code in {one.code for one in moved(first)}
    assert first.scorecards.get(agency=commune).total == frozen.total != live(commune).total

    # The commune sees a mistake in its figures, says so, objects; the Office corrects the data.
    asked = ask_to_confirm(
        first, until=(CLOSED + 7 * A_DAY).date(), note="", by=people.reviewer, as_of=CLOSED
    )
    answer(asked, commune, confirmed=False, note="Hồ sơ xong đúng hạn", by=year.head, as_of=CLOSED + A_DAY)
    before = live(commune).criteria["2.1"]
    objection = objected(year, dossier(3, 0, None).code, YEAR, CLOSED + 2 * A_DAY)
    drained(CLOSED + 2 * A_DAY)
    after = live(commune).criteria["2.1"]
    assert (int(after[0]), after[1]) == (int(before[0]) + 1, before[1])
    assert objection.effect["criteria"]["2.1"] == [before, after]

    # What was frozen is given up, closed again with the correction, proposed, and published by another.
    withdraw(first, by=people.reviewer, reason="Có giải trình được chấp nhận", as_of=CLOSED + 3 * A_DAY)
    published = publish(year, "Kết quả năm 2025", CLOSED + 3 * A_DAY)
    assert (published.version, published.scorecards.get(agency=commune).criteria["2.1"]) == (1, after)

    # A mistake found later takes a second version beside the first.
    told = contents(client, "v1.json")
    objected(year, dossier(7, 0, None).code, YEAR, CLOSED + 5 * A_DAY)
    drained(CLOSED + 5 * A_DAY)
    assert contents(client, "v1.json") == told
    assert published.scorecards.get(agency=commune).total != live(commune).total
    corrected = publish(year, "Đính chính một hồ sơ", CLOSED + 6 * A_DAY, by=second)
    assert corrected.version == 2 and contents(client, "v1.json") == told
    assert corrected.previous_fingerprint == published.fingerprint
    page = client.get("/cong-bo/2025/v2/").content.decode()
    assert corrected.fingerprint in page and "Đính chính một hồ sơ" in page

    # Anybody checks both, with Python and nothing else; one digit changed, and it is found.
    python = empty_environment(tmp_path)
    for name in ("v1.json", "v2.json"):
        (tmp_path / name).write_bytes(contents(client, name))
    (tmp_path / "chain.json").write_bytes(client.get("/cong-bo/chuoi.json").content)
    (tmp_path / SCRIPT.name).write_bytes(client.get(f"/cong-bo/{SCRIPT.name}").content)
    for name in ("v1.json", "v2.json"):
        done = check(python, tmp_path, name, "--chain", "chain.json")
        assert (done.returncode, done.stderr) == (0, "") and "Everything agrees" in done.stdout
    changed = json.loads((tmp_path / "v2.json").read_text())
    office = next(one for one in changed["offices"] if one["code"] == commune.code)
    office["counts"]["ended_late"] += 1
    (tmp_path / "v2.json").write_text(json.dumps(changed))
    done = check(python, tmp_path, "v2.json")
    assert done.returncode == 1 and commune.code in done.stdout

    # The log tells the story in its order.
    verbs = EventLog.objects.filter(at__gt=LET_IN + A_DAY).order_by("number").values_list("verb", flat=True)
    story = [verb for verb in verbs if verb.split(".")[0] in ("results", "confirmation", "dossier")]
    assert story == [
        "results.closed", "confirmation.asked", "confirmation.disputed", "dossier.corrected",
        "results.withdrawn", "results.closed", "results.proposed", "results.published",
        "dossier.corrected", "results.closed", "results.proposed", "results.published",
    ]  # fmt: skip


def objected(year: Case, code: str, period: Period, as_of: datetime) -> Objection:
    """The commune says a dossier was done on the fifth; its province agrees, the Office accepts."""
    people, late = year.people, Dossier.objects.get(code=code)
    assert late.received_at is not None
    ended = late.received_at + 3 * A_DAY
    objection = writing.draft(
        people.commune, period, text="Biên nhận ghi ngày 5", criterion="2.1", by=people.officer, as_of=as_of
    )
    writing.dispute(objection, [late], "finished_at", value=ended.isoformat(), by=people.officer, as_of=as_of)
    writing.send(objection, by=year.head, as_of=as_of)
    deciding.give_opinion(objection, True, "Đúng", by=people.administrator, as_of=as_of)
    items = [item.pk for item in objection.items.all()]
    deciding.decide(objection, accepted=items, text="Chấp nhận", by=people.reviewer, as_of=as_of)
    objection.refresh_from_db()
    return objection


def publish(year: Case, reason: str, as_of: datetime, by: Any = None) -> Publication:
    """Close, freeze, propose, and approve by another."""
    proposer = year.people.reviewer
    publication = close(YEAR, by=proposer, reason=reason, as_of=as_of)
    freeze(publication, as_of)
    propose(publication, by=proposer, reason=reason, as_of=as_of)
    approve(publication, by=by or year.people.operator, as_of=as_of)
    return publication


def contents(client: Client, name: str) -> bytes:
    """A published file as anybody downloads it."""
    version = name.split(".")[0]
    file = client.get(f"/cong-bo/2025/{version}/2025-{name}")
    assert file.status_code == 200
    return b"".join(file.streaming_content) if file.streaming else file.content  # type: ignore[attr-defined]


def empty_environment(folder: Path) -> Path:
    """A Python with no package in it; returns its interpreter."""
    venv.create(folder / "empty", with_pip=False)
    return folder / "empty" / "bin" / "python"


def check(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-I", SCRIPT.name, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
