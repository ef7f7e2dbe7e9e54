"""A country in which everything there is exists four times: once for each place a person may or may not see.

Each record of a place carries the place's mark, a word found nowhere else, in what its pages show. Who
may not see the place must not meet the word, on whatever page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Model

from agencies import roles
from agencies.event_log import record
from agencies.event_words import CLIENT_CREATED
from agencies.integration import create_client
from agencies.invitations import invite
from agencies.models import Agency, EventLog, Grant, IntegrationClient, Invitation, Job, Role, User
from procedures.models import (
    AgencyProcedure,
    Announcement,
    Dossier,
    DossierStep,
    Field,
    InboxItem,
    LocalName,
    Procedure,
    ReportedVolume,
)
from scoring.models import (
    ActionTask,
    Anomaly,
    AnomalyRule,
    AnomalyStep,
    Criterion,
    DirtyMonth,
    Group,
    Publication,
    Scorecard,
    Tally,
    TaskPulse,
    WhatIf,
)
from tests.doors.confirmations import lay_before
from tests.doors.objections import object_to_scores
from tests.doors.voices import say_everything
from tests.factories import ProcedureFactory, ScorecardFactory, indicator_set
from tests.people import FourPeople, let_in, role
from tests.scoring.country import make_dossier
from tests.scoring.test_anomaly_settling import anomaly_at
from tests.signing_in import give_app

#: Where records belong: the officer's commune, its province itself, another province, and the nation.
PLACES = ("commune", "province", "other", "nation")
#: The word that stands in whatever belongs to a place and is not public.
MARKS = {"commune": "qzviettri", "province": "qzphutho", "other": "qzdongnai", "nation": "qzcanuoc"}
#: Whose records a person may see; nobody else's marks may stand on a page of theirs.
SEES: dict[str, tuple[str, ...]] = {
    "anonymous": (),
    "stranger": ("other",),
    "officer": ("commune",),
    "administrator": ("commune", "province"),
    "reviewer": PLACES,
    "operator": PLACES,
}

Records = dict[str, Any]


@dataclass
class World:
    """The people, and for each model its record of each place; a catalogue's only one is the nation's."""

    people: FourPeople
    as_of: datetime
    records: dict[str, Records] = field(default_factory=dict)
    #: Passwords of the connected systems and tokens of the invitations, by place.
    passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    #: The key of a session that a person of the place has elsewhere.
    sessions: dict[str, int] = field(default_factory=dict)

    def agency(self, place: str) -> Agency:
        """The agency that is, or holds, the place."""
        found: Agency = getattr(self.people, place)
        return found

    def person_of(self, place: str) -> User:
        """Who works there."""
        worker = {
            "commune": "officer",
            "province": "administrator",
            "other": "stranger",
            "nation": "operator",
        }
        return self.people[worker[place]]

    def keep(self, model: type[Model], made: Callable[[str, Agency], Any]) -> None:
        """A record of ``model`` for each place."""
        self.records[model._meta.label_lower] = {place: made(place, self.agency(place)) for place in PLACES}

    def keep_one(self, found: Model) -> None:
        """The one record of a model that belongs to no agency."""
        self.records[found._meta.label_lower] = {"nation": found}


def make_world(as_of: datetime) -> World:
    """Everything, as it stands at ``as_of``."""
    world = World(let_in(), as_of)
    for name in ("operator", "reviewer", "administrator", "officer", "stranger"):
        give_app(world.people[name])
    _people(world)
    _catalogue(world)
    _dossiers(world)
    _scores(world)
    _anomalies(world)
    _work(world)
    say_everything(world, MARKS)
    lay_before(world, MARKS)
    object_to_scores(world, MARKS)
    return world


def _people(world: World) -> None:
    world.keep(Agency, lambda place, agency: agency)
    world.keep(User, lambda place, agency: world.person_of(place))
    world.sessions = {place: _session(world, place) for place in PLACES}
    world.keep(Grant, lambda place, agency: _grant(world, place))
    world.keep_one(role(roles.OFFICER))
    world.keep(IntegrationClient, lambda place, agency: _system(world, place, agency))
    world.keep(Invitation, lambda place, agency: _invitation(world, place, agency))
    world.keep(EventLog, lambda place, agency: _logged(world, place, agency))
    world.keep(LogEntry, lambda place, agency: _noted(world, place, agency))


def _session(world: World, place: str) -> int:
    session = SessionStore()
    session.create()
    return UserSession.objects.create(
        user=world.person_of(place), ip="192.0.2.1", user_agent=MARKS[place], session_key=session.session_key
    ).pk


def _grant(world: World, place: str) -> Grant:
    found = world.people.grants[world.person_of(place).username]
    if not found.hanging.exists():
        # Those further down a chain may read how it began, and why.
        Grant.objects.filter(pk=found.pk).update(reason=MARKS[place])
    return found


def _system(world: World, place: str, agency: Agency) -> IntegrationClient:
    made, world.passwords[place] = create_client(
        agency, name=MARKS[place], username=f"{MARKS[place]}-mot-cua", as_of=world.as_of
    )
    return made


def _invitation(world: World, place: str, agency: Agency) -> Invitation:
    inviter = world.people["administrator" if place in ("commune", "province") else "operator"]
    made, world.tokens[place] = invite(
        inviter,
        f"moi{PLACES.index(place)}@example.vn",
        Role.objects.get(code=roles.OFFICER),
        agency,
        reason=MARKS[place],
        as_of=world.as_of,
    )
    return made


def _logged(world: World, place: str, agency: Agency) -> EventLog:
    system = world.records[IntegrationClient._meta.label_lower][place]
    return record(CLIENT_CREATED, system, actor=None, as_of=world.as_of, agency=agency, reason=MARKS[place])


def _noted(world: World, place: str, agency: Agency) -> LogEntry:
    return LogEntry.objects.create(
        user=world.person_of(place),
        content_type=ContentType.objects.get_for_model(Agency),
        object_id=str(agency.pk),
        object_repr=MARKS[place],
        action_flag=CHANGE,
    )


def _catalogue(world: World) -> None:
    world.keep(
        Procedure, lambda place, agency: ProcedureFactory(announcing_agency=agency, processing_unit="day")
    )
    world.keep_one(Field.objects.first())
    procedures = world.records[Procedure._meta.label_lower]
    world.keep(
        AgencyProcedure,
        lambda place, agency: AgencyProcedure.objects.create(agency=agency, procedure=procedures[place]),
    )
    world.keep(
        Announcement,
        lambda place, agency: Announcement.objects.create(
            agency=agency,
            procedure=procedures[place],
            change=Announcement.Change.NEW,
            decision_number=f"{PLACES.index(place)}/QĐ-{MARKS[place]}",
            decided_on=date(2026, 3, 2),
            effective_on=date(2026, 3, 20),
        ),
    )
    world.keep(
        ReportedVolume,
        lambda place, agency: ReportedVolume.objects.create(agency=agency, month=202603, dossiers=7),
    )


def _dossiers(world: World) -> None:
    procedures = world.records[Procedure._meta.label_lower]
    systems = world.records[IntegrationClient._meta.label_lower]
    received = world.as_of - timedelta(days=40)

    def dossier(place: str, agency: Agency) -> Dossier:
        made = make_dossier(
            agency,
            procedures[place],
            received,
            code=f"{agency.code}-{MARKS[place]}",
            client=systems[place],
            local_unit=f"Bộ phận {MARKS[place]}",
            phone_hash=f"{PLACES.index(place):032}",
        )
        DossierStep.objects.create(dossier=made, at=received, status=2, post=MARKS[place], unit=MARKS[place])
        return made

    world.keep(Dossier, dossier)
    world.keep(
        InboxItem,
        lambda place, agency: InboxItem.objects.create(
            agency=agency,
            client=systems[place],
            kind=InboxItem.Kind.DOSSIER,
            dossier_code=f"{agency.code}-{MARKS[place]}-{place}",
            position=1,
            field="status",
            reason=f"Trạng thái lạ {MARKS[place]}",
            record={"code": f"{agency.code}-{MARKS[place]}", "local_unit": MARKS[place]},
            fingerprint=place,
            received_at=received,
            last_at=received,
        ),
    )
    world.keep(
        LocalName,
        lambda place, agency: LocalName.objects.create(
            owner=agency, kind=LocalName.Kind.UNIT, value=f"Tổ {MARKS[place]}", first_seen_at=received
        ),
    )


def _scores(world: World) -> None:
    indicators = indicator_set()
    world.keep_one(indicators)
    world.keep_one(Group.objects.filter(indicator_set=indicators).first())  # type: ignore[arg-type]
    world.keep_one(Criterion.objects.filter(group__indicator_set=indicators).first())  # type: ignore[arg-type]
    world.keep(Scorecard, lambda place, agency: ScorecardFactory(agency=agency, indicator_set=indicators))
    world.keep(
        Tally,
        lambda place, agency: Tally.objects.create(agency=agency, month=202603, scope=3, received=9),
    )
    world.keep(
        DirtyMonth,
        lambda place, agency: DirtyMonth.objects.create(agency=agency, month=202603, marked_at=world.as_of),
    )
    world.keep_one(
        WhatIf.objects.create(
            indicator_set=indicators,
            baseline=indicators,
            period="2026",
            asked_by_name=MARKS["nation"],
            asked_at=world.as_of,
            as_of=world.as_of,
        )
    )
    world.keep_one(TaskPulse.objects.create(name="sweep", every=timedelta(seconds=15)))
    world.keep_one(
        Publication.objects.create(
            period="2026-M01", version=1, state="closed", closed_by_name="x", closed_at=world.as_of
        )
    )


def _anomalies(world: World) -> None:
    world.keep_one(AnomalyRule.objects.get(code="ended-before-received"))

    def anomaly(place: str, agency: Agency) -> Anomaly:
        made = anomaly_at(agency, state=Anomaly.State.EXPLAINED)
        AnomalyStep.objects.create(anomaly=made, at=world.as_of, verb="explained", text=MARKS[place])
        return made

    world.keep(Anomaly, anomaly)


def _work(world: World) -> None:
    world.keep(
        ActionTask,
        lambda place, agency: ActionTask.objects.create(
            owner=agency,
            agency=agency,
            criterion="2.1",
            period="2026",
            target="0.9",
            due_on=date(2026, 12, 31),
            note=MARKS[place],
            set_at=world.as_of,
        ),
    )
    world.keep(
        Job,
        lambda place, agency: Job.objects.create(
            kind="export-behind",
            title=f"Hồ sơ {MARKS[place]}",
            owner=world.person_of(place),
            language="vi",
            agency=agency,
            state=Job.State.DONE,
            created_at=world.as_of,
        ),
    )
