"""Connected systems: their credentials, their sessions, and what is known of their coming."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.commits import soon_on_disk
from agencies.event_log import record
from agencies.event_words import CLIENT_CREATED, CLIENT_REVOKED, CLIENT_ROTATED
from agencies.models import Agency, IntegrationClient, IntegrationSession, User

#: How long a session is good for after it was opened.
SESSION_LIFE = timedelta(hours=8)
#: Wrong passwords one address may try for one username before it has to wait, and how long it waits.
MAX_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)

_PASSWORD_BYTES = 24  # 32 characters of base64
_LONGEST_PASSWORD = 128


class SessionRefused(Exception):  # noqa: N818  (an answer to a caller, not a fault)
    """No session, for a reason a subclass names."""


class WrongCredentials(SessionRefused):
    """No client has this username and password."""


class ClientRevoked(SessionRefused):
    """The password is right, but the client was revoked."""


class TooManyAttempts(SessionRefused):
    """Ten wrong passwords from this address for this username: fifteen minutes' wait."""


class UnknownSession(SessionRefused):
    """No session has this token; rotating and revoking end all sessions of a client."""


class SessionExpired(SessionRefused):
    """The session is more than eight hours old."""


@transaction.atomic
def create_client(
    agency: Agency,
    *,
    name: str = "",
    username: str | None = None,
    by: User | None = None,
    reason: str = "",
    as_of: datetime | None = None,
) -> tuple[IntegrationClient, str]:
    """Give a system of ``agency`` its credentials: the client and its password, told only here.

    Without ``username`` one is made of the agency's code. ``by`` None is the server's command line;
    ``as_of`` is the moment noted, now if left out. Raises ValidationError (``username``) when it is
    taken or not fit to be one.
    """
    password = _new_password()
    client = IntegrationClient(
        agency=agency,
        name=name,
        username=_free_username(agency) if username is None else username.strip(),
        password_hash=make_password(password),
    )
    client.full_clean()
    client.save()
    _log(CLIENT_CREATED, client, by, reason, as_of or timezone.now())
    return client, password


@transaction.atomic
def rotate(
    client: IntegrationClient, *, by: User | None = None, reason: str = "", as_of: datetime | None = None
) -> str:
    """Give the client a new password, told only here; the old one and all sessions end.

    ``as_of`` is the moment noted, now if left out. Raises ValidationError for a revoked client.
    """
    password, moment = _new_password(), as_of or timezone.now()
    password_hash = make_password(password)
    rotated = IntegrationClient.objects.filter(pk=client.pk, revoked_at__isnull=True).update(
        password_hash=password_hash, rotated_at=moment
    )
    if not rotated:
        raise ValidationError(_("This system was revoked; create a new one instead."))
    client.password_hash, client.rotated_at = password_hash, moment
    client.sessions.all().delete()
    _log(CLIENT_ROTATED, client, by, reason, moment)
    return password


@transaction.atomic
def revoke(
    client: IntegrationClient, *, by: User | None = None, reason: str = "", as_of: datetime | None = None
) -> None:
    """Shut the client out at once and for good; its dossiers and counts stay.

    ``as_of`` is the moment noted, now if left out; a second time changes nothing.
    """
    moment = as_of or timezone.now()
    revoked = IntegrationClient.objects.filter(pk=client.pk, revoked_at__isnull=True).update(
        revoked_at=moment
    )
    client.sessions.all().delete()
    client.refresh_from_db(fields=["revoked_at"])
    if revoked:
        _log(CLIENT_REVOKED, client, by, reason, moment)


def open_session(username: str, password: str, *, as_of: datetime, address: str = "") -> str:
    """Return the token of a new session of eight hours; only its hash is kept.

    ``address`` is where the call came from: guessing is counted by username and address, so that
    nobody can lock a system out from elsewhere. Raises WrongCredentials, ClientRevoked or
    TooManyAttempts.
    """
    if not (username.isprintable() and password.isascii() and len(password) <= _LONGEST_PASSWORD):
        # Never one of ours, and some of it would be an error to hash or to ask the database for.
        raise WrongCredentials
    failures = _failures_key(username, address)
    if cache.get(failures, 0) >= MAX_FAILURES:
        raise TooManyAttempts
    client = IntegrationClient.objects.filter(username=username).first()
    if client is None or not check_password(password, client.password_hash):
        if client is None:
            # As much work as for a known name, so that time does not tell which names exist.
            make_password(password)
        _count_failure(failures)
        raise WrongCredentials
    cache.delete(failures)
    if client.revoked_at is not None:
        raise ClientRevoked
    return _new_session(client, as_of)


def client_of_session(token: str, *, as_of: datetime) -> IntegrationClient:
    """Return the client a token speaks for, with its agency, in one query.

    Raises UnknownSession, SessionExpired or ClientRevoked.
    """
    if not token.isascii():
        raise UnknownSession
    session = (
        IntegrationSession.objects.select_related("client__agency")
        .filter(token_hash=_token_hash(token))
        .first()
    )
    if session is None:
        raise UnknownSession
    if session.expires_at <= as_of:
        raise SessionExpired
    if session.client.revoked_at is not None:
        raise ClientRevoked
    return session.client


def note_seen(client: IntegrationClient, accepted: int, rejected: int, as_of: datetime) -> None:
    """Note that the client came, and how many records of its call were taken and refused.

    One update; outside the batch's own transaction it does not make a system's calls queue up.
    """
    with soon_on_disk():
        IntegrationClient.objects.filter(pk=client.pk).update(
            last_seen_at=as_of,
            accepted_count=F("accepted_count") + accepted,
            rejected_count=F("rejected_count") + rejected,
        )


def _log(verb: str, client: IntegrationClient, by: User | None, reason: str, moment: datetime) -> None:
    told = {"username": client.username, "name": client.name}
    record(verb, client, actor=by, as_of=moment, agency=client.agency, after=told, reason=reason)


def _new_password() -> str:
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def _free_username(agency: Agency) -> str:
    base = agency.code.lower()
    taken = set(
        IntegrationClient.objects.filter(username__startswith=base).values_list("username", flat=True)
    )
    number, username = 1, base
    while username in taken:
        number += 1
        username = f"{base}-{number}"
    return username


@transaction.atomic
def _new_session(client: IntegrationClient, as_of: datetime) -> str:
    # Rotated or revoked while the password was being checked: the check no longer counts.
    unchanged = IntegrationClient.objects.select_for_update().filter(
        pk=client.pk, password_hash=client.password_hash, revoked_at__isnull=True
    )
    if not unchanged:
        raise WrongCredentials
    token = secrets.token_urlsafe(32)
    client.sessions.filter(expires_at__lte=as_of).delete()
    client.sessions.create(token_hash=_token_hash(token), expires_at=as_of + SESSION_LIFE)
    return token


def _failures_key(username: str, address: str) -> str:
    return "integration-failures:" + hashlib.sha256(f"{username}\n{address}".encode()).hexdigest()


def _count_failure(key: str) -> None:
    seconds = int(LOCKED_FOR.total_seconds())
    cache.add(key, 0, seconds)
    try:
        failures = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, seconds)
        return
    if failures >= MAX_FAILURES:
        cache.touch(key, seconds)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
