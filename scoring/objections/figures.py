"""Objections in figures: how many, how they ended, how long it took; by agency, criterion or period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agencies.models import Agency
from agencies.models.agency import PATH_SEPARATOR, within
from procedures.months import VIETNAM
from procedures.working_days import working_days_between
from scoring.models import Objection


class By(StrEnum):
    """What a line stands for."""

    AGENCY = "agency"
    CRITERION = "criterion"
    PERIOD = "period"


@dataclass
class Figures:
    """Objections sent, by what became of them; ``days`` are the working days from sending to decision."""

    sent: int = 0
    under_way: int = 0
    late: int = 0
    accepted: int = 0
    partly: int = 0
    refused: int = 0
    withdrawn: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def decided(self) -> int:
        """How many were decided."""
        return self.accepted + self.partly + self.refused

    @property
    def usual_days(self) -> float | None:
        """Working days a decision took on average; None without any."""
        return sum(self.days) / len(self.days) if self.days else None

    def take(self, state: str, is_late: bool, days: int | None) -> None:
        """Count one more."""
        self.sent += 1
        if state in Objection.UNDER_WAY:
            self.under_way += 1
            self.late += is_late
        else:
            setattr(self, state, getattr(self, state) + 1)
        if days is not None:
            self.days.append(days)


def figures_by(by: By, agency: Agency, year: int, as_of: datetime) -> dict[str, Figures]:
    """The objections of an agency and all below it sent in a year (Vietnamese time), by what ``by`` says.

    By agency the key is the path of the agency itself or of the one directly below it; without a criterion
    the key is empty.
    """
    first, last = (datetime(one, 1, 1, tzinfo=VIETNAM) for one in (year, year + 1))
    rows = Objection.objects.filter(
        within(agency.path, "agency__path"), sent_at__gte=first, sent_at__lt=last
    ).values_list("agency__path", "criterion", "period", "state", "due_at", "sent_at", "decided_at")
    found: dict[str, Figures] = {}
    for path, criterion, period, state, due_at, sent_at, decided_at in rows.order_by():
        key = {By.AGENCY: _below(path, agency.path), By.CRITERION: criterion, By.PERIOD: period}[by]
        days = _days(sent_at, decided_at) if sent_at and decided_at else None
        is_late = due_at is not None and due_at < as_of
        found.setdefault(key, Figures()).take(state, is_late, days)
    return found


def together(figures: Iterable[Figures]) -> Figures:
    """All of them as one."""
    whole = Figures()
    for one in figures:
        for name in ("sent", "under_way", "late", "accepted", "partly", "refused", "withdrawn"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.days += one.days
    return whole


def _below(path: str, top: str) -> str:
    rest = path.removeprefix(top).split(PATH_SEPARATOR)[0]
    return f"{top}{rest}{PATH_SEPARATOR}" if rest else top


def _days(sent_at: datetime, decided_at: datetime) -> int:
    return working_days_between(sent_at.astimezone(VIETNAM).date(), decided_at.astimezone(VIETNAM).date())
