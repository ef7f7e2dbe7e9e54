"""Objections to a dossier on its page, and the way to dispute it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from agencies.admin_display import link
from portal.objections.words import state_mark
from portal.petitions.dossier import RatedDossierAdmin
from procedures.models import NO_MONTH, Dossier
from procedures.months import month_of
from scoring.models import Objection
from scoring.objections.doors import may_write, reached
from scoring.periods import Period

admin.site.unregister(Dossier)


@admin.register(Dossier)
class DisputedDossierAdmin(RatedDossierAdmin):
    """The page of a dossier, with the objections about it for who sees them."""

    readonly_fields: Any = (*RatedDossierAdmin.readonly_fields, "disputed_in")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.objections_told = _told(request, found)
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        parts = super().get_fieldsets(request, obj)
        if not getattr(obj, "objections_told", ""):
            return parts
        return (*parts[:2], (_("Objections"), {"fields": ("disputed_in",)}), *parts[2:])

    @display(description=gettext_lazy("objections"))
    def disputed_in(self, dossier: Dossier) -> str:
        return str(getattr(dossier, "objections_told", ""))


def _told(request: HttpRequest, dossier: Dossier) -> str:
    """The objections about it that the reader sees, and where they may write one; empty for neither."""
    about = reached(request.user).filter(items__dossier=dossier).distinct().order_by("pk")
    told = [_line(one) for one in about]
    if may_write(request.user, dossier.agency):
        month = dossier.started_month if dossier.started_month != NO_MONTH else month_of(timezone.now())
        asked = {
            "agency": dossier.agency.code,
            "period": Period.of_month(month).code,
            "dossier": dossier.pk,
        }
        told.append(link(_("Dispute this dossier"), reverse("objection-new", query=asked)))
    return format_html_join(" · ", "{}", ((one,) for one in told)) if told else ""


def _line(objection: Objection) -> str:
    page = link(objection.number, reverse("objection", args=[objection.pk]))
    return format_html("{} {}", page, state_mark(objection))
