"""What a portal lacks to begin with."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.permissions import OPERATE_SYSTEM
from agencies.visibility import holds_everywhere
from procedures.models import Dossier
from scoring.models import IndicatorSet


def missing(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What is not there yet, each with the command that mends it; only told to operators."""
    if not holds_everywhere(request.user, OPERATE_SYSTEM):
        return
    if not Agency.objects.exists():
        yield _("There are no agencies yet."), "manage.py seed_agencies"
    if not IndicatorSet.objects.filter(status=IndicatorSet.Status.APPROVED).exists():
        yield _("No indicator set is approved, so nothing is graded."), "manage.py load_indicators"
    if not Dossier.objects.exists():
        yield (
            _("No dossier has arrived: connect a one-stop system, or try the portal with example data."),
            "manage.py demo",
        )
