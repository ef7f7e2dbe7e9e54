"""Admin pages of scores, of the counts behind them, of indicator sets and of background work."""

from scoring.admin.anomaly import AnomalyAdmin
from scoring.admin.background import RecountAdmin, TaskAdmin
from scoring.admin.dossiers import CountedDossierAdmin
from scoring.admin.indicator_set import GroupAdmin, IndicatorSetAdmin
from scoring.admin.publication import PublicationAdmin
from scoring.admin.scorecard import ScorecardAdmin
from scoring.admin.tally import TallyAdmin

__all__ = [
    "AnomalyAdmin",
    "CountedDossierAdmin",
    "GroupAdmin",
    "IndicatorSetAdmin",
    "PublicationAdmin",
    "RecountAdmin",
    "ScorecardAdmin",
    "TallyAdmin",
    "TaskAdmin",
]
