"""Connected systems that went silent: what they did not send is missing from the month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_display import DASH, figure, moment
from agencies.models import IntegrationClient
from agencies.silence import silent_systems
from procedures.months import edge_of
from scoring.anomalies.check import Check, Compared, Finding, Limit, Search
from scoring.models import Anomaly


class SilentSystem(Check):
    """A system not heard of for days at the end of the month, or now; ``about`` is its username.

    Once it speaks again it may have sent what was missing, and the anomaly is mended. A system that never
    spoke is expected to from when it was connected.
    """

    name = "silent_system"
    limits = (Limit("days", gettext_lazy("days of silence, at least"), 1, 60),)

    def find(self, search: Search) -> Iterator[Finding]:
        edge, after = edge_of(search.month, search.as_of), timedelta(days=search.limits["days"])
        for client in silent_systems(IntegrationClient.objects.order_by(), edge, after):
            since = client.last_seen_at or client.created_at
            if edge - since >= after:
                figures = {
                    "days": (edge - since).days,
                    "last_seen": client.last_seen_at and client.last_seen_at.isoformat(timespec="seconds"),
                    "at": edge.isoformat(timespec="seconds"),
                }
                yield Finding(client.agency_id, (edge - since).days, figures, client.username)

    def told(self, anomaly: Anomaly) -> str:
        told = {"system": anomaly.about, "days": figure(anomaly.found["days"])}
        if anomaly.found["last_seen"] is None:
            return _("%(system)s was connected %(days)s days before, and never sent anything.") % told
        return _("%(system)s has sent nothing for %(days)s days: dossiers may be missing.") % told

    def compared(self, anomaly: Anomaly) -> list[Compared]:
        last = anomaly.found["last_seen"]
        heard = moment(datetime.fromisoformat(last)) if last else DASH
        expected = _("within %(days)s days") % {"days": anomaly.rule.limits["days"]}
        return [Compared(_("last heard of"), heard, expected)]


SILENT_SYSTEM = SilentSystem()
