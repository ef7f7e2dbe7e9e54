from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.models.scoped import ScopedModel, ScopedQuerySet
from agencies.permissions import CONFIRM_RESULTS
from scoring.models.publication import Publication


class ConfirmationRoundQuerySet(ScopedQuerySet["ConfirmationRound"]):
    """Sets of rounds of confirmation."""

    def going_on(self) -> ConfirmationRoundQuerySet:
        """Those that can still be answered: the results are frozen and not yet proposed."""
        return self.filter(publication__state=Publication.State.CLOSED)


class ConfirmationRound(ScopedModel):
    """A period's frozen figures laid before the offices they are of, from the bottom up.

    An option: the Government Office asks for it once a period is frozen, and says until when. Whoever
    has not answered by then is named, and holds nothing up. Written by ``scoring.confirming`` alone.
    """

    readable_by_all = True

    publication = models.OneToOneField(
        Publication,
        on_delete=models.CASCADE,
        related_name="confirmation_round",
        verbose_name=_("publication"),
    )
    until = models.DateField(_("until"), help_text=_("The last day on which offices are asked to answer."))
    note = models.CharField(_("note to the offices"), max_length=500, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_by_name = models.CharField(_("asked by"), max_length=320)
    asked_at = models.DateTimeField(_("asked at"))

    objects = ConfirmationRoundQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("round of confirmation")
        verbose_name_plural = _("rounds of confirmation")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.publication)

    @property
    def is_going_on(self) -> bool:
        """Whether it can still be answered."""
        return self.publication.state == Publication.State.CLOSED


class Confirmation(ScopedModel):
    """What an office said of its frozen figures: that they are right, or what is wrong with them.

    ``total`` is the score it said so of; ``missing_below`` how many offices directly below it had not
    confirmed theirs by then.
    """

    asks = {"view": CONFIRM_RESULTS}

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        DISPUTED = "disputed", _("Not confirmed")

    round = models.ForeignKey(ConfirmationRound, on_delete=models.CASCADE, related_name="confirmations")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    total = models.DecimalField(_("total"), max_digits=5, decimal_places=2)
    missing_below = models.PositiveIntegerField(_("offices below that had not confirmed"), default=0)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(_("by"), max_length=320)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["round", "agency"], name="one_confirmation_an_office"),
            models.CheckConstraint(
                condition=Q(answer="confirmed") | ~Q(note=""), name="what_is_wrong_is_said"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.get_answer_display()}"


class ConfirmationLetter(models.Model):
    """That a person was reminded of a round, on which occasion: nobody gets the same letter twice."""

    round = models.ForeignKey(ConfirmationRound, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: ``soon``, ``over``, or the day on which somebody asked for reminders (``2026-05-12``).
    occasion = models.CharField(max_length=10)
    sent_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["round", "user", "occasion"], name="one_letter_an_occasion")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.user_id} {self.occasion}"
