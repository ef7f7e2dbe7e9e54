"""A set of one's own: a province or ministry derives it, and may end it; both begin as drafts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from agencies.admin_confirm import ask, confirmed
from agencies.admin_deciding import record_asked
from agencies.admin_display import month, record_url
from agencies.admin_scope import person
from agencies.models import Agency
from agencies.permissions import KEEP_INDICATORS
from agencies.visibility import may
from procedures.months import add_months, month_of
from scoring.admin.set_decisions import SetDecisions
from scoring.drafting import derive, draft_end
from scoring.models import IndicatorSet
from scoring.set_approval import note_edit


class SetDeriving(SetDecisions):
    """The part of a set's page by which an agency gets one of its own, and gives it up."""

    def has_derive_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person keeps sets of a province or ministry, to begin one as a copy of this."""
        found = self._found(obj)
        return found is not None and found.agency_id is None and owners_for(request.user).exists()

    @action(
        description=gettext_lazy("Derive a set"), url_path="derive", icon="alt_route", permissions=["derive"]
    )
    def derive_set(self, request: HttpRequest, object_id: str) -> HttpResponse:
        source = record_asked(self, request, object_id, self.has_derive_permission)
        next_month = add_months(month_of(timezone.now()), 1)
        form = OwnerForm(owners_for(request.user), request.POST if confirmed(request) else None)
        if form.is_bound and form.is_valid():
            try:
                draft = derive(source, form.cleaned_data["agency"], next_month)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                return HttpResponseRedirect(record_url(source))
            return self.opened(request, draft, _("Copied from %(set)s") % {"set": source})
        return ask(
            request,
            self,
            record=source,
            title=_("A set for one's own units"),
            consequences=[
                _("A draft begins as a copy of %(set)s: its weights, thresholds and criteria may be changed.")
                % {"set": source},
                _("Units below the agency get a result by it beside their national one, which stays."),
                _("It scores nothing until it is approved."),
            ],
            button=_("Make the draft"),
            back=record_url(source),
            form=form,
        )

    def has_end_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person may draft the end of a set: an approved one of an agency, where they keep it."""
        found = self._found(obj)
        return (
            found is not None
            and found.agency_id is not None
            and not found.ends
            and found.status == IndicatorSet.Status.APPROVED
            and may(request.user, KEEP_INDICATORS, found)
        )

    @action(description=gettext_lazy("End this set"), url_path="end", icon="event_busy", permissions=["end"])
    def end_set(self, request: HttpRequest, object_id: str) -> HttpResponse:
        ended = record_asked(self, request, object_id, self.has_end_permission)
        next_month = add_months(month_of(timezone.now()), 1)
        if confirmed(request):
            return self.opened(request, draft_end(ended, next_month), _("Ends %(set)s") % {"set": ended})
        return ask(
            request,
            self,
            record=ended,
            title=_("End %(set)s") % {"set": ended},
            consequences=[
                _("A draft is made that ends it from %(month)s; the month can still be changed.")
                % {"month": month(next_month)},
                _("Once another person has approved it, offices below %(agency)s have national results only.")
                % {"agency": ended.agency.name if ended.agency else ""},
                _("Results of periods that ended before stay, and a set can be derived again."),
            ],
            button=_("Make the draft"),
            back=record_url(ended),
        )

    def opened(self, request: HttpRequest, draft: IndicatorSet, whence: str) -> HttpResponse:
        """Lead to a draft that was just made, noting whose it is and where it comes from."""
        note_edit(draft.pk, by=person(request), as_of=timezone.now())
        self.log_addition(request, draft, whence)
        messages.success(request, _("This is the draft of version %(number)d.") % {"number": draft.version})
        return HttpResponseRedirect(record_url(draft))


class OwnerForm(forms.Form):
    """Whose set it becomes."""

    agency = forms.ModelChoiceField(
        queryset=Agency.objects.none(), label=gettext_lazy("Whose set"), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, owners: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["agency"]
        chosen.queryset = owners


def owners_for(user: Any) -> Any:
    """The ministries and provinces whose sets a person keeps."""
    kept = Agency.objects.visible_to(user, KEEP_INDICATORS)
    return kept.filter(kind__in=Agency.ANNOUNCING_KINDS).order_by("name_folded")
