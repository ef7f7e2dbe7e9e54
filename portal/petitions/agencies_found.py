"""Agencies suggested while one types to which a petition is to go: any in the country."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import holds_somewhere
from portal.agency_search import by_code, matching
from portal.petitions.reached import place
from procedures.months import VIETNAM

#: Fewer letters find too many.
SHORTEST, SUGGESTED = 2, 8


@require_safe
def agencies_found(request: HttpRequest) -> JsonResponse:
    """Codes and names that match ``?q=``, for who handles petitions."""
    if not holds_somewhere(request.user, HANDLE_PETITIONS):
        raise PermissionDenied
    asked = request.GET.get("q", "")[:100].strip()
    today = timezone.now().astimezone(VIETNAM).date()
    found = _in_being(asked, today)[:SUGGESTED] if len(asked) >= SHORTEST else []
    return JsonResponse({"agencies": [{"code": one.code, "name": place(one)} for one in found]})


def agency_named(asked: str, today: date) -> Agency:
    """The one agency meant by a code or a name.

    Raises ValidationError where none is, or several are: then it names them with their codes.
    """
    asked = asked.strip()
    exact = by_code(asked)
    if exact:
        return exact
    found = list(_in_being(asked, today)[: SUGGESTED + 1])
    if not found:
        raise ValidationError(_("No agency has this name or code."), code="unknown")
    if len(found) > 1:
        named = "; ".join(f"{one.code} – {place(one)}" for one in found[:SUGGESTED])
        more = " …" if len(found) > SUGGESTED else ""
        raise ValidationError(
            _("Several agencies match; enter the code of one: %(agencies)s") % {"agencies": named + more},
            code="several",
        )
    return found[0]


def _in_being(asked: str, today: date) -> QuerySet[Agency]:
    return matching(asked).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), parent__isnull=False)
