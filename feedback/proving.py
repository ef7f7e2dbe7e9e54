"""That a dossier is the citizen's own: by the last digits of phone or identity number, or by a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from feedback import rating_links
from feedback.guessing import NotProvedError, note_right, note_wrong, refuse_if_locked
from feedback.keys import keyed
from feedback.models import FACTORS, Rating
from procedures.applicants import HASH_LENGTH, proves
from procedures.models import Dossier

DOSSIER = "dossier"

# What is asked of a dossier by who proves it and by who takes its rating, and what its pages show
# besides; the rest is left where it is.
_ASKED = ("code", "phone_hash", "identity_hash", "agency", "received_at", "in_handling", "ended_at")
_SHOWN = (
    "agency__code", "agency__name", "procedure__name",
    *(f"rating__{name}" for name in (*FACTORS, "comment", "given_at", "changed_at", "comment_state")),
)  # fmt: skip
# What it takes to take a rating, and whether there is one. Written out for the same reason as in
# ``feedback.bursts``: it is asked with every rating.
_TO_TAKE = f"""
    SELECT dossier.id, dossier.code, dossier.agency_id, dossier.received_at, dossier.in_handling,
           dossier.ended_at, rating.id AS rating_known
      FROM {Dossier._meta.db_table} dossier
      LEFT JOIN {Rating._meta.db_table} rating ON rating.dossier_id = dossier.id
     WHERE dossier.id = %s
"""  # noqa: S608


def to_rate() -> QuerySet[Dossier]:
    """Dossiers with what proving and rating them takes, what their pages show, what was said before."""
    related = Dossier.objects.select_related("agency", "procedure", "rating")
    return related.only(*_ASKED, *_SHOWN, "rating__satisfaction", "rating__door").order_by()


def dossier_to_rate(dossier_id: int, *, to_show: bool = True) -> Dossier | None:
    """The dossier of this id as ``to_rate`` reads it; None for none.

    Not ``to_show``: with no more than taking a rating needs; the rest is read when it is asked for,
    which a rating that is taken never does.
    """
    if to_show:
        return to_rate().filter(pk=dossier_id).first()
    found = next(iter(Dossier.objects.raw(_TO_TAKE, [dossier_id])), None)
    if found is not None and found.rating_known is None:  # type: ignore[attr-defined]
        Dossier._meta.get_field("rating").set_cached_value(found, None)
    return found


@dataclass
class _Nobodys:
    """A dossier that does not exist, compared like one that does."""

    code: str
    phone_hash: str
    identity_hash: str


def prove_by_digits(code: str, digits: str, *, address: str) -> Dossier:
    """The dossier ``code`` if ``digits`` are the last four of its applicant's phone or identity number.

    Raises NotProvedError, the same with as much work done for a code that does not exist, and
    LockedError after too many wrong tries for the code or from ``address``.
    """
    code = code.strip()[:50]
    refuse_if_locked(DOSSIER, code, address)
    # Codes are in capitals; people type them as they please.
    dossier = to_rate().filter(code__in={code, code.upper()}).first()
    standing_in = _Nobodys(
        code, keyed("nobody", code, length=HASH_LENGTH), keyed("no one", code, length=HASH_LENGTH)
    )
    # A dossier without a hash is compared with nobody's too, so that all take the same.
    known = dossier if dossier and (dossier.phone_hash or dossier.identity_hash) else None
    if not proves(known or standing_in, digits) or known is None:
        note_wrong(DOSSIER, code, address)
        raise NotProvedError(_("No dossier with this code belongs to these digits."))
    note_right(DOSSIER, code)
    return known


def prove_by_link(token: str, *, as_of: datetime, address: str, to_show: bool = True) -> Dossier:
    """The dossier a link on a receipt is for, read as ``dossier_to_rate`` says.

    Raises NotProvedError for a link that is not ours, has expired or whose dossier is gone, LockedError
    after too many such from ``address``.
    """
    refuse_if_locked("link", address, address)
    dossier_id = rating_links.read(token, as_of)
    dossier = dossier_to_rate(dossier_id, to_show=to_show) if dossier_id is not None else None
    if dossier is None:
        note_wrong("link", address, address)
        raise NotProvedError(_("This link is not valid, or no longer. Use the dossier's code instead."))
    return dossier
