"""An anomaly in words and figures, for pages and files."""

from __future__ import annotations

from agencies.admin_display import mark
from scoring.anomalies.checks import check_named
from scoring.models import Anomaly, AnomalyRule

Severity, State = AnomalyRule.Severity, Anomaly.State

SEVERITY_LOOKS = {Severity.SERIOUS: "bad", Severity.WARNING: "warn", Severity.NOTICE: "quiet"}
STATE_LOOKS = {
    State.OPEN: "bad",
    State.ASSIGNED: "warn",
    State.EXPLAINED: "warn",
    State.SETTLED: "good",
    State.DISMISSED: "quiet",
    State.MENDED: "good",
}


def reason_of(anomaly: Anomaly) -> str:
    """Why it is one, in plain words."""
    return check_named(anomaly.rule.check_name).told(anomaly)


def severity_mark(severity: int) -> str:
    """Its severity as a word with a colour and a shape."""
    return mark(Severity(severity).label, SEVERITY_LOOKS[Severity(severity)])


def state_mark(anomaly: Anomaly) -> str:
    """Its state as a word with a colour and a shape."""
    return mark(anomaly.get_state_display(), STATE_LOOKS[State(anomaly.state)])
