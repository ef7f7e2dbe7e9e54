"""The typeface of papers: Tinos, drawn to the measures of Times New Roman, with every Vietnamese letter."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FAMILY = "Tinos"
BOLD, ITALIC, BOLD_ITALIC = f"{FAMILY}-Bold", f"{FAMILY}-Italic", f"{FAMILY}-BoldItalic"
_PACKAGE = "node_modules/@expo-google-fonts/tinos"
#: Each face by its file, whether it is bold, whether it is italic.
_FACES = {
    FAMILY: ("400Regular", False, False),
    ITALIC: ("400Regular_Italic", False, True),
    BOLD: ("700Bold", True, False),
    BOLD_ITALIC: ("700Bold_Italic", True, True),
}


@cache
def load() -> str:
    """Make the faces known to the PDF library, once a process; returns the family's name.

    Raises FileNotFoundError, saying what to run, where the npm package is not installed.
    """
    for name, (face, bold, italic) in _FACES.items():
        path = _file_of(face)
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing. Run `make setup`, or `npm ci`.")
        pdfmetrics.registerFont(TTFont(name, str(path)))
        addMapping(FAMILY, bold, italic, name)
    return FAMILY


def installed(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Warn when papers could not be written."""
    missing = [face for face, _bold, _italic in _FACES.values() if not _file_of(face).is_file()]
    if not missing:
        return []
    hint = "Run `make setup`, or `npm ci`."
    return [
        Warning("The typeface of papers is not installed: no PDF can be made.", hint=hint, id="portal.W002")
    ]


def _file_of(face: str) -> Path:
    return Path(settings.BASE_DIR, _PACKAGE, face, f"Tinos_{face}.ttf")
