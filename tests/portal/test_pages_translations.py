"""No page shows English to a Vietnamese reader: every text of the templates has its translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

TEMPLATES = sorted(Path(settings.BASE_DIR, "portal/templates/portal").rglob("*.html"))
TEXT = re.compile(r'{%\s*translate\s+"([^"]+)"|_\("([^"]+)"\)')
BLOCK = re.compile(r"{%\s*blocktranslate[^%]*%}(.*?){%\s*(?:plural|endblocktranslate)\s*%}", re.DOTALL)
#: Written alike in both languages.
SAME = {"JSON", "API"}


def texts(template: Path) -> set[str]:
    """The texts a template asks to be translated, as catalogues hold them."""
    source = template.read_text(encoding="utf-8")
    plain = {first or second for first, second in TEXT.findall(source)}
    blocks = {re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text) for text in BLOCK.findall(source)}
    return (plain | blocks) - SAME


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_is_in_vietnamese(template: Path) -> None:
    with translation.override("vi"):
        missing = {text for text in texts(template) if translation.gettext(text) == text}
    # Plural texts are kept under their singular, which gettext alone does not find.
    with translation.override("vi"):
        missing = {text for text in missing if translation.ngettext(text, text, 2) == text}
    assert not missing


def test_there_are_texts_to_look_at() -> None:
    assert sum(len(texts(template)) for template in TEMPLATES) > 150
