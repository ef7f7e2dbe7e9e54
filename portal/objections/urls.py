"""Addresses of objections, below ``admin/objections/``."""

from django.contrib import admin
from django.urls import path

from portal.objections import (
    act_page,
    figures_page,
    list_page,
    objection_page,
    terms_page,
    write_page,
)

guarded = admin.site.admin_view

urlpatterns = [
    path("", guarded(list_page.objections), name="objections"),
    path("file/", guarded(list_page.objections_file), name="objections-file"),
    path("new/", guarded(write_page.new), name="objection-new"),
    path("figures/", guarded(figures_page.figures), name="objection-figures"),
    path("figures/file/", guarded(figures_page.figures_file), name="objection-figures-file"),
    path("terms/", guarded(terms_page.terms_page), name="objection-terms"),
    path(
        "evidence/<int:objectionevidence_id>/",
        guarded(objection_page.evidence),
        name="objection-evidence",
    ),
    path("<int:objection_id>/", guarded(objection_page.objection), name="objection"),
    path("<int:objection_id>/edit/", guarded(write_page.edit), name="objection-edit"),
    path("<int:objection_id>/send/", guarded(act_page.send), name="objection-send"),
    path("<int:objection_id>/withdraw/", guarded(act_page.withdraw), name="objection-withdraw"),
    path("<int:objection_id>/opinion/", guarded(act_page.opinion), name="objection-opinion"),
    path("<int:objection_id>/ask-more/", guarded(act_page.ask_more), name="objection-ask-more"),
    path("<int:objection_id>/say-more/", guarded(act_page.say_more), name="objection-say-more"),
    path("<int:objection_id>/decide/", guarded(act_page.decide), name="objection-decide"),
    path(
        "<int:objection_id>/withdraw-corrections/",
        guarded(act_page.withdraw_corrections),
        name="objection-withdraw-corrections",
    ),
]
