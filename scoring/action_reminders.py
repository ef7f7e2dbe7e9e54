"""Letters about tasks of action lists: a week before their day, a day before, and once it is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.models import User
from procedures.months import VIETNAM
from scoring.action_progress import Progress, progress_of
from scoring.action_tasks import people_of
from scoring.models import ActionTask

log = structlog.get_logger(__name__)

#: How many days before its day a task is called to mind; the last is the day after.
STAGES = (7, 1, -1)
#: Tasks told in one turn.
MOST = 500


def remind_of_tasks(as_of: datetime) -> int:
    """Write what is due to be written, each stage of each task once; returns of how many tasks."""
    today = as_of.astimezone(VIETNAM).date()
    near = ActionTask.objects.filter(
        state=ActionTask.State.OPEN, due_on__lte=today + timedelta(days=STAGES[0]), reminded__lt=len(STAGES)
    )
    told = 0
    for progress in progress_of(
        near.select_related("agency", "owner", "responsible").order_by("due_on")[:MOST], as_of
    ):
        stage = _stage(progress.task.due_on, today)
        if stage <= progress.task.reminded or progress.reached:
            continue
        with transaction.atomic():
            # Whoever changes the row writes; a second worker finds it changed.
            mine = ActionTask.objects.filter(
                pk=progress.task.pk, reminded=progress.task.reminded, due_on=progress.task.due_on
            )
            if mine.update(reminded=stage):
                _write(progress, as_of)
                told += 1
    return told


def _stage(due_on: date, today: date) -> int:
    """How many of the stages have come by today."""
    left = (due_on - today).days
    return sum(left <= stage for stage in STAGES)


def _write(progress: Progress, as_of: datetime) -> None:
    task = progress.task
    people: list[User] = [task.responsible] if task.responsible else people_of(task.agency, as_of)
    addresses = [person.email for person in people if person.email and person.is_active]
    names = {
        "criterion": task.criterion,
        "agency": task.agency.name,
        "owner": task.owner.name,
        "due": f"{task.due_on:%d/%m/%Y}",
        "target": _percent(task.target * 100),
        "now": _percent(progress.now.value * 100) if progress.now else "—",
    }
    with override("vi"):
        subject = (
            _("Overdue: criterion %(criterion)s at %(agency)s was due on %(due)s")
            if progress.overdue
            else _("Criterion %(criterion)s at %(agency)s is to reach %(target)s by %(due)s")
        ) % names
        body = (
            _(
                "%(owner)s set %(agency)s the task of bringing criterion %(criterion)s up to %(target)s by "
                "%(due)s. It stands at %(now)s. The dossiers that cost the points are listed in the portal."
            )
            % names
        )

    def send() -> None:
        for address in addresses:
            try:
                send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
            except OSError as error:
                log.warning("letter_not_sent", task=task.pk, error=type(error).__name__)

    transaction.on_commit(send, robust=True)


def _percent(value: object) -> str:
    return f"{value:.2f}".replace(".", ",") + "\u00a0%"
