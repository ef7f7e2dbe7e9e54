"""Who sent a petition, if they said: sealed apart, opened for the handling agency alone, deleted in time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import msgspec
from cryptography.fernet import InvalidToken
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.models import User
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import may
from feedback import words
from feedback.keys import sealer
from feedback.models import Petition, PetitionContact, PetitionStep
from feedback.plain_text import one_line

#: How long after its last step the contact of a petition that is over is kept.
KEPT = timedelta(days=180)
#: And at the longest after it was sent, whatever becomes of it.
LONGEST_KEPT = timedelta(days=730)

_PURPOSE = "contact of a petition"
_LONGEST = {"name": 100, "phone": 20, "email": 254}


@dataclass(frozen=True)
class Contact:
    """How the sender may be reached; all of it is theirs to leave out."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)

    def __repr__(self) -> str:
        # Whatever shows local variables must not show this.
        return "Contact(…)"

    def checked(self) -> Contact:
        """The contact tidied. Raises ValidationError by field."""
        tidy = Contact(one_line(self.name), one_line(self.phone), one_line(self.email))
        problems = {
            name: _("At most %(most)d characters.") % {"most": most}
            for name, most in _LONGEST.items()
            if len(getattr(tidy, name)) > most
        }
        digits = "".join(c for c in tidy.phone if c.isdigit())
        if tidy.phone and not 8 <= len(digits) <= 15:
            problems.setdefault("phone", _("This is not a telephone number."))
        if tidy.email:
            try:
                validate_email(tidy.email)
            except ValidationError:
                problems.setdefault("email", _("This is not an e-mail address."))
        if problems:
            raise ValidationError(problems)
        return tidy


def keep(petition: Petition, contact: Contact) -> None:
    """Seal a contact beside its petition, in the caller's transaction; nothing for an empty one."""
    if contact:
        sealed = sealer(_PURPOSE).encrypt(msgspec.json.encode(asdict(contact)))
        PetitionContact.objects.create(petition=petition, sealed=sealed)


@transaction.atomic
def read(petition: Petition, *, by: User, as_of: datetime) -> Contact:
    """The contact of a petition's sender, empty if there is none (any more); who looks is noted.

    Raises PermissionDenied for who does not handle the petitions of the agency that has it now.
    """
    current = Petition.objects.select_related("agency").get(pk=petition.pk)
    if not may(by, HANDLE_PETITIONS, current.agency):
        raise PermissionDenied(_("Only the agency that handles the petition sees who sent it."))
    found = PetitionContact.objects.filter(petition=current).first()
    if found is None:
        return Contact()
    PetitionStep.objects.create(
        petition=current,
        at=as_of,
        verb=PetitionStep.Verb.CONTACT_READ,
        state=current.state,
        agency=current.agency,
        actor=by,
    )
    record(words.CONTACT_READ, current, actor=by, as_of=as_of, agency=current.agency)
    try:
        return msgspec.json.decode(sealer(_PURPOSE).decrypt(bytes(found.sealed)), type=Contact)
    except InvalidToken:
        raise ValidationError(
            _("The contact cannot be opened: the key it was sealed with is gone."), code="sealed"
        ) from None


def forget(as_of: datetime) -> int:
    """Delete the contacts that were kept long enough; returns how many."""
    over = PetitionContact.objects.filter(
        petition__state__in=Petition.OVER, petition__moved_at__lte=as_of - KEPT
    ) | PetitionContact.objects.filter(petition__given_at__lte=as_of - LONGEST_KEPT)
    forgotten = 0
    for contact in over.select_related("petition__agency"):
        with transaction.atomic():
            deleted, _by_model = PetitionContact.objects.filter(pk=contact.pk).delete()
            if deleted:
                forgotten += 1
                PetitionStep.objects.create(
                    petition=contact.petition,
                    at=as_of,
                    verb=PetitionStep.Verb.CONTACT_GONE,
                    state=contact.petition.state,
                    agency=contact.petition.agency,
                )
    return forgotten
