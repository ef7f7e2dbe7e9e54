"""An objection's page: what it disputes, what was said to it, what may be done now; its evidence."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.admin_scope import person
from feedback.attachments import headers_of
from portal.objections.acts import ACTS
from portal.objections.frame import framed, objection_for
from portal.objections.words import disputed, due_mark, effect_told, lines, state_mark
from scoring.models import Objection, ObjectionEvidence
from scoring.objections import deciding, doors, writing
from scoring.periods import Period
from scoring.published_versions import latest_published


@require_safe
def objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """All there is to know about it for who sees it."""
    found, now, user = objection_for(request, objection_id), timezone.now(), person(request)
    deeds = [(act.title, act.url(found)) for act in ACTS if act.may(user, found)]
    if found.state in writing.EDITABLE and doors.may_write(user, found.agency):
        deeds.insert(0, (_("Go on writing"), reverse("objection-edit", args=[found.pk])))
    period = Period.parse(found.period)
    context = framed(
        request,
        found.number,
        "list",
        objection=found,
        period=period,
        published=latest_published(period),
        disputed=disputed(found),
        state=state_mark(found),
        due=due_mark(found, now),
        deeds=deeds,
        lines=list(lines(found)),
        evidence=list(found.evidence.all()),
        may_open=doors.may_see_evidence(user, found),
        history=list(found.steps.select_related("actor")),
        effect=effect_told(found.effect),
        in_force=len(deciding.in_force(found)) if found.state in Objection.DECIDED else 0,
    )
    return TemplateResponse(request, "objections/objection.html", context)


@require_safe
def evidence(request: HttpRequest, objectionevidence_id: int) -> HttpResponseBase:
    """A file, to be saved and never run by the browser; for those who write, judge or decide."""
    reached = doors.reached(request.user)
    known = ObjectionEvidence.objects.filter(pk=objectionevidence_id, objection__in=reached)
    found = known.select_related("objection__agency").first()
    if found is None or not doors.may_see_evidence(request.user, found.objection):
        raise Http404(_("There is no such file among the objections you deal with."))
    try:
        file = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is gone.")) from error
    response = FileResponse(file)
    for name, value in headers_of(f"{found.objection.number}-{found.pk}", found.type).items():
        response[name] = value
    return response
