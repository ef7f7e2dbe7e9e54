"""Addresses of anomalies, below ``admin/anomalies/``; their list is a page of the admin."""

from django.contrib import admin
from django.urls import path

from portal.anomalies import act_page, anomaly_page, rules_page, search_page

guarded = admin.site.admin_view

urlpatterns = [
    path("rules/", guarded(rules_page.rules), name="anomaly-rules"),
    path("rules/<int:anomalyrule_id>/", guarded(rules_page.rule), name="anomaly-rule"),
    path("rules/<int:anomalyrule_id>/change/", guarded(rules_page.change), name="anomaly-rule-change"),
    path("search/", guarded(search_page.search), name="anomaly-search"),
    path("<int:anomaly_id>/", guarded(anomaly_page.anomaly), name="anomaly"),
    path("<int:anomaly_id>/assign/", guarded(act_page.assign), name="anomaly-assign"),
    path("<int:anomaly_id>/explain/", guarded(act_page.explain), name="anomaly-explain"),
    path("<int:anomaly_id>/settle/", guarded(act_page.settle), name="anomaly-settle"),
    path("<int:anomaly_id>/dismiss/", guarded(act_page.dismiss), name="anomaly-dismiss"),
    path("<int:anomaly_id>/reopen/", guarded(act_page.reopen), name="anomaly-reopen"),
]
