"""Addresses of the API under `/api/`: a contract with programs, versioned."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from portal.api import agencies, feedback, scorecards, standings

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("v1/agencies/", agencies.AgencyList.as_view(), name="api-agencies"),
    path("v1/agencies/<str:code>/", agencies.AgencyDetail.as_view(), name="api-agency"),
    path(
        "v1/agencies/<str:code>/scorecards/<str:period>/",
        scorecards.ScorecardDetail.as_view(),
        name="api-scorecard",
    ),
    path("v1/petitions/", feedback.Petitions.as_view(), name="api-petitions"),
    path("v1/rating-links/", feedback.RatingLinks.as_view(), name="api-rating-links"),
    path("v1/ratings/", feedback.Ratings.as_view(), name="api-ratings"),
    path("v1/standings/", standings.StandingsList.as_view(), name="api-standings"),
]
