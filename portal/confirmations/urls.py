"""Addresses of confirmation, below ``admin/confirmations/``."""

from django.contrib import admin
from django.urls import path

from portal.confirmations import answering, round_page

guarded = admin.site.admin_view

urlpatterns = [
    path("", guarded(round_page.rounds), name="confirmations"),
    path("<int:confirmationround_id>/", guarded(round_page.one_round), name="confirmation-round"),
    path("<int:confirmationround_id>/file/", guarded(round_page.round_file), name="confirmation-file"),
    path("<int:confirmationround_id>/remind/", guarded(answering.remind), name="confirmation-remind"),
    path("<int:confirmationround_id>/<str:code>/", guarded(answering.office), name="confirmation-office"),
    path(
        "<int:confirmationround_id>/<str:code>/take-back/",
        guarded(answering.take_back_page),
        name="confirmation-take-back",
    ),
]
