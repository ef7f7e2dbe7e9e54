"""Whatever is rated, petitioned, judged, held and let lie: counting piecemeal equals counting anew."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from agencies.models import User
from feedback import petition_work as work
from feedback.models import Grievance, Petition, Rating, Standing
from feedback.petitions import complain_again, judge, supplement
from feedback.publishing import close_unpublished
from feedback.ratings import Said
from feedback.reviewing import reject, release
from procedures.models import Dossier
from scoring.clock import tick
from scoring.outbox import mark
from scoring.recount import drain, recount_all
from tests.effort import cases
from tests.feedback.conftest import give, write
from tests.scoring.country import Country, make_dossier, on
from tests.scoring.test_recount import state

START = on(1, 12)


class Life:
    """A country in which anything happens in any order."""

    def __init__(self, country: Country, seed: int) -> None:
        self.country, self.chance, self.now = country, random.Random(seed), START
        self.boss = User.objects.create_superuser("boss", password="x")
        self.acts = 0

    def some(self, rows: Any) -> Any:
        return self.chance.choice(list(rows))

    def receive(self) -> None:
        agency = self.some(self.country.handling)
        ended = self.now - timedelta(days=self.chance.randint(0, 20)) if self.chance.random() < 0.6 else None
        received = (ended or self.now) - timedelta(days=self.chance.randint(0, 30))
        procedure = self.some([self.country.marriage, self.country.licence, None])
        make_dossier(agency, procedure, received, ended_at=ended)
        mark({(agency.pk, 202511, 202607)})

    def rate(self) -> None:
        dossier = self.some(Dossier.objects.select_related("agency"))
        address = self.some(["", "203.0.113.7", "203.0.113.8"])
        give(dossier, Said(self.some([1, 1, 2, 3])), self.now, address=address)

    def petition(self) -> None:
        dossier = self.some([None, self.some(Dossier.objects.all())])
        agency = dossier.agency if dossier else self.some([*self.country.handling, self.country.north])
        write(agency, self.now, dossier=dossier, kind=self.some(Petition.Kind.values), address="203.0.113.7")

    def handle(self) -> None:
        petition, told = self.some(Petition.objects.all()), {"by": self.boss, "as_of": self.now}
        act = self.some(
            [
                lambda: work.take_up(petition, **told),
                lambda: work.answer(petition, "x", **told),
                lambda: work.answer(petition, "x", **told),
                lambda: work.refuse(petition, "unclear", explanation="x", **told),
                lambda: work.ask_supplement(petition, "x", **told),
                lambda: work.transfer(petition, self.some(self.country.handling), reason="x", **told),
                lambda: close_unpublished(petition, reason="x", **told),
                lambda: supplement(petition, "x", as_of=self.now),
                lambda: judge(petition, self.some(["satisfied", "dissatisfied"]), as_of=self.now),
                lambda: complain_again(petition, "x", as_of=self.now),
            ]
        )
        act()

    def review(self) -> None:
        held = self.some([Rating, Petition]).objects.filter(standing=Standing.HELD)
        self.some([release, reject])(list(held[:3]), by=self.boss, reason="x", as_of=self.now)

    def act(self) -> None:
        try:
            self.some(
                [self.receive, self.rate, self.rate, self.petition, self.handle, self.handle, self.review]
            )()
            self.acts += 1
        except (ValidationError, IndexError):
            # Not possible now: as in life.
            pass


@pytest.mark.parametrize("seed", cases(766, 5, 53))
def test_in_any_order(country: Country, seed: int) -> None:
    call_command("load_indicators", verbosity=0)
    life = Life(country, seed)
    mark({(agency.pk, 0, 0) for agency in country.handling})
    tick(life.now)
    for _ in range(4):
        life.receive()
    for _ in range(140):
        life.now += timedelta(hours=life.chance.choice([0, 0, 1, 30, 60]), seconds=1)
        life.act()
        if life.chance.random() < 0.15:
            tick(life.now)
            drain(life.now, limit=life.chance.choice([1, 7, 50]))
    tick(life.now)
    while drain(life.now):
        pass
    piecemeal = state()
    recount_all(life.now)
    assert state() == piecemeal
    assert life.acts > 60 and Grievance.objects.exists()
    counted = [row for row in piecemeal["tallies"] if dict(row)["petitions_received"]]
    assert counted and any(dict(row)["aggrieved_ended"] for row in piecemeal["tallies"])
