"""Text as it is searched: without case and without Vietnamese diacritics."""

import unicodedata

# Unicode does not take the stroke of đ apart from its letter, as it does every other mark.
_STROKE = str.maketrans("đĐ", "dd")


def folded(text: str) -> str:
    """Return ``text`` in lower case without diacritics, spaces evened out: "Đắk  Lắk" -> "dak lak".

    Two ways to type the same letters (composed or combining) fold to the same text.
    """
    apart = unicodedata.normalize("NFD", text.translate(_STROKE).casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())
