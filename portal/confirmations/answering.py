"""An office's answer to its frozen figures: confirm, say what is wrong, take it back; remind the missing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.admin_display import figure
from agencies.admin_scope import person
from agencies.models import Agency
from agencies.permissions import CONFIRM_RESULTS
from agencies.visibility import visible
from portal.confirmations.round_page import Row, back_to, framed, round_for
from scoring.admin.scorecard import criterion_row
from scoring.confirmation_reminders import remind_now
from scoring.confirmations import MISSING, missing_below
from scoring.confirming import answer, take_back
from scoring.explanation import costliest_first, criterion_results, guide
from scoring.models import Confirmation, ConfirmationRound, PublishedScorecard
from scoring.objections.doors import may_write
from scoring.periods import Period
from scoring.results_shown import as_card


class AnswerForm(forms.Form):
    """What an office says of its figures."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Needed where something is wrong, or where offices below have not confirmed."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest, confirmationround_id: int, code: str) -> HttpResponse:
    """An office's frozen figures, and the two answers to them."""
    asked, agency, card = _asked(request, confirmationround_id, code)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    given = Confirmation.objects.filter(round=asked, agency=agency).first()
    if form.is_bound and form.is_valid():
        confirmed = request.POST.get("answer") != Confirmation.Answer.DISPUTED
        try:
            answer(
                asked,
                agency,
                confirmed=confirmed,
                note=form.cleaned_data["note"],
                by=person(request),
                as_of=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None if not hasattr(error, "error_dict") else "note", error.messages)
        else:
            told = (
                _("%(agency)s: confirmed.") if confirmed else _("%(agency)s: not confirmed, with your note.")
            )
            messages.success(request, told % {"agency": agency.name})
            return redirect(back_to(asked))
    row = Row(card, given.answer if given else MISSING, given, True)
    context = framed(
        agency.name,
        request,
        asked=asked,
        agency=agency,
        row=row,
        period=Period.parse(asked.publication.period).label,
        criteria=_criteria(asked, card),
        missing=missing_below(asked, agency),
        form=form,
        back=back_to(asked),
        objection_url=_objection_url(request, asked, agency),
    )
    return TemplateResponse(request, "confirmations/office.html", context)


def _objection_url(request: HttpRequest, asked: ConfirmationRound, agency: Agency) -> str:
    """Where what is wrong can be disputed; empty for who does not write objections of the office."""
    if not may_write(request.user, agency):
        return ""
    period = asked.publication.period
    return reverse("objection-new", query={"agency": agency.code, "period": period})


@require_POST
def take_back_page(request: HttpRequest, confirmationround_id: int, code: str) -> HttpResponse:
    """Undo an answer; the office is missing again."""
    asked, agency, _card = _asked(request, confirmationround_id, code)
    try:
        take_back(asked, agency, by=person(request), as_of=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(agency)s: the answer was taken back.") % {"agency": agency.name})
    return redirect(back_to(asked))


@require_POST
def remind(request: HttpRequest, confirmationround_id: int) -> HttpResponse:
    """Write to those missing in the person's part of the tree, each once a day."""
    asked = round_for(request, confirmationround_id)
    if not asked.is_going_on:
        messages.warning(request, _("This round is over."))
        return redirect(back_to(asked))
    sent = remind_now(asked, by=person(request), as_of=timezone.now())
    if sent:
        told = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", sent)
        messages.success(request, told % {"count": figure(sent)})
    else:
        messages.info(
            request,
            _("Nobody was reminded: they were today already, or no account may confirm for those missing."),
        )
    return redirect(back_to(asked))


def _criteria(asked: ConfirmationRound, frozen: PublishedScorecard) -> list[dict[str, Any]]:
    """The criteria of the frozen scorecard, what cost most first."""
    card = as_card(frozen, asked.publication)
    results = criterion_results(card, guide(card.indicator_set_id))
    with_points = [result for result in results if result.maximum is not None]
    return [criterion_row(card, result) for result in costliest_first(with_points)]


def _asked(
    request: HttpRequest, confirmationround_id: int, code: str
) -> tuple[ConfirmationRound, Agency, PublishedScorecard]:
    """The round, the office and its frozen scorecard, if the person confirms for it."""
    asked = round_for(request, confirmationround_id)
    agency = Agency.objects.filter(visible(request.user, "path", CONFIRM_RESULTS), code=code).first()
    if agency is None:
        raise PermissionDenied(_("You do not confirm the figures of this agency."))
    found: Any = PublishedScorecard.objects.filter(publication=asked.publication_id, agency=agency).first()
    if found is None:
        raise Http404(_("%(agency)s has no figures to confirm.") % {"agency": agency.name})
    return asked, agency, found
