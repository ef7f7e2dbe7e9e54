"""Agencies: where each stands in the tree, its codes, who heads it, what came after it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action, display

from agencies.admin_confirm import ask, confirmed
from agencies.admin_display import figure, mark, record_url
from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_scope import ScopedInline, ScopedModelAdmin, person
from agencies.folding import folded
from agencies.models import Agency, AgencyCode, HeadOfAgency
from agencies.moving import move
from agencies.permissions import KEEP_AGENCIES
from agencies.step_up import step_up_required
from agencies.tree import place
from agencies.visibility import holds_everywhere


class BelowFilter(SubtreeFilter):
    """An agency and those below it."""

    path_lookup = "path"
    field_name = "parent"


class CodesInline(ScopedInline):
    model = AgencyCode
    verbose_name_plural = gettext_lazy("Other codes (old scheme, local)")


class HeadsInline(ScopedInline):
    model = HeadOfAgency
    verbose_name_plural = gettext_lazy("Heads, who answer for the result")


class MoveForm(forms.Form):
    """Where to move an agency."""

    parent = forms.ModelChoiceField(Agency.objects.none(), label=gettext_lazy("New parent agency"))

    def __init__(self, *args: Any, choices: QuerySet[Agency], admin_site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.queryset = choices
        widget = AutocompleteSelect(
            Agency._meta.get_field("parent"), admin_site, attrs={"class": "admin-autocomplete"}
        )
        widget.choices = field.choices
        field.widget = widget


@admin.register(Agency)
class AgencyAdmin(ScopedModelAdmin):
    """The tree of agencies. None is deleted: one that ended says when, and what came after it."""

    list_display = ("code", "name", "kind", "parent", "below", "in_being")
    list_select_related = ("parent",)
    list_filter = (choice_filter("kind", Agency.Kind.choices, gettext_lazy("kind")), BelowFilter)
    search_fields = ("code", "name_folded")
    search_help_text = gettext_lazy("Code or name, with or without diacritics")
    empty_list_hint = gettext_lazy("Load the country's agencies with: manage.py seed_agencies")
    autocomplete_fields = ("parent", "successors")
    inlines = (CodesInline, HeadsInline)
    actions_detail = ("move_elsewhere",)
    fieldsets = (
        (None, {"fields": ("code", "kind", "name", "short_name", "parent")}),
        (
            gettext_lazy("In being"),
            {
                "fields": (("valid_from", "valid_to"), "successors"),
                "description": gettext_lazy(
                    "A merged agency keeps its history: say until when it was, and what came after it."
                ),
            },
        ),
        (gettext_lazy("On the map"), {"fields": ("gso_code", ("latitude", "longitude"))}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Moving asks first; what came after may lie outside the user's subtree.
        fixed = ["parent"] if obj else []
        return fixed if holds_everywhere(request.user, KEEP_AGENCIES) else [*fixed, "successors"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        by_code = Q(code__istartswith=term) | Q(other_codes__code__iexact=term)
        found = queryset.filter(by_code | Q(name_folded__contains=folded(term)))
        return found, True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "parent" in form.base_fields:
            # A second root would be a second nation.
            form.base_fields["parent"].required = Agency.objects.exists()
        return form

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            place(obj, obj.parent)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=gettext_lazy("directly below"))
    def below(self, agency: Agency) -> str:
        return figure(agency.direct) if agency.direct else ""  # type: ignore[attr-defined]

    @display(description=gettext_lazy("until, from"))
    def in_being(self, agency: Agency) -> str:
        today = timezone.localdate()
        if agency.valid_to and agency.valid_to < today:
            return mark(_("until %(day)s") % {"day": agency.valid_to.strftime("%d/%m/%Y")}, "quiet")
        if agency.valid_from and agency.valid_from > today:
            return mark(_("from %(day)s") % {"day": agency.valid_from.strftime("%d/%m/%Y")}, "warn")
        return ""

    @action(description=gettext_lazy("Move"), url_path="move", icon="move_down", permissions=["change"])
    @step_up_required
    def move_elsewhere(self, request: HttpRequest, object_id: str) -> HttpResponse:
        agency = self.get_object(request, object_id)
        if agency is None or not self.has_change_permission(request, agency):
            raise PermissionDenied
        form = MoveForm(
            request.POST if request.method == "POST" else None,
            choices=self.narrowed(self.get_queryset(request), request, KEEP_AGENCIES),
            admin_site=self.admin_site,
        )
        if confirmed(request) and form.is_valid():
            parent = form.cleaned_data["parent"]
            try:
                move(agency, parent, by=person(request))
            except ValidationError as error:
                form.add_error("parent", error.messages)
            else:
                self.log_change(request, agency, _("Moved under %(parent)s") % {"parent": parent})
                messages.success(
                    request,
                    _("%(agency)s now lies under %(parent)s. Scores of both branches are being recounted.")
                    % {"agency": agency, "parent": parent},
                )
                return HttpResponseRedirect(record_url(agency))
        count = Agency.objects.under(agency.path).count() - 1
        return ask(
            request,
            self,
            record=agency,
            title=_("Move %(agency)s") % {"agency": agency},
            consequences=[
                _("It lies under %(parent)s now.") % {"parent": agency.parent or "—"},
                ngettext(
                    "%(count)s agency below it moves with it.",
                    "%(count)s agencies below it move with it.",
                    count,
                )
                % {"count": figure(count)},
                _(
                    "Scores of the branch it leaves and of the one it joins are recounted for every month, "
                    "past ones too; it is ranked among its new peers."
                ),
            ],
            button=_("Move"),
            back=record_url(agency),
            form=form,
        )

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        self._count_below(found.result_list)
        return found

    def _count_below(self, agencies: Any) -> None:
        # One query for the page: a subquery a row would be run for every row before the cut.
        counts = dict(
            Agency.objects.filter(parent__in=[agency.pk for agency in agencies])
            .order_by()
            .values_list("parent_id")
            .annotate(Count("pk"))
        )
        for agency in agencies:
            agency.direct = counts.get(agency.pk, 0)
