from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.scoped import ScopedModel
from agencies.permissions import HANDLE_PETITIONS
from feedback.models.voice import Door, Voice
from procedures.models import Dossier

#: The five factors of satisfaction, asked after the first question.
FACTORS: tuple[str, ...] = ("access", "procedure", "staff", "result", "comments")
LEAST, MOST = 1, 5


def _factor(label: object) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,  # type: ignore[arg-type]
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)],
    )


class Opinion(models.Model):
    """What a citizen said of a dossier: the answer, the factors from one to five, a comment as written."""

    class Satisfaction(models.IntegerChoices):
        VERY_SATISFIED = 3, _("Very satisfied")
        SATISFIED = 2, _("Satisfied")
        NOT_SATISFIED = 1, _("Not satisfied")

    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), choices=Satisfaction.choices)
    access = _factor(_("access to the service"))
    procedure = _factor(_("the procedure itself"))
    staff = _factor(_("the staff"))
    result = _factor(_("the result"))
    comments = _factor(_("handling of comments"))
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        abstract = True


class Rating(Opinion, Voice):
    """How the applicant found the handling of a dossier: one a dossier, as it stands now.

    Written only by ``feedback.ratings``. The comment is what a citizen wrote and is shown to nobody
    outside before a person has looked: ``shown_comment`` is what may be shown.
    """

    class CommentState(models.TextChoices):
        NONE = "none", _("No comment")
        WAITING = "waiting", _("Not looked at yet")
        SHOWN = "shown", _("May be shown")
        KEPT_BACK = "kept_back", _("Not to be shown")

    scope_path = "dossier__agency__path"
    asks = {"view": HANDLE_PETITIONS}

    dossier = models.OneToOneField(
        Dossier, on_delete=models.CASCADE, related_name="rating", verbose_name=_("dossier")
    )
    changed_at = models.DateTimeField(_("last changed"))
    comment_state = models.CharField(
        _("comment"), max_length=9, choices=CommentState.choices, default=CommentState.NONE
    )
    shown_comment = models.TextField(_("comment as it may be shown"), blank=True)

    class Meta(Voice.Meta):
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-given_at", "-pk"]
        indexes = [
            *Voice.Meta.indexes,
            models.Index(fields=["given_at"], name="rating_given"),
        ]

    def __str__(self) -> str:
        dossier = self.dossier.code if Rating.dossier.is_cached(self) else self.dossier_id
        return f"{dossier} · {self.get_satisfaction_display()}"


class RatingChange(Opinion, ScopedModel):
    """What a rating said before it was changed, since when and by which door: its history, only added to.

    What it says now is in the rating itself: most are never changed, and have no history.
    """

    scope_path = "rating__dossier__agency__path"
    asks = {"view": HANDLE_PETITIONS}

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(_("at"))
    door = models.CharField(_("door"), max_length=6, choices=Door.choices)

    class Meta:
        verbose_name = _("change of a rating")
        verbose_name_plural = _("changes of ratings")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.rating_id} · {self.at:%Y-%m-%d %H:%M}"


class Grievance(ScopedModel):
    """A dossier with a petition or a dislike that counts (Decision 766, criterion 5.4): one row each.

    Derived: written only by ``feedback.grievances``, from ratings and petitions.
    """

    scope_path = "dossier__agency__path"

    dossier = models.OneToOneField(
        Dossier, on_delete=models.CASCADE, related_name="grievance", primary_key=True
    )

    class Meta:
        verbose_name = _("dossier with a grievance")
        verbose_name_plural = _("dossiers with a grievance")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.dossier_id)
