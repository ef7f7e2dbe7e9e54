from scoring.models.action import ActionTask
from scoring.models.anomaly import Anomaly, AnomalyRule, AnomalySearch, AnomalyStep
from scoring.models.clock import ClockTick, TaskPulse
from scoring.models.confirmation import Confirmation, ConfirmationLetter, ConfirmationRound
from scoring.models.indicators import Band, Criterion, Group, IndicatorSet
from scoring.models.objection import (
    Objection,
    ObjectionEvidence,
    ObjectionItem,
    ObjectionStep,
    ObjectionTerms,
)
from scoring.models.outbox import DirtyMonth
from scoring.models.publication import Publication, PublishedScorecard
from scoring.models.scorecard import DerivedScorecard, Scorecard, ScoreSnapshot
from scoring.models.tally import CatalogueTally, Tally
from scoring.models.what_if import WhatIf, WhatIfOffice

__all__ = [
    "ActionTask",
    "Anomaly",
    "AnomalyRule",
    "AnomalySearch",
    "AnomalyStep",
    "Band",
    "CatalogueTally",
    "ClockTick",
    "Confirmation",
    "ConfirmationLetter",
    "ConfirmationRound",
    "Criterion",
    "DerivedScorecard",
    "DirtyMonth",
    "Group",
    "IndicatorSet",
    "Objection",
    "ObjectionEvidence",
    "ObjectionItem",
    "ObjectionStep",
    "ObjectionTerms",
    "Publication",
    "PublishedScorecard",
    "ScoreSnapshot",
    "Scorecard",
    "Tally",
    "TaskPulse",
    "WhatIf",
    "WhatIfOffice",
]
