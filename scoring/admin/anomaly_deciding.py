"""Deciding about several anomalies of the inbox together, for one reason that fits them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from agencies.admin_confirm import ask, confirmed, selection
from agencies.admin_deciding import ReasonForm
from agencies.admin_display import figure
from agencies.admin_scope import person
from agencies.permissions import REVIEW_ANOMALIES
from agencies.visibility import holds_somewhere, visible
from scoring.anomalies.counting import waiting
from scoring.anomalies.settling import dismiss, settle
from scoring.models import Anomaly

#: How many are decided together at most.
AT_A_TIME = 500


class DecidesTogether:
    """For the inbox: settle or dismiss those chosen that wait and are the person's to decide."""

    actions = ("settle_chosen", "dismiss_chosen")

    def has_decide_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person decides about any agency's anomalies."""
        return holds_somewhere(request.user, REVIEW_ANOMALIES)

    @action(description=gettext_lazy("Settle…"), permissions=["decide"])
    def settle_chosen(self, request: HttpRequest, queryset: QuerySet[Anomaly]) -> HttpResponse | None:
        told = _("It was one each time, and is dealt with: they no longer wait.")
        return self._decide(request, queryset, "settle_chosen", _("Settle anomalies"), told, settle)

    @action(description=gettext_lazy("Dismiss: the data are right…"), permissions=["decide"])
    def dismiss_chosen(self, request: HttpRequest, queryset: QuerySet[Anomaly]) -> HttpResponse | None:
        told = _("It was none: the data count as they are.")
        return self._decide(request, queryset, "dismiss_chosen", _("Dismiss anomalies"), told, dismiss)

    def _decide(
        self,
        request: HttpRequest,
        chosen: QuerySet[Anomaly],
        name: str,
        title: str,
        told: str,
        verb: Callable[..., None],
    ) -> HttpResponse | None:
        page: Any = self
        count = chosen.count()
        theirs = visible(request.user, "agency__parent__path", REVIEW_ANOMALIES)
        records = chosen.filter(theirs, state__in=Anomaly.WAITING)
        form = ReasonForm(request.POST if confirmed(request) else None)
        if form.is_bound and form.is_valid():
            done = _decided(records, verb, person(request), form.cleaned_data["reason"])
            text = _("Decided: %(done)s of %(count)s.") % {"done": figure(done), "count": figure(count)}
            messages.success(request, text)
            return None
        waits = waiting(records)
        consequences = [
            _("To be decided now: %(told)s.") % {"told": waits.told() or figure(0)},
            told,
            _("Each is opened again if it is found twice as large; your reason stands in the log."),
        ]
        if count > waits.total:
            consequences.insert(
                1,
                _("Left out, since they are decided already or not yours to decide: %(count)s.")
                % {"count": figure(count - waits.total)},
            )
        return ask(
            request,
            page,
            title=title,
            consequences=consequences,
            button=title,
            back=request.get_full_path(),
            hidden=selection(request, name),
            form=form,
        )


def _decided(records: QuerySet[Anomaly], verb: Callable[..., None], by: Any, reason: str) -> int:
    """Decide about each, at most ``AT_A_TIME``; one that somebody decided meanwhile is left as it is."""
    done, now = 0, timezone.now()
    for anomaly in records.select_related(None).order_by("pk")[:AT_A_TIME]:
        try:
            verb(anomaly, by=by, reason=reason, as_of=now)
        except ValidationError:
            continue
        done += 1
    return done
