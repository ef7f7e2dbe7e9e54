"""What a decision is called in the log: every verb, declared once, with its words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

_words: dict[str, Any] = {}


def declare(verb: str, words: Any) -> str:
    """Declare a verb of the log (``grant.made``) with what a reader sees; returns the verb.

    An app declares its own beside the function that records them. Raises ValueError when it is
    declared already.
    """
    if verb in _words:
        raise ValueError(f"The verb {verb} is declared already.")
    _words[verb] = words
    return verb


def declared(verb: str) -> bool:
    """Whether the log knows the verb."""
    return verb in _words


def words_of(verb: str) -> str:
    """What a reader sees for a verb, in their language; the verb itself if nobody declares it any more."""
    return str(_words.get(verb, verb))


def verbs() -> list[tuple[str, Any]]:
    """All verbs with their words, for a filter."""
    return sorted(_words.items())


GRANT_MADE = declare("grant.made", _("gave access"))
GRANT_REVOKED = declare("grant.revoked", _("revoked access"))
GRANT_ENDED_WITH = declare("grant.ended_with", _("access ended with the one it hung on"))
GRANT_EXPIRED = declare("grant.expired", _("access expired"))
GRANT_SUSPENDED = declare("grant.suspended", _("suspended access"))
GRANT_RESUMED = declare("grant.resumed", _("resumed access"))
GRANT_CONFIRMED = declare("grant.confirmed", _("confirmed access"))
GRANT_HANDED_OVER = declare("grant.handed_over", _("handed access over"))
GRANT_SUCCEEDED = declare("grant.succeeded", _("let access pass to the successor"))
GRANT_ADOPTED = declare("grant.adopted", _("took access under own grant"))
AGENCY_MOVED = declare("agency.moved", _("moved an agency"))
ROLE_CHANGED = declare("role.changed", _("changed a role"))
INVITATION_SENT = declare("invitation.made", _("sent an invitation"))
INVITATION_WITHDRAWN = declare("invitation.withdrawn", _("withdrew an invitation"))
INVITATION_ACCEPTED = declare("invitation.accepted", _("accepted an invitation"))
CLIENT_CREATED = declare("system.created", _("connected a system"))
CLIENT_ROTATED = declare("system.rotated", _("changed a system's password"))
CLIENT_REVOKED = declare("system.revoked", _("revoked a system"))
