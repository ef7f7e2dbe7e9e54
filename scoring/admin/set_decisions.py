"""An indicator set's decisions as buttons: propose, approve by another person, give back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from unfold.decorators import action

from agencies.admin_confirm import ask, confirmed
from agencies.admin_deciding import decide_with_reason, record_asked
from agencies.admin_display import figure, month, record_url
from agencies.admin_scope import ScopedModelAdmin, person
from agencies.models import Agency
from agencies.permissions import KEEP_INDICATORS
from agencies.step_up import step_up_required
from agencies.visibility import may
from scoring.models import IndicatorSet
from scoring.regrading import ended_by, touched
from scoring.set_approval import approve, give_back, may_approve, propose

#: Periods named before the rest is only counted.
PERIODS_TOLD = 8


class SetDecisions(ScopedModelAdmin):
    """The part of a set's page by which it gets into force."""

    def has_propose_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person may propose a set, given as such or by its id: a draft they keep."""
        found = self._found(obj)
        return self.has_change_permission(request, found) if found else False

    def has_approve_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person may put a set in force: proposed, and by others' hands."""
        found = self._found(obj)
        return found is not None and may_approve(found, person(request))

    def has_give_back_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person may make a proposed set a draft again."""
        found = self._found(obj)
        return (
            found is not None
            and found.status == IndicatorSet.Status.PROPOSED
            and may(request.user, KEEP_INDICATORS, found)
        )

    @action(
        description=pgettext_lazy("indicator set", "Propose"),
        url_path="propose",
        icon="send",
        permissions=["propose"],
    )
    @step_up_required
    def propose_set(self, request: HttpRequest, object_id: str) -> HttpResponse:
        draft = record_asked(self, request, object_id, self.has_propose_permission)
        consequences = [
            _("Nothing in it changes until another person approves it or gives it back."),
            _("You cannot approve it yourself, nor can who changed it last."),
            *_effects(draft),
        ]
        return self._with_reason(request, draft, propose, _("Propose for approval"), consequences)

    @action(description=gettext_lazy("Approve"), url_path="approve", icon="verified", permissions=["approve"])
    @step_up_required
    def approve_set(self, request: HttpRequest, object_id: str) -> HttpResponse:
        proposed = record_asked(self, request, object_id, self.has_approve_permission)
        if confirmed(request):
            try:
                marked = approve(proposed, by=person(request), as_of=timezone.now())
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                return HttpResponseRedirect(record_url(proposed))
            self.log_change(request, proposed, _("Approved"))
            messages.success(
                request,
                _("Approved. %(count)s agency-months are being graded anew.") % {"count": figure(marked)},
            )
            return HttpResponseRedirect(record_url(proposed))
        return ask(
            request,
            self,
            record=proposed,
            title=_("Approve %(set)s") % {"set": proposed},
            consequences=[
                _("Reason given by %(name)s: %(reason)s")
                % {"name": proposed.proposed_by_name, "reason": proposed.reason},
                *_effects(proposed),
                _("It can never be changed again; a correction is a new version."),
            ],
            button=_("Approve"),
            back=record_url(proposed),
        )

    @action(
        description=gettext_lazy("Give back"), url_path="give-back", icon="undo", permissions=["give_back"]
    )
    def give_back_set(self, request: HttpRequest, object_id: str) -> HttpResponse:
        proposed = record_asked(self, request, object_id, self.has_give_back_permission)
        consequences = [_("It is a draft again, to be changed and proposed anew.")]
        return self._with_reason(request, proposed, give_back, _("Give back"), consequences)

    def _with_reason(
        self,
        request: HttpRequest,
        found: IndicatorSet,
        verb: Callable[..., None],
        title: str,
        consequences: list[str],
    ) -> HttpResponse:
        return decide_with_reason(
            self,
            request,
            found,
            verb,
            title=title,
            name=found,
            consequences=consequences,
            then=lambda: self.log_change(request, found, title),
        )

    def _found(self, obj: Any) -> IndicatorSet | None:
        if obj is None or isinstance(obj, IndicatorSet):
            return obj
        return IndicatorSet.objects.filter(pk=obj).first() if str(obj).isdigit() else None


def _effects(indicator_set: IndicatorSet) -> list[str]:
    """What putting a set in force does to scores, in numbers."""
    begins = month(indicator_set.valid_from)
    if indicator_set.agency is not None:
        return _effects_below(indicator_set, indicator_set.agency, begins)
    told = [_("It scores every period that ends in %(month)s or later.") % {"month": begins}]
    found = touched(indicator_set)
    if not found:
        return [*told, _("No score there is now changes; it begins with its first month.")]
    cards = sum(one.scorecards for one in found)
    labels = ", ".join(one.period.label for one in found[:PERIODS_TOLD])
    if len(found) > PERIODS_TOLD:
        labels += f" … (+{len(found) - PERIODS_TOLD})"
    told.append(
        ngettext(
            "%(count)s live score is graded anew: %(periods)s.",
            "%(count)s live scores are graded anew: %(periods)s.",
            cards,
        )
        % {"count": figure(cards), "periods": labels}
    )
    published = [one for one in found if one.published]
    if published:
        told.append(
            _("What was published stays as it is: %(periods)s.")
            % {"periods": ", ".join(one.period.label for one in published)}
        )
    return told


def _effects_below(indicator_set: IndicatorSet, owner: Agency, begins: str) -> list[str]:
    """What putting a derived set in force does, in numbers."""
    if indicator_set.ends:
        return _effects_of_end(indicator_set, owner, begins)
    cards = sum(one.scorecards for one in touched(indicator_set))
    return [
        _("Offices below %(agency)s get a result by it for every period that ends in %(month)s or later.")
        % {"agency": owner.name, "month": begins},
        ngettext(
            "%(count)s result is computed now; national scores and ranks stay as they are.",
            "%(count)s results are computed now; national scores and ranks stay as they are.",
            cards,
        )
        % {"count": figure(cards)},
    ]


def _effects_of_end(end: IndicatorSet, owner: Agency, begins: str) -> list[str]:
    """What ending a derived set does, in numbers."""
    going = ended_by(end).count()
    return [
        _(
            "Offices below %(agency)s have national results only, for every period that ends in %(month)s "
            "or later."
        )
        % {"agency": owner.name, "month": begins},
        ngettext(
            "%(count)s result by the agency's own set goes now; national scores and ranks stay as they are.",
            "%(count)s results by the agency's own set go now; national scores and ranks stay as they are.",
            going,
        )
        % {"count": figure(going)},
    ]
