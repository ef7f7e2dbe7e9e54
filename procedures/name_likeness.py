"""How alike two names of offices are, whatever the case, the diacritics and the usual abbreviations."""

from __future__ import annotations

from difflib import SequenceMatcher

from agencies.folding import folded

#: Words an office's name is written with or without.
_FILLERS = frozenset({"ubnd", "uy", "ban", "nhan", "dan", "so", "phong", "xa", "phuong", "tinh"})
#: Written out before names are compared.
_ABBREVIATIONS = {
    "ubnd": "uy ban nhan dan",
    "tp": "thanh pho",
    "p": "phuong",
    "vp": "van phong",
    "tthc": "thu tuc hanh chinh",
    "ttphvhcc": "trung tam phuc vu hanh chinh cong",
}


class Likeness:
    """One name to compare many others with."""

    def __init__(self, name: str) -> None:
        self._words = _words(name)
        self._matcher = SequenceMatcher(autojunk=False)
        self._matcher.set_seq2(" ".join(self._words))

    def rough(self, name: str) -> float:
        """Quick: the share of words in common, those that every office bears weighing little."""
        words = _words(name)
        common, all_words = set(words) & set(self._words), set(words) | set(self._words)
        return sum(map(_weight, common)) / (sum(map(_weight, all_words)) or 1.0)

    def fine(self, name: str) -> float:
        """Slower: words and spelling, from 0 to 1 for the same name."""
        self._matcher.set_seq1(" ".join(_words(name)))
        return (self.rough(name) + self._matcher.ratio()) / 2


def _words(name: str) -> list[str]:
    letters = "".join(c if c.isalnum() else " " for c in folded(name))
    return " ".join(_ABBREVIATIONS.get(word, word) for word in letters.split()).split()


def _weight(word: str) -> float:
    return 0.25 if word in _FILLERS else 1.0
