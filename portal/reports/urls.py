"""Addresses of reports in the admin, below ``admin/reports/``."""

from django.contrib import admin
from django.urls import path

from portal.reports import risk_page

guarded = admin.site.admin_view

urlpatterns = [
    path("risk/", guarded(risk_page.points_at_risk), name="points-at-risk"),
    path("risk/file/", guarded(risk_page.points_at_risk_file), name="points-at-risk-file"),
]
