"""Comments of ratings: shown to others only after a person has looked, and only what they let stand."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.models import User
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import may, visible
from feedback import words
from feedback.models import Rating
from feedback.plain_text import plain


def comments_waiting(user: User) -> QuerySet[Rating]:
    """Comments nobody has looked at yet, of the agencies whose petitions and ratings ``user`` handles."""
    return Rating.objects.filter(
        visible(user, "dossier__agency__path", HANDLE_PETITIONS),
        comment_state=Rating.CommentState.WAITING,
    ).select_related("dossier__agency", "dossier__procedure")


def show_comment(rating: Rating, text: str, *, by: User, as_of: datetime) -> None:
    """Let ``text``, the comment without what names anybody, be shown.

    Raises PermissionDenied, and ValidationError for an empty text or a rating without a comment.
    """
    text = plain(text)
    if not text:
        raise ValidationError({"text": _("Write what may be shown, or keep the comment back.")})
    _settle(rating, Rating.CommentState.SHOWN, text, words.COMMENT_SHOWN, "", by, as_of)


def keep_back_comment(rating: Rating, *, by: User, reason: str, as_of: datetime) -> None:
    """Never show a comment. Raises PermissionDenied, and ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _settle(rating, Rating.CommentState.KEPT_BACK, "", words.COMMENT_KEPT_BACK, reason, by, as_of)


@transaction.atomic
def _settle(rating: Rating, state: str, text: str, verb: str, reason: str, by: User, as_of: datetime) -> None:
    agency = rating.dossier.agency
    if not may(by, HANDLE_PETITIONS, agency):
        raise PermissionDenied(_("Only who handles the petitions and ratings of this agency does this."))
    found = Rating.objects.exclude(comment="").filter(pk=rating.pk, changed_at=rating.changed_at)
    if not found.update(comment_state=state, shown_comment=text):
        raise ValidationError(_("There is no such comment any more: the rating was changed."), code="state")
    rating.refresh_from_db()
    record(verb, rating, actor=by, as_of=as_of, agency=agency, label=rating.dossier.code, reason=reason)
