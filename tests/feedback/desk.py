"""The agencies' desk as the four people come to it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from feedback.models import Petition
from tests.admin_people import in_english
from tests.feedback.conftest import Staff
from tests.signing_in import signed_in

#: Everybody who may come to the admin, by whether they handle petitions of the first commune.
HANDLE = {"administrator": True, "officer": True, "reviewer": False, "stranger": False}
YES = {"confirmed": "yes"}


def browser(staff: Staff, name: str) -> Client:
    """A browser in which this person has signed in, reading English."""
    return in_english(signed_in(getattr(staff, name)))


def page_of(name: str, petition: Petition) -> str:
    """The address of a petition's page (``petition``) or of an act with it."""
    return reverse(f"desk-{name}", args=[petition.pk])


def act(client: Client, name: str, petition: Petition, **values: Any) -> Any:
    """Do it, confirmed, having seen the petition as it is."""
    petition.refresh_from_db()
    sent = {"seen": petition.moved_at.isoformat(), **YES, **values}
    return client.post(page_of(name, petition), sent)


def text_of(answer: Any) -> str:
    """The page."""
    text: str = answer.content.decode()
    return text
