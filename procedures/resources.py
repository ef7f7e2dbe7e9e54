"""The catalogue and what agencies report, as tables: written by the verbs, so that scores move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.exchange.columns import Column
from agencies.exchange.registry import exchanged
from agencies.exchange.resource import ExchangeResource, Key, Place, Written
from agencies.exchange.widgets import (
    ChoicesWidget,
    ChoiceWidget,
    DateWidget,
    KeyTable,
    KeyWidget,
    MonthWidget,
    TextWidget,
    WholeWidget,
    YesNoWidget,
)
from agencies.permissions import KEEP_DATA
from procedures.among import among
from procedures.announcing import (
    declare_volumes,
    derive_days,
    remove_announcements,
    remove_volumes,
    save_announcements,
)
from procedures.catalogue import LONGEST, complete, save_offers, save_procedures, withdraw_offers
from procedures.models import AgencyProcedure, Announcement, Field, Procedure, ReportedVolume
from procedures.models.procedure import OnlineLevel

NO_AGENCY = gettext_lazy("There is no agency with the code %(code)s.")
NO_PROCEDURE = gettext_lazy("There is no procedure with the code %(code)s.")
NO_FIELD = gettext_lazy("There is no field with the code %(code)s.")


def agency_column(label: Any, attribute: str = "agency_id", **options: Any) -> Column:
    """A column that names an agency by any of its codes."""
    hint = gettext_lazy("any code of the agency, e.g. H44.01")
    return Column(attribute, label, KeyWidget("agency_keys", NO_AGENCY), hint=hint, **options)


class PartColumn(Column):
    """A part of a procedure's description, as text with an entry a line.

    A part that came with a structure of its own keeps it as long as its text is left as it was.
    """

    def __init__(self, part: str, label: Any) -> None:
        super().__init__(f"part_{part}", label, TextWidget())
        self.part = part

    def get_value(self, instance: Any) -> Any:
        return as_text(instance.parts.get(self.part)) or None

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        text = self.clean(row, **kwargs)
        if text == self.get_value(instance):
            return
        parts = {name: value for name, value in instance.parts.items() if name != self.part}
        instance.parts = {**parts, self.part: text} if text else parts


class ListColumn(Column):
    """A column of several values, compared whatever their order."""

    def get_value(self, instance: Any) -> Any:
        value = super().get_value(instance) or []
        return [code for code in self.widget.labels if code in value]


@exchanged
class ProcedureResource(ExchangeResource):
    """The catalogue of procedures, each with the parts its description must have (criterion 1.3).

    A procedure is known by its code. Who announces it keeps it; none is removed.
    """

    name: ClassVar[str] = "procedures"
    title: ClassVar[Any] = gettext_lazy("Procedures")
    permission: ClassVar[str] = KEEP_DATA
    scope_path: ClassVar[str] = "announcing_agency__path"
    readable_by_all: ClassVar[bool] = True

    code = Column("code", pgettext_lazy("column", "procedure code"), TextWidget(), required=True)
    full_name = Column("name", pgettext_lazy("column", "procedure name"), TextWidget(), filled=True)
    field_id = Column(
        "field_id", pgettext_lazy("column", "field code"), KeyWidget("field_keys", NO_FIELD), filled=True
    )
    level = Column(
        "level",
        pgettext_lazy("column", "level of execution"),
        ChoiceWidget(Procedure.Level.choices),
        filled=True,
    )
    announcing_agency_id = agency_column(
        pgettext_lazy("column", "code of the announcing agency"), "announcing_agency_id", filled=True
    )
    processing_time = Column(
        "processing_time",
        pgettext_lazy("column", "processing time"),
        WholeWidget(),
        hint=gettext_lazy("Blank: no fixed limit."),
    )
    processing_unit = Column(
        "processing_unit",
        pgettext_lazy("column", "unit of time"),
        ChoiceWidget(Procedure.Unit.choices),
        filled=True,
    )
    fee = Column("fee", pgettext_lazy("column", "fee (đồng)"), WholeWidget(), empty=0)
    has_fee = Column("has_fee", pgettext_lazy("column", "financial obligation"), YesNoWidget(), filled=True)
    needs_paper_result = Column(
        "needs_paper_result", pgettext_lazy("column", "result is a document"), YesNoWidget(), filled=True
    )
    subjects = ListColumn(
        "subjects",
        pgettext_lazy("column", "subjects"),
        ChoicesWidget(Procedure.Subject.choices),
        empty=list,
        hint=gettext_lazy("Several are parted by a semicolon."),
    )
    online_level = Column(
        "online_level",
        pgettext_lazy("column", "online level"),
        ChoiceWidget(OnlineLevel.choices),
        filled=True,
    )
    full_process_eligible = Column(
        "full_process_eligible",
        pgettext_lazy("column", "fit for full online service"),
        YesNoWidget(),
        filled=True,
    )
    is_public = Column("is_public", pgettext_lazy("column", "public"), YesNoWidget(), filled=True)
    sequence = PartColumn("sequence", pgettext_lazy("column", "sequence of steps"))
    manner = PartColumn("manner", pgettext_lazy("column", "manner of carrying out"))
    papers = PartColumn("papers", pgettext_lazy("column", "composition and number of papers"))
    implementing_agency = PartColumn("implementing_agency", pgettext_lazy("column", "implementing agency"))

    class Meta(ExchangeResource.Meta):
        model = Procedure
        fields = (
            "code",
            "full_name",
            "field_id",
            "level",
            "announcing_agency_id",
            "processing_time",
            "processing_unit",
            "fee",
            "has_fee",
            "needs_paper_result",
            "subjects",
            "online_level",
            "full_process_eligible",
            "is_public",
            "sequence",
            "manner",
            "papers",
            "implementing_agency",
        )
        import_id_fields = ("code",)

    @cached_property
    def _field_keys(self) -> KeyTable:
        ids = dict(Field.objects.order_by().values_list("code", "id"))
        return KeyTable(ids, {pk: code for code, pk in ids.items()})

    def field_keys(self) -> KeyTable:
        """Fields of procedures by code."""
        return self._field_keys

    def find(self, keys: Iterable[Key], *, lock: bool = False) -> Mapping[Key, Procedure]:
        codes = [code for (code,) in keys]
        found = Procedure.objects.order_by().filter(among("code", codes))
        if lock:
            found = found.select_for_update(of=("self",))
        return {(procedure.code,): procedure for procedure in found}

    def places(self, instance: Procedure) -> Iterator[Place]:
        yield "announcing_agency_id", self.path_of(instance.announcing_agency_id)

    def refine(self, instance: Procedure, new: bool) -> None:
        time = instance.processing_time
        if time is not None and time > LONGEST:
            raise ValidationError(
                {"processing_time": _("A processing time of %(time)d is too long.") % {"time": time}}
            )
        # A fee is a financial obligation, whatever the row says of it.
        complete(instance)

    def write(self, written: Written) -> None:
        save_procedures(written.saved, as_of=self.as_of)


class OfAgencies(ExchangeResource):
    """A table of what agencies have of their own, for a procedure or a month."""

    removable: ClassVar[bool] = True
    permission: ClassVar[str] = KEEP_DATA

    class Meta(ExchangeResource.Meta):
        pass

    def find(self, keys: Iterable[Key], *, lock: bool = False) -> Mapping[Key, Any]:
        wanted = set(keys)
        ids = sorted({agency_id for agency_id, *_rest in wanted})
        found: QuerySet[Any] = self._meta.model._default_manager.order_by()
        found = self.narrowed(found.filter(among("agency_id", ids)), wanted)
        if lock:
            found = found.select_for_update(of=("self",))
        return {key: record for record in found if (key := self.key_of_record(record)) in wanted}

    def narrowed(self, records: QuerySet[Any], keys: set[Any]) -> QuerySet[Any]:
        """The records of these agencies among which those with the keys are."""
        return records

    @cached_property
    def _procedure_keys(self) -> KeyTable:
        ids = dict(Procedure.objects.order_by().values_list("code", "id"))
        return KeyTable(ids, {pk: code for code, pk in ids.items()})

    def procedure_keys(self) -> KeyTable:
        """Procedures by code."""
        return self._procedure_keys


class OfProcedures(OfAgencies):
    """A table of what agencies have for procedures."""

    class Meta(OfAgencies.Meta):
        pass

    def narrowed(self, records: QuerySet[Any], keys: set[Any]) -> QuerySet[Any]:
        return records.filter(among("procedure_id", sorted({key[1] for key in keys})))


def procedure_column() -> Column:
    """A column that names a procedure by its code."""
    return Column(
        "procedure_id",
        pgettext_lazy("column", "procedure code"),
        KeyWidget("procedure_keys", NO_PROCEDURE),
        required=True,
    )


@exchanged
class OfferResource(OfProcedures):
    """Procedures under agencies' authority, with the online level and payment there."""

    name: ClassVar[str] = "offers"
    title: ClassVar[Any] = gettext_lazy("Procedures by agency")

    agency_id = agency_column(pgettext_lazy("column", "agency code"), required=True)
    procedure_id = procedure_column()
    online_level = Column(
        "online_level",
        pgettext_lazy("column", "online level"),
        ChoiceWidget(OnlineLevel.choices),
        filled=True,
    )
    online_payment = Column(
        "online_payment", pgettext_lazy("column", "online payment"), YesNoWidget(), filled=True
    )

    class Meta(OfProcedures.Meta):
        model = AgencyProcedure
        fields = ("agency_id", "procedure_id", "online_level", "online_payment")
        import_id_fields = ("agency_id", "procedure_id")

    def write(self, written: Written) -> None:
        save_offers(written.saved, as_of=self.as_of)
        withdraw_offers(written.removed, as_of=self.as_of)


@exchanged
class AnnouncementResource(OfProcedures):
    """Decisions announcing procedures (Decision 766, criteria 1.1 and 1.2)."""

    name: ClassVar[str] = "announcements"
    title: ClassVar[Any] = gettext_lazy("Announcements")

    agency_id = agency_column(pgettext_lazy("column", "agency code"), required=True)
    procedure_id = procedure_column()
    decision_number = Column(
        "decision_number", pgettext_lazy("column", "decision number"), TextWidget(), required=True
    )
    change = Column(
        "change", pgettext_lazy("column", "change"), ChoiceWidget(Announcement.Change.choices), filled=True
    )
    decided_on = Column("decided_on", pgettext_lazy("column", "decision date"), DateWidget(), filled=True)
    effective_on = Column(
        "effective_on",
        pgettext_lazy("column", "effective date of the legal basis"),
        DateWidget(),
        filled=True,
    )
    must_publish = Column(
        "must_publish", pgettext_lazy("column", "must be published"), YesNoWidget(), filled=True
    )
    published_on = Column("published_on", pgettext_lazy("column", "published on"), DateWidget())

    class Meta(OfProcedures.Meta):
        model = Announcement
        fields = (
            "agency_id",
            "procedure_id",
            "decision_number",
            "change",
            "decided_on",
            "effective_on",
            "must_publish",
            "published_on",
        )
        import_id_fields = ("agency_id", "procedure_id", "decision_number")

    def refine(self, instance: Announcement, new: bool) -> None:
        # What tells the working days that count: a province's or a ministry's.
        instance.agency = self.agencies[instance.agency_id]
        derive_days(instance)
        if instance.published_on and instance.published_on < instance.decided_on:
            raise ValidationError({"published_on": _("It cannot be published before it is decided.")})

    def write(self, written: Written) -> None:
        save_announcements(written.saved, as_of=self.as_of)
        remove_announcements(written.removed)


@exchanged
class VolumeResource(OfAgencies):
    """Dossiers declared to the national reporting system by month (Decision 766, criterion 1.4)."""

    name: ClassVar[str] = "volumes"
    title: ClassVar[Any] = gettext_lazy("Declared volumes")

    agency_id = agency_column(pgettext_lazy("column", "agency code"), required=True)
    month = Column("month", pgettext_lazy("column", "month"), MonthWidget(), required=True)
    dossiers = Column("dossiers", pgettext_lazy("column", "dossiers declared"), WholeWidget(), filled=True)

    class Meta(OfAgencies.Meta):
        model = ReportedVolume
        fields = ("agency_id", "month", "dossiers")
        import_id_fields = ("agency_id", "month")

    def write(self, written: Written) -> None:
        declare_volumes(written.saved, as_of=self.as_of)
        remove_volumes(written.removed, as_of=self.as_of)


def as_text(part: Any) -> str:
    """A part of a description as text, an entry a line, whatever structure it came with."""
    if isinstance(part, Mapping):
        return "\n".join(text for value in part.values() if (text := as_text(value)))
    if isinstance(part, list | tuple):
        return "\n".join(text for entry in part if (text := as_text(entry)))
    return str(part).strip() if part not in (None, "") else ""
