"""Addresses of the national protocol, below ``api/national/``; a slash at the end does not matter."""

from django.urls import re_path

from procedures.national import views

app_name = "national"

urlpatterns = [
    re_path(r"^auth/?$", views.auth, name="auth"),
    re_path(r"^(?:integration|share)/DongBoHoSoMC/?$", views.bare_dossiers),
    re_path(r"^(?:integration|share)/CapNhatTienDoHoSoMC/?$", views.bare_steps),
    re_path(r"^integration/?$", views.integration, name="integration"),
    re_path(r"^share/?$", views.integration, name="share"),
    re_path(r"^DongBoHoSoMC/?$", views.bare_dossiers, name="dossiers"),
    re_path(r"^CapNhatTienDoHoSoMC/?$", views.bare_steps, name="steps"),
    re_path(r"^", views.unknown),
]
