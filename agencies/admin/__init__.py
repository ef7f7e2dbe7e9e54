"""Admin pages of agencies, connected systems, accounts and the log of decisions."""

from agencies.admin.accounts import AccountAdmin
from agencies.admin.agency import AgencyAdmin
from agencies.admin.connected_system import ConnectedSystemAdmin
from agencies.admin.event_log import EventLogAdmin

__all__ = ["AccountAdmin", "AgencyAdmin", "ConnectedSystemAdmin", "EventLogAdmin"]
