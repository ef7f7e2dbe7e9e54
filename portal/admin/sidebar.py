"""The sidebar: by work, not by table; each list opens on what is of use today."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.admin_display import list_url
from agencies.models import Agency, EventLog, IntegrationClient, User
from agencies.permissions import SEE_RECORDS
from agencies.visibility import holds_somewhere, sees_everything
from portal.delegation.sidebar import delegation_entries
from portal.exchange.may import may_exchange
from portal.objections.sidebar import objection_entries
from portal.petitions.sidebar import petition_entries
from portal.reports.frame import entries
from procedures.models import (
    AgencyProcedure,
    Announcement,
    Dossier,
    InboxItem,
    LocalName,
    Procedure,
    ReportedVolume,
)
from procedures.months import month_of
from scoring.models import Anomaly, DirtyMonth, IndicatorSet, Publication, Scorecard, Tally, TaskPulse
from scoring.peers import PROVINCES
from scoring.periods import Period

Item = dict[str, Any]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar with the entries this user may open."""
    month = month_of(timezone.now())
    page = _Entries(request)
    groups: list[tuple[Any, list[Item | None]]] = [
        (
            "",
            [
                page.index(_("Today"), "today"),
                page.list(_("Dossiers"), "folder_open", Dossier, month=month),
                page.list(_("Inbox"), "inbox", InboxItem, state="waiting"),
                page.list(_("Mapping"), "link", LocalName, mapped="no"),
                page.page(_("My background jobs"), "hourglass_top", "jobs"),
            ],
        ),
        (_("Petitions and ratings"), [*petition_entries(request)]),
        (_("Reports"), [*entries(request)]),
        (
            _("Scores"),
            [
                page.list(
                    _("Standings and scorecards"),
                    "leaderboard",
                    Scorecard,
                    period=Period.of_month(month),
                    peers=PROVINCES if sees_everything(request.user) else None,
                ),
                page.list(_("Counts"), "calculate", Tally, month=month),
                *objection_entries(request),
                page.anomalies(),
                page.list(_("Publications"), "verified", Publication),
                page.confirmations(),
                page.list(_("Indicator sets"), "rule", IndicatorSet),
            ],
        ),
        (
            _("Catalogue"),
            [
                page.list(_("Procedures"), "description", Procedure),
                page.list(_("Procedures by agency"), "checklist", AgencyProcedure),
                page.list(_("Announcements"), "campaign", Announcement),
                page.list(_("Declared volumes"), "summarize", ReportedVolume),
                page.exchange(),
            ],
        ),
        (_("Delegation"), [*delegation_entries(request)]),
        (
            _("Agencies and systems"),
            [
                page.list(_("Agencies"), "account_balance", Agency),
                page.list(_("Connected systems"), "lan", IntegrationClient, state="active"),
                page.list(_("Accounts"), "group", User),
            ],
        ),
        (
            _("Log"),
            [
                page.list(_("Decisions"), "gavel", EventLog),
                page.list(_("What was done here"), "history", LogEntry),
                page.list(_("Background tasks"), "schedule", TaskPulse),
                page.list(_("Waiting for recount"), "pending_actions", DirtyMonth),
            ],
        ),
    ]
    return [
        {"title": title, "separator": bool(title), "items": [item for item in items if item]}
        for title, items in groups
        if any(items)
    ]


class _Entries:
    """Makes the sidebar's entries for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def index(self, title: str, icon: str) -> Item:
        url = reverse("admin:index")
        return {"title": title, "icon": icon, "link": url, "active": self.request.path == url}

    def page(self, title: str, icon: str, name: str) -> Item:
        """An entry for a page of its own."""
        url = reverse(name)
        return {"title": title, "icon": icon, "link": url, "active": self.request.path.startswith(url)}

    def exchange(self) -> Item | None:
        """Tables in and out, for those who may take any."""
        if not may_exchange(self.request.user):
            return None
        return self.page(_("Import and export"), "swap_vert", "tables")

    def confirmations(self) -> Item | None:
        """Frozen figures that offices confirm, for whoever sees any office."""
        if not holds_somewhere(self.request.user, SEE_RECORDS):
            return None
        return self.page(_("Confirmations"), "how_to_reg", "confirmations")

    def anomalies(self) -> Item | None:
        """The inbox of anomalies, which holds their pages and the rules too."""
        found = self.list(_("Anomalies"), "troubleshoot", Anomaly, state="waiting")
        if found and self.request.path.startswith(reverse("anomaly-rules").removesuffix("rules/")):
            found["active"] = True
        return found

    def list(self, title: str, icon: str, model: type[Model], **filters: Any) -> Item | None:
        """An entry for a model's list, None if the user may not view it."""
        if not admin.site._registry[model].has_view_permission(self.request):
            return None
        home = list_url(model)
        return {
            "title": title,
            "icon": icon,
            "link": list_url(model, **filters),
            "active": self.request.path.startswith(home),
        }
