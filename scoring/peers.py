"""Who is compared with whom: like with like, never a commune with a ministry."""

from __future__ import annotations

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

#: Where in a path (the nation first) stands the province or ministry an office belongs to.
_PROVINCE_OR_MINISTRY = 1


def peer_class(kind: str, path: str) -> str:
    """The class an agency is ranked in, from its kind and its path (``/1/35/412/``).

    All ministries, ministerial-level and government agencies are one class, and all provinces;
    departments are ranked within their province or ministry (``departments:35``), communes within
    their province (``communes:35``), units under the same parent (``units:412``). An office hung
    directly under the nation is ranked among those of its kind there.

    Raises ValueError for a kind that is none of ``Agency.Kind``.
    """
    national = _NATIONAL_CLASSES.get(kind)  # type: ignore[call-overload]
    if national is not None:
        return str(national)
    ancestors = path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)[:-1]
    if kind == Agency.Kind.UNIT:
        return f"units:{ancestors[-1] if ancestors else ''}"
    above = ancestors[min(_PROVINCE_OR_MINISTRY, len(ancestors) - 1)] if ancestors else ""
    if kind == Agency.Kind.DEPARTMENT:
        return f"departments:{above}"
    if kind == Agency.Kind.COMMUNE:
        return f"communes:{above}"
    raise ValueError(f"{kind!r} is not a kind of agency.")
