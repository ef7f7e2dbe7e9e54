"""Filters that several lists share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from agencies.admin_scope import ScopedModelAdmin
from agencies.models import Agency
from agencies.models.agency import within


class SubtreeFilter(SimpleListFilter):
    """Records of an agency and of everything below it; the agency is found by typing."""

    title = _("agency")
    parameter_name = "agency"
    template = "unfold/filters/filters_field.html"
    form_class = AutocompleteDropdownForm
    #: From the list's model to the agency's path, and to the foreign key that names agencies.
    path_lookup = "agency__path"
    field_name = "agency"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any
    ) -> None:
        self.request, self.model, self.model_admin = request, model, model_admin
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True

    def agencies(self) -> QuerySet[Agency]:
        """The agencies to choose from: those the user sees."""
        other = self.model_admin.admin_site._registry.get(Agency)
        if isinstance(other, ScopedModelAdmin):
            return other.get_queryset(self.request)
        return Agency.objects.none()

    @cached_property
    def chosen(self) -> Agency | None:
        """The agency asked for, if there is one that the user sees."""
        value = self.value()
        return self.agencies().filter(pk=value).first() if value and value.isdigit() else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        agency = self.chosen
        if agency is None:
            return queryset.none()
        return (
            queryset if agency.parent_id is None else queryset.filter(within(agency.path, self.path_lookup))
        )

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        field: Field[Any, Any] = self.model._meta.get_field(self.field_name)  # type: ignore[assignment]
        form = self.form_class(
            request=self.request,
            name=self.parameter_name,
            label=_("By agency, with all below it"),
            choices=(),
            field=field,
            model_admin=self.model_admin,
            data={self.parameter_name: self.value()},
        )
        form.fields[self.parameter_name].queryset = self.agencies()
        yield {"form": form}


class ChoiceFilter(DropdownFilter):
    """One value out of a column's few, by an exact comparison."""

    field_name = ""
    options: Any = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(value), label) for value, label in self.options]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in dict(self.lookup_choices):
            return queryset.filter(**{self.field_name: self.value()})
        return queryset


class AssigneeFilter(DropdownFilter):
    """Assigned to me, or to nobody yet."""

    title = _("assigned")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("me", _("To me")), ("nobody", _("To nobody yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "me":
                return queryset.filter(assignee=request.user.pk)
            case "nobody":
                return queryset.filter(assignee__isnull=True)
        return queryset


def choice_filter(field: str, options: Any, label: Any) -> type[ChoiceFilter]:
    """A filter by a column with choices; ``options`` are those of the column."""
    attributes = {"title": label, "parameter_name": field, "field_name": field, "options": options}
    return type(f"{field.title()}Filter", (ChoiceFilter,), attributes)
