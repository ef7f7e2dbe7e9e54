"""Tasks of action lists that a person's agencies have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.admin_display import figure
from portal.admin.today.waiting import Work
from procedures.months import VIETNAM
from scoring.models import ActionTask


def tasks(user: Any, as_of: datetime) -> Iterator[Work]:
    """Those under way at what the user sees; nothing where nobody set any."""
    today = as_of.astimezone(VIETNAM).date()
    under_way = ActionTask.objects.visible_to(user).filter(state=ActionTask.State.OPEN).order_by()
    found = under_way.aggregate(all=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
    overdue = found["overdue"]
    if not found["all"]:
        return
    if overdue:
        note = ngettext("%(count)s of them is overdue", "%(count)s of them are overdue", overdue) % {
            "count": figure(overdue)
        }
        look = "bad"
    else:
        note, look = _("criteria to bring up to a rate by a day"), "warn"
    url = f"{reverse('action-list')}?state={'overdue' if overdue else 'open'}"
    yield Work(_("Tasks of the action list"), figure(found["all"]), note, url, look)
