"""Who sent a petition: asked for on purpose, noted, shown once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from agencies.step_up import step_up_required
from feedback import contacts
from feedback.models import PetitionContact
from portal.petitions.frame import framed
from portal.petitions.reached import petition_for

NO_STORE = {"Cache-Control": "no-store"}


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def contact(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Ask whether to look; then show the contact, with the look noted in the petition's history."""
    petition = petition_for(request, petition_id)
    if not PetitionContact.objects.filter(petition=petition).exists():
        messages.info(request, _("The sender left no contact, or it was deleted after its time."))
        return redirect("desk-petition", petition.pk)
    context = framed(request, _("Sender's contact"), "petitions", petition=petition)
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            context["contact"] = contacts.read(petition, by=person(request), as_of=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("desk-petition", petition.pk)
    return TemplateResponse(request, "petitions/contact.html", context, headers=NO_STORE)
