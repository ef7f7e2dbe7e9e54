"""Frozen figures that wait for this person's confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.permissions import CONFIRM_RESULTS
from agencies.visibility import holds_somewhere
from portal.admin.today.waiting import Work, waiting
from scoring.confirmations import waiting_for
from scoring.models import ConfirmationRound
from scoring.periods import Period


def confirmations(user: Any) -> Iterator[Work]:
    """A line for each round that goes on."""
    if not holds_somewhere(user, CONFIRM_RESULTS):
        return
    for asked in ConfirmationRound.objects.going_on().select_related("publication"):
        told = {
            "period": Period.parse(asked.publication.period).label,
            "until": f"{asked.until:%d/%m/%Y}",
        }
        yield waiting(
            _("Figures to confirm: %(period)s") % told,
            waiting_for(asked, user),
            _("offices, until %(until)s") % told,
            _("You have answered for all your offices."),
            reverse("confirmation-round", args=[asked.pk]),
        )
