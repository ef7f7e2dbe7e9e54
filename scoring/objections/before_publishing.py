"""What objections to a period speak against publishing it now; told, and not forbidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from agencies.admin_display import figure
from scoring.late_changes import undecided
from scoring.models import Publication
from scoring.objections.terms import publish_not_before


def speaking_against(publication: Publication, as_of: datetime) -> Iterator[str]:
    """Objections not decided yet, and the time that agencies still have, each in words."""
    if count := undecided(publication):
        yield _("%(count)s objections to the period are not decided yet.") % {"count": figure(count)}
    until = publish_not_before(publication)
    if until is not None and until > as_of:
        yield _("Agencies may still object before it is published, until %(day)s.") % {
            "day": f"{until:%d/%m/%Y}"
        }
