from procedures.models.announcement import Announcement
from procedures.models.correction import Correction
from procedures.models.dossier import NO_MONTH, STILL_OPEN, Dossier, DossierStep
from procedures.models.inbox import InboxItem, LocalName
from procedures.models.procedure import AgencyProcedure, Field, Procedure
from procedures.models.rederivation import Rederivation
from procedures.models.usage import ReportedVolume

__all__ = [
    "NO_MONTH",
    "STILL_OPEN",
    "AgencyProcedure",
    "Announcement",
    "Correction",
    "Dossier",
    "DossierStep",
    "Field",
    "InboxItem",
    "LocalName",
    "Procedure",
    "Rederivation",
    "ReportedVolume",
]
