"""The base of resources: tables that are written as files and read back, row by row and by their verbs.

Built on django-import-export: its resources check a row and tell what it would change. What they do not
know is kept here: codes in place of ids without a query a row, whose records one may touch, and that
nothing is saved but by the verbs of the field, all at once, after every row was found good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.results import RowResult

from agencies.exchange.columns import Column
from agencies.exchange.widgets import KeyTable, KeyWidget, YesNoWidget
from agencies.models import Agency, AgencyCode, User
from agencies.permissions import EXPORT_RECORDS
from agencies.visibility import paths_held, visible

#: The column by which a row asks for its record to be removed.
REMOVE = "remove"

Key = tuple[Any, ...]
#: What an attribute of a record says of the agency it belongs to: its path, None if it names none.
Place = tuple[str, str | None]


class Differences:
    """What a row changes: the cells of its record before and after, column by column."""

    def __init__(self, resource: ExchangeResource, instance: Any, new: bool) -> None:
        if new:
            self.before = [None] * len(resource.fields)
        else:
            self.before = resource.seen[resource.key_of_record(instance)] = resource.cells_of(instance)
        self.after = self.before

    def compare_with(self, resource: ExchangeResource, instance: Any) -> None:
        """Note how the record is after the row; blank where it is gone."""
        self.after = [None] * len(self.before) if instance is None else resource.cells_of(instance)

    def as_html(self) -> list[tuple[Any, Any]]:
        """Before and after of every column; whoever shows them escapes them."""
        return list(zip(self.before, self.after, strict=True))


class QuietRow(RowResult):
    """What came of a row, without the record's name: telling it would cost a query or two a row."""

    def add_instance_info(self, instance: Any) -> None:
        return None


class KnownRecords(BaseInstanceLoader):
    """Finds a row's record among those that were read beforehand, all with a query or two."""

    def get_instance(self, row: Mapping[str, Any]) -> Any:
        return self.resource.known.get(self.resource.key_of(row))


class Written(NamedTuple):
    """What the rows of a file come to: records to save, and records to remove."""

    saved: list[Any]
    removed: list[Any]


class ExchangeResource(ModelResource):
    """A table of records that files can hold; ``agencies.exchange.checking`` reads one.

    A subclass declares ``Column`` fields, their order in ``Meta.fields`` and which make the key in
    ``Meta.import_id_fields``, and says how records are found and written. Its ``Meta`` is built on
    ``ExchangeResource.Meta``.
    """

    #: In addresses and in jobs.
    name: ClassVar[str]
    title: ClassVar[Any]
    #: What writing takes, at every agency that a record belongs to before and after.
    permission: ClassVar[str]
    #: From the model to the path of the agency a record belongs to.
    scope_path: ClassVar[str] = "agency__path"
    #: A catalogue: who may export anything may export all of it.
    readable_by_all: ClassVar[bool] = False
    #: A template means the table, not a new reader of it.
    do_not_call_in_templates: ClassVar[bool] = True
    #: Whether a row may ask for its record to be removed.
    removable: ClassVar[bool] = False

    class Meta:
        instance_loader_class = KnownRecords
        use_transactions = False
        skip_unchanged = True
        store_instance = True

    def __init__(self, user: User, as_of: datetime) -> None:
        super().__init__()
        self.user, self.as_of = user, as_of
        self.known: Mapping[Key, Any] = {}
        #: The records that rows were found to be about, as cells, before the rows changed them.
        self.seen: dict[Key, list[Any]] = {}
        self.written = Written([], [])
        self._before: list[Place] = []
        for column in self.fields.values():
            if isinstance(column.widget, KeyWidget):
                column.widget.table = getattr(self, column.widget.named)

    # --- What a table is -----------------------------------------------------------------------------

    @classmethod
    def columns(cls) -> list[Column]:
        """The columns of its files, in order."""
        columns = [cls.fields[name] for name in cls._meta.fields]
        return [*columns, _remove_column()] if cls.removable else columns

    def find(self, keys: Iterable[Key], *, lock: bool = False) -> Mapping[Key, Any]:
        """The records with these keys, by key; ``lock``: no one else may change them meanwhile."""
        raise NotImplementedError

    def told(self, record: Any) -> Any:
        """A record with what its columns need beside its own fields."""
        return record

    def places(self, instance: Any) -> Iterator[Place]:
        """What of a record says which agencies it belongs to, each with that agency's path."""
        yield "agency_id", self.path_of(instance.agency_id)

    def refine(self, instance: Any, new: bool) -> None:
        """Refuse what no single column shows to be wrong: raises ValidationError, by attribute."""

    def refuse_together(self, rows: Sequence[Mapping[str, Any]]) -> dict[int, list[tuple[str, str]]]:
        """What is wrong with rows only when seen together: (column, reason) by place in ``rows``."""
        return {}

    def write(self, written: Written) -> None:
        """Save and remove by the verbs of the field, in the caller's transaction."""
        raise NotImplementedError

    # --- Agencies by code ----------------------------------------------------------------------------

    @cached_property
    def agencies(self) -> dict[int, Agency]:
        """Every agency by id, as far as its code, place and kind go."""
        fields = ("id", "code", "path", "kind", "name", "short_name", "parent_id", "depth")
        return {agency.pk: agency for agency in Agency.objects.order_by().only(*fields)}

    @cached_property
    def _agency_keys(self) -> KeyTable:
        own = {pk: agency.code for pk, agency in self.agencies.items()}
        others = dict(AgencyCode.objects.order_by().values_list("code", "agency_id"))
        # An agency's own code wins over another's former one.
        return KeyTable({**others, **{code: pk for pk, code in own.items()}}, own)

    def agency_keys(self) -> KeyTable:
        """Agencies by any code they are known by."""
        return self._agency_keys

    def path_of(self, agency_id: int | None) -> str | None:
        """The path of an agency by its id."""
        agency = self.agencies.get(agency_id) if agency_id else None
        return agency.path if agency else None

    # --- Reading rows: what django-import-export asks ------------------------------------------------

    def key_of(self, row: Mapping[str, Any]) -> Key | None:
        """What tells which record a row is about; None where it does not say."""
        try:
            return tuple(self.fields[name].clean(row) for name in self._meta.import_id_fields)
        except (ValueError, KeyError):
            return None

    def key_of_record(self, instance: Any) -> Key:
        """The same of a record."""
        return tuple(self.fields[name].get_value(instance) for name in self._meta.import_id_fields)

    @classmethod
    def get_row_result_class(cls) -> type[QuietRow]:
        return QuietRow

    @classmethod
    def get_diff_class(cls) -> type[Differences]:
        return Differences

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        # Whose it is now; the row may say that it is to be another's.
        self._before = [] if new else list(self.places(instance))

    def for_delete(self, row: Mapping[str, Any], instance: Any) -> bool:
        if REMOVE not in row:
            return False
        try:
            asked = bool(YesNoWidget().clean(row[REMOVE]))
        except ValueError as error:
            raise ValidationError({REMOVE: str(error)}) from None
        if asked and not instance.pk:
            if self.key_of(row) is None:
                # What is wrong with its key is told as of any other row.
                return False
            raise ValidationError({REMOVE: _("There is no such row that could be removed.")})
        return asked

    def delete_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        errors = self._outside(self._before)
        if errors:
            raise ValidationError(errors)
        self.written.removed.append(instance)

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Raise ValidationError, by attribute, for everything that is wrong with a row by itself."""
        errors: dict[str, Any] = dict(import_validation_errors or {})
        not_asked = {field.name for field in _fields_of(instance) if field.is_relation or not field.editable}
        try:
            instance.clean_fields(exclude={*not_asked, *errors})
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for column in self.columns():
            attribute = str(column.attribute)
            if column.filled and attribute not in errors and column.get_value(instance) in (None, ""):
                errors[attribute] = [_("It must not be blank.")]
        errors = errors or self._outside([*self.places(instance), *self._before])
        if errors:
            raise ValidationError(errors)
        self.refine(instance, not instance.pk)

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        # Nothing is saved row by row: the verbs take all of them together.
        self.written.saved.append(instance)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: there is no sequence to be set, since no row brings its own id."""

    @cached_property
    def _held(self) -> tuple[str, ...]:
        return paths_held(self.user, self.permission)

    def _outside(self, places: Iterable[Place]) -> dict[str, list[str]]:
        """The complaint about agencies at which the user may not write, by attribute."""
        complaint = _("This agency is not among those whose records you may keep.")
        return {
            attribute: [complaint]
            for attribute, path in places
            if path and not any(path.startswith(held) for held in self._held)
        }

    # --- Writing files -------------------------------------------------------------------------------

    def cells_of(self, instance: Any) -> list[Any]:
        """A record as the cells of its row, less the one that asks for its removal."""
        return [self.fields[name].export(instance) for name in self._meta.fields]

    def readable(self) -> QuerySet[Any]:
        """The records the user may export."""
        records: QuerySet[Any] = self._meta.model._default_manager.order_by("pk")
        return records.filter(self.readable_condition(EXPORT_RECORDS))

    def readable_condition(self, permission: str) -> Q:
        """Which records are the user's to see under a permission."""
        if self.readable_by_all and paths_held(self.user, permission):
            return Q()
        return visible(self.user, self.scope_path, permission)


def _fields_of(instance: Any) -> Any:
    return instance._meta.concrete_fields


def _remove_column() -> Column:
    return Column(REMOVE, pgettext_lazy("column", "remove"), YesNoWidget())
