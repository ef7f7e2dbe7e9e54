"""What a dossier's handling comes to: when it started and ended, by when it had to, and how long it took.

Pure: from what its system told (the record and its steps) and the procedure's limit. The outcome does
not depend on the order in which these arrived. Rules: Decision 766, criteria 2.1 and 2.2.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple, Protocol

from procedures.models import NO_MONTH, STILL_OPEN, Dossier, Procedure
from procedures.months import VIETNAM, month_of
from procedures.working_days import add_working_days, working_seconds

REGISTERED, RECEIVED, NOT_RECEIVED, IN_PROGRESS, SUPPLEMENT_REQUESTED = 1, 2, 3, 4, 5
PAYMENT_REQUESTED, WITHDRAWN, STOPPED, DONE, RETURNED = 6, 7, 8, 9, 10
assert [s.value for s in Dossier.Status] == list(range(REGISTERED, RETURNED + 1))  # noqa: S101

#: How far along a status is: of two states of the same moment the further one is the newer. A request
#: to pay comes before a request for papers, since payment opens the handling; every end outranks what
#: is open; of ends, a refusal before a withdrawal before a stop before done before returned.
RANK = {
    status: rank
    for rank, status in enumerate(
        (
            REGISTERED,
            RECEIVED,
            IN_PROGRESS,
            PAYMENT_REQUESTED,
            SUPPLEMENT_REQUESTED,
            NOT_RECEIVED,
            WITHDRAWN,
            STOPPED,
            DONE,
            RETURNED,
        ),
        start=1,
    )
}
COMPLETED = frozenset({DONE, RETURNED})
CALLED_OFF = frozenset({NOT_RECEIVED, WITHDRAWN, STOPPED})
#: Statuses a dossier only has once it was received, whether or not the date was sent.
AFTER_RECEPTION = frozenset({RECEIVED, IN_PROGRESS, STOPPED, DONE, RETURNED})

#: A clock of another system may run ahead of ours by this much.
CLOCK_SKEW = timedelta(days=1)

_DAY = 86_400
_WORKING_DAY = Procedure.Unit.WORKING_DAY.value
#: A longer limit is a slip, and would lead out of the calendar: no limit.
_LONGEST = 2_400 * _DAY
#: Lengths of the units in seconds; a working day's are counted on working days only.
_SECONDS = {
    Procedure.Unit.HOUR.value: 3_600,
    Procedure.Unit.DAY.value: _DAY,
    Procedure.Unit.MONTH.value: 30 * _DAY,
    _WORKING_DAY: _DAY,
}
_END_OF_DAY = time(23, 59, 59)


#: A request for a supplement and its answer, or None, in epoch seconds.
Supplement = tuple[int, int | None]


class Told(Protocol):
    """What the record of a dossier tells: a ``DossierRecord``, or the same read back from its row."""

    @property
    def status(self) -> int: ...
    @property
    def submitted_at(self) -> datetime | None: ...
    @property
    def received_at(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def returned_at(self) -> datetime | None: ...
    @property
    def refused_at(self) -> datetime | None: ...
    @property
    def supplements(self) -> Sequence[Supplement]: ...


class Step(NamedTuple):
    """A step of progress, as far as the outcome depends on it."""

    at: datetime
    status: int


class Limit(NamedTuple):
    """A procedure's processing time; None: no fixed limit."""

    time: int | None
    unit: str


class Handling(NamedTuple):
    """The derived columns of a dossier, under their names."""

    status: int
    started_month: int
    ended_month: int
    in_handling: bool
    ended_at: datetime | None
    deadline_at: datetime | None
    late_by_rule: bool
    handling_hundredths: int | None


class Version(NamedTuple):
    """Which of two records of a dossier is the newer: the greater one."""

    at: datetime
    rank: int


def version_of(told: Told, as_of: datetime) -> Version | None:
    """How new a record is: the latest event it speaks of, then how far along its status is.

    The due date is a promise and not an event; an event later than ``as_of`` (when the record arrived)
    is a slip or a plan, and must not make a later correction look old. None: it speaks of no event.
    """
    horizon = as_of + CLOCK_SKEW
    events = [
        moment
        for moment in (
            told.submitted_at,
            told.received_at,
            told.finished_at,
            told.returned_at,
            told.refused_at,
        )
        if moment is not None
    ]
    for supplement in told.supplements:
        events += [datetime.fromtimestamp(s, UTC) for s in supplement if s is not None]
    if not events:
        return None
    latest = max(events)
    if latest > horizon:
        latest = max((e for e in events if e <= horizon), default=min(events))
    return Version(latest, RANK[told.status])


def derive(
    told: Told,
    version_at: datetime,
    steps: Collection[Step] = (),
    limit: Limit | None = None,
    *,
    status_holds: bool = False,
    left_out: bool = False,
) -> Handling:
    """What the handling of a dossier came to (Decision 766, criteria 2.1 and 2.2).

    ``version_at`` is the record's own moment (``version_of``); ``limit`` that of the procedure, None
    while the procedure is not known. Moments are aware. ``status_holds``: it was corrected, and no step
    moves it. ``left_out``: it is none to be counted, and so has no month. Nothing is raised.
    """
    status, supplements = told.status, told.supplements
    ends: dict[int, datetime] = {}
    if steps:
        ordered = sorted(steps, key=lambda step: (step.at, RANK[step.status]))
        newest = ordered[-1]
        if not status_holds and (newest.at, RANK[newest.status]) > (version_at, RANK[status]):
            status = newest.status
        supplements = supplements or _supplements_in(ordered)
        ends = _ends_in(ordered)
    if status == SUPPLEMENT_REQUESTED and not supplements:
        supplements = ((int(version_at.timestamp()), None),)
    if left_out:
        return Handling(status, NO_MONTH, STILL_OPEN, False, None, None, False, None)

    in_handling = (
        told.received_at is not None
        or status == NOT_RECEIVED
        or told.status in AFTER_RECEPTION
        or any(step.status in AFTER_RECEPTION for step in steps)
    )
    ended_at = _end(told, status, supplements, ends, version_at)
    begun_at = told.received_at or told.submitted_at
    started_month = NO_MONTH
    if begun_at is not None:
        started_month = month_of(begun_at)
    elif ended_at is not None:
        started_month = month_of(ended_at)
    elif in_handling:
        started_month = month_of(min((step.at for step in steps), default=version_at))

    pauses = [
        (requested, answered)
        for requested, answered in supplements
        if answered is not None and answered > requested
    ]
    return Handling(
        status=status,
        started_month=started_month,
        ended_month=STILL_OPEN if ended_at is None else max(started_month, month_of(ended_at)),
        in_handling=in_handling,
        ended_at=ended_at,
        deadline_at=_deadline(told.due_at, begun_at, pauses, limit) if in_handling else None,
        late_by_rule=len(supplements) > 1,
        handling_hundredths=(
            _hundredths(begun_at, ended_at, pauses, limit)
            if status in COMPLETED and begun_at and ended_at
            else None
        ),
    )


def _end(
    told: Told,
    status: int,
    supplements: Sequence[Supplement],
    ends: dict[int, datetime],
    version_at: datetime,
) -> datetime | None:
    if status in COMPLETED:
        return told.finished_at or ends.get(DONE) or told.returned_at or ends.get(RETURNED) or version_at
    if status in CALLED_OFF:
        return told.refused_at or told.finished_at or told.returned_at or ends.get(status) or version_at
    if status == SUPPLEMENT_REQUESTED and len(supplements) == 1 and supplements[0][1] is None:
        # Asked once and nothing since: the agency has done its part.
        return datetime.fromtimestamp(supplements[0][0], UTC)
    return None


def _supplements_in(ordered: Sequence[Step]) -> list[Supplement]:
    """Requests for a supplement among the steps; what comes next is the citizen's answer."""
    supplements: list[Supplement] = []
    for step in ordered:
        waiting = bool(supplements) and supplements[-1][1] is None
        if step.status == SUPPLEMENT_REQUESTED:
            if not waiting:
                supplements.append((int(step.at.timestamp()), None))
        elif waiting:
            supplements[-1] = (supplements[-1][0], int(step.at.timestamp()))
    return supplements


def _ends_in(ordered: Sequence[Step]) -> dict[int, datetime]:
    """When each ending status was first reported since the dossier was last open."""
    ends: dict[int, datetime] = {}
    for step in ordered:
        if step.status in COMPLETED or step.status in CALLED_OFF:
            ends.setdefault(step.status, step.at)
        else:
            ends.clear()
    return ends


Pause = tuple[int, int]


def _deadline(
    due_at: datetime | None, begun_at: datetime | None, pauses: list[Pause], limit: Limit | None
) -> datetime | None:
    if due_at is None:
        if begun_at is None or limit is None or limit.time is None:
            return None
        due_at = _by_limit(begun_at, limit.time, limit.unit)
        if due_at is None:
            return None
    for requested, answered in pauses:
        due_at += timedelta(seconds=answered - requested)
    return due_at


def _by_limit(begun_at: datetime, count: int, unit: str) -> datetime | None:
    length = _SECONDS[unit]
    if count * length > _LONGEST:
        return None
    if length < _DAY:
        return begun_at + timedelta(seconds=count * length)
    # A term in days ends with its last day (Civil Code 2015, articles 147 and 148).
    begun_on = begun_at.astimezone(VIETNAM).date()
    if unit == _WORKING_DAY:
        last = add_working_days(begun_on, count)
    else:
        last = begun_on + timedelta(seconds=count * length)
    return datetime.combine(last, _END_OF_DAY, VIETNAM)


def _hundredths(begun_at: datetime, ended_at: datetime, pauses: list[Pause], limit: Limit | None) -> int:
    length = _SECONDS[limit.unit] if limit else _DAY
    if limit and limit.unit == _WORKING_DAY:
        seconds = _working_seconds(ended_at) - _working_seconds(begun_at)
        for pause in pauses:
            requested, answered = (datetime.fromtimestamp(s, UTC) for s in pause)
            seconds -= _working_seconds(answered) - _working_seconds(requested)
    else:
        seconds = int((ended_at - begun_at).total_seconds())
        seconds -= sum(answered - requested for requested, answered in pauses)
    return max(0, (seconds * 100 + length // 2) // length)


def _working_seconds(moment: datetime) -> int:
    local = moment.astimezone(VIETNAM)
    return working_seconds(local.date(), local.hour * 3600 + local.minute * 60 + local.second)
