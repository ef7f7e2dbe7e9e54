from agencies.models.agency import Agency, AgencyCode, HeadOfAgency
from agencies.models.integration import IntegrationClient, IntegrationSession
from agencies.models.user import User
from agencies.models.version import TreeVersion

__all__ = [
    "Agency",
    "AgencyCode",
    "HeadOfAgency",
    "IntegrationClient",
    "IntegrationSession",
    "TreeVersion",
    "User",
]
