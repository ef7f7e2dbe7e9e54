"""Offices: the tree, the chosen one with who holds what there, and why somebody may what they may."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.explaining import explain_access
from agencies.holders import holders_at, reaches
from agencies.models import Agency, Invitation, User
from agencies.permissions import DELEGATE, SEE_RECORDS
from agencies.visibility import may
from agencies.watching import may_watch, watched_paths
from portal.delegation.frame import framed
from portal.delegation.places import office_named
from portal.delegation.told import told
from portal.delegation.tree import branch, found_for, tree_for

LONGEST_QUERY = 100


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """The tree alone, or the offices that match ``?q=``."""
    if not watched_paths(request.user):
        raise PermissionDenied
    as_of = timezone.now()
    asked = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    context = framed(request, _("Delegation"), "offices", asked=asked)
    if asked:
        context["found"], context["more"] = found_for(request.user, asked, as_of)
    else:
        context["nodes"] = tree_for(request.user, None, as_of)
    return TemplateResponse(request, "delegation/offices.html", context)


@require_safe
def children(request: HttpRequest, code: str) -> HttpResponse:
    """What lies below an office, for a tree that is being opened."""
    nodes = branch(office_named(request, code), timezone.now())
    return TemplateResponse(request, "delegation/parts/nodes.html", {"nodes": nodes})


@require_safe
def office(request: HttpRequest, code: str) -> HttpResponse:
    """Who holds what at an office, given there and inherited, and who is invited."""
    agency, as_of = office_named(request, code), timezone.now()
    direct, inherited = holders_at(agency, as_of)
    invitations = Invitation.objects.filter(
        agency=agency, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).select_related("role", "invited_by")
    context = framed(
        request,
        agency.name,
        "offices",
        agency=agency,
        over=agency.valid_to is not None and agency.valid_to < timezone.localdate(as_of),
        below=Agency.objects.under(agency.path).count() - 1,
        nodes=tree_for(request.user, agency, as_of),
        direct=told(direct, request.user, as_of),
        inherited=told(inherited, request.user, as_of, deeds=False, at=agency),
        superusers=list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk")),
        invitations=list(invitations),
        as_of=as_of,
        delegates=may(request.user, DELEGATE, agency),
    )
    return TemplateResponse(request, "delegation/office.html", context)


@require_safe
def explained(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Why somebody may what they may at an office: the chains of grants, in words."""
    agency = Agency.objects.filter(code=code).first()
    user = User.objects.filter(pk=pk).first()
    own = user is not None and user.pk == request.user.pk
    if agency is None or not (
        may_watch(request.user, agency) or own or may(request.user, SEE_RECORDS, agency)
    ):
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:40]})
    if not (own or may_watch(request.user, agency)):
        raise PermissionDenied
    if user is None or not reaches(user, agency):
        raise Http404(_("There is no such person."))
    context = framed(
        request,
        _("Why %(person)s has access") % {"person": user},
        "offices",
        agency=agency,
        user_told=user,
        watching=may_watch(request.user, agency),
        explanations=explain_access(user, agency, timezone.now()),
    )
    return TemplateResponse(request, "delegation/explained.html", context)
