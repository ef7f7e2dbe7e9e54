"""Bringing up the demo country, stage by stage, each through the portal's own verbs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Protocol

from django.core.management import call_command

from agencies.models import Agency, IntegrationClient
from agencies.planner import look_anew
from feedback.models import Petition, PetitionStay, Rating, RatingChange
from feedback.reminders import escalate, remind
from portal.demo.accounts import hand_out_passwords
from portal.demo.action_list import set_action_list
from portal.demo.catalogue import save_descriptions, save_services
from portal.demo.clerk import dictated
from portal.demo.clients import connect
from portal.demo.decisions import decisions
from portal.demo.descriptions import local, national
from portal.demo.feedback_petitions import WINDOW, Petitions, begin
from portal.demo.feedback_ratings import rate_dossiers, rate_in_a_burst
from portal.demo.heads import appoint_heads
from portal.demo.letters import LAST_WEEK, Desk, Letter, Plan, Sent
from portal.demo.letting_in import headed, let_in, recent
from portal.demo.looked_into import search_for_anomalies
from portal.demo.objections import objections_of_last_week, objections_of_today
from portal.demo.published import publish_and_ask
from portal.demo.quiet_mail import without_letters
from portal.demo.sending import send
from portal.demo.timeline import MINUTES, Timeline
from portal.demo.unmarked import unmarked
from portal.demo.week_ago import score_as_of
from portal.demo.world import System, systems
from procedures.announcing import declare_volumes, save_announcements
from procedures.models import AgencyProcedure, Dossier, DossierStep, Procedure, ReportedVolume
from procedures.months import month_of
from scoring.clock import tick
from scoring.indicator_documents import DECISION_766, load, read_document
from scoring.models import CatalogueTally, Tally
from scoring.recount import recount_all

#: A province whose system has sent nothing for three days, for an operator to find.
SILENT, SILENT_FOR = "H14", 3 * MINUTES
#: The agency whose system gets a password, for visitors to try the national protocol with.
EXAMPLE = "H44"
#: Kinds of agency whose one-stop systems are connected.
CONNECTED = (Agency.Kind.MINISTRY, Agency.Kind.MINISTERIAL_AGENCY, Agency.Kind.PROVINCE)


class Narrator(Protocol):
    """Who tells what is going on."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Tell that a stage begins and, when it ends, how long it took."""
        ...

    def so_far(self, done: str) -> None:
        """Tell how far the stage has come."""
        ...


@dataclass
class Country:
    """The demo country as it comes up."""

    timeline: Timeline
    seed: int
    narrator: Narrator
    systems: list[System] = field(default_factory=list)
    clients: dict[str, IntegrationClient] = field(default_factory=dict)
    #: The password of the client of EXAMPLE, told only here.
    password: str | None = None
    refused: int = 0


@unmarked()
def bring_up(now: datetime, dossiers: int, seed: int, narrator: Narrator) -> Country:
    """Bring the whole country up on an empty, migrated database.

    ``now`` (aware) is the end of its twelve months. The same seed at the same moment gives the same
    country.
    """
    country = Country(Timeline(now), seed, narrator)
    week_ago = now - timedelta(minutes=LAST_WEEK)
    with narrator.stage("Agencies"):
        call_command("seed_agencies", stdout=io.StringIO())
    with narrator.stage("Accounts, and who let them in"):
        let_in(now)
    with narrator.stage("Indicator set of Decision 766"):
        load(read_document(DECISION_766), now - WINDOW)
    with narrator.stage("Procedures, who offers them, how they were announced"):
        _found_catalogue(country, week_ago)
    look_anew(Procedure, AgencyProcedure)
    with narrator.stage("Connected systems"):
        wanted = [system.agency for system in country.systems if system.agency.kind in CONNECTED]
        country.clients, country.password = connect(wanted, EXAMPLE, now - WINDOW)
    mail = _arrivals(country, dossiers)
    with narrator.stage("Dossiers up to a week ago, as their systems send them"):
        _file(next(mail), country, since=0)
    look_anew(Dossier, DossierStep)
    petitions = begin(now, dossiers, seed)
    with narrator.stage("Ratings and petitions up to a week ago"):
        _hear(country, petitions, None, week_ago)
    with narrator.stage("Scores of a week ago"):
        score_as_of(week_ago, country.timeline.first_month)
    look_anew(Tally, CatalogueTally)
    with narrator.stage("Objections of a week ago"):
        narrator.so_far(f"{objections_of_last_week(week_ago)} sent and decided")
    with narrator.stage("Dossiers of the last week"):
        _file(next(mail), country, since=month_of(week_ago))
    with narrator.stage("Ratings and petitions of the last week"):
        _hear(country, petitions, week_ago, now)
        rate_in_a_burst(now)
        with without_letters():
            remind(now)
            escalate(now)
    look_anew(Rating, RatingChange, Petition, PetitionStay)
    with narrator.stage("Scores of today"):
        _recount(country)
    with narrator.stage("Objections of today"):
        narrator.so_far(f"{objections_of_today(now)} in all")
    with narrator.stage("A month published, the next one being confirmed"):
        publish_and_ask(now)
    with narrator.stage("Anomalies"):
        found = search_for_anomalies(now)
        country.narrator.so_far(f"{found:,} found")
    with narrator.stage("A province's action list"):
        country.narrator.so_far(f"{set_action_list(now)} tasks")
    with narrator.stage("Passwords of the accounts"):
        recent(now)
        hand_out_passwords()
    return country


def _every(count: int, what: str, narrator: Narrator) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done and done % count == 0:
            narrator.so_far(f"{done:,} {what}")

    return tell


def _found_catalogue(country: Country, as_of: datetime) -> None:
    day, seed = country.timeline.now.date(), country.seed
    provinces = Agency.objects.on(day).filter(kind=Agency.Kind.PROVINCE)
    descriptions = [*national(), *local(dict(provinces.values_list("code", "name")), seed)]
    country.systems = systems(descriptions, day, seed)
    appoint_heads([*(system.agency for system in country.systems), *headed()], day, seed)
    habits = {system.agency.code: system.character for system in country.systems}
    count = save_descriptions(descriptions, habits, seed, as_of)
    country.narrator.so_far(f"{count:,} procedures")
    count = save_services(country.systems, descriptions, as_of)
    country.narrator.so_far(f"{count:,} times under an agency's authority")
    ids = dict(Procedure.objects.values_list("code", "id"))
    count = save_announcements(
        [
            announcement
            for system in country.systems
            for announcement in decisions(system, descriptions, ids, country.timeline, seed)
        ],
        as_of=as_of,
    )
    country.narrator.so_far(f"{count:,} decisions announcing one")


def _arrivals(country: Country, dossiers: int) -> Iterator[Iterator[Sent]]:
    """What the systems send, in two parts: up to a week ago, and since."""
    timeline, random = country.timeline, Random(f"{country.seed} quotas")  # noqa: S311
    senders = [system for system in country.systems if system.offices]
    desks = [
        Desk(
            code=system.agency.code,
            habits=system.character,
            quotas=list(system.counts(dossiers, random)),
            foreign_prefix=senders[place - 1].offices[0].prefix,
            silent=SILENT_FOR if system.agency.code == SILENT else 0,
        )
        for place, system in enumerate(senders)
    ]
    sent = dictated(Plan(desks, timeline, country.seed))
    for _part, arrivals in groupby(sent, key=lambda one: one.at > timeline.end - LAST_WEEK):
        yield arrivals


def _file(arrivals: Iterable[Sent], country: Country, since: int) -> None:
    """Hand the letters in, then save what was declared for months from ``since`` on."""
    timeline, declared, letters = country.timeline, [], 0
    tell = _every(50, "letters", country.narrator)
    as_of = timeline.now
    for sent in arrivals:
        as_of = timeline.moment(sent.at)
        if isinstance(sent, Letter):
            country.refused += send(sent, country.clients[sent.code], as_of)
            letters += 1
            tell(letters)
        else:
            declared += [
                ReportedVolume(agency_id=agency_id, month=month, dossiers=dossiers)
                for agency_id, month, dossiers in sent.volumes
                if month >= since
            ]
    declare_volumes(declared, as_of=as_of)


def _hear(country: Country, petitions: Petitions, since: datetime | None, until: datetime) -> None:
    """Let applicants rate and petitions go their way, from ``since`` up to ``until``."""
    count = rate_dossiers(since, until, country.seed)
    country.narrator.so_far(f"{count:,} ratings")
    steps = petitions.until(until)
    country.narrator.so_far(f"{steps:,} steps of {petitions.begun:,} petitions")


def _recount(country: Country) -> None:
    """Count and grade the window: what was declared before it only stands in for what is missing."""
    first, tell = country.timeline.first_month, _every(10, "months and periods", country.narrator)
    recount_all(country.timeline.now, since=first, progress=lambda _what, done, _steps: tell(done))
    tick(country.timeline.now)
