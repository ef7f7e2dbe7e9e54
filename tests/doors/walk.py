"""Everybody tries every door, and what comes of it is told in a word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from agencies.admin_scope import scope_path_of
from agencies.visibility import path_of_record
from tests.doors.addresses import Visit, visits
from tests.doors.world import MARKS, SEES, World, make_world
from tests.signing_in import prove

#: Who tries, in the order of the table's columns. The last one signed in an hour ago.
LATER = "operator_later"
VISITORS = (*SEES, LATER)
METHODS = ("GET", "POST")
#: The parts of the portal by how their addresses begin; the last one is all the others.
PARTS = ("admin/agencies/", "admin/procedures/", "admin/scoring/", "admin/", "")
#: What is posted: nothing, but for the word that confirms and the form a file is to have.
POSTED = {"confirmed": "yes", "form": "csv"}

OK, EMPTY, DONE, ON = "ok", "ok-empty", "done", "on"
SIGN_IN, CONFIRM, REFUSED, HIDDEN, METHOD, BAD = "sign-in", "confirm", "refused", "hidden", "method", "bad"
#: A visit that came to something.
OPEN = (OK, EMPTY, DONE, ON)
#: Stands in the table for all objects of a door.
ANY = "any"
#: Doors that answer a POST as they answer a GET: a list of past changes, and Django's way to a page.
POST_IS_GET = re.compile(r"/history/$|^admin/r/|^admin/\w+/\w+/<path:object_id>/$")
#: Where an address leads that is not to be had yet.
SIGN_IN_PAGES = ("account_login", "admin:login")
CONFIRM_PAGES = ("account_reauthenticate", "mfa_reauthenticate", "mfa_index")

Key = tuple[str, str, str]


@dataclass
class Found:
    """The outcomes by door, method and object, a word for each visitor; and what must not be."""

    outcomes: dict[Key, list[str]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)


def part_of(door: str) -> str:
    """Which part of the portal a door belongs to; each part is walked by a test of its own."""
    for part in PARTS:
        if door.startswith(part):
            return part
    return PARTS[-1]


def walk(part: str, as_of: datetime) -> Found:
    """Try every door of a part with everybody. Nothing that a visit changes stays."""
    world = make_world(as_of)
    visitors = {name: Visitor(name, world) for name in VISITORS}
    found = Found()
    asked_again: dict[tuple[str, str], bool] = {}
    for visit in visits(world):
        if part_of(visit.door) != part:
            continue
        for method in METHODS if not POST_IS_GET.search(visit.door) else METHODS[:1]:
            row = [visitors[name].tries(visit, method, found.leaks) for name in SEES]
            if row[-1] in OPEN and (visit.door, method) not in asked_again:
                word = visitors[LATER].tries(visit, method, found.leaks)
                asked_again[visit.door, method] = word == CONFIRM
            # Being asked who one is depends on the door, not on whose record it is.
            row.append(CONFIRM if row[-1] in OPEN and asked_again[visit.door, method] else row[-1])
            if METHOD not in row or not set(row) <= {METHOD, SIGN_IN}:
                found.outcomes[visit.door, method, visit.object] = row
    return found


def merged(outcomes: dict[Key, list[str]]) -> dict[Key, list[str]]:
    """The same with one line for a door where it makes no difference whose record it is."""
    by_door: dict[tuple[str, str], dict[str, list[str]]] = {}
    for (door, method, about), row in outcomes.items():
        by_door.setdefault((door, method), {})[about] = row
    lines: dict[Key, list[str]] = {}
    for (door, method), rows in by_door.items():
        if len(rows) > 1 and len({tuple(row) for row in rows.values()}) == 1:
            rows = {ANY: next(iter(rows.values()))}
        lines |= {(door, method, about): row for about, row in rows.items()}
    return lines


class Browser(Client):
    """Django's test client, quicker: it notes no contexts of templates, and keeps the cookies it has."""

    def request(self, **request: Any) -> Any:
        """Answer as the portal would; an error is an answer with the status 500."""
        return self.handler(self._base_environ(**request))


class Visitor:
    """A browser in which somebody signed in, or nobody."""

    def __init__(self, name: str, world: World) -> None:
        self.name, self.world = name, world
        self.sees = SEES.get(name, SEES["operator"])
        self.foreign = [mark for place, mark in MARKS.items() if place not in self.sees]
        self.client = Browser()
        if name != "anonymous":
            self.client.force_login(world.people[name.removesuffix("_later")])
            prove(self.client, "password", "mfa", seconds_ago=3600 if name == LATER else 0)

    def tries(self, visit: Visit, method: str, leaks: list[str]) -> str:
        """What came of it, in a word; leaks are noted."""
        where = f"{self.name}: {method} {visit.url}"
        with transaction.atomic():
            try:
                answer = getattr(self.client, method.lower())(visit.url, POSTED if method == "POST" else None)
                if answer.status_code >= 500:
                    raise RuntimeError(f"answers {answer.status_code}")
                body = _body(answer)
                leaks += [f"{where} shows “{mark}”" for mark in self.foreign if mark in body]
                leaks += [f"{where} {leak}" for leak in self._foreign_rows(answer, visit.url)]
                return outcome(answer, visit, method)
            except Exception as error:
                leaks.append(f"{where} fails: {error!r}")
                return "fails"
            finally:
                transaction.set_rollback(True)

    def _foreign_rows(self, answer: Any, url: str) -> Iterator[str]:
        """Rows of a list, or choices of an autocomplete, that belong to a place not theirs."""
        paths = tuple(self.world.agency(place).path for place in self.sees)
        rows = getattr(_changes(answer), "result_list", ())
        for row in rows:
            if scope_path_of(type(row)) and not getattr(row, "readable_by_all", False):
                path = path_of_record(row)
                if not (path.startswith(paths) if path else "nation" in self.sees):
                    yield f"lists {row!r}"
        yield from self._foreign_choices(answer, url)

    def _foreign_choices(self, answer: Any, url: str) -> Iterator[str]:
        asked = dict(parse_qsl(url.partition("?")[2]))
        if "model_name" not in asked or answer.status_code != 200:
            return
        source = next(
            model
            for model in admin.site._registry
            if model._meta.app_label == asked["app_label"]
            for model in (model, *(inline.model for inline in admin.site._registry[model].inlines))
            if model._meta.model_name == asked["model_name"]
        )
        offered: Any = source._meta.get_field(asked["field_name"]).related_model
        if getattr(offered, "readable_by_all", False):
            return
        of_others = {
            str(record.pk)
            for place, record in self.world.records.get(offered._meta.label_lower, {}).items()
            if place not in self.sees
        }
        for choice in json.loads(answer.content)["results"]:
            if choice["id"] in of_others:
                yield f"offers {choice['text']}"


def outcome(answer: Any, visit: Visit, method: str) -> str:
    """An answer in a word."""
    status = answer.status_code
    if status in (301, 302, 303):
        return _led(answer.url, visit, method)
    words = {400: BAD, 401: SIGN_IN, 403: REFUSED, 404: HIDDEN, 405: METHOD, 410: HIDDEN}
    if status in words:
        return words[status]
    if status != 200:
        return str(status)
    if visit.door.startswith("api/national/"):
        return REFUSED if json.loads(answer.content)["error_code"] not in (0, "00") else OK
    changes = _changes(answer)
    return EMPTY if changes is not None and not changes.result_list else OK


def _changes(answer: Any) -> Any:
    """The list on a page of the admin, None on any other page."""
    return (getattr(answer, "context_data", None) or {}).get("cl")


def _led(url: str, visit: Visit, method: str) -> str:
    path = url.partition("?")[0]
    if path in [reverse(name) for name in SIGN_IN_PAGES] and not visit.url.startswith(path):
        return SIGN_IN
    if path in [reverse(name) for name in CONFIRM_PAGES] and not visit.url.startswith(path):
        return CONFIRM
    if path == reverse("admin:index") and visit.object:
        # The admin's way to say that there is no such record.
        return HIDDEN
    return DONE if method == "POST" else ON


def _body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.streaming:
        answer.close()
    return content.decode(errors="replace").lower()
