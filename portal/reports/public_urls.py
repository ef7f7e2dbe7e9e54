"""Addresses of bulletins, below ``ban-tin/``. They are printed, linked and quoted: keep every one of them."""

from django.urls import path

from portal.reports import bulletin_page

one = "<str:period>/<str:code>/"

urlpatterns = [
    path("", bulletin_page.bulletins, name="bulletins"),
    path(one, bulletin_page.bulletin_page, name="bulletin"),
    path(f"{one}v<int:version>/", bulletin_page.bulletin_page, name="bulletin-version"),
    path(f"{one}v<int:version>/<str:file>", bulletin_page.published_file, name="bulletin-file"),
    path(f"{one}tam-tinh/<str:file>", bulletin_page.provisional_file, name="bulletin-provisional-file"),
]
