"""People suggested while a name is typed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from agencies.permissions import DELEGATE
from agencies.visibility import holds_somewhere
from portal.delegation.people import suggestions_for


@require_safe
def suggested(request: HttpRequest) -> JsonResponse:
    """Usernames with names and addresses, for who gives access to others."""
    if not holds_somewhere(request.user, DELEGATE):
        raise PermissionDenied
    found = suggestions_for(request.user, request.GET.get("q", "")[:100])
    return JsonResponse({"people": [known._asdict() for known in found]})
