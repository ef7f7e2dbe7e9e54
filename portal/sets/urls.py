"""Addresses of the workshop of indicator sets, below ``admin/indicator-sets/``."""

from django.contrib import admin
from django.urls import path

from portal.sets import compare_page, formula_page, what_if_page, what_if_result

guarded = admin.site.admin_view

urlpatterns = [
    path("formula/", guarded(formula_page.formula), name="formula"),
    path("formula/check/", guarded(formula_page.formula_check), name="formula-check"),
    path("<int:indicatorset_id>/compare/", guarded(compare_page.compared), name="set-compare"),
    path("<int:indicatorset_id>/what-if/", guarded(what_if_page.what_if), name="set-what-if"),
    path("what-if/<int:whatif_id>/", guarded(what_if_result.result), name="what-if"),
    path("what-if/<int:whatif_id>/file/", guarded(what_if_result.result_file), name="what-if-file"),
]
