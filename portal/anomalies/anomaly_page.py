"""An anomaly's page: why it is one, its figures, the dossiers behind it, what may be done, its history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.admin_display import figure, list_url, month, record_url
from agencies.models import IntegrationClient
from agencies.planner import COUNTED_UP_TO, counted_up_to
from portal.admin.today.waiting import shown
from portal.anomalies.acts import deeds
from portal.anomalies.frame import framed
from portal.anomalies.reached import anomaly_for
from procedures.models import Dossier
from scoring.anomalies.checks import check_named
from scoring.anomalies.counting import inbox_url
from scoring.anomalies.telling import reason_of, severity_mark, state_mark
from scoring.models import Anomaly, Scorecard
from scoring.periods import Period


@require_safe
def anomaly(request: HttpRequest, anomaly_id: int) -> HttpResponse:
    """All there is to know of it."""
    found, as_of = anomaly_for(request, anomaly_id), timezone.now()
    check = check_named(found.rule.check_name)
    behind = check.dossiers(found, as_of)
    dossiers = counted_up_to(behind, COUNTED_UP_TO) if behind is not None else None
    context = framed(
        request,
        found.rule.told_name,
        "inbox",
        anomaly=found,
        reason=reason_of(found),
        severity=severity_mark(found.severity),
        state=state_mark(found),
        month=month(found.month),
        compared=check.compared(found),
        dossiers=shown(dossiers) if dossiers is not None else "",
        dossiers_url=list_url(Dossier, anomaly=found.pk) if dossiers else "",
        elsewhere=_elsewhere(request, found),
        deeds=deeds(found, request.user),
        history=list(found.steps.select_related("actor").order_by("-at", "-pk")),
        limits=[(limit.label, figure(found.rule.limits[limit.name])) for limit in check.limits],
        rule_url=reverse("anomaly-rule", args=[found.rule_id]),
        back=inbox_url(),
    )
    return TemplateResponse(request, "anomalies/anomaly.html", context)


def _elsewhere(request: HttpRequest, anomaly: Anomaly) -> dict[str, str]:
    """Where the agency's scorecard of that month and the system it is about are, by what they are."""
    found = {}
    period = Period.of_month(anomaly.month).code
    card = Scorecard.objects.visible_to(request.user).filter(agency=anomaly.agency_id, period=period).first()
    if card is not None:
        found["scorecard"] = record_url(card)
    system = IntegrationClient.objects.visible_to(request.user).filter(username=anomaly.about or None).first()
    if system is not None:
        found["system"] = record_url(system)
    return found
