from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.user import User


class WeeklyDigest(models.Model):
    """A week's letter to a person: taken up, about to go out, gone.

    One row a person and week, so that a week is written once, whoever writes and however often. A worker
    lost before ``going_at`` is followed by another; lost after it, the letter may have gone, and is not
    sent again. Written by ``agencies.weekly_digests`` alone.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: The Monday.
    week = models.DateField(_("week"))
    taken_at = models.DateTimeField()
    going_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "week"], name="one_digest_a_week")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.week}"
