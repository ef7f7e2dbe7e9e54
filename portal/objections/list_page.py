"""The objections a person sees: narrowed, page by page, and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.admin_scope import person
from agencies.models import Agency
from agencies.models.agency import within
from agencies.permissions import EXPORT_RECORDS, SEE_RECORDS
from agencies.visibility import holds_somewhere, visible
from portal.objections.frame import check_reader, framed
from portal.objections.words import due_mark, state_mark
from portal.pages.csv_files import csv_response
from scoring.models import Objection
from scoring.objections import doors
from scoring.periods import Period

PAGE = 50
#: Lines of a file.
MOST = 20_000
WAITING, LATE = "waiting", "late"


@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """A page of the list the address asks for."""
    check_reader(request)
    now, asked = timezone.now(), _asked(request)
    found = Paginator(_narrowed(request, asked, now), PAGE).get_page(request.GET.get("page"))
    context = framed(
        request,
        _("Objections"),
        "list",
        asked=asked,
        page=found,
        rows=[(one, state_mark(one), due_mark(one, now), _period(one)) for one in found],
        states=_states(),
        query=urlencode({name: value for name, value in asked.items() if value}),
        narrowed=any(asked.values()),
        may_export=holds_somewhere(request.user, EXPORT_RECORDS),
    )
    return TemplateResponse(request, "objections/list.html", context)


@require_safe
def objections_file(request: HttpRequest) -> HttpResponse:
    """The same list as a CSV file, of the agencies whose records the person may export."""
    check_reader(request)
    now = timezone.now()
    found = _narrowed(request, _asked(request), now).filter(
        visible(request.user, "agency__path", EXPORT_RECORDS)
    )
    header = [
        _("number"), _("agency code"), _("agency"), _("period"), _("criterion"), _("disputed facts"),
        _("state"), _("waits for"), _("to be done by"), _("late"), _("sent"), _("decided"),
    ]  # fmt: skip
    rows: Iterator[Sequence[Any]] = (
        [
            one.number,
            one.agency.code,
            one.agency.name,
            one.period,
            one.criterion,
            one.facts,  # type: ignore[attr-defined]
            one.get_state_display(),
            one.get_desk_display(),
            one.due_at,
            int(one.is_late(now)),
            one.sent_at,
            one.decided_at,
        ]
        for one in found[:MOST]
    )
    return csv_response("objections.csv", header, rows)


def _asked(request: HttpRequest) -> dict[str, str]:
    names = ("state", "period", "criterion", "agency")
    return {name: request.GET.get(name, "").strip()[:40] for name in names}


def _narrowed(request: HttpRequest, asked: dict[str, str], now: datetime) -> QuerySet[Objection]:
    found = doors.reached(request.user)
    if asked["state"] == WAITING:
        found = found.filter(pk__in=doors.waiting_for(person(request)).values("pk"))
    elif asked["state"] == LATE:
        found = found.filter(doors.late(now))
    elif asked["state"] in Objection.State.values:
        found = found.filter(state=asked["state"])
    if asked["period"]:
        found = found.filter(period__iexact=asked["period"])
    if asked["criterion"]:
        found = found.filter(criterion__iexact=asked["criterion"])
    if asked["agency"]:
        known = Agency.objects.filter(
            visible(request.user, "path", SEE_RECORDS), code__iexact=asked["agency"]
        )
        agency = known.first()
        found = found.filter(within(agency.path, "agency__path") if agency else Q(pk__in=[]))
    return found.select_related("agency").annotate(facts=Count("items")).order_by("-moved_at", "-pk")


def _states() -> list[tuple[str, Any]]:
    return [(WAITING, _("waiting for me")), (LATE, _("past their deadline")), *Objection.State.choices]


def _period(objection: Objection) -> str:
    return Period.parse(objection.period).label
