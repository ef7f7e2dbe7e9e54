"""The rounds of confirmation, and one of them: who confirmed, who did not, who is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.permissions import CONFIRM_RESULTS, EXPORT_RECORDS, PUBLISH_RESULTS, SEE_RECORDS
from agencies.visibility import holds_everywhere, holds_somewhere, paths_held, visible
from portal.agency_search import matching
from portal.pages.csv_files import csv_response
from scoring.confirmations import MISSING, Answers, answers, progress, waiting_for
from scoring.models import Confirmation, ConfirmationRound, PublishedScorecard
from scoring.periods import Period

PER_PAGE = 100
#: Closed rounds that are listed.
LISTED = 24
Answer = Confirmation.Answer


@dataclass(frozen=True)
class Row:
    """An office in a round: its frozen figures and what it said of them."""

    card: PublishedScorecard
    answer: str
    given: Confirmation | None
    mine: bool

    @property
    def label(self) -> str:
        """The answer in words."""
        return str(Answer(self.answer).label) if self.given else _("No answer yet")

    @property
    def look(self) -> str:
        """How the answer is marked."""
        return {Answer.CONFIRMED.value: "good", Answer.DISPUTED.value: "bad"}.get(self.answer, "warn")


def round_for(request: HttpRequest, confirmationround_id: int) -> ConfirmationRound:
    """The round; Http404 if there is none, PermissionDenied to who sees no agency."""
    if not holds_somewhere(request.user, SEE_RECORDS):
        raise PermissionDenied
    found = ConfirmationRound.objects.select_related("publication").filter(pk=confirmationround_id).first()
    if found is None:
        raise Http404(_("There is no such round of confirmation."))
    return found


def framed(title: str, request: HttpRequest, **more: Any) -> dict[str, Any]:
    """What a template of these pages needs, with ``more``."""
    return {**admin.site.each_context(request), "title": title, **more}


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """What waits for this person to confirm, and the rounds before."""
    if not holds_somewhere(request.user, SEE_RECORDS):
        raise PermissionDenied
    listed = ConfirmationRound.objects.select_related("publication").order_by("-pk")[:LISTED]
    found = [
        (
            one,
            Period.parse(one.publication.period).label,
            waiting_for(one, request.user).count() if one.is_going_on else 0,
            progress(answers(one, request.user)),
        )
        for one in listed
    ]
    context = framed(
        _("Confirmations"),
        request,
        rounds=found,
        publishes=holds_everywhere(request.user, PUBLISH_RESULTS),
    )
    return TemplateResponse(request, "confirmations/rounds.html", context)


@require_safe
def one_round(request: HttpRequest, confirmationround_id: int) -> HttpResponse:
    """A round as far as the person sees: counted, filtered, searched, with what is theirs to answer."""
    asked = round_for(request, confirmationround_id)
    show, wanted = request.GET.get("show", ""), request.GET.get("q", "").strip()
    everybody = answers(asked, request.user)
    page = Paginator(_listed(everybody, show, wanted), PER_PAGE).get_page(request.GET.get("page"))
    held = paths_held(request.user, CONFIRM_RESULTS)
    period = Period.parse(asked.publication.period)
    counts = progress(everybody)
    context = framed(
        _("Confirmation of %(period)s") % {"period": period.label},
        request,
        asked=asked,
        show=show,
        wanted=wanted,
        page=page,
        rows=list(_rows(asked, page.object_list, held)),
        counts=counts,
        views=[
            ("", _("All"), counts.asked),
            (MISSING, _("No answer yet"), counts.missing),
            (Answer.DISPUTED.value, _("Not confirmed"), counts.disputed),
            (Answer.CONFIRMED.value, _("Confirmed"), counts.confirmed),
        ],
        waiting=waiting_for(asked, request.user).count() if asked.is_going_on else 0,
        may_remind=bool(held) and asked.is_going_on and counts.missing > 0,
        may_export=holds_somewhere(request.user, EXPORT_RECORDS),
        query=request.GET.urlencode(),
    )
    return TemplateResponse(request, "confirmations/round.html", context)


@require_safe
def round_file(request: HttpRequest, confirmationround_id: int) -> HttpResponse:
    """What the page lists, as CSV: of the agencies whose lists the person may export."""
    asked = round_for(request, confirmationround_id)
    if not holds_somewhere(request.user, EXPORT_RECORDS):
        raise PermissionDenied
    everybody = answers(asked, request.user).filter(visible(request.user, "agency__path", EXPORT_RECORDS))
    listed = _listed(everybody, request.GET.get("show", ""), request.GET.get("q", "").strip())
    header = [
        _("agency code"),
        _("agency"),
        _("agency above"),
        _("total"),
        _("answer"),
        _("note"),
        _("by"),
        _("at"),
    ]
    rows = [
        (
            row.card.code,
            row.card.name,
            row.card.parent,
            row.card.total,
            row.label,
            row.given.note if row.given else "",
            row.given.by_name if row.given else "",
            row.given.at if row.given else None,
        )
        for row in _rows(asked, listed, ())
    ]
    return csv_response(f"confirmation-{asked.publication.name}.csv", header, rows)


def _listed(everybody: Answers, show: str, wanted: str) -> Answers:
    found = everybody.order_by("agency__path")
    if show in (MISSING, *Answer.values):
        found = found.filter(answer=show)
    if wanted:
        found = found.filter(agency__in=matching(wanted).values("pk"))
    return found


def _rows(asked: ConfirmationRound, cards: Any, held: tuple[str, ...]) -> Iterator[Row]:
    cards = list(cards.select_related("agency") if isinstance(cards, QuerySet) else cards)
    given = {
        one.agency_id: one for one in asked.confirmations.filter(agency__in=[c.agency_id for c in cards])
    }
    for card in cards:
        path = card.agency.path if card.agency else ""
        yield Row(card, card.answer, given.get(card.agency_id), bool(held) and path.startswith(held))


def back_to(asked: ConfirmationRound) -> str:
    """The address of a round."""
    return reverse("confirmation-round", args=[asked.pk])
