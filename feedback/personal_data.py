"""Signs of personal data in a text: what a person should look at before it is published."""

from __future__ import annotations

import re

#: Nine or twelve digits are an identity number; a telephone number begins with 0 or +84.
_SIGNS = (
    re.compile(r"(?<![\w.])(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\w)"),
    re.compile(r"(?<!\w)(?:\d{12}|\d{9})(?!\w)"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<!\w)(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị)(?:\s+[^\W\d_a-zà-ỹ]\w*){2,4}"),
)


def signs_in(text: str) -> list[str]:
    """What in the text looks like a number or a name of a person, in order, each once.

    Signs only: neither is all of it personal data, nor is all personal data found.
    """
    found = sorted((match.start(), match.group()) for sign in _SIGNS for match in sign.finditer(text))
    return list(dict.fromkeys(sign for _start, sign in found))
