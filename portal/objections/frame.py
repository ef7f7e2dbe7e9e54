"""What surrounds every page of objections: the admin's frame and the ways between its parts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.admin_scope import person
from agencies.permissions import SEE_RECORDS, WRITE_OBJECTIONS
from agencies.visibility import holds_somewhere
from scoring.models import Objection
from scoring.objections import doors
from scoring.objections.terms import may_change_terms


def framed(request: HttpRequest, title: str, here: str = "", **more: Any) -> dict[str, Any]:
    """What a template of objections needs, with ``more``; ``here`` names the part it belongs to."""
    user = person(request)
    ways = [("list", _("Objections"), reverse("objections"))]
    if holds_somewhere(user, WRITE_OBJECTIONS):
        ways.append(("new", _("Write one"), reverse("objection-new")))
    ways.append(("figures", _("Figures"), reverse("objection-figures")))
    if may_change_terms(user):
        ways.append(("terms", _("Terms"), reverse("objection-terms")))
    return {**admin.site.each_context(request), "title": title, "ways": ways, "here": here, **more}


def check_reader(request: HttpRequest) -> None:
    """Nobody who sees no records comes to objections: to them there are none (404)."""
    if not holds_somewhere(request.user, SEE_RECORDS):
        raise Http404


def objection_for(request: HttpRequest, objection_id: int) -> Objection:
    """The objection; to who does not see its agency's there is none (404)."""
    known = doors.reached(request.user).select_related(
        "agency__parent", "above", "written_by", "sent_by", "opinion_by", "decided_by"
    )
    found = known.filter(pk=objection_id).first()
    if found is None:
        raise Http404(_("There is no such objection among those you see."))
    return found
