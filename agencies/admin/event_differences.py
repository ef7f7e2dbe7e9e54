"""What a decision changed, as a table that reads: names of things in words, days as days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.admin_display import DASH, figure, moment
from agencies.models import EventLog, Role

#: What entries tell of, in words; a name that is not here is shown as it stands.
WORDS: dict[str, Any] = {
    "agency": gettext_lazy("agency"),
    "code": gettext_lazy("code"),
    "count": gettext_lazy("number"),
    "dossier": gettext_lazy("dossier"),
    "email": gettext_lazy("e-mail"),
    "ended_with_it": gettext_lazy("grants that ended with it"),
    "entries": gettext_lazy("entries read"),
    "fields": gettext_lazy("fields mended"),
    "flaws": gettext_lazy("flaws found"),
    "grant": gettext_lazy("grant"),
    "hangs_on": gettext_lazy("hangs on grant"),
    "kinds": gettext_lazy("kinds"),
    "last_hash": gettext_lazy("hash of the last entry"),
    "meaning": gettext_lazy("meaning"),
    "parent": gettext_lazy("parent agency"),
    "permissions": gettext_lazy("permissions of the role"),
    "records": gettext_lazy("records"),
    "resting_with_it": gettext_lazy("grants that rest with it"),
    "review_due_on": gettext_lazy("to be confirmed by"),
    "role": gettext_lazy("role"),
    "rows": gettext_lazy("rows"),
    "table": gettext_lazy("table"),
    "user": gettext_lazy("account"),
    "valid_from": gettext_lazy("valid from"),
    "valid_until": gettext_lazy("valid until"),
    "version": gettext_lazy("version"),
    "with": gettext_lazy("ended with grant"),
}
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Difference:
    """One thing an entry tells of, before and after; ``changed`` where both are known and differ."""

    what: str
    before: str
    after: str
    changed: bool


def differences(event: EventLog) -> list[Difference]:
    """What an entry holds of before and after, side by side; what changed comes first."""
    before, after = event.before or {}, event.after or {}
    roles = {role.code: str(role) for role in Role.objects.all()} if "role" in {**before, **after} else {}
    found = [
        Difference(
            capfirst(str(WORDS.get(name, name))),
            _told(name, before[name], roles) if name in before else DASH,
            _told(name, after[name], roles) if name in after else DASH,
            name in before and before[name] != after.get(name),
        )
        for name in {**before, **after}
    ]
    return sorted(found, key=lambda difference: not difference.changed)


def kind_of_subject(event: EventLog) -> str:
    """What kind of thing an entry is about, in words; empty if it is about none."""
    try:
        return capfirst(str(apps.get_model(event.object_type)._meta.verbose_name))
    except (LookupError, ValueError):
        return event.object_type


def _told(name: str, value: Any, roles: dict[str, str]) -> str:
    if isinstance(value, list):
        return "; ".join(_told(name, item, roles) for item in value) or _("none")
    if isinstance(value, dict):
        return "; ".join(f"{WORDS.get(key, key)}: {_told(key, item, roles)}" for key, item in value.items())
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return figure(value) if name in ("count", "records", "rows", "entries", "flaws") else str(value)
    return _word(name, str(value), roles)


def _word(name: str, value: str, roles: dict[str, str]) -> str:
    if name == "permissions" and value in permissions.CODENAMES:
        return permissions.label(value)
    if name == "role":
        return roles.get(value, value)
    try:
        if _MOMENT.match(value):
            return moment(parse_datetime(value))
        day = parse_date(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return value
    return f"{day:%d/%m/%Y}" if day else value
