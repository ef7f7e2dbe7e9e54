"""Agencies as a table: their names, kinds and places in the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.exchange.columns import Column
from agencies.exchange.registry import exchanged
from agencies.exchange.resource import ExchangeResource, Key, Place, Written
from agencies.exchange.widgets import ChoiceWidget, DateWidget, DecimalWidget, TextWidget
from agencies.keeping import save_agencies
from agencies.models import Agency, AgencyCode
from agencies.permissions import KEEP_AGENCIES
from agencies.visibility import EVERYWHERE


class ParentColumn(Column):
    """The code of the agency above, which the same file may be adding."""

    def get_value(self, instance: Any) -> Any:
        return instance.parent_code


@exchanged
class AgencyResource(ExchangeResource):
    """Every agency a row. One that ended says until when; none is removed.

    An agency is known by its code, which a file cannot change.
    """

    name: ClassVar[str] = "agencies"
    title: ClassVar[Any] = gettext_lazy("Agencies")
    permission: ClassVar[str] = KEEP_AGENCIES
    scope_path: ClassVar[str] = "path"

    code = Column("code", pgettext_lazy("column", "agency code"), TextWidget(), required=True)
    full_name = Column("name", pgettext_lazy("column", "agency name"), TextWidget(), filled=True)
    short_name = Column("short_name", pgettext_lazy("column", "short name"), TextWidget(), empty="")
    kind = Column(
        "kind", pgettext_lazy("column", "kind of agency"), ChoiceWidget(Agency.Kind.choices), filled=True
    )
    parent_code = ParentColumn(
        "parent_code",
        pgettext_lazy("column", "code of the parent agency"),
        TextWidget(),
        hint=gettext_lazy("Blank for the nation alone."),
    )
    gso_code = Column("gso_code", pgettext_lazy("column", "statistics office code"), TextWidget(), empty="")
    latitude = Column("latitude", pgettext_lazy("column", "latitude"), DecimalWidget(6))
    longitude = Column("longitude", pgettext_lazy("column", "longitude"), DecimalWidget(6))
    valid_from = Column("valid_from", pgettext_lazy("column", "in being from"), DateWidget())
    valid_to = Column("valid_to", pgettext_lazy("column", "in being until"), DateWidget())

    class Meta(ExchangeResource.Meta):
        model = Agency
        fields = (
            "code",
            "full_name",
            "short_name",
            "kind",
            "parent_code",
            "gso_code",
            "latitude",
            "longitude",
            "valid_from",
            "valid_to",
        )
        import_id_fields = ("code",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        #: The agencies the file adds, with the codes of their parents.
        self._added: dict[str, str | None] = {}

    def find(self, keys: Iterable[Key], *, lock: bool = False) -> Mapping[Key, Agency]:
        found = Agency.objects.order_by().filter(code__in=[code for (code,) in keys])
        if lock:
            found = found.select_for_update()
        return {(agency.code,): self.told(agency) for agency in found}

    def told(self, record: Any) -> Any:
        parent = self.agencies.get(record.parent_id) if record.parent_id else None
        record.parent_code = parent.code if parent else None
        return record

    def init_instance(self, row: Any = None) -> Any:
        agency: Any = Agency()
        agency.parent_code = None
        return agency

    def places(self, instance: Any) -> Iterator[Place]:
        if instance.pk:
            yield "code", self.agencies[instance.pk].path
        if instance.parent_code:
            yield "parent_code", self._path_of_code(instance.parent_code)
        elif not instance.pk:
            yield "parent_code", EVERYWHERE

    def refine(self, instance: Any, new: bool) -> None:
        errors: dict[str, str] = {}
        if new and (owner := self._taken.get(instance.code.casefold())):
            errors["code"] = _("The code is that of %(agency)s already.") % {"agency": owner}
        top = not self.agencies or (not new and self.agencies[instance.pk].parent_id is None)
        if instance.parent_code is None and not top:
            errors["parent_code"] = _("It must not be blank.")
        if instance.parent_code and self._path_of_code(instance.parent_code) is None:
            errors["parent_code"] = _("There is no agency with the code %(code)s.") % {
                "code": instance.parent_code
            }
        if instance.valid_from and instance.valid_to and instance.valid_to < instance.valid_from:
            errors["valid_to"] = _("It cannot end before it begins.")
        for name, limit in (("latitude", 90), ("longitude", 180)):
            value = getattr(instance, name)
            if value is not None and abs(value) > limit:
                errors[name] = _("It lies outside the globe.")
        if errors:
            raise ValidationError(errors)

    def refuse_together(self, rows: Sequence[Mapping[str, Any]]) -> dict[int, list[tuple[str, str]]]:
        """Agencies that would come to lie below themselves, or beside the nation."""
        above = {
            agency.code: self.agencies[agency.parent_id].code if agency.parent_id else None
            for agency in self.agencies.values()
        }
        places: dict[str, int] = {}
        for place, row in enumerate(rows):
            code, parent = (self._text(row, name) for name in ("code", "parent_code"))
            if not code:
                continue
            places[code] = place
            if "parent_code" in row:
                above[code] = parent
            if code not in self.agency_keys().ids:
                self._added[code] = parent
        wrong = _below_themselves(above)
        told = ("parent_code", _("An agency cannot lie below itself."))
        found = {place: [told] for code, place in places.items() if code in wrong}
        tops = [places[code] for code, parent in self._added.items() if parent is None]
        second = ("parent_code", _("There is one agency at the top, the nation."))
        return found | {place: [second] for place in tops[1:]}

    def write(self, written: Written) -> None:
        parents = {agency.code: agency.parent_code for agency in written.saved}
        save_agencies(written.saved, parents, by=self.user, as_of=self.as_of)

    def _text(self, row: Mapping[str, Any], name: str) -> str | None:
        try:
            return self.fields[name].widget.clean(row.get(name))
        except ValueError:
            return None

    def _path_of_code(self, code: str) -> str | None:
        """The path of an agency, or where one that the file adds will come to lie; None: nowhere."""
        seen = set()
        while code in self._added and code not in seen:
            seen.add(code)
            above = self._added[code]
            if above is None:
                return EVERYWHERE
            code = above
        return self.path_of(self._own_codes.get(code))

    @cached_property
    def _own_codes(self) -> dict[str, int]:
        return {agency.code: pk for pk, agency in self.agencies.items()}

    @cached_property
    def _taken(self) -> dict[str, str]:
        """Every code as it would be confused with others, and whose it is."""
        others = AgencyCode.objects.order_by().values_list("code", "agency_id")
        found = {code.casefold(): str(self.agencies[pk]) for code, pk in others}
        return found | {agency.code.casefold(): str(agency) for agency in self.agencies.values()}


def _below_themselves(above: Mapping[str, str | None]) -> set[str]:
    """Those of the codes from which the way up leads back to where it began."""
    walked: set[str] = set()
    found: set[str] = set()
    for start in above:
        chain: list[str] = []
        code: str | None = start
        while code is not None and code not in walked:
            walked.add(code)
            chain.append(code)
            code = above.get(code)
        if code in chain:
            found.update(chain[chain.index(code) :])
    return found
