"""Admin pages of dossiers, of what was refused or could not be placed, and of the catalogue."""

from procedures.admin.dossier import DossierAdmin
from procedures.admin.inbox import InboxAdmin
from procedures.admin.local_name import LocalNameAdmin
from procedures.admin.procedure import FieldAdmin, OfferAdmin, ProcedureAdmin
from procedures.admin.reporting import AnnouncementAdmin, VolumeAdmin

__all__ = [
    "AnnouncementAdmin",
    "DossierAdmin",
    "FieldAdmin",
    "InboxAdmin",
    "LocalNameAdmin",
    "OfferAdmin",
    "ProcedureAdmin",
    "VolumeAdmin",
]
