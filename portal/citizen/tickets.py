"""A ticket to rate one dossier for half an hour, given to who proved that the dossier is theirs.

It stands in the page's address, so that nothing is written for somebody who only looks, the back button
works, and two dossiers open at once are not taken for one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from feedback.guessing import NotProvedError
from feedback.models import Door
from feedback.proving import dossier_to_rate, prove_by_link
from procedures.models import Dossier

LIFE = timedelta(minutes=30)
_SALT = "ticket to rate a dossier"


@dataclass(frozen=True)
class Proof:
    """A dossier that is the reader's own, and by which door they came."""

    token: str
    dossier: Dossier
    door: str


def ticket_for(dossier: Dossier, as_of: datetime) -> str:
    """The ticket of who has just proved that the dossier is theirs."""
    until = int((as_of + LIFE).timestamp())
    return Signer(salt=_SALT).sign(f"{dossier.pk}-{until}")


def proof_of(token: str, *, as_of: datetime, address: str, to_show: bool = True) -> Proof:
    """What a ticket, or the link printed on a receipt, proves; ``to_show`` as in ``dossier_to_rate``.

    Raises NotProvedError for one that is not ours or is over, LockedError after too many such links
    from ``address``.
    """
    if ":" not in token:
        dossier = prove_by_link(token, as_of=as_of, address=address, to_show=to_show)
        return Proof(token, dossier, Door.LINK)
    try:
        dossier_id, _dash, until = Signer(salt=_SALT).unsign(token).partition("-")
    except BadSignature:
        raise _over() from None
    if int(until) < as_of.timestamp():
        raise _over()
    found = dossier_to_rate(int(dossier_id), to_show=to_show)
    if found is None:
        raise _over()
    return Proof(token, found, Door.PAGE)


def _over() -> ValidationError:
    return NotProvedError(_("The half hour for this page is over. Write the code and the digits again."))
