"""What waits to be done, as far as a person may see it, each with the list that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.admin_display import figure, list_url, since
from agencies.models import IntegrationClient
from agencies.permissions import KEEP_SYSTEMS, OPERATE_SYSTEM
from agencies.planner import COUNTED_UP_TO, counted_up_to
from agencies.silence import silent_systems
from agencies.visibility import holds_somewhere, visible
from portal.admin.today.anomalies import anomalies
from portal.admin.today.confirmations import confirmations
from portal.admin.today.objections import objections
from portal.admin.today.open_dossiers import due, overdue
from portal.admin.today.tasks import tasks
from portal.admin.today.voices import voices
from portal.admin.today.waiting import Work, shown, waiting
from procedures.models import Dossier, InboxItem, LocalName
from scoring.models import Anomaly, DirtyMonth, TaskPulse
from scoring.pulse import silent_tasks

#: Silent systems that are named; the list has the rest.
NAMED = 3


def work(user: Any, tops: Sequence[int], as_of: datetime) -> Iterator[Work]:
    """What waits; ``tops`` are the ids of the agencies at the top of what the user sees."""
    if _may_view(user, Dossier):
        yield due(user, as_of)
        yield overdue(tops, as_of)
        yield from tasks(user, as_of)
    yield from voices(user, as_of)
    yield from confirmations(user)
    yield from objections(user, as_of)
    if _may_view(user, Anomaly):
        yield anomalies(user)
    if _may_view(user, InboxItem):
        yield _refused(user)
    if _may_view(user, LocalName):
        yield _names(user)
    if _may_view(user, IntegrationClient):
        yield from _silent(user, as_of)
    if _may_view(user, TaskPulse):
        yield _tasks(as_of)
    if _may_view(user, DirtyMonth):
        yield _outbox(DirtyMonth.objects.filter(visible(user, "agency__path", OPERATE_SYSTEM)), as_of)


def _may_view(user: Any, model: type[Model]) -> bool:
    """As the admin decides, also where nobody asked by a page: a letter tells what its reader's home does."""
    request = HttpRequest()
    request.user = user
    return admin.site._registry[model].has_view_permission(request)


def _refused(user: Any) -> Work:
    return waiting(
        _("Refused records"),
        InboxItem.objects.filter(visible(user, "agency__path"), state=InboxItem.State.WAITING),
        _("wait in the inbox to be mended or let go"),
        _("Every record sent was taken."),
        list_url(InboxItem, state="waiting"),
    )


def _names(user: Any) -> Work:
    return waiting(
        _("Names not mapped"),
        LocalName.objects.filter(visible(user, "owner__path"), agency__isnull=True, procedure__isnull=True),
        _("of units and procedures hold dossiers back"),
        _("Every unit and procedure sent is known."),
        list_url(LocalName, mapped="no"),
    )


def _silent(user: Any, as_of: datetime) -> Iterator[Work]:
    active = IntegrationClient.objects.filter(visible(user, "agency__path"), revoked_at__isnull=True)
    quiet = silent_systems(active, as_of)
    silent, total = quiet.count(), active.count()
    url = list_url(IntegrationClient, state="silent" if silent else "active")
    if not total:
        # An office below is served by the system of its province: nothing to do there.
        if holds_somewhere(user, KEEP_SYSTEMS):
            note = _("No system is connected yet: add one for an agency.")
            yield Work(_("Silent systems"), "0", note, list_url(IntegrationClient), "warn")
        return
    note = ngettext(
        "of %(count)s connected system sent nothing for 24 hours",
        "of %(count)s connected systems sent nothing for 24 hours",
        total,
    ) % {"count": figure(total)}
    if silent:
        note += f": {_named(quiet, silent, as_of)}"
    yield Work(_("Silent systems"), figure(silent), note, url, "bad" if silent else "good")


def _named(quiet: QuerySet[IntegrationClient], count: int, as_of: datetime) -> str:
    """The systems that fell silent last, and when each was last heard of."""
    last = quiet.select_related("agency").order_by(F("last_seen_at").desc(nulls_last=True), "pk")[:NAMED]
    told = [f"{system.agency.name} ({since(system.last_seen_at, as_of)})" for system in last]
    return ", ".join(told) + (", …" if count > NAMED else "")


def _tasks(as_of: datetime) -> Work:
    late = silent_tasks(as_of)
    url = list_url(TaskPulse, late="yes" if late else None)
    note, look = _("Every background task ran on time."), "good"
    if late:
        note, look = ", ".join(task.name for task in late), "bad"
    elif not TaskPulse.objects.exists():
        note, look = _("No background task has run yet: start manage.py serve."), "warn"
    return Work(_("Late background tasks"), figure(len(late)), note, url, look)


def _outbox(marks: QuerySet[DirtyMonth], as_of: datetime) -> Work:
    marks = marks.order_by("pk")
    depth, oldest = counted_up_to(marks, COUNTED_UP_TO), marks.first()
    if oldest is None:
        note = _("Every change has been counted.")
    else:
        note = _("agency-months; the oldest marked %(since)s") % {"since": since(oldest.marked_at, as_of)}
    waits_long = oldest is not None and (as_of - oldest.marked_at).total_seconds() > 300
    return Work(
        _("Waiting for recount"), shown(depth), note, list_url(DirtyMonth), "bad" if waits_long else "good"
    )
