"""The petition an address is about, if it is the reader's to handle."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import visible
from feedback.models import Petition, PetitionStay


def petition_for(request: HttpRequest, petition_id: int) -> Petition:
    """The petition; to who does not handle those of the agency that has it, there is none (404)."""
    known = Petition.objects.select_related(
        "agency__parent", "procedure", "dossier__agency", "assignee", "escalated_to"
    )
    found = known.filter(visible(request.user, "agency__path", HANDLE_PETITIONS), pk=petition_id).first()
    if found is None:
        raise Http404(_("There is no such petition among those you handle."))
    return found


def stay_of(petition: Petition) -> PetitionStay:
    """Its stay at the agency that has it now."""
    return PetitionStay.objects.get(petition=petition, is_present=True)


def place(agency: Agency) -> str:
    """An agency with the one above it, since many bear the same name."""
    return f"{agency.name} ({agency.parent.name})" if agency.parent else agency.name
