"""Today: how one's own agencies stand, and what waits to be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.admin.connected_system import silent_systems
from agencies.admin_display import figure, list_url, month, since
from agencies.models import Agency, IntegrationClient
from agencies.permissions import OPERATE_SYSTEM
from agencies.planner import COUNTED_UP_TO, counted_up_to
from agencies.visibility import EVERYWHERE, holds_everywhere, paths_visible_to, visible
from procedures.models import Dossier, InboxItem, LocalName
from procedures.months import month_of
from scoring.explanation import BandLook, CriterionResult, costliest_first, criterion_results, guide
from scoring.models import DirtyMonth, IndicatorSet, Scorecard, Tally, TaskPulse
from scoring.models.tally import Scope
from scoring.periods import Period
from scoring.pulse import silent_tasks
from scoring.standings import Standing, standing_of

#: Agencies whose score is shown; who has more opens the list of scorecards.
SCORES_SHOWN = 4
#: Criteria named under a score.
CRITERIA_SHOWN = 5


@dataclass(frozen=True)
class Score:
    """How an agency stands this month; without a standing, nothing was counted yet."""

    agency: Agency
    period: Period
    standing: Standing | None = None
    band: BandLook | None = None
    maximum: Any = None
    costliest: tuple[CriterionResult, ...] = ()


@dataclass(frozen=True)
class Work:
    """One thing to look after: how much of it there is, what it means, and where it is listed."""

    title: str
    count: str
    note: str
    url: str
    look: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the admin's first page shows, added to ``context``."""
    as_of = timezone.now()
    return {
        **context,
        "title": _("Today"),
        "as_of": as_of,
        "scores": list(scores(request.user, as_of)),
        "work": list(work(request, as_of)),
        "missing": list(missing(request)),
    }


def scores(user: Any, as_of: datetime) -> Iterator[Score]:
    """The scores of this month of the agencies at the top of what the user sees."""
    paths = paths_visible_to(user)
    tops = Agency.objects.filter(depth=0) if EVERYWHERE in paths else Agency.objects.filter(path__in=paths)
    period = Period.of_month(month_of(as_of))
    for agency in tops.order_by("path")[:SCORES_SHOWN]:
        card = Scorecard.objects.filter(agency=agency, period=period.code).first()
        if card is None:
            yield Score(agency, period)
            continue
        card.agency = agency
        rules = guide(card.indicator_set_id)
        costly = [result for result in costliest_first(criterion_results(card, rules)) if result.cost]
        yield Score(
            agency,
            period,
            standing_of(card, period, as_of),
            rules.bands.get(card.band),
            rules.total_maximum,
            tuple(costly[:CRITERIA_SHOWN]),
        )


def work(request: HttpRequest, as_of: datetime) -> Iterator[Work]:
    """What waits, as far as the user may see it."""
    user = request.user
    if _may_view(request, Dossier):
        yield _overdue(user, as_of)
    if _may_view(request, InboxItem):
        items = InboxItem.objects.filter(visible(user, "agency__path"), state=InboxItem.State.WAITING)
        yield _waiting(
            _("Refused records"),
            items,
            _("wait in the inbox to be mended or let go"),
            _("Every record sent was taken."),
            list_url(InboxItem, state="waiting"),
        )
    if _may_view(request, LocalName):
        names = LocalName.objects.filter(
            visible(user, "owner__path"), agency__isnull=True, procedure__isnull=True
        )
        yield _waiting(
            _("Names not mapped"),
            names,
            _("of units and procedures hold dossiers back"),
            _("Every unit and procedure sent is known."),
            list_url(LocalName, mapped="no"),
        )
    if _may_view(request, IntegrationClient):
        yield _silent(user, as_of)
    if _may_view(request, TaskPulse):
        yield _tasks(as_of)
    if _may_view(request, DirtyMonth):
        marks = DirtyMonth.objects.filter(visible(user, "agency__path", OPERATE_SYSTEM))
        yield _outbox(marks, as_of)


def missing(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What the portal lacks to begin with, each with what to do about it."""
    if not holds_everywhere(request.user, OPERATE_SYSTEM):
        return
    if not Agency.objects.exists():
        yield _("There are no agencies yet."), "manage.py seed_agencies"
    if not IndicatorSet.objects.filter(status=IndicatorSet.Status.APPROVED).exists():
        yield _("No indicator set is approved, so nothing is graded."), "manage.py load_indicators"
    if not Dossier.objects.exists():
        yield (
            _("No dossier has arrived: connect a one-stop system, or try the portal with example data."),
            "manage.py demo",
        )


def _may_view(request: HttpRequest, model: type[Model]) -> bool:
    return admin.site._registry[model].has_view_permission(request)


def _overdue(user: Any, as_of: datetime) -> Work:
    now = month_of(as_of)
    tallies = Tally.objects.filter(month=now, scope__in=(Scope.SUBTREE, Scope.BOTH))
    paths = paths_visible_to(user)
    tops = tallies.filter(agency__depth=0) if EVERYWHERE in paths else tallies.filter(agency__path__in=paths)
    found = tops.aggregate(late=Sum("open_late"), timely=Sum("open_on_time"))
    late, timely = found["late"] or 0, found["timely"] or 0
    if not late and not timely:
        note = _("No dossier is open.")
    else:
        note = _("of %(open)s open dossiers, counted in %(month)s") % {
            "open": figure(late + timely),
            "month": month(now),
        }
    url = list_url(Dossier, handling="overdue")
    return Work(_("Overdue dossiers"), figure(late), note, url, "bad" if late else "good")


def _waiting(title: str, records: QuerySet[Any], note: str, none: str, url: str) -> Work:
    count = counted_up_to(records, COUNTED_UP_TO)
    shown = f"> {figure(COUNTED_UP_TO)}" if count > COUNTED_UP_TO else figure(count)
    return Work(title, shown, note if count else none, url, "warn" if count else "good")


def _silent(user: Any, as_of: datetime) -> Work:
    active = IntegrationClient.objects.filter(visible(user, "agency__path"), revoked_at__isnull=True)
    silent, total = silent_systems(active, as_of).count(), active.count()
    url = list_url(IntegrationClient, state="silent" if silent else "active")
    if not total:
        note = _("No system is connected yet: add one for an agency.")
        return Work(_("Silent systems"), "0", note, list_url(IntegrationClient), "warn")
    note = ngettext(
        "of %(count)s connected system sent nothing for 24 hours",
        "of %(count)s connected systems sent nothing for 24 hours",
        total,
    ) % {"count": figure(total)}
    return Work(_("Silent systems"), figure(silent), note, url, "bad" if silent else "good")


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
    shown = f"> {figure(COUNTED_UP_TO)}" if depth > COUNTED_UP_TO else figure(depth)
    waits_long = oldest is not None and (as_of - oldest.marked_at).total_seconds() > 300
    look = "bad" if waits_long else "good"
    return Work(_("Waiting for recount"), shown, note, list_url(DirtyMonth), look)
