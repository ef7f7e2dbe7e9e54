"""How the applicant found it, on the dossier's page; and the way to the slip by which they say so."""

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

from agencies.admin_display import DASH, link, moment, record_url
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import may
from feedback.admin.petition_words import level_mark, state_mark
from feedback.models import Petition, Rating
from feedback.ratings import why_not_rateable
from procedures.models import Dossier
from scoring.admin.dossiers import CountedDossierAdmin

admin.site.unregister(Dossier)


@admin.register(Dossier)
class RatedDossierAdmin(CountedDossierAdmin):
    """The page of a dossier, with its rating and the petitions about it for who handles those."""

    readonly_fields: Any = (*CountedDossierAdmin.readonly_fields, "found", "complained", "slip")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        parts = super().get_fieldsets(request, obj)
        if obj is None or not may(request.user, HANDLE_PETITIONS, obj.agency):
            return parts
        told = (_("How the applicant found it"), {"fields": ("found", "complained", "slip")})
        return (*parts[:2], told, *parts[2:])

    @display(description=gettext_lazy("rating"))
    def found(self, dossier: Dossier) -> str:
        rating = Rating.objects.filter(dossier=dossier).first()
        if rating is None:
            return _("Not rated.")
        return format_html("{} {}", level_mark(rating), link(moment(rating.given_at), record_url(rating)))

    @display(description=gettext_lazy("petitions"))
    def complained(self, dossier: Dossier) -> str:
        known = Petition.objects.filter(dossier=dossier).only("code", "state")
        told = [
            format_html("{} {}", link(one.code, reverse("desk-petition", args=[one.pk])), state_mark(one))
            for one in known
        ]
        return format_html_join(" ", "{}", ((one,) for one in told)) if told else DASH

    @display(description=gettext_lazy("rating link for the receipt"))
    def slip(self, dossier: Dossier) -> str:
        refused = why_not_rateable(dossier, timezone.now())
        return refused or link(_("Print link and QR code"), reverse("rating-slip", args=[dossier.pk]))
