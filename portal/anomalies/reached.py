"""The anomaly an address is about, if the reader may see it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agencies.permissions import SEE_RECORDS
from agencies.visibility import holds_somewhere
from scoring.models import Anomaly


def anomaly_for(request: HttpRequest, anomaly_id: int) -> Anomaly:
    """The anomaly; to who does not see the agency's records, there is none (404)."""
    seen = Anomaly.objects.visible_to(request.user).select_related("rule", "agency__parent", "assignee")
    found = seen.filter(pk=anomaly_id).first()
    if found is None:
        raise Http404(_("There is no such anomaly at your agencies."))
    return found


def refuse_strangers(request: HttpRequest) -> None:
    """Raise PermissionDenied for who sees no agency's records at all."""
    if not holds_somewhere(request.user, SEE_RECORDS):
        raise PermissionDenied
