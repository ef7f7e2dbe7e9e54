"""A country small enough to count by hand, for the tests of counting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from agencies.models import Agency
from agencies.tree import place
from procedures.models import NO_MONTH, STILL_OPEN, AgencyProcedure, Dossier, Field, Procedure
from procedures.months import VIETNAM, month_of

NOW = datetime(2026, 5, 20, 9, 0, tzinfo=VIETNAM)
_numbers = count(1)


@dataclass
class Country:
    """Two provinces, one with a department and two communes, the other with one; a ministry."""

    nation: Agency
    ministry: Agency
    north: Agency
    north_department: Agency
    north_communes: list[Agency]
    south: Agency
    south_commune: Agency
    marriage: Procedure
    licence: Procedure

    @property
    def handling(self) -> list[Agency]:
        """Those that handle dossiers."""
        return [self.ministry, self.north_department, *self.north_communes, self.south_commune]


def make_country() -> Country:
    def agency(code: str, kind: str, parent: Agency | None) -> Agency:
        return place(Agency(code=code, kind=kind, name=f"Agency {code}"), parent)

    nation = agency("VN", "nation", None)
    ministry = agency("G15", "ministry", nation)
    north = agency("H44", "province", nation)
    south = agency("H19", "province", nation)
    field = Field.objects.create(code="G15-TP01", name="Civil status")

    def procedure(code: str, **facts: Any) -> Procedure:
        return Procedure.objects.create(
            code=code, name=code, field=field, announcing_agency=ministry, is_complete=True, **facts
        )

    country = Country(
        nation=nation,
        ministry=ministry,
        north=north,
        north_department=agency("H44.01", "department", north),
        north_communes=[agency(f"H44.10{n}", "commune", north) for n in (1, 2)],
        south=south,
        south_commune=agency("H19.101", "commune", south),
        marriage=procedure("1.000001", level="commune", has_fee=True, online_level="full"),
        licence=procedure("1.000002", level="province", needs_paper_result=False),
    )
    for handler in country.handling:
        AgencyProcedure.objects.create(
            agency=handler, procedure=country.marriage, online_level="full", online_payment=True
        )
    return country


def make_dossier(
    agency: Agency, procedure: Procedure | None, received: datetime | None, **facts: Any
) -> Dossier:
    """A dossier as sync would leave it: received, due ten days later, ended if ``ended_at`` says."""
    number = next(_numbers)
    ended_at = facts.get("ended_at")
    defaults: dict[str, Any] = {
        "code": f"{agency.code}-{number:06}",
        "placement": Dossier.Placement.CODE,
        "status": Dossier.Status.RETURNED if ended_at else Dossier.Status.IN_PROGRESS,
        "received_at": received,
        "deadline_at": received and received + timedelta(days=10),
        "started_month": month_of(received) if received else NO_MONTH,
        "ended_month": month_of(ended_at) if ended_at else STILL_OPEN,
        "in_handling": True,
        "version_at": ended_at or received,
        "fingerprint": f"{number}",
        "first_seen_at": NOW,
        "changed_at": NOW,
    }
    return Dossier.objects.create(agency=agency, procedure=procedure, **{**defaults, **facts})


def on(month: int, day: int, hour: int = 9) -> datetime:
    """A moment of 2026 in Vietnamese time."""
    return datetime(2026, month, day, hour, tzinfo=VIETNAM).astimezone(UTC)
