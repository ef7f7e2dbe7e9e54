"""Text as citizens and officers write it: plain, without what no screen shows."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """The text composed, without control and direction characters, line ends evened, ends trimmed."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNSEEN).strip()


def one_line(text: str) -> str:
    """As ``plain``, on one line."""
    return " ".join(plain(text).split())


#: Control, format (which turns the direction of writing), private and unassigned characters.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
