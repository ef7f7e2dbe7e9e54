"""Every text of every app is there in Vietnamese, its contexts and the values it is filled with included."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
APPS = ("agencies", "procedures", "feedback", "scoring", "portal")
CATALOGUES = sorted(path for app in APPS for path in ROOT.glob(f"{app}/locale*/vi/LC_MESSAGES/django.po"))
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACE = re.compile(r"%\((\w+)\)[sd]|\{\w*\}")


class Text(NamedTuple):
    """An English text with its context, as catalogues hold it."""

    english: str
    context: str


def translated() -> dict[Text, str]:
    """What our catalogues say in Vietnamese."""
    found: dict[Text, str] = {}
    for path in CATALOGUES:
        for message in messages(path):
            found.setdefault(text_of(message), said(message))
    return found


def messages(path: Path) -> Iterator[Message]:
    """The messages of a catalogue that have their Vietnamese."""
    with path.open("rb") as opened:
        yield from (message for message in read_po(opened, locale="vi") if message.id and said(message))


def text_of(message: Message) -> Text:
    english = message.id if isinstance(message.id, str) else message.id[0]
    return Text(english, message.context or "")


def said(message: Message) -> str:
    """The Vietnamese of a message; it has one form for any number."""
    told = message.string or ""
    if message.fuzzy:
        return ""
    return told if isinstance(told, str) else told[0]


def asked(app: str) -> Iterator[tuple[str, Text]]:
    """The texts of an app's modules and templates, each with the file it stands in."""
    for path in sorted(ROOT.joinpath(app).rglob("*")):
        if "migrations" in path.parts:
            continue
        if path.suffix == ".py":
            source = io.BytesIO(path.read_bytes())
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            # As Python, whose lines may not begin anywhere.
            lines = templatize(path.read_text()).splitlines()
            source = io.BytesIO("\n".join(line.strip() for line in lines).encode())
        else:
            continue
        for _line, found, _comments, context in extract("python", source, KEYWORDS):
            english = found if isinstance(found, str) else found[0]
            if english:
                yield path.relative_to(ROOT).as_posix(), Text(english, context or "")


@pytest.mark.parametrize("app", APPS)
def test_nothing_is_left_in_english(app: str) -> None:
    known = translated()
    missing = sorted({(file, text.english, text.context) for file, text in asked(app) if text not in known})
    assert missing == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_filled_in_is_the_same_in_both_languages(path: Path) -> None:
    differing = [
        text_of(message).english
        for message in messages(path)
        if set(PLACE.findall(text_of(message).english)) != set(PLACE.findall(said(message)))
    ]
    assert differing == []


def test_there_is_something_to_look_at() -> None:
    assert sum(1 for app in APPS for _text in asked(app)) > 1500


def test_an_english_text_says_one_thing_in_vietnamese() -> None:
    """Which of two would be shown depends on the order of the catalogues; a context parts them."""
    told: dict[Text, set[str]] = {}
    for path in CATALOGUES:
        for message in messages(path):
            told.setdefault(text_of(message), set()).add(said(message))
    assert {text: ways for text, ways in told.items() if len(ways) > 1} == {}
