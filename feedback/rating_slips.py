"""The slip with a rating link that an office prints for an applicant: who made one stands in the log.

A link is proof that the dossier is one's own, so an official who made it could rate in the applicant's
place; the log says who could have.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.models import User
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import may
from feedback import rating_links, words
from feedback.ratings import why_not_rateable
from procedures.models import Dossier


@transaction.atomic
def make_slip(dossier: Dossier, *, by: User, as_of: datetime) -> str:
    """The token of a rating link for the dossier, with who made it noted in the log of decisions.

    Raises PermissionDenied for who does not handle the petitions of the dossier's agency, and
    ValidationError (code ``closed``) for a dossier that cannot be rated.
    """
    if not may(by, HANDLE_PETITIONS, dossier.agency):
        raise PermissionDenied(_("Only who handles the petitions of this agency does this."))
    if refused := why_not_rateable(dossier, as_of):
        raise ValidationError(refused, code="closed")
    token = rating_links.make(dossier.pk, as_of)
    until = rating_links.expires_on(token).isoformat()
    record(
        words.RATING_LINK_MADE, dossier, actor=by, as_of=as_of, agency=dossier.agency, after={"until": until}
    )
    return token
