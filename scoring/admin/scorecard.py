"""Scorecards: who stands where, and each score with the counts, rules and dossiers behind it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from agencies.admin_display import DASH, figure, fraction, link, list_url, mark, moment, percentage
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_filters import SubtreeFilter
from agencies.admin_scope import ReadOnlyAdmin
from scoring.admin.dossiers import links_to_counted
from scoring.behind import counts_dossiers
from scoring.explanation import (
    CriterionResult,
    Guide,
    costliest_first,
    criterion_results,
    formula_reading,
    guide,
    named,
)
from scoring.formula import FormulaError, parse
from scoring.models import Scorecard, Tally
from scoring.peers import MINISTRIES, NATION, PROVINCES
from scoring.periods import Period, PeriodKind
from scoring.standings import periods_with_scores

PEERS = {
    NATION: gettext_lazy("Nation"),
    MINISTRIES: gettext_lazy("Ministries"),
    PROVINCES: gettext_lazy("Provinces"),
    "departments": gettext_lazy("Departments"),
    "communes": gettext_lazy("Communes"),
    "units": gettext_lazy("Units"),
}


class PeriodFilter(DropdownFilter):
    """One period: a score only compares within it."""

    title = gettext_lazy("period")
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        periods = [(period.code, period.label) for period in periods_with_scores()]
        asked = request.GET.get(self.parameter_name, "")
        if asked and asked not in dict(periods):
            periods.insert(0, (asked, _label(asked)))
        return periods

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(period=self.value()) if self.value() else queryset


class PeerFilter(DropdownFilter):
    """Like with like: ministries, provinces, or the departments, communes and units of any."""

    title = gettext_lazy("peers")
    parameter_name = "peers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PEERS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value in (NATION, MINISTRIES, PROVINCES):
            return queryset.filter(peer_class=value)
        if value not in PEERS:
            return queryset
        return queryset.filter(Q(peer_class=value) | Q(peer_class__startswith=f"{value}:"))


@admin.register(Scorecard)
class ScorecardAdmin(ExportsCsv, ReadOnlyAdmin):
    """Live scores, by rank among peers; a score opens with its criteria, the costliest first."""

    list_display = ("agency_name", "of_period", "points", "band_mark", "place", "blocks", "counted", "moved")
    list_display_links = ("agency_name",)
    list_select_related = ("agency",)
    list_filter = (PeriodFilter, PeerFilter, SubtreeFilter)
    search_fields = ("agency__code",)
    search_help_text = gettext_lazy("Agency code")
    # From the top of the tree down, each among its peers.
    ordering = ("agency__depth", "peer_class", F("rank").asc(nulls_last=True), "-total")
    sortable_by = ("points", "counted", "moved")
    empty_list_hint = gettext_lazy(
        "Scores appear when an indicator set is approved and dossiers have been counted."
    )
    readonly_fields = ("headline", "elsewhere")
    fields = readonly_fields
    change_form_after_template = "admin/scorecard_criteria.html"

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        _give_rules(found.result_list)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        card = super().get_object(request, object_id, from_field)
        if card:
            _give_rules([card])
            results = costliest_first(criterion_results(card, card.rules))
            card.criterion_rows = [criterion_row(card, result) for result in results]
        return card

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(agency__code__iexact=term) if term else queryset), False

    @display(description=gettext_lazy("agency"))
    def agency_name(self, card: Scorecard) -> str:
        return f"{card.agency.name} ({card.agency.code})"

    @display(description=gettext_lazy("period"))
    def of_period(self, card: Scorecard) -> str:
        return _label(card.period)

    @display(description=gettext_lazy("total"), ordering="total")
    def points(self, card: Scorecard) -> str:
        return figure(card.total, 2)

    @display(description=gettext_lazy("band"))
    def band_mark(self, card: Any) -> str:
        look = card.rules.bands.get(card.band)
        return mark(look.name, f"step-{look.step}") if look else DASH

    @display(description=gettext_lazy("rank"))
    def place(self, card: Scorecard) -> str:
        if card.rank is None:
            return mark(_("not ranked, %(count)s dossiers") % {"count": figure(card.dossiers)}, "quiet")
        return f"{figure(card.rank)} / {figure(card.ranked)}"

    @display(description=gettext_lazy("blocks"))
    def blocks(self, card: Scorecard) -> SafeString:
        shown = ((code, figure(Decimal(points), 2)) for code, points in card.groups.items())
        cells = format_html_join("", "<span><small>{}</small> {}</span>", shown)
        return format_html('<span class="blocks">{}</span>', cells)

    @display(description=gettext_lazy("dossiers"), ordering="dossiers")
    def counted(self, card: Scorecard) -> str:
        return figure(card.dossiers)

    @display(description=gettext_lazy("last moved"), ordering="changed_at")
    def moved(self, card: Scorecard) -> str:
        return moment(card.changed_at)

    @display(description=gettext_lazy("score"))
    def headline(self, card: Any) -> SafeString:
        rules = card.rules
        context = {
            "card": card,
            "name": self.agency_name(card),
            "period": _label(card.period),
            "total": figure(card.total, 2),
            "maximum": figure(rules.total_maximum),
            "band": self.band_mark(card),
            "rank": self.place(card),
            "dossiers": figure(card.dossiers),
            "moved": moment(card.changed_at),
            "indicator_set": rules.indicator_set,
        }
        return render_to_string("admin/scorecard_headline.html", context)

    @display(description=gettext_lazy("see also"))
    def elsewhere(self, card: Scorecard) -> SafeString:
        period = Period.parse(card.period)
        links = [
            link(_("Public page"), f"{reverse('agency', args=[card.agency.code])}?period={card.period}"),
            link(_("Counts of the last month"), list_url(Tally, agency=card.agency_id, month=period.last)),
            link(_("Below it"), list_url(Scorecard, agency=card.agency_id, period=card.period)),
        ]
        return format_html_join(" · ", "{}", ((found,) for found in links))

    def for_export(self, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related("agency").defer("criteria")

    def export_columns(self) -> dict[str, Column]:
        return {
            str(_("agency code")): lambda card: card.agency.code,
            str(_("agency")): lambda card: card.agency.name,
            str(_("period")): lambda card: card.period,
            str(_("total")): lambda card: card.total,
            str(_("band")): lambda card: card.band,
            str(_("rank")): lambda card: card.rank,
            str(_("ranked peers")): lambda card: card.ranked,
            str(_("dossiers")): lambda card: card.dossiers,
            str(_("blocks")): lambda card: " ".join(f"{k}={v}" for k, v in card.groups.items()),
        }


def _give_rules(cards: Iterable[Any]) -> None:
    """Hand each scorecard the guide to the set it was graded by: read once a set, not once a row."""
    guides: dict[int, Guide] = {}
    for card in cards:
        if card.indicator_set_id not in guides:
            guides[card.indicator_set_id] = guide(card.indicator_set_id)
        card.rules = guides[card.indicator_set_id]


def _label(code: str) -> str:
    try:
        return Period.parse(code).label
    except ValueError:
        return code


def criterion_row(card: Scorecard, result: CriterionResult) -> dict[str, Any]:
    """A criterion of a scorecard as a table shows it, with links to the dossiers behind it."""
    criterion = result.criterion
    return {
        "code": criterion.code,
        "name": named(criterion),
        "share": percentage(result.numerator, result.denominator) if not result.reason else DASH,
        "reason": result.reason,
        "points": figure(result.points, 2),
        "maximum": figure(result.maximum, 2) if result.maximum is not None else "",
        "cost": figure(result.cost, 2) if result.cost else "",
        "inherited": result.inherited,
        "reading": (
            fraction(formula_reading(criterion.numerator), formula_reading(criterion.denominator))
            if criterion.numerator
            else ""
        ),
        "behind": _behind(card, result),
        "dossiers": [] if result.inherited else _dossiers(card, criterion.numerator, criterion.denominator),
    }


def _behind(card: Scorecard, result: CriterionResult) -> str:
    """Where the dossiers that cost the criterion its points are listed; empty if none did."""
    criterion = result.criterion
    if result.inherited or result.reason or result.numerator == result.denominator:
        return ""
    address = [card.agency.code, card.period, criterion.code]
    return reverse("behind", args=address) if counts_dossiers(criterion) else ""


def _dossiers(card: Scorecard, *formulas: str) -> list[tuple[Any, str]]:
    """Lists of the dossiers that a criterion's formulas count, in a month or a period's last one."""
    names: dict[str, None] = {}
    for text in formulas:
        try:
            names.update(dict.fromkeys(parse(text).names if text else ()))
        except FormulaError:
            continue
    period = Period.parse(card.period)
    if period.kind is not PeriodKind.MONTH:
        return []
    return links_to_counted(names, card.agency_id, period.last)
