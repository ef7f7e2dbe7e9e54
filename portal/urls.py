"""Every address of the portal. They are a contract with the public: keep them."""

from django.contrib import admin
from django.urls import include, path

from portal.health import health

urlpatterns = [
    path("", include("portal.pages.urls")),
    path("", include("portal.citizen.urls")),
    path("ban-tin/", include("portal.reports.public_urls")),
    path("api/national/", include("procedures.urls")),
    path("api/", include("portal.api.urls")),
    path("health/", health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("portal.signing_in.urls")),
    path("admin/", include("portal.exchange.urls")),
    path("admin/delegation/", include("portal.delegation.urls")),
    path("admin/confirmations/", include("portal.confirmations.urls")),
    path("admin/indicator-sets/", include("portal.sets.urls")),
    path("admin/petitions/", include("portal.petitions.urls")),
    path("admin/objections/", include("portal.objections.urls")),
    path("admin/reports/", include("portal.reports.urls")),
    path("admin/anomalies/", include("portal.anomalies.urls")),
    path("admin/", admin.site.urls),
]

handler404 = "portal.pages.errors.not_found"
handler429 = "portal.signing_in.views.too_many"
handler500 = "portal.pages.errors.server_error"
