from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import OPERATE_SYSTEM


class DirtyMonth(ScopedModel):
    """An agency's month whose counts no longer hold, written in the transaction that changed it.

    Rows are only added and, once recounted, removed; there may be several for one month. Adding
    never waits for a recount, and a mark made during one survives it.
    """

    asks = {"view": OPERATE_SYSTEM}

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.PositiveIntegerField()
    marked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("month to recount")
        verbose_name_plural = _("months to recount")

    def __str__(self) -> str:
        return f"{self.agency_id} {self.month}"
