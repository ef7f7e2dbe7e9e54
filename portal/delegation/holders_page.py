"""Who holds what in one's part of the tree, what ended included; as a list and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.admin_display import figure
from agencies.exchange.cells import Cell, shown
from agencies.exchange.exporting import AT_ONCE, file_at_once, file_name_of, log_export
from agencies.exchange.sheets import Head
from agencies.exchange.uploads import Format
from agencies.grant_state import State, going, in_state
from agencies.holders import told_grants
from agencies.models import Agency, Grant, Role
from agencies.models.agency import within
from agencies.permissions import EXPORT_RECORDS
from agencies.planner import counted_up_to
from agencies.visibility import holds_somewhere, visible
from agencies.watching import may_watch, watched, watched_paths
from portal.delegation.days import last_day
from portal.delegation.frame import framed
from portal.delegation.places import me
from portal.delegation.told import Told, state_label, told
from portal.exchange.files import download

PER_PAGE = 50
#: What the list shows when nothing is asked: all that is not over.
GOING = "going"


@dataclass(frozen=True)
class Narrowed:
    """What the address asks for."""

    state: str
    role: str
    person: str
    code: str
    office: Agency | None

    @classmethod
    def by(cls, request: HttpRequest) -> Narrowed:
        """Read it; raises Http404 for an office of which the person may not see who holds what."""
        asked: Any = request.POST if request.method == "POST" else request.GET
        code = asked.get("office", "").strip()[:40]
        office = Agency.objects.filter(code__iexact=code).first() if code else None
        if code and (office is None or not may_watch(request.user, office)):
            raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code})
        state = asked.get("state", GOING)
        return cls(
            state if state in {*State, "all"} else GOING,
            asked.get("role", "")[:40],
            asked.get("person", "").strip()[:100],
            code,
            office,
        )

    def grants(self, user: Any, as_of: datetime) -> QuerySet[Grant]:
        """The grants that ``user`` may see and that fit, in the order of the tree."""
        found: QuerySet[Grant] = Grant.objects.filter(watched(user))
        if self.state == GOING:
            found = going(found, as_of)
        elif self.state != "all":
            found = in_state(found, State(self.state), as_of)
        if self.role:
            found = found.filter(role__code=self.role)
        if self.office is not None:
            found = found.filter(within(self.office.path, "agency__path"))
        for word in self.person.split():
            found = found.filter(_called(word))
        return found.order_by("agency__path", "user__username", "pk")

    def __bool__(self) -> bool:
        return self.state != GOING or any((self.role, self.person, self.code))


@require_safe
def holders(request: HttpRequest) -> HttpResponse:
    """A page of the list."""
    if not watched_paths(request.user):
        raise PermissionDenied
    asked, as_of = Narrowed.by(request), timezone.now()
    page = Paginator(told_grants(asked.grants(request.user, as_of)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = framed(
        request,
        _("Who holds what"),
        "holders",
        asked=asked,
        page=page,
        rows=told(page.object_list, request.user, as_of, deeds=False),
        roles=list(Role.objects.all()),
        states=[
            (GOING, _("not over")),
            *((state.value, state_label(state)) for state in State),
            ("all", _("all")),
        ],
        may_export=holds_somewhere(request.user, EXPORT_RECORDS),
        file_url=reverse("delegation-holders-file"),
    )
    return TemplateResponse(request, "delegation/holders.html", context)


@require_POST
def holders_file(request: HttpRequest) -> HttpResponseBase:
    """The list as a file: what of it the person may export."""
    if not (watched_paths(request.user) and holds_somewhere(request.user, EXPORT_RECORDS)):
        raise PermissionDenied
    asked, as_of = Narrowed.by(request), timezone.now()
    grants = asked.grants(request.user, as_of).filter(visible(request.user, "agency__path", EXPORT_RECORDS))
    return file_of(request, grants, asked.office, "access", as_of) or redirect("delegation-holders")


def file_of(
    request: HttpRequest, grants: QuerySet[Grant], office: Agency | None, name: str, as_of: datetime
) -> HttpResponseBase | None:
    """Grants as a file of the form that was asked for, noted in the log; None where they are too many."""
    try:
        form = Format(request.POST.get("form", ""))
    except ValueError as error:
        raise Http404(str(error)) from error
    if counted_up_to(grants, AT_ONCE) > AT_ONCE:
        words = {"limit": figure(AT_ONCE)}
        messages.error(request, _("The list has more than %(limit)s rows. Choose an office.") % words)
        return None
    rows = list(_rows(told(told_grants(grants), request.user, as_of, deeds=False)))
    title = _("Who holds what")
    log_export(me(request), title, len(rows), office, as_of)
    file = file_at_once(form, Head(title, _columns()), rows)
    return download(file, file_name_of(name, office, as_of, form))


def _called(word: str) -> Q:
    fields = ("user__first_name", "user__last_name", "user__username", "user__email")
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": word})
    return found


def _columns() -> list[str]:
    return [
        _("agency code"),
        _("agency"),
        _("person"),
        _("username"),
        _("e-mail"),
        _("role"),
        _("permissions"),
        _("valid from"),
        _("last day"),
        _("state"),
        _("why so"),
        _("granted by"),
        _("granted on"),
        _("reason"),
        _("to be confirmed by"),
        _("ended on"),
        _("ended by"),
    ]


def _rows(listed: list[Told]) -> Iterator[list[Cell]]:
    for row in listed:
        grant = row.grant
        yield [
            grant.agency.code,
            grant.agency.name,
            str(grant.user),
            grant.user.get_username(),
            grant.user.email,
            str(grant.role),
            "; ".join(row.permissions),
            shown(grant.valid_from),
            last_day(grant.valid_until),
            state_label(row.standing.state),
            row.standing.why,
            str(grant.granted_by or _("the server’s command line")),
            shown(grant.created_at),
            grant.reason,
            None if row.ended else grant.review_due_on,
            shown(grant.ended_at),
            str(grant.ended_by or ""),
        ]
