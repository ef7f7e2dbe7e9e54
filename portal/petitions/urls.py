"""Addresses of the desk for petitions and ratings, below ``admin/petitions/``."""

from django.contrib import admin
from django.urls import path

from portal.petitions import (
    act_page,
    agencies_found,
    comment_page,
    contact_page,
    figures_page,
    file_page,
    held_page,
    petition_page,
    publication_page,
    slip_page,
)

guarded = admin.site.admin_view

urlpatterns = [
    path("held/", guarded(held_page.held), name="held-voices"),
    path("figures/", guarded(figures_page.figures), name="desk-figures"),
    path("figures/file/", guarded(figures_page.figures_file), name="desk-figures-file"),
    path("agencies/", guarded(agencies_found.agencies_found), name="desk-agencies"),
    path("files/<int:petitionattachment_id>/", guarded(file_page.attachment), name="desk-file"),
    path("comments/<int:rating_id>/", guarded(comment_page.comment), name="rating-comment"),
    path("slips/<int:dossier_id>/", guarded(slip_page.slip), name="rating-slip"),
    path("<int:petition_id>/", guarded(petition_page.petition), name="desk-petition"),
    path("<int:petition_id>/contact/", guarded(contact_page.contact), name="desk-contact"),
    path("<int:petition_id>/publish/", guarded(publication_page.publication), name="desk-publish"),
    path("<int:petition_id>/take-up/", guarded(act_page.take_up), name="desk-take-up"),
    path("<int:petition_id>/assign/", guarded(act_page.assign), name="desk-assign"),
    path("<int:petition_id>/note/", guarded(act_page.note), name="desk-note"),
    path("<int:petition_id>/transfer/", guarded(act_page.transfer), name="desk-transfer"),
    path("<int:petition_id>/supplement/", guarded(act_page.ask_supplement), name="desk-supplement"),
    path("<int:petition_id>/refuse/", guarded(act_page.refuse), name="desk-refuse"),
    path("<int:petition_id>/answer/", guarded(act_page.answer), name="desk-answer"),
    path("<int:petition_id>/close/", guarded(act_page.close), name="desk-close"),
]
