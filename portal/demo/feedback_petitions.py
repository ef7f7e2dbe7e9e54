"""The demo's petitions: sent, handled, answered, published or let lie, in the order of time.

Each is a story that stops until its next moment comes; ``Petitions`` lets those go on whose moment is
next, so that the log of decisions reads in the order of time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from django.db import transaction

from agencies.models import Agency, User
from feedback import petition_work as work
from feedback import petitions, publishing
from feedback.contacts import Contact
from feedback.models import AnswerTemplate, Door, Petition
from feedback.petitions import Told
from portal.demo import feedback_texts as texts
from procedures.models import Dossier, Procedure
from procedures.months import VIETNAM
from procedures.working_days import add_working_days

#: The first is sent so long ago: after everybody was let in.
WINDOW = timedelta(days=112)
#: One petition for so many dossiers, within bounds.
ONE_IN, FEWEST, MOST = 1000, 60, 180
#: Who handles those of an office: the account of the longest code its own begins with.
HANDLERS = (("H44.07900", "viettri"), ("H44.03", "tuphap"), ("H44", "phutho"), ("H19", "dongnai"))
ELSEWHERE = "operator"
#: How much of the petitions comes to the offices of the accounts, so that each finds some.
AT_HOME = 0.4
#: Of the last part of them, that is to the offices where the accounts themselves work: open work.
LATELY = 0.15

Story = Iterator[datetime]


@dataclass(frozen=True)
class Office:
    """An agency petitions are sent about, with who handles them and some of its late dossiers."""

    agency: Agency
    handler: User
    above: Agency
    dossiers: Sequence[Dossier]
    procedures: Sequence[Procedure]


@dataclass
class Petitions:
    """The stories under way, by their next moment."""

    waiting: list[tuple[datetime, int, Story]] = field(default_factory=list)
    begun: int = 0

    def add(self, story: Story) -> None:
        """Begin a story."""
        self.begun += 1
        self._on(self.begun, story)

    def until(self, moment: datetime) -> int:
        """Let everything up to ``moment`` happen; returns how many steps there were."""
        steps = 0
        with transaction.atomic():  # one wait for the disk, not a thousand
            while self.waiting and self.waiting[0][0] <= moment:
                _at, number, story = heapq.heappop(self.waiting)
                self._on(number, story)
                steps += 1
        return steps

    def _on(self, number: int, story: Story) -> None:
        at = next(story, None)
        if at is not None:
            heapq.heappush(self.waiting, (at, number, story))


def begin(now: datetime, dossiers: int, seed: int) -> Petitions:
    """Think out every petition of the time before ``now``; nothing has happened yet."""
    random = Random(f"{seed} petitions")  # noqa: S311
    found = Petitions()
    accounts, home, others = _offices(random)
    _templates()
    count = max(FEWEST, min(MOST, dossiers // ONE_IN))
    for number in range(count):
        near = accounts if number >= count * (1 - LATELY) else home
        office = random.choice(near if random.random() < AT_HOME else others)
        sent = now - WINDOW * (1 - (number + random.random()) / count)
        found.add(_story(office, _office_hours(sent, random), f"{seed}-{number}", random))
    return found


def _story(office: Office, sent: datetime, key: str, shared: Random) -> Story:
    random = Random(f"{key} {shared.random()}")  # noqa: S311
    fate, letter = random.random(), random.choice(texts.LETTERS)
    yield sent
    petition, by = _send(office, letter, key, sent, random), office.handler
    if fate < 0.04:
        return  # let lie: late, and passed upwards
    at = _later(sent, random.choice((0, 0, 1, 1, 2)), random)
    if fate < 0.12:
        yield at
        why, words = random.choice(texts.REFUSALS)
        work.refuse(petition, why, by=by, explanation=words, as_of=at)
        return
    yield at
    work.take_up(petition, by=by, as_of=at)
    if random.random() < 0.7:
        work.assign(petition, by, by=by, as_of=at + timedelta(minutes=2))
    if fate < 0.20 and office.above.parent_id is not None:
        at = _later(at, random.choice((1, 2, 4)), random)
        yield at
        work.transfer(petition, office.above, by=by, reason=texts.TRANSFER_REASON, as_of=at)
        by = _handler(office.above.code, _accounts())
    elif fate < 0.30:
        at = _later(at, random.choice((1, 2, 3)), random)
        yield at
        work.ask_supplement(petition, texts.SUPPLEMENT_ASKED, by=by, as_of=at)
        if fate < 0.23:
            return  # the sender never came back
        at = _later(at, random.choice((1, 3, 6)), random)
        yield at
        petitions.supplement(petition, texts.SUPPLEMENT_GIVEN, as_of=at)
    elif random.random() < 0.3:
        work.note(petition, texts.NOTE, by=by, as_of=at + timedelta(minutes=9))
    # Of ten answers one comes late.
    at = _later(at, random.choice((2, 4, 5, 6, 7, 8, 9, 10, 12, 19)), random)
    yield at
    work.answer(petition, letter.answer, by=by, as_of=at)
    yield from _after_answer(petition, letter, by, at, random)


def _after_answer(petition: Petition, letter: texts.Letter, by: User, at: datetime, random: Random) -> Story:
    at = _later(at, random.choice((0, 1, 1, 1, 2, 4)), random)
    yield at
    if random.random() < 0.12:
        publishing.close_unpublished(petition, reason=texts.CLOSED, by=by, as_of=at)
    else:
        publishing.publish(
            petition, subject=letter.subject, body=letter.body, answer=letter.answer, by=by, as_of=at
        )
    feeling = random.random()
    if feeling > 0.55:
        return
    at = _later(at, random.choice((0, 1, 3)), random)
    yield at
    verdicts = Petition.Verdict
    if feeling > 0.10:
        petitions.judge(petition, verdicts.SATISFIED, as_of=at)
        return
    petitions.judge(petition, verdicts.DISSATISFIED, as_of=at)
    at = _later(at, 1, random)
    yield at
    petitions.complain_again(petition, texts.COMPLAINT, as_of=at)
    at = _later(at, random.choice((3, 7)), random)
    yield at
    work.answer(petition, texts.SECOND_ANSWER, by=by, as_of=at)


def _send(office: Office, letter: texts.Letter, key: str, at: datetime, random: Random) -> Petition:
    dossier = random.choice(office.dossiers) if office.dossiers and random.random() < 0.25 else None
    procedure = random.choice(office.procedures) if office.procedures and random.random() < 0.6 else None
    contact = Contact(email=f"nguoi-gui-{key}@example.vn") if random.random() < 0.4 else None
    told = Told(
        office.agency,
        letter.kind,
        letter.subject,
        letter.body,
        procedure if dossier is None else None,
        dossier,
    )
    return petitions.send(told, form_key=f"demo-{key}", door=Door.PAGE, as_of=at, contact=contact).petition


def _offices(random: Random) -> tuple[list[Office], list[Office], list[Office]]:
    """The offices where the accounts work, these with some near them, and some others far away."""
    accounts = _accounts()
    busy = Agency.objects.filter(dossiers__isnull=False).distinct().select_related("parent").order_by("code")
    known = list(busy)
    own = [one for one in known if one.code.startswith(tuple(code for code, _name in HANDLERS))]
    far = [one for one in known if one not in own]
    first = [one for one in own if one.code in dict(HANDLERS)]
    home = [*first, *first, *random.sample(own, min(14, len(own)))]
    chosen = random.sample(far, min(60, len(far)))
    made = {one.pk: _office(one, accounts) for one in {*home, *chosen}}
    return (
        [made[one.pk] for one in first or home],
        [made[one.pk] for one in home],
        [made[one.pk] for one in chosen],
    )


def _office(agency: Agency, accounts: dict[str, User]) -> Office:
    dossiers = Dossier.objects.filter(agency=agency, in_handling=True).select_related("procedure")
    recent = list(dossiers.order_by("-pk")[:8])
    used = {one.procedure.pk: one.procedure for one in recent if one.procedure}
    handler = _handler(agency.code, accounts)
    return Office(agency, handler, agency.parent or agency, recent, list(used.values()))


def _accounts() -> dict[str, User]:
    names = {ELSEWHERE, *(name for _code, name in HANDLERS)}
    return {user.username: user for user in User.objects.filter(username__in=names)}


def _handler(code: str, accounts: dict[str, User]) -> User:
    name = next((name for prefix, name in HANDLERS if f"{code}.".startswith(f"{prefix}.")), ELSEWHERE)
    return accounts[name]


def _templates() -> None:
    for title, kind, text in texts.TEMPLATES:
        AnswerTemplate.objects.get_or_create(title=title, defaults={"kind": kind, "text": text})


def _later(at: datetime, days: int, random: Random) -> datetime:
    """A moment in office hours so many working days later; the same day a little later."""
    if not days:
        return at + timedelta(minutes=random.randint(20, 50))
    day = add_working_days(at.astimezone(VIETNAM).date(), days)
    return datetime.combine(day, time(8), VIETNAM) + timedelta(minutes=random.randint(0, 500))


def _office_hours(at: datetime, random: Random) -> datetime:
    return at.replace(hour=random.randint(0, 14), minute=random.randint(0, 59))
