"""Anomalies that wait, for whoever sees the agencies they were found at."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agencies.admin_display import figure
from portal.admin.today.waiting import Work
from scoring.anomalies.counting import inbox_url, waiting
from scoring.models import Anomaly


def anomalies(user: Any) -> Work:
    """How many wait to be explained or decided, by severity."""
    found = waiting(Anomaly.objects.visible_to(user))
    note = found.told() or _("Nothing that was found waits for an explanation or a decision.")
    return Work(_("Anomalies"), figure(found.total), note, inbox_url(), found.look)
