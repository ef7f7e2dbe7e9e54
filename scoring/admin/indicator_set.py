"""Indicator sets: a draft is written here and approved; an approved one is only read."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from agencies.admin_confirm import ask, confirmed
from agencies.admin_display import (
    DASH,
    definition,
    figure,
    fraction,
    link,
    mark,
    moment,
    month,
    record_url,
)
from agencies.admin_scope import ScopedInline, ScopedModelAdmin, person
from agencies.models import Agency
from agencies.permissions import KEEP_INDICATORS
from agencies.visibility import may
from procedures.months import add_months, month_of
from scoring.admin.set_deriving import SetDeriving
from scoring.drafting import new_draft
from scoring.explanation import formula_reading, guide, named, ruled
from scoring.measures import MEASURES
from scoring.models import Band, Criterion, Group, IndicatorSet
from scoring.set_approval import note_edit
from scoring.standings import periods_with_scores


class OfADraft:
    """Changed only while the set it belongs to is a draft."""

    def set_of(self, obj: Any) -> IndicatorSet | None:
        """The indicator set that ``obj`` is or belongs to."""
        return obj if isinstance(obj, IndicatorSet) else getattr(obj, "indicator_set", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_draft(obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_draft(obj)  # type: ignore[misc]

    def _is_draft(self, obj: Any) -> bool:
        found = self.set_of(obj)
        return found is None or found.status == IndicatorSet.Status.DRAFT


class OfADraftInline(OfADraft, ScopedInline):
    """Rows of a set's page, changed with it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and self._is_draft(obj)


class GroupsInline(OfADraftInline):
    model = Group
    fields = ("position", "code", "name", "name_en", "its_criteria")
    readonly_fields = ("its_criteria",)
    verbose_name_plural = gettext_lazy("Blocks; open one to write its criteria")

    @display(description=gettext_lazy("criteria"))
    def its_criteria(self, group: Group) -> str:
        return link(_("open"), record_url(group)) if group.pk else DASH


class BandsInline(OfADraftInline):
    model = Band
    fields = ("code", "name", "name_en", "minimum")


class CriterionForm(forms.ModelForm):
    """A criterion; its formulas are checked as they are saved."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("applies to"),
        choices=Agency.Kind.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("None chosen: to all kinds of agencies."),
    )

    class Meta:
        model = Criterion
        fields = "__all__"  # noqa: DJ007  (the inline names them)


class CriteriaInline(OfADraftInline):
    """The criteria of a block, one below the other."""

    model = Criterion
    form = CriterionForm
    template = "admin/edit_inline/stacked.html"
    readonly_fields = ("in_words",)
    fieldsets = (
        (None, {"fields": (("position", "code"), "name", "name_en")}),
        (
            gettext_lazy("Points"),
            {"fields": (("max_points", "threshold"), ("zero_rule", "inherited"), "kinds")},
        ),
        (
            gettext_lazy("Formula"),
            {
                "fields": ("numerator", "denominator", "in_words"),
                "description": gettext_lazy(
                    "Written with measures, + - * / and parentheses, max(a, b), min(a, b) and first(a, b), "
                    "the first that is not zero. Both empty: the criterion waits for its data."
                ),
            },
        ),
        (gettext_lazy("Rule"), {"fields": ("rule", "rule_en", "legal_source"), "classes": ("collapse",)}),
    )

    @display(description=gettext_lazy("in plain words"))
    def in_words(self, criterion: Criterion) -> str:
        if not criterion.numerator:
            return DASH
        return fraction(formula_reading(criterion.numerator), formula_reading(criterion.denominator))


@admin.register(Group)
class GroupAdmin(OfADraft, ScopedModelAdmin):
    """A block of criteria; reached from its set."""

    fields = ("of_set", ("position", "code"), "name", "name_en", "measures")
    readonly_fields = ("of_set", "measures")
    list_display = ("code", "name", "indicator_set")
    list_select_related = ("indicator_set",)
    inlines = (CriteriaInline,)

    class Media:
        css: ClassVar = {"all": ["portal/admin/sets.css"]}
        js = (Script("portal/admin/formula.js", defer=True),)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        note_edit(form.instance.indicator_set_id, by=person(request), as_of=timezone.now())

    @display(description=gettext_lazy("indicator set"))
    def of_set(self, group: Group) -> SafeString:
        return link(group.indicator_set, record_url(group.indicator_set))

    @display(description=gettext_lazy("measures for formulas"))
    def measures(self, group: Group) -> SafeString:
        context = {
            "measures": [(name, measure.label) for name, measure in sorted(MEASURES.items())],
            "periods": periods_with_scores(),
            "check": reverse("formula-check"),
            "page": reverse("formula"),
        }
        return render_to_string("admin/measures.html", context)


@admin.register(IndicatorSet)
class IndicatorSetAdmin(OfADraft, SetDeriving):
    """Versions of indicator sets: what scores are graded by, and from which month on."""

    list_display = ("name", "code", "version", "from_month", "whose", "state")
    list_select_related = ("agency",)
    search_fields = ("code", "name")
    autocomplete_fields = ("agency",)
    empty_list_hint = gettext_lazy("Load the set of Decision 766 with: manage.py load_indicators")
    readonly_fields = ("state", "hands")
    change_form_after_template = "admin/indicator_sheet.html"
    inlines = (GroupsInline, BandsInline)
    actions_detail = (
        "compare_set",
        "try_set",
        "propose_set",
        "approve_set",
        "give_back_set",
        "copy_to_draft",
        "derive_set",
        "end_set",
    )
    fieldsets = (
        (None, {"fields": ("name", ("code", "version"), "legal_source", "agency", "state", "hands")}),
        (gettext_lazy("In force"), {"fields": ("valid_from",)}),
        (
            gettext_lazy("Ranking"),
            {
                "fields": (
                    ("minimum_dossiers",),
                    ("ties", "tie_criterion"),
                    "departments_within",
                    "communes_within",
                    "units_within",
                ),
                "description": gettext_lazy(
                    "Ministries are ranked with ministries, provinces with provinces, always."
                ),
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not obj or not obj.ends:
            return self.fieldsets
        # It has a month, and nothing to rank by.
        told = _(
            "From this month on %(agency)s has no set of its own: its offices have national results only."
        )
        (about, in_force, _ranking) = self.fieldsets
        end = {**in_force[1], "description": told % {"agency": obj.agency.name}}
        return about, (in_force[0], end)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj and obj.ends else self.inlines

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found:
            rules = guide(found.pk)
            found.total_points = figure(rules.total_maximum, 2)
            found.blocks = [
                {
                    "group": group,
                    "name": named(group),
                    "maximum": figure(rules.maximum(group), 2),
                    "criteria": [_told(criterion) for criterion in group.criteria.all()],
                }
                for group in rules.groups
            ]
        return found

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        note_edit(form.instance.pk, by=person(request), as_of=timezone.now())

    def has_copy_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person may draft a new version of a set: where they keep that one."""
        found = self._found(obj)
        ends = found is not None and found.ends
        return not ends and self.has_add_permission(request) and self._may(request, "add", found)

    def has_compare_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether there is something to compare, and the person may read it."""
        found = self._found(obj)
        return found is not None and not found.ends and self.has_view_permission(request, found)

    def has_try_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person may try a set on past periods: where they keep it."""
        found = self._found(obj)
        return found is not None and not found.ends and may(request.user, KEEP_INDICATORS, found)

    @display(description=gettext_lazy("from month"), ordering="valid_from")
    def from_month(self, indicator_set: IndicatorSet) -> str:
        return month(indicator_set.valid_from)

    @display(description=gettext_lazy("whose"))
    def whose(self, indicator_set: IndicatorSet) -> str:
        return str(indicator_set.agency or _("national"))

    @display(description=gettext_lazy("state"))
    def state(self, indicator_set: IndicatorSet) -> str:
        approved = indicator_set.status == IndicatorSet.Status.APPROVED
        return mark(indicator_set.get_status_display(), "good" if approved else "warn")

    @display(description=gettext_lazy("whose hands it went through"))
    def hands(self, indicator_set: IndicatorSet) -> str:
        installed = indicator_set.approved_at and not indicator_set.approved_by_name
        told = {
            _("Last changed"): _by(indicator_set.edited_by_name, indicator_set.edited_at),
            pgettext("indicator set", "Proposed"): _by(
                indicator_set.proposed_by_name, indicator_set.proposed_at
            ),
            _("Reason"): indicator_set.reason,
            _("Approved"): _("when the portal was set up")
            if installed
            else _by(indicator_set.approved_by_name, indicator_set.approved_at),
        }
        return (
            definition({name: value for name, value in told.items() if value}) if any(told.values()) else DASH
        )

    @action(
        description=gettext_lazy("Compare"),
        url_path="compare",
        icon="compare_arrows",
        permissions=["compare"],
    )
    def compare_set(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("set-compare", object_id)

    @action(description=gettext_lazy("Trial run"), url_path="try", icon="science", permissions=["try"])
    def try_set(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("set-what-if", object_id)

    @action(
        description=gettext_lazy("New version"), url_path="copy", icon="content_copy", permissions=["copy"]
    )
    def copy_to_draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        source = self.get_object(request, object_id)
        if source is None or not self.has_copy_permission(request, source):
            raise PermissionDenied
        next_month = add_months(month_of(timezone.now()), 1)
        if confirmed(request):
            whence = _("Copied from %(set)s") % {"set": source}
            return self.opened(request, new_draft(source, next_month), whence)
        return ask(
            request,
            self,
            record=source,
            title=_("New version of %(set)s") % {"set": source},
            consequences=[
                _("A draft is made with the same blocks, criteria and bands, meant to hold from %(month)s.")
                % {"month": month(next_month)},
                _("It scores nothing until it is approved."),
            ],
            button=_("Make the draft"),
            back=record_url(source),
        )


def _by(name: str, at: Any) -> str:
    return f"{name}, {moment(at)}" if name else ""


def _told(criterion: Criterion) -> dict[str, Any]:
    return {
        "code": criterion.code,
        "name": named(criterion),
        "maximum": figure(criterion.max_points, 2) if criterion.max_points is not None else "",
        "threshold": f"{figure(criterion.threshold * 100)} %",
        "zero_rule": criterion.get_zero_rule_display(),
        "numerator": criterion.numerator,
        "denominator": criterion.denominator,
        "reading": (
            fraction(formula_reading(criterion.numerator), formula_reading(criterion.denominator))
            if criterion.numerator
            else ""
        ),
        "rule": ruled(criterion),
        "inherited": criterion.inherited,
    }
