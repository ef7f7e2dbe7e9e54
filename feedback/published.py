"""Published answers: what everybody may read and search."""

from __future__ import annotations

from django.db.models import QuerySet

from agencies.folding import folded
from agencies.models import Agency
from agencies.models.agency import within
from feedback.models import Petition
from procedures.models import Procedure

#: All that is read of a petition for the public; what the sender wrote is not among it.
PUBLIC_FIELDS = (
    "code", "agency", "procedure", "kind", "given_at", "published_at", "published_subject",
    "published_body", "published_answer", "verdict",
)  # fmt: skip


def published(
    query: str = "", *, agency: Agency | None = None, procedure: Procedure | None = None
) -> QuerySet[Petition]:
    """Published petitions with every word of ``query`` in them, whatever the case and diacritics.

    Of ``agency`` with all below it, the newest first. Only ``PUBLIC_FIELDS`` are read.
    """
    found = Petition.objects.filter(published_at__isnull=False)
    if agency is not None:
        found = found.filter(within(agency.path, "agency__path"))
    if procedure is not None:
        found = found.filter(procedure=procedure)
    for word in folded(query).split()[:10]:
        found = found.filter(published_folded__contains=word)
    return (
        found.select_related("agency", "procedure")
        .only(
            *PUBLIC_FIELDS,
            "agency__code",
            "agency__name",
            "agency__short_name",
            "procedure__code",
            "procedure__name",
        )
        .order_by("-published_at", "-pk")
    )
