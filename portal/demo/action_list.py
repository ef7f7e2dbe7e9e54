"""A province's action list: its administrator asks the units that cost most to mend what costs most."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from agencies.models import Agency, User
from procedures.months import VIETNAM, month_of
from scoring.action_progress import can_be_set
from scoring.action_tasks import set_task
from scoring.agency_results import scorecard_of
from scoring.explanation import guide
from scoring.models import ActionTask
from scoring.periods import Period, PeriodKind
from scoring.pulling_down import pulling_down

#: Whose list, who asks, how much more of a rate, and how many days each unit has.
PROVINCE, ADMINISTRATOR, MORE, DAYS = "H44", "phutho", Decimal("0.15"), (10, 17, 24, 31)
NOTE = "Rà soát từng hồ sơ, phân công người theo dõi hằng ngày, báo cáo vào thứ Sáu."


def set_action_list(now: datetime) -> int:
    """Set the tasks as of ``now``; returns how many."""
    period = Period.of_month(month_of(now), PeriodKind.YEAR)
    province = Agency.objects.get(code=PROVINCE)
    card = scorecard_of(province, period)
    if card is None:
        return 0
    by = User.objects.get(username=ADMINISTRATOR)
    today = now.astimezone(VIETNAM).date()
    asked: list[ActionTask] = []
    for unit in pulling_down(card, guide(card.indicator_set_id), shown=len(DAYS)):
        agency, worst = unit.scorecard.agency, unit.worst
        rate = 1 - Decimal(worst.here) / worst.counted_here
        if not can_be_set(worst.criterion, agency) or rate >= 1:
            continue
        asked.append(
            set_task(
                province,
                agency,
                worst.criterion.code,
                period,
                target=min(Decimal(1), rate + MORE).quantize(Decimal("0.01")),
                due_on=min(today + timedelta(days=DAYS[len(asked)]), date(today.year, 12, 31)),
                by=by,
                as_of=now,
                note=NOTE,
            )
        )
    return len(asked)
