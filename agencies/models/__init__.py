from agencies.models.agency import Agency, AgencyCode, HeadOfAgency
from agencies.models.integration import IntegrationClient, IntegrationSession
from agencies.models.user import User

__all__ = [
    "Agency",
    "AgencyCode",
    "HeadOfAgency",
    "IntegrationClient",
    "IntegrationSession",
    "User",
]
