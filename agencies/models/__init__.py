from agencies.models.agency import Agency, AgencyCode, HeadOfAgency
from agencies.models.delegation import AgencyUserObjectPermission, Grant, Role
from agencies.models.event_log import EventLog, EventLogHead
from agencies.models.integration import IntegrationClient, IntegrationSession
from agencies.models.invitation import Invitation
from agencies.models.job import Job
from agencies.models.user import User
from agencies.models.version import TreeVersion
from agencies.models.weekly_digest import WeeklyDigest

__all__ = [
    "Agency",
    "AgencyCode",
    "AgencyUserObjectPermission",
    "EventLog",
    "EventLogHead",
    "Grant",
    "HeadOfAgency",
    "IntegrationClient",
    "IntegrationSession",
    "Invitation",
    "Job",
    "Role",
    "TreeVersion",
    "User",
    "WeeklyDigest",
]
