"""Inviting somebody by e-mail to a role: a link good once, for a week."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.authority import refuse_without_reason
from agencies.event_log import decision, record
from agencies.event_words import INVITATION_ACCEPTED, INVITATION_SENT, INVITATION_WITHDRAWN
from agencies.granting import grant, objections
from agencies.holdings import Errors, Holdings
from agencies.models import Agency, Grant, Invitation, Role, User
from agencies.permissions import DELEGATE
from agencies.visibility import may

#: How long a link is good.
LINK_LIFE = timedelta(days=7)


class InvitationRefused(Exception):  # noqa: N818  (an answer to a visitor, not a fault)
    """A link that opens nothing, for a reason a subclass names."""


class UnknownInvitation(InvitationRefused):
    """No invitation has this token."""


class InvitationUsed(InvitationRefused):
    """It was accepted already."""


class InvitationWithdrawn(InvitationRefused):
    """It was withdrawn."""


class InvitationExpired(InvitationRefused):
    """It is more than a week old; the inviter can send another."""


def invite(
    inviter: User,
    email: str,
    role: Role,
    agency: Agency,
    *,
    name: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str,
    as_of: datetime,
) -> tuple[Invitation, str]:
    """Offer somebody a grant that ``inviter`` could make now: the invitation and its token, told only here.

    Nothing is sent: ``send`` does that, with the address of the page the link leads to. Raises
    ValidationError by field, as ``granting.grant`` does, and for an e-mail that cannot be or waits already.
    """
    with decision():
        errors = objections_to(
            Holdings.of(inviter, as_of),
            email,
            role,
            agency,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
        )
        if errors:
            raise ValidationError(errors)
        token = secrets.token_urlsafe(32)
        made = Invitation.objects.create(
            email=email.strip(),
            name=name.strip(),
            token_hash=_hash(token),
            role=role,
            agency=agency,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason.strip(),
            invited_by=inviter,
            created_at=as_of,
            expires_at=as_of + LINK_LIFE,
        )
        record(
            INVITATION_SENT,
            made,
            actor=inviter,
            as_of=as_of,
            agency=agency,
            after={"email": made.email, "role": role.code, "agency": agency.code, "valid_until": valid_until},
            reason=made.reason,
        )
    return made, token


def objections_to(
    holdings: Holdings,
    email: str,
    role: Role,
    agency: Agency,
    *,
    valid_from: datetime | None,
    valid_until: datetime | None,
    reason: str,
) -> Errors:
    """What forbids inviting ``email`` to this grant, by field; empty if nothing does."""
    email = email.strip()
    user = _account_with(email) if email else None
    _parent, errors = objections(
        holdings, user, role, agency, valid_from=valid_from, valid_until=valid_until, reason=reason
    )
    if "user" in errors:
        errors["email"] = errors.pop("user")
    try:
        validate_email(email)
    except ValidationError as error:
        errors["email"] = list(error.messages)
        return errors
    pending = Invitation.objects.pending(holdings.as_of).filter(email__iexact=email, role=role, agency=agency)
    if pending.exists():
        errors.setdefault("email", []).append(
            _("An invitation to this waits already; withdraw it to send another.")
        )
    return errors


def send(invitation: Invitation, link: str) -> None:
    """Send the invitation by e-mail; ``link`` is the whole address of the page that accepts it."""
    subject, text = letter(invitation, link)
    send_mail(subject, text, None, [invitation.email])


def letter(invitation: Invitation, link: str) -> tuple[str, str]:
    """Subject and text of the e-mail, in the language in force."""
    words = {
        "name": invitation.name or invitation.email,
        "inviter": invitation.invited_by,
        "role": invitation.role,
        "agency": invitation.agency.name,
        "link": link,
        "until": timezone.localtime(invitation.expires_at).strftime("%d/%m/%Y %H:%M"),
    }
    subject = _("Invitation: %(role)s of %(agency)s") % words
    text = _(
        "Dear %(name)s,\n\n"
        "%(inviter)s invites you to work as %(role)s of %(agency)s on the service index portal.\n\n"
        "Accept by opening this link, which works once, until %(until)s:\n%(link)s\n\n"
        "If you did not expect this letter, do nothing."
    )
    return " ".join(subject.split()), text % words


def open_invitation(token: str, *, as_of: datetime) -> Invitation:
    """The invitation a link leads to, still to be accepted.

    Raises UnknownInvitation, InvitationUsed, InvitationWithdrawn or InvitationExpired.
    """
    invitation = (
        Invitation.objects.select_related("role", "agency", "invited_by")
        .filter(token_hash=_hash(token))
        .first()
    )
    if invitation is None:
        raise UnknownInvitation
    if invitation.accepted_at is not None:
        raise InvitationUsed
    if invitation.withdrawn_at is not None:
        raise InvitationWithdrawn
    if invitation.expires_at <= as_of:
        raise InvitationExpired
    return invitation


def account_for(invitation: Invitation) -> User:
    """The account an invitation is for: the one with its e-mail, who must sign in to accept, or a new one.

    A new one is not saved and has no password: the ordinary password form sets it, ``accept`` saves it.
    """
    known = _account_with(invitation.email)
    if known is not None:
        return known
    family_name, _space, given_name = invitation.name.rpartition(" ")
    account = User(
        username=_free_username(invitation.email),
        email=invitation.email,
        first_name=family_name,
        last_name=given_name,
        is_staff=True,
    )
    account.set_unusable_password()
    return account


def accept(token: str, account: User, *, as_of: datetime) -> Grant:
    """Accept an invitation with ``account``: the grant is made as the inviter would make it now.

    ``account`` is the one signed in with the invitation's e-mail, or the new one of ``account_for`` with
    its password set, which is saved here. Raises as ``open_invitation`` does; ValidationError when the
    account does not fit, or when the inviter may no longer give this access: then nothing is changed.
    """
    with decision():
        invitation = open_invitation(token, as_of=as_of)
        _refuse_unfit(invitation, account)
        if account.pk is None:
            account.save()
        accepted = Invitation.objects.pending(as_of).filter(pk=invitation.pk)
        if not accepted.update(accepted_at=as_of, accepted_by=account):
            raise InvitationUsed
        made = grant(
            invitation.invited_by,
            account,
            invitation.role,
            invitation.agency,
            valid_from=invitation.valid_from,
            valid_until=invitation.valid_until,
            reason=invitation.reason,
            as_of=as_of,
        )
        record(
            INVITATION_ACCEPTED,
            invitation,
            actor=account,
            as_of=as_of,
            agency=invitation.agency,
            after={"grant": made.pk, "user": account.get_username()},
        )
    return made


def withdraw(invitation: Invitation, *, by: User, reason: str, as_of: datetime) -> None:
    """Make the link of an invitation open nothing any more.

    The inviter may, and whoever delegates at its agency. Raises ValidationError when ``by`` may not,
    or when it was accepted or withdrawn before.
    """
    reason = refuse_without_reason(reason)
    with decision():
        if by.pk != invitation.invited_by_id and not may(by, DELEGATE, invitation.agency):
            raise ValidationError(_("Only who delegates at this agency withdraws it."))
        left = Invitation.objects.filter(
            pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
        )
        if not left.update(withdrawn_at=as_of):
            raise ValidationError(_("This invitation was accepted or withdrawn before."))
        invitation.withdrawn_at = as_of
        record(
            INVITATION_WITHDRAWN,
            invitation,
            actor=by,
            as_of=as_of,
            agency=invitation.agency,
            after={"email": invitation.email},
            reason=reason,
        )


def _refuse_unfit(invitation: Invitation, account: User) -> None:
    if account.email.casefold() != invitation.email.casefold():
        raise ValidationError(_("This invitation was sent to another e-mail address."))
    if account.pk is None:
        if _account_with(account.email) is not None:
            raise ValidationError(_("There is an account with this e-mail: sign in to accept."))
        if not account.has_usable_password():
            raise ValidationError({"password": _("Choose a password.")})


def _account_with(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).order_by("-is_active", "pk").first()


def _free_username(email: str) -> str:
    base = re.sub(r"[^\w.@+-]", "-", email.lower())[:140]
    alike = User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    taken = {username.lower() for username in alike}
    number, username = 1, base
    while username in taken:
        number += 1
        username = f"{base}-{number}"
    return username


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
