"""Addresses of tables, jobs and the dossiers behind a score, below ``admin/``."""

from django.contrib import admin
from django.urls import path

from portal.exchange import behind_page, job_pages, table_pages

guarded = admin.site.admin_view
behind = "dossiers-behind/<str:code>/<str:period>/<str:criterion>/"

urlpatterns = [
    path(behind, guarded(behind_page.behind), name="behind"),
    path(f"{behind}file/", guarded(behind_page.behind_file), name="behind-file"),
    path("tables/", guarded(table_pages.tables), name="tables"),
    path("tables/<slug:name>/import/", guarded(table_pages.import_table), name="table-import"),
    path("tables/<slug:name>/export/", guarded(table_pages.export_table), name="table-export"),
    path("tables/<slug:name>/empty.<str:form>", guarded(table_pages.table_template), name="table-template"),
    path("jobs/", guarded(job_pages.job_list), name="jobs"),
    path("jobs/<int:job_id>/", guarded(job_pages.job_page), name="job"),
    path("jobs/<int:job_id>/progress/", guarded(job_pages.job_progress), name="job-progress"),
    path("jobs/<int:job_id>/file/", guarded(job_pages.job_file), name="job-file"),
    path("jobs/<int:job_id>/stop/", guarded(job_pages.stop_job), name="job-stop"),
    path("jobs/<int:job_id>/write/", guarded(job_pages.apply_import), name="job-write"),
]
