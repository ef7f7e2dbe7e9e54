"""What list of dossiers an address asks for, and how it is told in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from agencies.admin_display import month as month_label
from agencies.models import Agency
from agencies.models.agency import within
from procedures.models import Dossier
from scoring.behind import Behind, behind
from scoring.behind_list import DEFAULT_SORT, SORTS, Narrowing
from scoring.periods import Period

#: The whole population instead of what cost points.
COUNTED = "counted"


@dataclass(frozen=True)
class Asked:
    """A list of the dossiers behind a criterion: which of them, narrowed to what, in which order."""

    behind: Behind
    narrowing: Narrowing
    sort: str
    #: Every dossier counted, not only those that cost points.
    all_counted: bool

    def dossiers(self) -> QuerySet[Dossier]:
        """The dossiers, in no order yet."""
        dossiers = self.behind.dossiers() if self.all_counted else self.behind.costing()
        return self.narrowing.of(dossiers)

    def parameters(self) -> dict[str, Any]:
        """The list as it stands in an address, less what is as usual."""
        narrowing = self.narrowing
        asked = {
            "unit": narrowing.unit.code if narrowing.unit else "",
            "procedure": narrowing.procedure,
            "status": narrowing.status or "",
            "month": f"{narrowing.month // 100}-{narrowing.month % 100:02}" if narrowing.month else "",
            "sort": self.sort if self.sort != DEFAULT_SORT else "",
            "show": COUNTED if self.all_counted else "",
        }
        return {name: str(value) for name, value in asked.items() if value}

    def query(self, **changes: Any) -> str:
        """The query part of the address, with some of it changed; empty values are left out."""
        parameters = {**self.parameters(), **changes}
        given = {name: value for name, value in parameters.items() if value not in ("", None)}
        return f"?{urlencode(given)}" if given else "?"

    def what(self) -> str:
        """Which of the dossiers."""
        return _("every dossier counted") if self.all_counted else _("dossiers that cost points")

    def filters(self) -> Iterator[str]:
        """What the list is narrowed to, each in words."""
        narrowing = self.narrowing
        if narrowing.unit:
            yield _("unit: %(unit)s (%(code)s), with all below it") % {
                "unit": narrowing.unit.name,
                "code": narrowing.unit.code,
            }
        if narrowing.procedure:
            yield _("procedure: %(code)s") % {"code": narrowing.procedure}
        if narrowing.status:
            yield _("status: %(status)s") % {"status": Dossier.Status(narrowing.status).label}
        if narrowing.month:
            yield _("received in %(month)s") % {"month": month_label(narrowing.month)}


def asked(
    agency: Agency, period: str, criterion: str, parameters: Mapping[str, str], as_of: datetime
) -> Asked:
    """The list that an address asks for; what makes no sense in its query narrows nothing.

    Raises ValueError for a period that is none, and as ``scoring.behind.behind`` does.
    """
    found = behind(agency, Period.parse(period), criterion, as_of)
    sort = parameters.get("sort", "")
    return Asked(
        behind=found,
        narrowing=Narrowing(
            procedure=parameters.get("procedure", "").strip()[:60],
            unit=_unit(agency, parameters.get("unit", "")),
            status=_status(parameters.get("status", "")),
            month=_month(parameters.get("month", "")),
        ),
        sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
        all_counted=parameters.get("show") == COUNTED,
    )


def _unit(agency: Agency, code: str) -> Agency | None:
    """An agency of the subtree."""
    code = code.strip()
    return Agency.objects.filter(within(agency.path), code__iexact=code).first() if code else None


def _status(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) in Dossier.Status.values else None


def _month(text: str) -> int | None:
    digits = text.replace("-", "")
    if len(digits) == 6 and digits.isascii() and digits.isdigit() and 1 <= int(digits[4:]) <= 12:
        return int(digits)
    return None
