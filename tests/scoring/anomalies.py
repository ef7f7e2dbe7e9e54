"""What the tests of anomalies share: a search by one rule, and dossiers that are alike."""

from __future__ import annotations

from datetime import datetime

from agencies.models import Agency
from scoring.anomalies.checks import check_named
from scoring.anomalies.finding import Looked, look
from scoring.models import Anomaly, AnomalyRule
from tests.scoring.country import NOW, Country, make_dossier, on


def rule(code: str, **limits: int) -> AnomalyRule:
    """A rule as every portal has it, with some of its limits changed."""
    found = AnomalyRule.objects.get(code=code)
    found.limits = {**found.limits, **limits}
    return found


def search(code: str, month: int = 202604, as_of: datetime = NOW, **limits: int) -> Looked:
    """Search a month by a rule."""
    return look(rule(code, **limits), month, as_of)


def found(code: str) -> dict[str, Anomaly]:
    """What a rule found so far, by the code of the agency."""
    anomalies = Anomaly.objects.filter(rule__code=code).select_related("rule", "agency")
    return {anomaly.agency.code: anomaly for anomaly in anomalies}


def behind(anomaly: Anomaly, as_of: datetime = NOW) -> list[str] | None:
    """The codes of the dossiers behind an anomaly."""
    dossiers = check_named(anomaly.rule.check_name).dossiers(anomaly, as_of)
    return None if dossiers is None else sorted(dossiers.values_list("code", flat=True))


def told(anomaly: Anomaly) -> str:
    """Its reason and figures in one text."""
    check = check_named(anomaly.rule.check_name)
    return " | ".join([check.told(anomaly), *(" ".join(line) for line in check.compared(anomaly))])


def ended_before(country: Country, agency: Agency, count: int = 1, month: int = 4) -> list[str]:
    """The codes of new dossiers said to have ended before they were received."""
    return [
        make_dossier(agency, country.marriage, on(month, 3), finished_at=on(month, 2)).code
        for _number in range(count)
    ]
