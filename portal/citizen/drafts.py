"""A petition while it is being written: sealed in the sender's session, gone with it.

Each draft has a name of its own in the page's address, so that two windows do not mix, and a key from
which the receipt follows: sending one twice makes one petition. Contact and files are never kept here.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

import msgspec
from cryptography.fernet import InvalidToken
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agencies.models import Agency
from feedback.keys import sealer
from feedback.petitions import Told
from procedures.models import Dossier, Procedure

MOST_DRAFTS = 3
_KEPT_UNDER, _PURPOSE = "petition_drafts", "draft of a petition"


@dataclass
class Draft:
    """What was written so far; ``sent`` is the receipt code once it is sent."""

    name: str
    form_key: str
    agency_id: int
    dossier_id: int | None = None
    procedure_id: int | None = None
    kind: str = ""
    subject: str = ""
    body: str = ""
    likes_seen: bool = False
    sent: str = ""

    def told(self) -> Told:
        """What is sent. Raises Http404 if what it is about is gone."""
        agency = Agency.objects.filter(pk=self.agency_id).first()
        if agency is None:
            raise Http404(_("This office does not exist any more."))
        return Told(
            agency=agency,
            kind=self.kind,
            subject=self.subject,
            body=self.body,
            procedure=Procedure.objects.filter(pk=self.procedure_id).first() if self.procedure_id else None,
            dossier=Dossier.objects.filter(pk=self.dossier_id).first() if self.dossier_id else None,
        )


def begin(request: HttpRequest, agency: Agency, dossier: Dossier | None = None) -> Draft:
    """A new draft; the oldest gives way to it."""
    draft = Draft(
        secrets.token_urlsafe(6),
        secrets.token_urlsafe(24),
        agency.pk,
        dossier.pk if dossier else None,
        dossier.procedure_id if dossier else None,
    )
    keep(request, draft)
    return draft


def draft_of(request: HttpRequest, name: str) -> Draft | None:
    """The draft of this name in the sender's session; None if there is none (any more)."""
    kept = request.session.get(_KEPT_UNDER, {}).get(name)
    if kept is None:
        return None
    try:
        return msgspec.json.decode(sealer(_PURPOSE).decrypt(kept.encode()), type=Draft)
    except (InvalidToken, msgspec.DecodeError):
        return None


def keep(request: HttpRequest, draft: Draft) -> None:
    """Keep a draft as it is now."""
    drafts = request.session.get(_KEPT_UNDER, {})
    drafts[draft.name] = sealer(_PURPOSE).encrypt(msgspec.json.encode(asdict(draft))).decode()
    request.session[_KEPT_UNDER] = dict(list(drafts.items())[-MOST_DRAFTS:])


def note_sent(request: HttpRequest, draft: Draft, code: str) -> None:
    """Keep of a draft that was sent only what its receipt is told from."""
    keep(request, Draft(draft.name, draft.form_key, draft.agency_id, kind=draft.kind, sent=code))
