"""Texts to begin an answer with."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from agencies.models import Agency
from feedback.models import AnswerTemplate, Petition
from procedures.months import VIETNAM


def templates_for(petition: Petition) -> QuerySet[AnswerTemplate]:
    """The templates an answer to a petition may begin with: everybody's, then those from the top down."""
    above = [*petition.agency.ancestor_ids(), petition.agency_id]
    return AnswerTemplate.objects.filter(
        Q(agency__isnull=True) | Q(agency__in=above), kind__in=("", petition.kind)
    ).select_related("agency")


def filled(template: AnswerTemplate, petition: Petition) -> str:
    """The template's text with the petition's own in its places; other braces stay as they are."""
    agency: Agency = petition.agency
    text = template.text
    for place, told in (
        ("{code}", petition.code),
        ("{agency}", agency.name),
        ("{procedure}", petition.procedure.name if petition.procedure else ""),
        ("{received}", f"{petition.given_at.astimezone(VIETNAM):%d/%m/%Y}"),
    ):
        text = text.replace(place, told)
    return text
