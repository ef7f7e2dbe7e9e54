"""Ratings: how applicants found the handling of their dossiers, with every version of what they said."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from agencies.admin_display import DASH, link, mark, moment, record_url
from agencies.admin_export import Column, ExportsCsv
from agencies.admin_scope import ReadOnlyAdmin, ScopedInline
from agencies.permissions import HANDLE_PETITIONS
from feedback.admin.petition_words import level_mark
from feedback.admin.rating_filters import LIST_FILTERS
from feedback.bursts import reason_of
from feedback.models import FACTORS, Rating, RatingChange, Standing
from procedures.admin.dossier_list import code_condition
from procedures.models import Dossier

WAITING = Rating.CommentState.WAITING
_LOOKS = {Standing.HELD: "warn", Standing.REJECTED: "bad"}
_COMMENT_LOOKS = {WAITING: "warn", Rating.CommentState.SHOWN: "good"}


class ChangesInline(ScopedInline):
    """What was said before, each time."""

    model = RatingChange
    fields = readonly_fields = ("at", "satisfaction", *FACTORS, "door", "comment")
    can_delete = False
    max_num = 0
    verbose_name_plural = gettext_lazy("What was said before it was changed")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(Rating)
class RatingAdmin(ExportsCsv, ReadOnlyAdmin):
    """The newest first."""

    list_display = ("dossier_code", "level", "given", "agency_name", "procedure_code", "remark", "counts")
    list_filter: Any = LIST_FILTERS
    search_fields = ("dossier__code",)
    search_help_text = gettext_lazy("Dossier code, or how it begins")
    empty_list_hint = gettext_lazy(
        "Print the rating link with each receipt: applicants rate where they are asked."
    )
    sortable_by: Any = ()
    inlines = (ChangesInline,)
    readonly_fields = (
        "of_dossier", "level", "given", "as_told", "remark", "said", "shown_comment", "counts", "held_why",
        "reviewed",
    )  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        # Most are never changed.
        return self.inlines if obj and obj.changes.exists() else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": ("of_dossier", "level", *FACTORS, "given", "as_told")}),
            (_("Comment"), {"fields": ("remark", "said", "shown_comment")}),
            (_("Whether it counts"), {"fields": ("counts", "held_why", "reviewed")}),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = super().get_queryset(request)
        return found.select_related("dossier__agency", "dossier__procedure", "reviewed_by").defer(
            "dossier__supplements", "dossier__phone_hash", "dossier__identity_hash"
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        dossiers = Dossier.objects.visible_to(request.user, HANDLE_PETITIONS).filter(code_condition(term))
        return queryset.filter(dossier__in=dossiers.order_by().values("pk")), False

    @display(description=gettext_lazy("dossier"))
    def dossier_code(self, rating: Rating) -> str:
        return rating.dossier.code

    @display(description=gettext_lazy("dossier"))
    def of_dossier(self, rating: Rating) -> str:
        return link(rating.dossier.code, record_url(rating.dossier))

    @display(description=gettext_lazy("satisfaction"))
    def level(self, rating: Rating) -> str:
        return level_mark(rating)

    @display(description=gettext_lazy("given"))
    def given(self, rating: Rating) -> str:
        return moment(rating.given_at)

    @display(description=gettext_lazy("agency"))
    def agency_name(self, rating: Rating) -> str:
        return str(rating.dossier.agency)

    @display(description=gettext_lazy("procedure"))
    def procedure_code(self, rating: Rating) -> str:
        return rating.dossier.procedure.code if rating.dossier.procedure else DASH

    @display(description=gettext_lazy("door"))
    def as_told(self, rating: Rating) -> str:
        door = str(rating.get_door_display())
        if rating.changed_at == rating.given_at:
            return door
        return f"{door} · " + _("last changed %(at)s") % {"at": moment(rating.changed_at)}

    @display(description=gettext_lazy("comment"))
    def remark(self, rating: Rating) -> str:
        if not rating.comment:
            return DASH
        state = mark(
            rating.get_comment_state_display(),
            _COMMENT_LOOKS.get(Rating.CommentState(rating.comment_state), "quiet"),
        )
        words = _("look at it") if rating.comment_state == WAITING else _("decide anew")
        return format_html("{} {}", state, link(words, reverse("rating-comment", args=[rating.pk])))

    @display(description=gettext_lazy("as written by the applicant"))
    def said(self, rating: Rating) -> str:
        return rating.comment or DASH

    @display(description=gettext_lazy("counted"))
    def counts(self, rating: Rating) -> str:
        if rating.standing == Standing.COUNTED:
            return mark(rating.get_standing_display(), "good")
        return mark(rating.get_standing_display(), _LOOKS[Standing(rating.standing)])

    @display(description=gettext_lazy("why it was held"))
    def held_why(self, rating: Rating) -> str:
        return reason_of(rating.held_for) or DASH

    @display(description=gettext_lazy("reviewed"))
    def reviewed(self, rating: Rating) -> str:
        if rating.reviewed_at is None:
            return DASH
        return f"{moment(rating.reviewed_at)} · {rating.reviewed_by}: {rating.review_reason}"

    def export_columns(self) -> dict[str, Column]:
        # Comments may name people: they stay on the rating's page.
        columns: dict[str, Column] = {
            str(_("dossier code")): lambda r: r.dossier.code,
            str(_("agency code")): lambda r: r.dossier.agency.code,
            str(_("agency")): lambda r: r.dossier.agency.name,
            str(_("procedure")): lambda r: r.dossier.procedure.code if r.dossier.procedure else "",
            str(_("given")): lambda r: moment(r.given_at),
            str(_("satisfaction")): lambda r: r.get_satisfaction_display(),
        }
        for name in FACTORS:
            label = str(Rating._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            columns[label] = _factor(name)
        columns[str(_("door"))] = lambda r: r.get_door_display()
        columns[str(_("counted"))] = lambda r: r.get_standing_display()
        return columns


def _factor(name: str) -> Column:
    return lambda rating: getattr(rating, name)
