"""Who issues a paper, under which sign, from where: the head of an administrative document.

Decree 30/2020/NĐ-CP, annex I. Words that the law itself prescribes stand here as it has them.
"""

from __future__ import annotations

from dataclasses import dataclass

from agencies.models import Agency

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
GOVERNMENT_OFFICE = "Văn phòng Chính phủ"
COMMITTEE = "Ủy ban nhân dân"
OFFICE = "Văn phòng"
CAPITAL = "Hà Nội"
#: What is filled in by hand once the paper is issued.
BLANK = "........"

_COMMITTEES = (Agency.Kind.PROVINCE, Agency.Kind.COMMUNE)
_IN_THE_CAPITAL = (
    Agency.Kind.NATION,
    Agency.Kind.MINISTRY,
    Agency.Kind.MINISTERIAL_AGENCY,
    Agency.Kind.GOVERNMENT_AGENCY,
)


@dataclass(frozen=True)
class Letterhead:
    """The left of a paper's head and the place of its date."""

    #: The agency above the issuing one; empty where the issuing one stands alone.
    above: str
    #: In lines.
    issuer: str
    #: What follows the number: BC-UBND.
    sign: str
    place: str
    #: Who signs.
    signer: str


def letterhead(agency: Agency, above: Agency | None = None) -> Letterhead:
    """The head of a report that ``agency`` issues; ``above`` is the agency directly above it.

    Made of names and kinds alone, which a published result keeps.
    """
    if agency.kind == Agency.Kind.NATION:
        return Letterhead("", GOVERNMENT_OFFICE, "BC-VPCP", CAPITAL, "BỘ TRƯỞNG, CHỦ NHIỆM")
    place = CAPITAL if agency.kind in _IN_THE_CAPITAL else _place(agency, above)
    if agency.kind in _COMMITTEES:
        superior = f"{COMMITTEE} {above.name}" if above and agency.kind == Agency.Kind.COMMUNE else ""
        return Letterhead(
            superior,
            f"{COMMITTEE}\n{agency.name}",
            "BC-UBND",
            place,
            "TM. ỦY BAN NHÂN DÂN<br/>CHỦ TỊCH",
        )
    superior = ""
    if above and agency.kind in (Agency.Kind.DEPARTMENT, Agency.Kind.UNIT):
        superior = f"{COMMITTEE} {above.name}" if above.kind in _COMMITTEES else above.name
    return Letterhead(superior, agency.name, f"BC-{BLANK}", place, "THỦ TRƯỞNG CƠ QUAN")


def letterhead_to_committee(agency: Agency) -> tuple[Letterhead, str]:
    """The head of the report that an agency's own office makes to those who lead it, and whom it addresses:
    the People's Committee of a province or commune, the head of any other agency."""
    own = letterhead(agency)
    leading = (
        f"{COMMITTEE} {agency.name[:1].lower()}{agency.name[1:]}"
        if agency.kind in _COMMITTEES
        else agency.name
    )
    if agency.kind == Agency.Kind.NATION:
        return own, "Thủ tướng Chính phủ"
    to = leading if agency.kind in _COMMITTEES else f"Lãnh đạo {agency.name}"
    return Letterhead(leading, OFFICE, "BC-VP", own.place, "CHÁNH VĂN PHÒNG"), to


def _place(agency: Agency, above: Agency | None) -> str:
    """A province's or commune's own name, without the word for what it is; else that of the one above."""
    home = agency if agency.kind in _COMMITTEES or above is None else above
    name = home.name
    for word in ("Tỉnh ", "Thành phố ", "Xã ", "Phường ", "Đặc khu "):
        name = name.removeprefix(word)
    return CAPITAL if home.kind in _IN_THE_CAPITAL else name
