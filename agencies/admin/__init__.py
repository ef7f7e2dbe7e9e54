"""Admin pages of agencies, connected systems and accounts."""

from agencies.admin.accounts import AccountAdmin
from agencies.admin.agency import AgencyAdmin
from agencies.admin.connected_system import ConnectedSystemAdmin

__all__ = ["AccountAdmin", "AgencyAdmin", "ConnectedSystemAdmin"]
