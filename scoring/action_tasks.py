"""Tasks of action lists: set, changed, cancelled by people; reached, or fallen back, by the criterion itself.

::

    under way ──the rate reaches the target──► reached
        ▲ └──cancel, with a reason──► cancelled  │
        └──falls below it again before its day───┘

Who sets, changes and cancels holds SET_TASKS at the agency whose list it is. Each step stands in the log.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import decision, record
from agencies.event_words import declare
from agencies.models import Agency, User
from agencies.models.delegation import AgencyUserObjectPermission
from agencies.permissions import SEE_RECORDS, SET_TASKS
from agencies.visibility import may
from procedures.months import VIETNAM, add_months, start_of
from scoring.action_progress import can_be_set, criteria_in_force, rate_of, rates_of
from scoring.models import ActionTask
from scoring.periods import Period

SET = declare("task.set", gettext_lazy("set a task of an action list"))
CHANGED = declare("task.changed", gettext_lazy("changed a task"))
CANCELLED = declare("task.cancelled", gettext_lazy("cancelled a task"))
REACHED = declare("task.reached", gettext_lazy("a task was reached"))
FELL_BACK = declare("task.fell_back", gettext_lazy("a task reached fell below its target again"))

State = ActionTask.State
#: Tasks settled at a time.
PORTION = 500


def set_task(
    owner: Agency,
    agency: Agency,
    criterion: str,
    period: Period,
    *,
    target: Decimal,
    due_on: date,
    by: User,
    as_of: datetime,
    responsible: User | None = None,
    note: str = "",
) -> ActionTask:
    """Give ``agency`` the task of bringing a criterion's rate in ``period`` up to ``target`` by a day.

    It stands in the list of ``owner``, the agency itself or one above. Raises PermissionDenied, and
    ValidationError by field when the criterion is not the unit's to move, is there already, the target is
    reached or above 1, the day is over or after the period, or the person has no part in the unit.
    """
    if not may(by, SET_TASKS, owner) or not owner.contains(agency):
        raise PermissionDenied(_("You set no tasks for this agency."))
    found = criteria_in_force(period).get(criterion)
    if found is None or not can_be_set(found, agency):
        raise ValidationError(
            {"criterion": _("This agency cannot move criterion %(code)s itself.") % {"code": criterion}}
        )
    now = rate_of(agency, criterion, period)
    start = now.value if now else None
    with decision():
        _refuse(
            agency, period, target=target, start=start, due_on=due_on, responsible=responsible, as_of=as_of
        )
        if ActionTask.objects.filter(
            agency=agency, criterion=criterion, period=period.code, state=State.OPEN
        ).exists():
            raise ValidationError({"criterion": _("The agency has this task already; change that one.")})
        task = ActionTask.objects.create(
            owner=owner,
            agency=agency,
            criterion=criterion,
            period=period.code,
            start=start,
            target=target,
            due_on=due_on,
            responsible=responsible,
            note=note.strip(),
            set_by=by,
            set_at=as_of,
        )
        _log(SET, task, by, as_of, after={"period": period.code, "start": start, **_told(task)})
    return task


def change_task(
    task: ActionTask,
    *,
    by: User,
    as_of: datetime,
    target: Decimal,
    due_on: date,
    responsible: User | None,
    note: str,
    reason: str,
) -> None:
    """Change what a task that is under way asks for; reminders begin anew with another day.

    Raises PermissionDenied, and ValidationError as ``set_task`` does, without a reason, or when it ended.
    """
    with decision():
        _under_way(task, by)
        _needs(reason)
        _refuse(
            task.agency,
            Period.parse(task.period),
            target=target,
            start=task.start,
            due_on=due_on,
            responsible=responsible,
            as_of=as_of,
        )
        before = _told(task)
        if due_on != task.due_on:
            task.reminded = 0
        task.target, task.due_on, task.responsible, task.note = target, due_on, responsible, note.strip()
        after = _told(task)
        changed = [name for name in after if after[name] != before[name]]
        if not changed:
            return
        task.save()
        _log(
            CHANGED,
            task,
            by,
            as_of,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            reason=reason,
        )


def cancel_task(task: ActionTask, *, by: User, reason: str, as_of: datetime) -> None:
    """End a task that is under way without it being reached, saying why.

    Raises PermissionDenied, and ValidationError without a reason or when it ended.
    """
    with decision():
        _under_way(task, by)
        _needs(reason)
        task.state, task.ended_at, task.reason = State.CANCELLED, as_of, reason.strip()
        task.save(update_fields=["state", "ended_at", "reason"])
        _log(CANCELLED, task, by, as_of, reason=reason)


def settle_tasks(as_of: datetime) -> int:
    """Mark what was reached, and what fell back before its day was over; returns how many changed.

    Running it twice changes nothing more.
    """
    today = as_of.astimezone(VIETNAM).date()
    moving = ActionTask.objects.filter(Q(state=State.OPEN) | Q(state=State.DONE, due_on__gte=today))
    changed, last = 0, 0
    while tasks := list(moving.filter(pk__gt=last).order_by("pk")[:PORTION]):
        last = tasks[-1].pk
        rates = rates_of(tasks)
        for task in tasks:
            rate = rates.get(task.pk)
            reached = rate is not None and rate.value >= task.target
            if reached != (task.state == State.DONE):
                with transaction.atomic():
                    changed += _settle(task, rate.value if reached and rate else None, as_of)
    return changed


def people_of(agency: Agency, as_of: datetime) -> list[User]:
    """Who may be responsible for a task: people with a grant on the unit itself."""
    held = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        content_object=agency, permission__codename=SEE_RECORDS
    )
    return list(User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("username"))


def _settle(task: ActionTask, reached_at: Decimal | None, as_of: datetime) -> int:
    state, verb = (State.OPEN, FELL_BACK) if reached_at is None else (State.DONE, REACHED)
    mine = ActionTask.objects.filter(pk=task.pk, state=task.state, target=task.target)
    if (
        reached_at is None
        and ActionTask.objects.filter(
            agency=task.agency_id, criterion=task.criterion, period=task.period, state=State.OPEN
        ).exists()
    ):
        return 0  # Another one took its place meanwhile.
    ended_at = as_of if reached_at is not None else None
    if not mine.update(state=state, ended_at=ended_at, ended_at_rate=reached_at):
        return 0
    task.state = state
    _log(verb, task, None, as_of, after={"rate": reached_at} if reached_at is not None else None)
    return 1


def _under_way(task: ActionTask, by: User) -> None:
    """Read the task again, locked: it is under way and its list is the person's."""
    task.refresh_from_db(from_queryset=ActionTask.objects.select_for_update())
    if not may(by, SET_TASKS, task.owner):
        raise PermissionDenied(_("This task stands in another agency's list."))
    if task.state != State.OPEN:
        raise ValidationError(_("This task has ended; set a new one."))


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})


def _refuse(
    agency: Agency,
    period: Period,
    *,
    target: Decimal,
    start: Decimal | None,
    due_on: date,
    responsible: User | None,
    as_of: datetime,
) -> None:
    problems: dict[str, str] = {}
    if not 0 < target <= 1:
        problems["target"] = _("A target lies above 0 % and up to 100 %.")
    elif start is not None and target <= start:
        problems["target"] = _("The rate was there already when the task was set.")
    last = start_of(add_months(period.last, 1)).astimezone(VIETNAM).date()
    if due_on < as_of.astimezone(VIETNAM).date():
        problems["due_on"] = _("This day is over.")
    elif due_on >= last:
        problems["due_on"] = _("This day is after %(period)s, in which the criterion is measured.") % {
            "period": period.label
        }
    if responsible is not None and responsible not in people_of(agency, as_of):
        problems["responsible"] = _("This person has no access at %(agency)s.") % {"agency": agency}
    if problems:
        raise ValidationError(problems)


def _told(task: ActionTask) -> dict[str, Any]:
    return {
        "target": task.target,
        "due_on": task.due_on,
        "responsible": str(task.responsible) if task.responsible else "",
        "note": task.note,
    }


def _log(verb: str, task: ActionTask, by: User | None, as_of: datetime, **more: Any) -> None:
    record(verb, task, actor=by, as_of=as_of, agency=task.agency, **more)
