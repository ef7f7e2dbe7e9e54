"""The rating link of a dossier, to be printed with the receipt: an address and its QR code."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import visible
from feedback.rating_links import expires_on, qr_svg
from feedback.rating_slips import make_slip
from feedback.ratings import why_not_rateable
from procedures.models import Dossier

NO_STORE = {"Cache-Control": "private, no-store"}


@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Ask whether to make one; then the slip for the printer. Where the dossier cannot be rated, why."""
    known = Dossier.objects.select_related("agency", "procedure")
    dossier = known.filter(visible(request.user, "agency__path", HANDLE_PETITIONS), pk=dossier_id).first()
    if dossier is None:
        raise Http404(_("There is no such dossier among those you handle."))
    now = timezone.now()
    context = {
        "title": _("Rating link"),
        "dossier": dossier,
        "refused": why_not_rateable(dossier, now),
    }
    if request.method == "POST" and not context["refused"]:
        token = make_slip(dossier, by=person(request), as_of=now)
        address = request.build_absolute_uri(reverse("rate-question", args=[token]))
        # Drawn by us from the address alone.
        qr = mark_safe(qr_svg(address))  # noqa: S308
        context |= {"address": address, "until": expires_on(token), "qr": qr}
    return TemplateResponse(request, "petitions/slip.html", context, headers=NO_STORE)
