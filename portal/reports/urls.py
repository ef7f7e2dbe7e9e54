"""Addresses of reports in the admin, below ``admin/reports/``."""

from django.contrib import admin
from django.urls import path

from portal.reports import action_list_page, action_pages, committee_page, risk_page

guarded = admin.site.admin_view

one = "actions/<int:actiontask_id>/"

urlpatterns = [
    path("committee/", guarded(committee_page.report), name="committee-report"),
    path("committee/file/", guarded(committee_page.report_file), name="committee-report-file"),
    path("actions/", guarded(action_list_page.actions), name="action-list"),
    path("actions/file/", guarded(action_list_page.actions_file), name="action-list-file"),
    path("actions/new/", guarded(action_pages.new), name="action-new"),
    path(one, guarded(action_pages.task), name="action-task"),
    path(f"{one}change/", guarded(action_pages.change), name="action-change"),
    path(f"{one}cancel/", guarded(action_pages.cancel), name="action-cancel"),
    path("risk/", guarded(risk_page.points_at_risk), name="points-at-risk"),
    path("risk/file/", guarded(risk_page.points_at_risk_file), name="points-at-risk-file"),
]
