"""What holds for all modules of delegation: everything said is said in Vietnamese."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.portal.test_admin_vietnamese import (
    KEYWORDS,
    KEYWORDS_OF_TEMPLATES,
    PLACE,
    ROOT,
    catalogues,
    first,
    said,
)

MODULES = [
    *sorted(ROOT.glob("portal/delegation/*.py")),
    *(ROOT / f"agencies/{name}.py" for name in ("grant_state", "holders", "watching")),
]
TEMPLATES = sorted(ROOT.glob("portal/templates/delegation/**/*.html"))


def texts() -> Iterator[str]:
    for module in MODULES:
        with module.open("rb") as opened:
            for _line, message, _comments, _context in extract("python", opened, KEYWORDS):
                yield first(message)
    for template in TEMPLATES:
        source = io.BytesIO(templatize(template.read_text()).encode())
        for _line, message, _comments, _context in extract("python", source, KEYWORDS_OF_TEMPLATES):
            yield first(message)


def test_nothing_is_left_in_english() -> None:
    found = {text for text in texts() if text}
    assert len(found) > 200
    assert sorted(found - catalogues().keys()) == []


def test_what_is_filled_in_is_the_same_and_nothing_is_left_over() -> None:
    with (ROOT / "portal/locale_delegation/vi/LC_MESSAGES/django.po").open("rb") as opened:
        messages = [message for message in read_po(opened, locale="vi") if message.id]
    differing, unused = [], []
    source = "".join(path.read_text() for path in (*MODULES, *TEMPLATES))
    for message in messages:
        english = message.id if isinstance(message.id, str) else message.id[0]
        if set(PLACE.findall(english)) != set(PLACE.findall(said(message))):
            differing.append(english)
        pattern = re.sub(r"%\\\((\w+)\\\)[sd]", r"(?:%\\(\1\\)[sd]|{{ \1 }})", re.escape(english))
        if not re.search(pattern, source):
            unused.append(english)
    assert (differing, unused) == ([], [])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_pages_hold_no_style_or_script_of_their_own(template: object) -> None:
    text = template.read_text()  # type: ignore[attr-defined]
    assert " style=" not in text and "<style" not in text and " onclick=" not in text
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
