"""A petition's page: what was said, by when what must be done, what may be done, what has happened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.admin_display import list_url, record_url
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import may, may_see
from feedback.admin.petition_words import deadline_mark, state_mark
from feedback.bursts import reason_of
from feedback.duplicates import like
from feedback.models import Petition, PetitionContact, Rating
from portal.petitions.frame import framed
from portal.petitions.reached import petition_for, place, stay_of
from portal.petitions.told import deadlines, deeds, history


@require_safe
def petition(request: HttpRequest, petition_id: int) -> HttpResponse:
    """All there is to know for who handles it; its sender's contact is on a page of its own."""
    found, as_of = petition_for(request, petition_id), timezone.now()
    stay = stay_of(found)
    dossier = found.dossier
    handles_it = dossier is not None and may(request.user, HANDLE_PETITIONS, dossier.agency)
    context = framed(
        request,
        found.code,
        "petitions",
        petition=found,
        as_of=as_of,
        state=state_mark(found),
        due=deadline_mark(found.due_by, as_of) if found.due_by else "",
        where=place(found.agency),
        stay=stay,
        deadlines=list(deadlines(found, stay, as_of)),
        deeds=deeds(found),
        history=history(found),
        attachments=list(found.attachments.all()),
        has_contact=PetitionContact.objects.filter(petition=found).exists(),
        held_because=reason_of(found.held_for),
        dossier_url=record_url(dossier) if dossier and may_see(request.user, dossier.agency.path) else "",
        rating=Rating.objects.filter(dossier=dossier).first() if handles_it else None,
        alike=like(found, as_of) if found.is_open else [],
        back=list_url(Petition, state="todo"),
    )
    return TemplateResponse(request, "petitions/petition.html", context)
