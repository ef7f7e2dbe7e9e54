"""Every door of the portal, read from the URLconf itself, and what to put into its address.

A door with a parameter that nothing here fills is an error: whoever adds it says what a guesser would
put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from django.utils.http import urlencode
from django.utils.regex_helper import normalize

from agencies.admin_filters import SubtreeFilter
from agencies.exchange.registry import resources
from agencies.models import Agency
from procedures.models import Dossier, Procedure
from tests.doors.world import World

#: Stands for the object of a door that has none.
NO_OBJECT = ""
#: Where a door is tried only once for a model: it leads on to another one whatever the object.
LEADS_ON = re.compile(r"^admin/\w+/\w+/<path:object_id>/$")

#: Whose key a plain <int:pk> is, by the word before it in the address.
NAMED_BEFORE = {
    "grants": "agencies.grant",
    "invitations": "agencies.invitation",
    "people": "agencies.user",
    "why": "agencies.user",
}

Filled = Mapping[str, dict[str, Any]]


class UnfilledError(AssertionError):
    """A door has a parameter that nothing fills."""


@dataclass(frozen=True)
class Visit:
    """One address to be tried: its door, which object it is about, and the address itself."""

    door: str
    object: str
    url: str


@dataclass(frozen=True)
class Door:
    """A pattern of the URLconf, and the whole of it as a regular expression."""

    name: str
    regex: str

    def address(self) -> tuple[str, list[str]]:
        """The address as a format string with its parameters' names."""
        # A choice of words that names no parameter: any of them will do.
        plain = re.sub(r"\(\?:(\w+)(?:\|\w+)+\)", r"\1", self.regex)
        return normalize(plain)[0]


def doors() -> list[Door]:
    """The doors in the order in which addresses are matched; of two alike only the first is one."""
    found: dict[str, Door] = {}
    for door in _doors(get_resolver().url_patterns, "", ""):
        found.setdefault(door.name, door)
    return list(found.values())


def _doors(patterns: list[Any], name: str, regex: str) -> Iterator[Door]:
    for pattern in patterns:
        own = pattern.pattern.regex.pattern.removeprefix("^")
        whole = f"{name}{str(pattern.pattern).removeprefix('^')}"
        if isinstance(pattern, URLPattern):
            yield Door(whole, regex + own)
        else:
            yield from _doors(pattern.url_patterns, whole, regex + own)


def visits(world: World) -> Iterator[Visit]:
    """Every address to be tried. Raises UnfilledError for a door that nothing fills."""
    for door in doors():
        if door.name == "admin/autocomplete/":
            yield from _autocompletes(door.name)
            continue
        template, parameters = door.address()
        filled = _filled(world, door.name, parameters)
        for label, values in filled.items():
            yield Visit(door.name, label, f"/{template % values}")
            if LEADS_ON.match(door.name):
                break


def _filled(world: World, door: str, parameters: list[str]) -> Filled:
    """What to put into an address, by the name of the object that it is then about."""
    if not parameters:
        return {NO_OBJECT: {}}
    known = _known(world)
    if door in known:
        return known[door]
    filled: dict[str, dict[str, Any]] = {NO_OBJECT: {}}
    for parameter in parameters:
        values = _values(world, door, parameter)
        filled = {
            about: {**given, parameter: values.get(about, values.get(NO_OBJECT))}
            for label, given in filled.items()
            for about in ([label] if label else values)
        }
    return filled


def _values(world: World, door: str, parameter: str) -> Mapping[str, Any]:
    """What to put in the place of one parameter: one value, or one for each object."""
    fixed = {"period": "2026", "criterion": "2.1", "form": "csv", "version": 1, "file": "2026-v1.json"}
    if parameter in fixed:
        return {NO_OBJECT: fixed[parameter]}
    if door.startswith(("danh-gia/", "phan-anh/")) and parameter in ("token", "name"):
        # Links on receipts, and petitions being written, which nobody can know.
        return {NO_OBJECT: "a-guess"}
    if parameter == "code":
        return {place: agency.code for place, agency in _of(world.records, Agency)}
    model = _model(door, parameter)
    if model in world.records:
        return {place: record.pk for place, record in world.records[model].items()}
    raise UnfilledError(
        f"Nothing fills <{parameter}> of {door}: add it to tests/doors/addresses.py, and a record for each "
        "place to tests/doors/world.py."
    )


def _model(door: str, parameter: str) -> str:
    """The model whose key a parameter is: of the admin's page, or named by the parameter (grant_id)."""
    page = re.match(r"^admin/(\w+)/(\w+)/<", door)
    if page and page.groups() in {(m._meta.app_label, m._meta.model_name) for m in admin.site._registry}:
        return ".".join(page.groups())
    before = re.search(rf"(\w+)/<(?:\w+:)?{parameter}>", door)
    if parameter == "pk" and before and before[1] in NAMED_BEFORE:
        return NAMED_BEFORE[before[1]]
    named = parameter.removesuffix("_id")
    return next((m._meta.label_lower for m in apps.get_models() if m._meta.model_name == named), "")


def _known(world: World) -> dict[str, Filled]:
    """Doors whose parameters are no keys of records."""
    records = world.records
    procedures = {place: {"code": procedure.code} for place, procedure in _of(records, Procedure)}
    tables = {resource.name: {"name": resource.name} for resource in resources()}
    kind = ContentType.objects.get_for_model(Dossier).pk
    factors = {
        place: {"pk": Authenticator.objects.get(user=world.person_of(place)).pk}
        for place in ("commune", "province", "other", "nation")
    }
    return {
        "chi-tieu/<str:code>/": {NO_OBJECT: {"code": "2.1"}},
        "thu-tuc/<str:code>/": procedures,
        **{
            f"ban-tin/<str:period>/<str:code>/{end}<str:file>": {
                NO_OBJECT: {
                    "period": "2026",
                    "code": "H44",
                    "version": 1,
                    "file": f"ban-tin-2026-H44-{version}.xlsx",
                }
            }
            for end, version in (("v<int:version>/", "v1"), ("tam-tinh/", "tam-tinh"))
        },
        "dang-nhap/mot-lan/<slug:provider_id>/": {NO_OBJECT: {"provider_id": "sso"}},
        "loi-moi/<str:token>/": {place: {"token": token} for place, token in world.tokens.items()},
        "tai-khoan/passkey/<int:pk>/": factors,
        "tai-khoan/passkey/<int:pk>/bo/": factors,
        "tai-khoan/phien/<int:pk>/dang-xuat/": {
            place: {"pk": session} for place, session in world.sessions.items()
        },
        "dat-lai-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": {
            NO_OBJECT: {"uidb36": "1", "key": "a-guess"}
        },
        "admin/tables/<slug:name>/import/": tables,
        "admin/tables/<slug:name>/export/": tables,
        "admin/tables/<slug:name>/empty.<str:form>": {
            label: {**values, "form": "csv"} for label, values in tables.items()
        },
        "admin/r/<path:content_type_id>/<path:object_id>/": {
            place: {"content_type_id": kind, "object_id": dossier.pk}
            for place, dossier in _of(records, Dossier)
        },
        "admin/(?P<url>.*)$": {NO_OBJECT: {"url": "no-such-page/"}},
        **{
            door.name: {label: {"app_label": label} for label in _app_labels()}
            for door in doors()
            if "(?P<app_label>" in door.name
        },
    }


def _of(records: dict[str, dict[str, Any]], model: Any) -> Any:
    return records[model._meta.label_lower].items()


def _app_labels() -> list[str]:
    return sorted({model._meta.app_label for model in admin.site._registry})


def _autocompletes(door: str) -> Iterator[Visit]:
    """The admin's one address of autocompletes, for every foreign key that offers its choices there."""
    for field in sorted(_fields_with_autocomplete()):
        app_label, model_name, field_name = field.split(".")
        asked = {"app_label": app_label, "model_name": model_name, "field_name": field_name, "term": ""}
        yield Visit(door, field, f"/{door}?{urlencode(asked)}")


def _fields_with_autocomplete() -> set[str]:
    found = set()
    for model, page in admin.site._registry.items():
        pages = [(model, page), *((inline.model, inline) for inline in page.inlines)]
        for source, options in pages:
            found |= {f"{source._meta.label_lower}.{name}" for name in options.autocomplete_fields}
        filters = [item for item in page.list_filter if isinstance(item, type)]
        found |= {
            f"{getattr(item, 'source', model)._meta.label_lower}.{item.field_name}"
            for item in filters
            if issubclass(item, SubtreeFilter)
        }
    return found
