"""What an address names: shown to whom may see it, refused to whom may not, unknown to everybody else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agencies.models import Agency, Grant, Invitation, User
from agencies.permissions import DELEGATE, SEE_RECORDS
from agencies.visibility import may
from agencies.watching import may_watch, watched


def me(request: HttpRequest) -> User:
    """Who is signed in."""
    user: Any = request.user
    return user


def office_named(request: HttpRequest, code: str) -> Agency:
    """The agency with this code, for who may see who holds what there.

    Raises PermissionDenied for who sees its records alone, Http404 for everybody else.
    """
    agency = Agency.objects.filter(code=code).select_related("parent").first()
    watching = agency is not None and may_watch(request.user, agency)
    if agency is None or not (watching or may(request.user, SEE_RECORDS, agency)):
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:40]})
    if not watching:
        raise PermissionDenied
    return agency


def office_to_delegate(request: HttpRequest, code: str) -> Agency:
    """As ``office_named``, for who may give access there; others who see it get PermissionDenied."""
    agency = office_named(request, code)
    if not may(request.user, DELEGATE, agency):
        raise PermissionDenied
    return agency


def grant_seen(request: HttpRequest, pk: int) -> Grant:
    """A grant on an agency where the person may see who holds what, or their own; else Http404."""
    found = Grant.objects.filter(pk=pk).select_related("user", "role", "agency", "granted_by")
    grant = found.prefetch_related("role__permissions").first()
    if grant is None or not (grant.user_id == request.user.pk or may_watch(request.user, grant.agency)):
        raise Http404(_("There is no such access."))
    return grant


def person_seen(request: HttpRequest, pk: int) -> User:
    """Oneself, or somebody who holds or held something where the person may see that; else Http404."""
    user = User.objects.filter(pk=pk).first()
    known = user is not None and (
        user.pk == request.user.pk or Grant.objects.filter(watched(request.user), user=user).exists()
    )
    if user is None or not known:
        raise Http404(_("There is no such person."))
    return user


def invitation_to_decide(request: HttpRequest, pk: int) -> Invitation:
    """An invitation to an agency where the person delegates.

    Raises PermissionDenied for who may only see it, Http404 for everybody else.
    """
    invitation = Invitation.objects.filter(pk=pk).select_related("role", "agency", "invited_by").first()
    if invitation is None or not may_watch(request.user, invitation.agency):
        raise Http404(_("There is no such invitation."))
    if not may(request.user, DELEGATE, invitation.agency):
        raise PermissionDenied
    return invitation
