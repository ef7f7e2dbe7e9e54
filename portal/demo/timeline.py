"""The demo's twelve months up to now, in whole minutes, and how punctual and how busy each time was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random

from procedures.months import VIETNAM, add_months, month_of, start_of
from procedures.working_days import is_working_day

MINUTES = 24 * 60
OPENING, CLOSING = 7 * 60 + 30, 17 * 60
#: The longest a deadline and a delay may reach past the window.
BEYOND = 900
MONTHS = 12

#: How likely a dossier due then is to be late, from the window's beginning to its end: the nation's
#: published share on time fell to a third, then rose with the clearing of old files.
LATENESS = (0.52, 0.50, 0.46, 0.40, 0.37, 0.33, 0.29, 0.20, 0.18, 0.21, 0.22, 0.24)
#: Until this part of the window late dossiers mostly lie about; then they are cleared.
CLEARING = (0.38, 0.50)
LEFT_LYING = 0.62


@dataclass(frozen=True)
class Timeline:
    """The demo's time: minute 0 is the first moment of the window, ``now`` (aware) its end."""

    now: datetime

    @cached_property
    def first_month(self) -> int:
        """The window's first month, eleven before the present one."""
        return add_months(month_of(self.now), 1 - MONTHS)

    @cached_property
    def start(self) -> datetime:
        """Minute 0."""
        return start_of(self.first_month)

    @cached_property
    def first_day(self) -> date:
        """The window's first day in Vietnam."""
        return self.start.astimezone(VIETNAM).date()

    @cached_property
    def end(self) -> int:
        """The minute of ``now``."""
        return self.minute(self.now)

    def minute(self, moment: datetime) -> int:
        """Minutes from the start to ``moment``."""
        return int((moment - self.start).total_seconds()) // 60

    def moment(self, minute: int) -> datetime:
        """The moment, in UTC, of a minute."""
        return self.start.astimezone(UTC) + timedelta(minutes=minute)

    def day(self, index: int) -> date:
        """The ``index``-th day of the window."""
        return self.first_day + timedelta(index)

    @cached_property
    def working(self) -> list[int]:
        """The working days from the start on, as days of the window."""
        return [index for index in range(self._days) if is_working_day(self.day(index))]

    @cached_property
    def working_place(self) -> list[int]:
        """For each day, the place in ``working`` of the first working day from it on."""
        places, place = [], 0
        for index in range(self.working[-1] + 1):
            places.append(place)
            place += self.working[place] == index
        return places

    @cached_property
    def month_index(self) -> list[int]:
        """For each day, how many months after the window's first one it lies."""
        first = self.first_month // 100 * 12 + self.first_month % 100
        days = map(self.day, range(self._days))
        return [day.year * 12 + day.month - first for day in days]

    @cached_property
    def day_texts(self) -> list[str]:
        """Each day as the national protocol writes it, ``yyyyMMdd``."""
        return [f"{self.day(index):%Y%m%d}" for index in range(self._days)]

    @cached_property
    def months(self) -> list[int]:
        """For each day, the month it lies in, as yyyymm."""
        return [add_months(self.first_month, index) for index in self.month_index]

    def month(self, minute: int) -> int:
        """The month, as yyyymm, of a minute."""
        return self.months[minute // MINUTES]

    def text(self, minute: int) -> str:
        """A minute as the national protocol writes it: ``yyyyMMddHHmmss``."""
        day, rest = divmod(minute, MINUTES)
        return self.day_texts[day] + _OF_DAY[rest]

    @cached_property
    def submission_weights(self) -> list[float]:
        """Running sums of how many dossiers come on each day up to now: few at weekends and at Tết."""
        days = range(self.end // MINUTES + 1)
        places = self.working_place
        return list(
            accumulate(
                (1.0 + 0.12 * (index % 7 == 0)) if self.working[places[index]] == index else 0.12
                for index in days
            )
        )

    def lateness(self, day: int) -> float:
        """How likely, all over the country, a dossier due on that day is to be late."""
        return LATENESS[max(0, min(MONTHS - 1, self.month_index[day]))]

    def delay(self, due_day: int, random: Random) -> int:
        """For how many days past its due day a late dossier lies."""
        days = int(random.expovariate(1 / 7))
        begun, done = (int(part * self.end / MINUTES) for part in CLEARING)
        if due_day < begun and random.random() < LEFT_LYING:
            days = max(days, random.randint(begun, done) - due_day)
        return min(days, BEYOND // 3)

    @property
    def _days(self) -> int:
        return self.end // MINUTES + BEYOND


_OF_DAY = [f"{minute // 60:02}{minute % 60:02}00" for minute in range(MINUTES)]
