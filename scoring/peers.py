"""Who is compared with whom: like with like, never a commune with a ministry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agencies.models import Agency
from agencies.models.agency import PATH_SEPARATOR

NATION = "nation"
MINISTRIES = "ministries"
PROVINCES = "provinces"

_NATIONAL_CLASSES = {
    Agency.Kind.NATION: NATION,
    Agency.Kind.MINISTRY: MINISTRIES,
    Agency.Kind.MINISTERIAL_AGENCY: MINISTRIES,
    Agency.Kind.GOVERNMENT_AGENCY: MINISTRIES,
    Agency.Kind.PROVINCE: PROVINCES,
}


class Within(StrEnum):
    """How far a class of offices reaches: below one parent, one province or ministry, or everywhere."""

    PARENT = "parent"
    SYSTEM = "system"
    NATION = "nation"


@dataclass(frozen=True)
class PeerRules:
    """How wide the classes below ministries and provinces are; an indicator set may say otherwise."""

    departments: Within = Within.SYSTEM
    communes: Within = Within.SYSTEM
    units: Within = Within.PARENT


USUAL = PeerRules()
_CLASSES = {Agency.Kind.DEPARTMENT: "departments", Agency.Kind.COMMUNE: "communes", Agency.Kind.UNIT: "units"}

#: Where in a path (the nation first) stands the province or ministry an office belongs to.
_PROVINCE_OR_MINISTRY = 1


def peer_class(kind: str, path: str, rules: PeerRules = USUAL) -> str:
    """The class an agency is ranked in, from its kind and its path (``/1/35/412/``).

    All ministries, ministerial-level and government agencies are one class, and all provinces. By the
    usual rules departments are ranked within their province or ministry (``departments:35``), communes
    within their province (``communes:35``), units under the same parent (``units:412``); a class that
    reaches everywhere has no number (``communes``). An office hung directly under the nation is ranked
    among those of its kind there.

    Raises ValueError for a kind that is none of ``Agency.Kind``.
    """
    national = _NATIONAL_CLASSES.get(kind)  # type: ignore[call-overload]
    if national is not None:
        return str(national)
    name = _CLASSES.get(kind)  # type: ignore[call-overload]
    if name is None:
        raise ValueError(f"{kind!r} is not a kind of agency.")
    within: Within = getattr(rules, name)
    if within is Within.NATION:
        return str(name)
    ancestors = path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)[:-1]
    if not ancestors:
        return f"{name}:"
    above = -1 if within is Within.PARENT else min(_PROVINCE_OR_MINISTRY, len(ancestors) - 1)
    return f"{name}:{ancestors[above]}"
