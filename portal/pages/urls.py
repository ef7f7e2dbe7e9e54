"""Addresses of the public pages. They are printed, linked and quoted: keep every one of them."""

from django.urls import path

from portal.pages import (
    agency,
    criterion,
    fresh,
    open_data,
    preferences,
    procedure,
    publication_files,
    publications,
    search,
    standings,
)

urlpatterns = [
    path("", standings.provinces, name="provinces"),
    path("bo-nganh/", standings.ministries, name="ministries"),
    path("so-nganh/", standings.departments, name="departments"),
    path("xa-phuong/", standings.communes, name="communes"),
    path("don-vi/", standings.units, name="units"),
    path("tim-kiem/", search.search, name="search"),
    path("co-quan/<str:code>/", agency.agency, name="agency"),
    path("co-quan/<str:code>/chi-tieu.csv", open_data.agency_criteria_file, name="agency-criteria-file"),
    path("co-quan/<str:code>/theo-thang.csv", open_data.agency_trend_file, name="agency-trend-file"),
    path("chi-tieu/", criterion.criteria, name="criteria"),
    path("chi-tieu/<str:code>/", criterion.criterion, name="criterion"),
    path("thu-tuc/", procedure.procedures, name="procedures"),
    path("thu-tuc/<str:code>/", procedure.procedure, name="procedure"),
    path("du-lieu/", open_data.data, name="data"),
    path("du-lieu/xep-hang.csv", open_data.standings_file, name="standings-file"),
    path("du-lieu/chi-tieu.csv", open_data.criteria_file, name="criteria-file"),
    path("du-lieu/so-dem.csv", open_data.counts_file, name="counts-file"),
    path("du-lieu/co-quan.csv", open_data.agencies_file, name="agencies-file"),
    path("du-lieu/bo-chi-so.csv", open_data.indicators_file, name="indicators-file"),
    path("cong-bo/", publications.publications, name="publications"),
    path("cong-bo/chuoi.json", publication_files.chain_file, name="publication-chain"),
    path("cong-bo/tu-dien.csv", publication_files.dictionary_file, name="publication-dictionary"),
    path("cong-bo/verify_publication.py", publication_files.script, name="publication-script"),
    path("cong-bo/<str:period>/", publications.publication, name="publication"),
    path("cong-bo/<str:period>/v<int:version>/", publications.publication, name="publication-version"),
    path(
        "cong-bo/<str:period>/v<int:version>/<str:file>",
        publication_files.publication_file,
        name="publication-file",
    ),
    path("cap-nhat/", fresh.fresh, name="fresh"),
    path("tuy-chon/", preferences.choose, name="preferences"),
]
