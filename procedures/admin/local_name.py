"""Mapping: names and codes that systems send and we do not know, each with what it may mean."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from agencies.admin_display import DASH, figure, list_url, mark, moment
from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_scope import ScopedModelAdmin, person
from agencies.planner import counted_up_to
from procedures.mapping import map_local_name, suggestions, waiting
from procedures.models import LocalName

#: Waiting dossiers counted for a name; beyond it is "more than".
COUNTED = 10_000


def unmapped(names: QuerySet[LocalName]) -> QuerySet[LocalName]:
    """Those of ``names`` that mean nothing to us yet."""
    return names.filter(agency__isnull=True, procedure__isnull=True)


class MappedFilter(DropdownFilter):
    """Mapped already or not."""

    title = gettext_lazy("state")
    parameter_name = "mapped"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", gettext_lazy("Not mapped")), ("yes", gettext_lazy("Mapped"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "no":
                return unmapped(queryset)
            case "yes":
                return queryset.filter(Q(agency__isnull=False) | Q(procedure__isnull=False))
        return queryset


class OwnerFilter(SubtreeFilter):
    """Names used by the systems of an agency and of those below it."""

    path_lookup = "owner__path"
    field_name = "owner"


class MappingForm(forms.ModelForm):
    """What a local name means: a unit is an agency, a procedure code a procedure."""

    class Meta:
        model = LocalName
        fields = ("agency", "procedure")

    def clean_agency(self) -> Any:
        agency = self.cleaned_data["agency"]
        owner = self.instance.owner
        if agency and not owner.contains(agency):
            raise ValidationError(
                _("%(agency)s is not part of %(owner)s.") % {"agency": agency, "owner": owner}
            )
        return agency


@admin.register(LocalName)
class LocalNameAdmin(ScopedModelAdmin):
    """Names that hold dossiers back, the best guesses beside them, accepted at one click."""

    form = MappingForm
    list_display = ("value", "kind", "owner", "held_back", "meaning", "first_seen")
    list_select_related = ("owner", "agency", "procedure")
    list_filter = (
        MappedFilter,
        OwnerFilter,
        choice_filter("kind", LocalName.Kind.choices, gettext_lazy("kind")),
    )
    search_fields = ("value",)
    search_help_text = gettext_lazy("Name or code as sent")
    empty_list_hint = gettext_lazy("Every unit and procedure that systems sent is known.")
    autocomplete_fields = ("agency", "procedure")
    list_per_page = 20
    sortable_by = ()
    counted_as = gettext_lazy("local names")
    readonly_fields = ("value", "kind", "owner", "held_back", "guesses", "first_seen")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": ("value", "kind", "owner", "first_seen", "held_back")}),
            (_("What it means"), {"fields": ("guesses", _meaning_field(obj))}),
        )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.accept_view))
        return [path("accept/", view, name="procedures_localname_accept"), *super().get_urls()]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        _count_waiting(found.result_list)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        name = super().get_object(request, object_id, from_field)
        if name:
            _count_waiting([name])
        return name

    def save_model(self, request: HttpRequest, obj: LocalName, form: Any, change: bool) -> None:
        self._map(request, obj, obj.agency or obj.procedure)

    def accept_view(self, request: HttpRequest) -> HttpResponse:
        """Map a name to what was suggested: ``accept`` is the name's id and that of the suggestion."""
        name_id, _dot, meaning_id = request.POST.get("accept", "").partition(".")
        name = self.get_object(request, name_id) if name_id.isdigit() else None
        if name is None or not self.has_change_permission(request, name):
            raise PermissionDenied
        field: Any = LocalName._meta.get_field(_meaning_field(name))
        choices = self._choices(field, request)
        meaning = choices.filter(pk=meaning_id).first() if meaning_id.isdigit() else None
        if meaning is None:
            raise PermissionDenied
        try:
            self._map(request, name, meaning)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            self.log_change(request, name, _("Mapped to %(meaning)s") % {"meaning": meaning})
        return HttpResponseRedirect(list_url(LocalName, mapped="no"))

    @display(description=gettext_lazy("dossiers held back"))
    def held_back(self, name: Any) -> str:
        if name.agency_id or name.procedure_id:
            return DASH
        return f"> {figure(COUNTED)}" if name.held > COUNTED else figure(name.held)

    @display(description=gettext_lazy("meaning"))
    def meaning(self, name: LocalName) -> Any:
        known = name.agency or name.procedure
        return mark(known, "good") if known else _buttons(name)

    @display(description=gettext_lazy("suggested"))
    def guesses(self, name: LocalName) -> Any:
        return _buttons(name)

    @display(description=gettext_lazy("first seen"))
    def first_seen(self, name: LocalName) -> str:
        return moment(name.first_seen_at)

    def _map(self, request: HttpRequest, name: LocalName, meaning: Any) -> None:
        count = map_local_name(name, meaning, timezone.now(), by=person(request))
        placed = ngettext(
            "%(count)s dossier was placed anew.", "%(count)s dossiers were placed anew.", count
        ) % {"count": figure(count)}
        told = _("“%(name)s” now means %(meaning)s.") if meaning else _("“%(name)s” means nothing any more.")
        messages.success(request, f"{told % {'name': name.value, 'meaning': meaning}} {placed}")


def _meaning_field(name: LocalName | None) -> str:
    return "agency" if name is None or name.kind == LocalName.Kind.UNIT else "procedure"


def _count_waiting(names: Any) -> None:
    for name in names:
        known = name.agency_id or name.procedure_id
        name.held = 0 if known else counted_up_to(waiting(name), COUNTED)


def _buttons(name: LocalName) -> Any:
    """A button for each suggestion; each belongs to the form around it, so that one click is enough."""
    url = reverse("admin:procedures_localname_accept")
    found = suggestions(name)
    if not found:
        return format_html('<span class="quiet">{}</span>', _("nothing alike; open it to choose"))
    buttons = format_html_join(
        "",
        '<button class="guess" formaction="{}" formmethod="post" name="accept" value="{}.{}">{}</button>',
        ((url, name.pk, guess.pk, guess) for guess in found),
    )
    return format_html('<span class="guesses">{}</span>', buttons)
