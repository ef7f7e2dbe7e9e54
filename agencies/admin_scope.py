"""The base of every admin page: what a person may not see in one place, they see in none.

List, object, choices of a foreign key, autocomplete, bulk action and export all start from
``get_queryset``, which asks ``agencies.visibility``; what may be done with a record asks the grants for
that very record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib.admin import AdminSite, ShowFacets, SimpleListFilter
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Field, ForeignKey, Manager, ManyToManyField, Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin, TabularInline

from agencies.models import Agency, User
from agencies.permissions import EXPORT_RECORDS, SEE_RECORDS
from agencies.visibility import holds_everywhere, holds_somewhere, visible


class ScopedChoices:
    """Offers, in a form's foreign keys, only what the user may see of the other model."""

    admin_site: AdminSite

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._choices(db_field, request))
        permission = asked_for("change", db_field.model)
        if self._places_records(db_field) and not holds_everywhere(request.user, permission):
            # What belongs to no agency is everybody's: not for who keeps a part of the tree.
            kwargs["required"] = True
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._choices(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def _choices(self, db_field: Field, request: HttpRequest) -> QuerySet[Any]:
        model: type[Model] = db_field.related_model  # type: ignore[assignment]
        other = self.admin_site._registry.get(model)
        if not isinstance(other, ScopedModelAdmin):
            manager: Manager[Any] = model._default_manager
            return manager.all() if holds_everywhere(request.user, SEE_RECORDS) else manager.none()
        choices = other.get_queryset(request)
        if issubclass(model, Agency) and self._places_records(db_field):
            # Seeing an agency is not enough to put a record there.
            permission = asked_for("change", db_field.model)
            choices = choices.filter(visible(request.user, "path", permission))
        return choices

    def _places_records(self, db_field: Field) -> bool:
        """Whether the foreign key says to which agency a record belongs."""
        scope_path = scope_path_of(db_field.model)
        return scope_path == f"{db_field.name}{LOOKUP_SEP}path" or db_field.model is Agency


def scope_path_of(model: type[Model]) -> str:
    """The way from a model to its agency's path; empty for what belongs to no agency."""
    return getattr(model, "scope_path", "")


def asked_for(action: str, model: type[Model]) -> str:
    """The permission that an action of Django's (view, add, change, delete) takes on a model."""
    return getattr(model, "asks", {}).get(action, SEE_RECORDS)


def person(request: HttpRequest) -> User:
    """Who is signed in; whoever comes to a page of the admin is."""
    return cast(User, request.user)


class NumberedPaginator(Paginator):
    """Pages by number, for lists short enough to be counted."""

    template_name = "admin/numbered_pagination.html"


class ScopedModelAdmin(ScopedChoices, ModelAdmin):
    """An admin page of a model whose records belong to agencies (``agencies.models.scoped``)."""

    #: Which permission an action of Django's takes, held everywhere: for a model that is none of ours
    #: to say so itself, as ``agencies.models.scoped`` do.
    asks: Mapping[str, str] = {}
    #: What to do about an empty list, told where the rows would be.
    empty_list_hint: Any = ""
    #: What the rows of a list are called beside their number; else the plural of the model's name.
    counted_as: Any = ""

    change_list_template: Any = "admin/scoped_change_list.html"
    paginator: Any = NumberedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    list_filter_submit = True
    list_fullwidth = True
    show_facets = ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The records the person may see: the only door to them."""
        records = super().get_queryset(request)
        if getattr(self.model, "readable_by_all", False):
            return records
        return self.narrowed(records, request, self.asks.get("view") or asked_for("view", self.model))

    def narrowed(self, records: QuerySet[Any], request: HttpRequest, permission: str) -> QuerySet[Any]:
        """Those of ``records`` for which the person holds ``permission``."""
        scope_path = scope_path_of(self.model)
        if scope_path:
            return records.filter(visible(request.user, scope_path, permission))
        return records if holds_everywhere(request.user, permission) else records.none()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        # The list tells its length below; the header would count it again, without separators.
        found.full_result_count = found.result_count
        return found

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Whether the address may filter by ``lookup``: only by what the list offers as a filter.

        Any other column could be searched through it, hashes of applicants' numbers included, and
        most would read a whole table.
        """
        offered = self.get_list_filter(request) if request else self.list_filter
        return lookup in {name for item in offered for name in _parameters(item)}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.asks:
            return self._may_everywhere(request, "view")
        return super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may_everywhere(request, "add") if self.asks else super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.asks:
            return self._may_everywhere(request, "change")
        return super().has_change_permission(request, obj) and self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.asks:
            return self._may_everywhere(request, "delete")
        return super().has_delete_permission(request, obj) and self._may(request, "delete", obj)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the person may take lists away as files, at least in part."""
        return holds_somewhere(request.user, EXPORT_RECORDS)

    def _may_everywhere(self, request: HttpRequest, action: str) -> bool:
        permission = self.asks.get(action)
        return permission is not None and holds_everywhere(request.user, permission)

    def _may(self, request: HttpRequest, action: str, record: Any) -> bool:
        """Whether the person may do so with this record; Django asked before whether with any."""
        if not isinstance(record, Model):
            return True
        codename = get_permission_codename(action, self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}", record)


class HasOwnPage:
    """For an admin page whose records are looked into on a page of the portal's own: Django's leads there."""

    #: The name of that page's address, which takes the record's key.
    own_page = ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead there who may view the record; Django's own answers for what there is not."""
        page: Any = self
        if not page.has_view_permission(request):
            raise PermissionDenied
        found = page.get_object(request, object_id)
        if found is None:
            answer: HttpResponse = page._get_obj_does_not_exist_redirect(request, page.opts, object_id)
            return answer
        return redirect(self.own_page, found.pk)


class ReadOnlyAdmin(ScopedModelAdmin):
    """A page of records that are written elsewhere: by a sync, a count or a task."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScopedInline(ScopedChoices, TabularInline):
    """Rows of a record's page; whoever may change the record may change them."""

    extra = 0
    hide_title = True


def _parameters(item: Any) -> set[str]:
    """The names in the address by which an entry of ``list_filter`` filters."""
    if isinstance(item, type) and issubclass(item, SimpleListFilter):
        return {item.parameter_name or ""}
    field = item[0] if isinstance(item, list | tuple) else item
    return {f"{field}__exact", f"{field}__id__exact", f"{field}__isnull"}
