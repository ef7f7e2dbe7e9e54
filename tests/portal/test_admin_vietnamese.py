"""Every text of the admin is there in Vietnamese, and every value it is filled with stays in it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}
KEYWORDS_OF_TEMPLATES = {"_": None, "gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)[sd]|\{\}")

Text = str | tuple[str, ...]


def said(message: Message) -> str:
    """The Vietnamese of a message; it has one form for any number."""
    told = message.string or ""
    return told if isinstance(told, str) else told[0]


def catalogues() -> dict[str, str]:
    """What every catalogue of ours says, by the English text."""
    found: dict[str, str] = {}
    for file in sorted(ROOT.glob("*/locale*/vi/LC_MESSAGES/django.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale="vi"):
                english = message.id if isinstance(message.id, str) else message.id[0]
                told = said(message)
                if english and told:
                    found.setdefault(english, told)
    return found


def texts() -> Iterator[tuple[str, str]]:
    """The English texts of the admin's modules and templates, each with the file it stands in."""
    modules = [*ROOT.glob("*/admin/*.py"), *ROOT.glob("agencies/admin_*.py"), ROOT / "portal/admin_theme.py"]
    for module in modules:
        with module.open("rb") as opened:
            for _line, message, _comments, _context in extract("python", opened, KEYWORDS):
                yield module.name, first(message)
    for template in ROOT.glob("portal/templates/admin/**/*.html"):
        source = io.BytesIO(templatize(template.read_text()).encode())
        for _line, message, _comments, _context in extract("python", source, KEYWORDS_OF_TEMPLATES):
            yield template.name, first(message)


def first(message: Text) -> str:
    return message if isinstance(message, str) else message[0]


def test_nothing_is_left_in_english() -> None:
    known = catalogues()
    found = list(texts())
    assert len(found) > 300
    assert sorted({(file, text) for file, text in found if text and text not in known}) == []


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    with (ROOT / "portal/locale_admin/vi/LC_MESSAGES/django.po").open("rb") as opened:
        messages = [message for message in read_po(opened, locale="vi") if message.id]
    differing = []
    for message in messages:
        english = message.id if isinstance(message.id, str) else message.id[0]
        if set(PLACE.findall(english)) != set(PLACE.findall(said(message))):
            differing.append(english)
    assert differing == []
