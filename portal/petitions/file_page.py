"""Attachments of petitions: handed out as downloads, to the handling agency alone."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.permissions import HANDLE_PETITIONS
from feedback.attachments import download_headers
from feedback.models import PetitionAttachment


@require_safe
def attachment(request: HttpRequest, petitionattachment_id: int) -> HttpResponseBase:
    """The file, to be saved and never run by the browser."""
    known = PetitionAttachment.objects.visible_to(request.user, HANDLE_PETITIONS)
    found = known.select_related("petition").filter(pk=petitionattachment_id).first()
    try:
        file = found.file.open("rb") if found else None
    except FileNotFoundError:
        file = None
    if found is None or file is None:
        raise Http404(_("There is no such file among the petitions you handle."))
    response = FileResponse(file)
    # After it was made: it would name the file itself, and let the browser open it.
    for name, value in download_headers(found).items():
        response[name] = value
    return response
