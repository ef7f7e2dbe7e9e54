"""A commune with a dossier ended late and one in time, and the four people who deal with objections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from agencies import roles
from agencies.granting import grant
from agencies.integration import create_client
from agencies.models import IntegrationClient, User
from procedures.models import Dossier, Field, Procedure
from procedures.months import VIETNAM
from procedures.records import DossierRecord
from procedures.sync import sync_dossiers
from scoring.models import Objection, Scorecard
from scoring.objections import writing
from scoring.periods import Period
from scoring.recount import recount_all
from tests.people import LET_IN, FourPeople, account, role

#: A Wednesday.
NOW = datetime(2026, 5, 20, 9, 0, tzinfo=VIETNAM)
APRIL = Period.parse("2026-M04")


def on(day: int, hour: int = 9) -> datetime:
    """A moment of April 2026 in Vietnam."""
    return datetime(2026, 4, day, hour, tzinfo=VIETNAM)


@dataclass
class Case:
    """The people, the dossiers of Việt Trì, and its system."""

    people: FourPeople
    #: The commune's own administrator, who sends what its officer writes.
    head: User
    late: Dossier
    timely: Dossier
    client: IntegrationClient

    def points(self, code: str = "2.1") -> list[str]:
        """Numerator, denominator and points of a criterion of the commune's April."""
        card = Scorecard.objects.get(agency=self.people.commune, period=APRIL.code)
        found: list[str] = card.criteria[code]
        return found

    def draft(self, *, by: str = "officer", as_of: datetime = NOW) -> Objection:
        """An objection: the late dossier was done on the 8th, and came online."""
        person = self.people[by]
        objection = writing.draft(
            self.people.commune, APRIL, text="Hồ sơ đã xong ngày 8/4", criterion="2.1", by=person, as_of=as_of
        )
        writing.dispute(
            objection, [self.late], "finished_at", value=on(8).isoformat(), by=person, as_of=as_of
        )
        writing.dispute(objection, [self.late], "channel", value=2, by=person, as_of=as_of)
        return objection

    def sent(self, as_of: datetime = NOW) -> Objection:
        """The same, sent by the commune's administrator."""
        objection = self.draft(as_of=as_of)
        writing.send(objection, by=self.head, as_of=as_of)
        return objection


def record(number: int, finished: datetime) -> DossierRecord:
    """A dossier of Việt Trì, received on 1 April and due on the 10th."""
    return DossierRecord(
        code=f"H44.07900-260401-{number}",
        procedure_code="1.000001",
        status=9,
        received_at=on(1),
        due_at=on(10),
        finished_at=finished,
    )


@pytest.fixture
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are asked in May 2026, whenever that is."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))


@pytest.fixture
def case(four_people: FourPeople) -> Case:
    """The case, counted."""
    return prepared(four_people)


def prepared(four_people: FourPeople) -> Case:
    """The same for tests that bring the people themselves."""
    call_command("load_indicators", verbosity=0)
    field = Field.objects.create(code="G15-TP01", name="Hộ tịch")
    Procedure.objects.create(
        is_complete=True,
        needs_paper_result=False,
        code="1.000001",
        name="Khai sinh",
        field=field,
        announcing_agency=four_people.province,
        level="commune",
    )
    client, _password = create_client(four_people.province, username="h44")
    sync_dossiers([record(1, on(20)), record(2, on(5))], client=client, as_of=NOW - timedelta(days=1))
    recount_all(NOW)
    late, timely = Dossier.objects.order_by("code")
    head = account("head")
    grant(
        four_people.administrator,
        head,
        role(roles.ADMINISTRATOR),
        four_people.commune,
        reason="chủ tịch phường",
        as_of=LET_IN,
    )
    return Case(four_people, head, late, timely, client)
