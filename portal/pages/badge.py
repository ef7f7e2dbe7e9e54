"""The drawing of a badge: how wide its two halves are, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.figures import points
from scoring.explanation import Guide
from scoring.models import Scorecard

#: The ground and the ink of each band, and of no score, as the light pages have them.
COLOURS = {
    1: ("#a63c17", "#fff"),
    2: ("#e69b4c", "#2b1a05"),
    3: ("#d9c679", "#2b2405"),
    4: ("#74add4", "#061f33"),
    5: ("#17568f", "#fff"),
}
NO_BAND = ("#c3cad3", "#16202c")
#: How wide a letter is at the most, and the space about a text, in the drawing's units.
LETTER, MARGIN = 6.7, 18


@dataclass(frozen=True)
class Badge:
    """A badge: ``label`` on the left, ``says`` on the right in the colours of the band."""

    label: str
    says: str
    ground: str
    ink: str

    @classmethod
    def of(cls, card: Scorecard | None, guide: Guide | None) -> Badge:
        """The badge of a scorecard; without one it says that there is no score yet."""
        label = _("Service index")
        if card is None or guide is None:
            return cls(label, _("no score yet"), *NO_BAND)
        look = guide.bands.get(card.band)
        parts = [f"{points(card.total)} / {guide.total_maximum.normalize():f}"]
        if look:
            parts.append(look.name)
        if card.rank:
            parts.append(_("rank %(rank)s of %(ranked)s") % {"rank": card.rank, "ranked": card.ranked})
        return cls(label, " · ".join(parts), *COLOURS.get(look.step if look else 0, NO_BAND))

    @property
    def left(self) -> int:
        """The width of the left half."""
        return round(len(self.label) * LETTER) + MARGIN

    @property
    def right(self) -> int:
        """The width of the right half."""
        return round(len(self.says) * LETTER) + MARGIN

    @property
    def whole(self) -> int:
        """The width of both."""
        return self.left + self.right

    @property
    def middle_of_left(self) -> int:
        """Where the left text is centred."""
        return self.left // 2

    @property
    def middle_of_right(self) -> int:
        """Where the right text is centred."""
        return self.left + self.right // 2
