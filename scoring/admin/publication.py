"""Publications: a period closed, laid before another person, published, corrected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from agencies.admin_confirm import ask, confirmed
from agencies.admin_deciding import decide_with_reason, record_asked
from agencies.admin_display import DASH, definition, figure, link, list_url, mark, moment, record_url
from agencies.admin_scope import ReadOnlyAdmin, person
from agencies.permissions import PUBLISH_RESULTS
from agencies.step_up import step_up_required
from agencies.visibility import holds_everywhere
from scoring.anomalies.counting import inbox_url, waiting_in
from scoring.closing_job import ask_closing
from scoring.confirmations import progress_of_all
from scoring.confirming import LONGEST, ask_to_confirm, usual_end
from scoring.late_changes import corrections_since, late_dossiers, moved, undecided
from scoring.models import ConfirmationRound, Publication
from scoring.objections.before_publishing import speaking_against
from scoring.periods import Period
from scoring.publication_text import fingerprint_of
from scoring.publishing import approve, closable, may_approve, propose, withdraw

LOOKS = {
    Publication.State.CLOSING: "quiet",
    Publication.State.CLOSED: "warn",
    Publication.State.IN_REVIEW: "warn",
    Publication.State.PUBLISHED: "good",
    Publication.State.WITHDRAWN: "quiet",
}
#: Offices told whose score moved after the figures were frozen.
TOLD = 20


class ClosingForm(forms.Form):
    """Which period is closed; why, where it corrects what was published."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=gettext_lazy("Reason, for a correction"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["period"]
        chosen.choices = [(period.code, period.label) for period in closable(timezone.now())]


class ConfirmationForm(forms.Form):
    """Until when offices are asked to confirm, and what they are told."""

    until = forms.DateField(
        label=gettext_lazy("Until"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the offices"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    """Results on their way to being published, and all that were; nothing is written but by its verbs."""

    list_display = ("of", "version", "shown_state", "offices", "frozen_at", "proposed", "approved", "print")
    list_display_links = ("of",)
    counted_as = gettext_lazy("publications")
    empty_list_hint = gettext_lazy(
        "Close a period that is over: its results are frozen, reviewed, and published by another person."
    )
    readonly_fields = ("told", "afterwards")
    fieldsets = (
        (None, {"fields": ("told",)}),
        (gettext_lazy("Since the figures were frozen"), {"fields": ("afterwards",)}),
    )
    actions_list = ("close_period",)
    actions_detail = ("ask_confirmation", "propose_result", "approve_result", "withdraw_result")

    def has_close_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person publishes results of the whole nation."""
        return holds_everywhere(request.user, PUBLISH_RESULTS)

    def has_propose_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this one, given as such or by its id, is frozen and may be proposed by the person."""
        return self._in(request, obj, Publication.State.CLOSED)

    def has_withdraw_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this one is on its way and may be given up by the person."""
        return self._in(request, obj, *Publication.UNDER_WAY)

    def has_approve_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this one is in review, and was proposed by somebody else."""
        found = self._found(request, obj)
        return found is not None and may_approve(found, person(request))

    @display(description=gettext_lazy("period"), ordering="period")
    def of(self, publication: Publication) -> str:
        return Period.parse(publication.period).label

    @display(description=gettext_lazy("state"))
    def shown_state(self, publication: Publication) -> str:
        return mark(publication.get_state_display(), LOOKS[Publication.State(publication.state)])

    @display(description=gettext_lazy("figures frozen"))
    def frozen_at(self, publication: Publication) -> str:
        return moment(publication.as_of)

    @display(description=gettext_lazy("proposed by"))
    def proposed(self, publication: Publication) -> str:
        return publication.proposed_by_name or DASH

    @display(description=pgettext_lazy("results", "published"))
    def approved(self, publication: Publication) -> str:
        return moment(publication.approved_at)

    @display(description=gettext_lazy("fingerprint"))
    def print(self, publication: Publication) -> str:
        return f"{publication.fingerprint[:12]}…" if publication.fingerprint else DASH

    @display(description=gettext_lazy("result"))
    def told(self, publication: Publication) -> str:
        page = ""
        if publication.is_published:
            url = reverse("publication-version", args=[publication.period, publication.version])
            page = link(_("files and fingerprint, as everybody sees them"), url)
        intact = publication.is_published and fingerprint_of(publication) == publication.fingerprint
        return definition(
            {
                _("Period"): self.of(publication),
                _("Version"): publication.version,
                _("State"): self.shown_state(publication),
                _("Closed"): _by(publication.closed_by_name, publication.closed_at),
                _("Figures frozen"): moment(publication.as_of),
                _("Offices"): figure(publication.offices),
                _("Anomalies to be decided"): _anomalies(publication),
                _("Indicator set"): publication.indicator_set,
                _("Confirmed by offices"): _confirmed(publication),
                _("Reason"): publication.reason,
                _("Proposed"): _by(publication.proposed_by_name, publication.proposed_at),
                pgettext("results", "Published"): _by(publication.approved_by_name, publication.approved_at),
                _("Hash of the contents"): publication.content,
                _("Fingerprint"): publication.fingerprint
                and format_html(
                    "{} {}",
                    publication.fingerprint,
                    mark(_("agrees"), "good") if intact else mark(_("does not agree"), "bad"),
                ),
                _("Published page"): page,
            }
        )

    @display(description=gettext_lazy("late data"))
    def afterwards(self, publication: Publication) -> SafeString | str:
        if publication.as_of is None or publication.state == Publication.State.WITHDRAWN:
            return DASH
        found = moved(publication)
        return render_to_string(
            "admin/publication_late.html",
            {
                "dossiers": figure(late_dossiers(publication)),
                "corrections": figure(corrections_since(publication)),
                "objections": figure(undecided(publication)),
                "count": figure(len(found)),
                "rows": [
                    (one.code, one.name, figure(one.frozen, 2), figure(one.live, 2)) for one in found[:TOLD]
                ],
            },
        )

    @action(description=gettext_lazy("Close a period"), url_path="close", icon="lock", permissions=["close"])
    @step_up_required
    def close_period(self, request: HttpRequest) -> HttpResponse:
        if not self.has_close_permission(request):
            raise PermissionDenied
        form = ClosingForm(request.POST if confirmed(request) else None)
        if form.is_bound and form.is_valid():
            try:
                _publication, job = ask_closing(
                    Period.parse(form.cleaned_data["period"]),
                    by=person(request),
                    reason=form.cleaned_data["reason"],
                    as_of=timezone.now(),
                )
            except ValidationError as error:
                form.add_error(None, " ".join(error.messages))
            else:
                return redirect("job", job.pk)
        return ask(
            request,
            self,
            title=_("Close a period"),
            consequences=[
                _("What waits to be recounted is recounted, then every score of the period is frozen."),
                _("Data that come later are kept and move the live scores, not the frozen ones."),
                _("Nothing is published yet: you propose it, and another person approves."),
            ],
            button=_("Close and freeze"),
            back=list_url(Publication),
            form=form,
        )

    @action(
        description=gettext_lazy("Ask for confirmation"),
        url_path="ask-confirmation",
        icon="how_to_reg",
        permissions=["propose"],
    )
    def ask_confirmation(self, request: HttpRequest, object_id: str) -> HttpResponse:
        found = record_asked(self, request, object_id, self.has_propose_permission)
        asked = ConfirmationRound.objects.filter(publication=found).first()
        now = timezone.now()
        initial = {"until": asked.until if asked else usual_end(now), "note": asked.note if asked else ""}
        form = ConfirmationForm(request.POST if confirmed(request) else None, initial=initial)
        if form.is_bound and form.is_valid():
            try:
                asked = ask_to_confirm(found, **form.cleaned_data, by=person(request), as_of=now)
            except ValidationError as error:
                form.add_error(None, " ".join(error.messages))
            else:
                return redirect("confirmation-round", asked.pk)
        return ask(
            request,
            self,
            record=found,
            title=_("Ask offices to confirm %(period)s") % {"period": self.of(found)},
            consequences=[
                _("%(count)s offices see their frozen figures and are asked whether they are right.")
                % {"count": figure(found.offices)},
                _("Who has not answered is reminded two working days before the end, and after it."),
                _("Whoever is missing then is named and holds nothing up; at most %(days)d days.")
                % {"days": LONGEST.days},
            ],
            button=_("Ask for confirmation"),
            back=record_url(found),
            form=form,
        )

    @action(description=gettext_lazy("Propose"), url_path="propose", icon="send", permissions=["propose"])
    @step_up_required
    def propose_result(self, request: HttpRequest, object_id: str) -> HttpResponse:
        found = record_asked(self, request, object_id, self.has_propose_permission)
        consequences = [
            _("%(count)s scorecards are laid before another person for approval.")
            % {"count": figure(found.offices)},
            *_still_undecided(found),
            _("Your name and the reason are published with the result."),
        ]
        asked = ConfirmationRound.objects.filter(publication=found).first()
        if asked is not None:
            counts = progress_of_all(asked)
            consequences.append(
                _("%(missing)s offices have not answered, %(disputed)s say something is wrong.")
                % {"missing": figure(counts.missing), "disputed": figure(counts.disputed)}
            )
        return decide_with_reason(
            self,
            request,
            found,
            propose,
            title=_("Propose for publication"),
            name=self.of(found),
            consequences=consequences,
        )

    @action(
        description=pgettext_lazy("results", "Publish"),
        url_path="approve",
        icon="verified",
        permissions=["approve"],
    )
    @step_up_required
    def approve_result(self, request: HttpRequest, object_id: str) -> HttpResponse:
        found = record_asked(self, request, object_id, self.has_approve_permission)
        if confirmed(request):
            try:
                approve(found, by=person(request), as_of=timezone.now())
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                messages.success(request, _("Published. Fingerprint: %(hash)s") % {"hash": found.fingerprint})
            return HttpResponseRedirect(record_url(found))
        return ask(
            request,
            self,
            record=found,
            title=_("Publish %(period)s, version %(version)d")
            % {"period": self.of(found), "version": found.version},
            consequences=[
                _("%(count)s scorecards and ranks become public and never change again.")
                % {"count": figure(found.offices)},
                _("Reason given by %(name)s: %(reason)s")
                % {"name": found.proposed_by_name, "reason": found.reason},
                _("%(count)s dossiers of the period changed after its figures were frozen; it does without.")
                % {"count": figure(late_dossiers(found))},
                *speaking_against(found, timezone.now()),
                *_still_undecided(found),
                _("A mistake found later takes a new version beside this one."),
            ],
            button=pgettext("results", "Publish"),
            back=record_url(found),
        )

    @action(description=gettext_lazy("Withdraw"), url_path="withdraw", icon="undo", permissions=["withdraw"])
    @step_up_required
    def withdraw_result(self, request: HttpRequest, object_id: str) -> HttpResponse:
        found = record_asked(self, request, object_id, self.has_withdraw_permission)
        consequences = [
            _("The frozen copy is removed; a note with your reason stays."),
            _("The period can be closed again."),
        ]
        return decide_with_reason(
            self,
            request,
            found,
            withdraw,
            title=_("Withdraw the result"),
            name=self.of(found),
            consequences=consequences,
        )

    def _in(self, request: HttpRequest, obj: Any, *states: str) -> bool:
        found = self._found(request, obj)
        return found is not None and found.state in states and self.has_close_permission(request)

    def _found(self, request: HttpRequest, obj: Any) -> Publication | None:
        if obj is None or isinstance(obj, Publication):
            return obj
        return self.get_queryset(request).filter(pk=obj).first() if str(obj).isdigit() else None


def _confirmed(publication: Publication) -> SafeString | str:
    asked = ConfirmationRound.objects.filter(publication=publication).first()
    if asked is None:
        return ""
    counts = progress_of_all(asked)
    told = _("%(confirmed)s of %(asked)s, %(disputed)s say something is wrong, until %(until)s") % {
        "confirmed": figure(counts.confirmed),
        "asked": figure(counts.asked),
        "disputed": figure(counts.disputed),
        "until": f"{asked.until:%d/%m/%Y}",
    }
    return link(told, reverse("confirmation-round", args=[asked.pk]))


def _anomalies(publication: Publication) -> SafeString:
    """How many of its period wait to be decided, and where they are listed."""
    found = waiting_in(Period.parse(publication.period))
    # Nightly only the month under way and the one before are searched.
    again = link(_("search the period again"), f"{reverse('anomaly-search')}?period={publication.period}")
    if not found.total:
        return format_html("{} {}", mark(_("none"), "good"), again)
    listed = link(_("look at them"), inbox_url(period=publication.period))
    return format_html("{} {} · {}", mark(found.told(), found.look), listed, again)


def _still_undecided(publication: Publication) -> list[str]:
    found = waiting_in(Period.parse(publication.period))
    told = _("Anomalies of the period that nobody has decided on yet: %(count)s.")
    return [told % {"count": found.told()}] if found.total else []


def _by(name: str, at: Any) -> str:
    return f"{name}, {moment(at)}" if name else ""
