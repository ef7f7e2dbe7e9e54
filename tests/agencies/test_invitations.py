"""Invitations: a link good once, for a week, for exactly what the inviter could give."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.forms import SetPasswordForm
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils.translation import override

from agencies import permissions as p
from agencies import roles
from agencies.invitations import (
    LINK_LIFE,
    InvitationExpired,
    InvitationUsed,
    InvitationWithdrawn,
    UnknownInvitation,
    accept,
    account_for,
    invite,
    open_invitation,
    send,
    withdraw,
)
from agencies.models import EventLog, Grant, Invitation, User
from agencies.revoking import revoke
from agencies.visibility import may, paths_held
from tests.people import FOUR, LET_IN, FourPeople, four_people, role

__all__ = ["four_people"]

NOW = LET_IN + timedelta(days=30)
PASSWORD = "một mật khẩu đủ dài 2026"


def invited(four_people: FourPeople, email: str = "moi@example.vn", **told: object) -> tuple[Invitation, str]:
    """An invitation of the administrator's to work as officer of the commune."""
    details = {"name": "Lê Thị Mới", "reason": "tuyển dụng", "as_of": NOW, **told}
    return invite(four_people.administrator, email, role(roles.OFFICER), four_people.commune, **details)  # type: ignore[arg-type]


def with_password(account: User) -> User:
    """The account after the ordinary password form, not saved."""
    form = SetPasswordForm(account, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert form.is_valid(), form.errors
    return form.save(commit=False)


def test_a_newcomer_sets_a_password_and_has_the_access(four_people: FourPeople) -> None:
    until = NOW + timedelta(days=100)
    _invitation, token = invited(four_people, valid_until=until)
    assert token not in Invitation.objects.values_list("token_hash", flat=True)
    account = account_for(open_invitation(token, as_of=NOW))
    assert account.pk is None and not account.has_usable_password()
    made = accept(token, with_password(account), as_of=NOW + timedelta(days=1))
    account = User.objects.get(email="moi@example.vn")
    assert (account.username, account.get_full_name(), account.is_staff) == (
        "moi@example.vn",
        "Lê Thị Mới",
        True,
    )
    assert account.check_password(PASSWORD)
    assert (made.user, made.granted_by, made.parent, made.valid_until) == (
        account,
        four_people.administrator,
        four_people.grants["administrator"],
        until,
    )
    assert paths_held(account, p.WORK_INBOX, NOW + timedelta(days=2)) == (four_people.commune.path,)
    assert [event.verb for event in EventLog.objects.order_by("-number")[:3]] == [
        "invitation.accepted",
        "grant.made",
        "invitation.made",
    ]


def test_a_link_works_once(four_people: FourPeople) -> None:
    _invitation, token = invited(four_people)
    account = with_password(account_for(open_invitation(token, as_of=NOW)))
    accept(token, account, as_of=NOW)
    for attempt in (lambda: accept(token, account, as_of=NOW), lambda: open_invitation(token, as_of=NOW)):
        with pytest.raises(InvitationUsed):
            attempt()
    assert account.grants.count() == 1


def test_a_link_works_for_a_week(four_people: FourPeople) -> None:
    _invitation, token = invited(four_people)
    open_invitation(token, as_of=NOW + LINK_LIFE - timedelta(seconds=1))
    with pytest.raises(InvitationExpired):
        open_invitation(token, as_of=NOW + LINK_LIFE)
    with pytest.raises(InvitationExpired):
        accept(token, User(email="moi@example.vn"), as_of=NOW + LINK_LIFE)
    with pytest.raises(UnknownInvitation):
        open_invitation("không-có", as_of=NOW)


@pytest.mark.parametrize("who", FOUR)
def test_only_who_could_give_it_invites(four_people: FourPeople, who: str) -> None:
    asked = (four_people[who], "moi@example.vn", role(roles.OFFICER), four_people.commune)
    if who == "administrator":
        invite(*asked, reason="tuyển dụng", as_of=NOW)
        return
    with pytest.raises(ValidationError) as refused:
        invite(*asked, reason="tuyển dụng", as_of=NOW)
    assert list(refused.value.message_dict) == ["agency"]


def test_an_inviter_who_lost_the_power_has_invited_in_vain(four_people: FourPeople) -> None:
    _invitation, token = invited(four_people)
    account = with_password(account_for(open_invitation(token, as_of=NOW)))
    revoke(four_people.grants["administrator"], by=four_people.operator, reason="điều chuyển", as_of=NOW)
    with pytest.raises(ValidationError):
        accept(token, account, as_of=NOW)
    assert not User.objects.filter(email="moi@example.vn").exists()
    assert Invitation.objects.get().accepted_at is None


def test_who_has_an_account_signs_in_to_accept(four_people: FourPeople) -> None:
    _invitation, token = invited(four_people, "STRANGER@example.vn")
    assert account_for(open_invitation(token, as_of=NOW)) == four_people.stranger
    stolen = User(username="khác", email="stranger@example.vn")
    stolen.set_password(PASSWORD)
    for account in (stolen, four_people.reviewer):
        with pytest.raises(ValidationError):
            accept(token, account, as_of=NOW)
    accept(token, four_people.stranger, as_of=NOW)
    assert may(four_people.stranger, p.WORK_INBOX, four_people.commune)
    assert User.objects.get(pk=four_people.stranger.pk).check_password("mật khẩu")


def test_a_newcomer_without_a_password_is_not_let_in(four_people: FourPeople) -> None:
    _invitation, token = invited(four_people)
    with pytest.raises(ValidationError) as refused:
        accept(token, account_for(open_invitation(token, as_of=NOW)), as_of=NOW)
    assert list(refused.value.message_dict) == ["password"]
    assert not Grant.objects.filter(user__email="moi@example.vn").exists()


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("không phải thư", "email"),
        ("", "email"),
        ("officer@example.vn", "email"),
        ("waiting@example.vn", "email"),
        ("gone@example.vn", "email"),
        ("administrator@example.vn", "email"),
    ],
)
def test_addresses_that_cannot_be_invited(four_people: FourPeople, email: str, said: str) -> None:
    User.objects.create(username="gone", email="gone@example.vn", is_active=False)
    invited(four_people, "waiting@example.vn")
    with pytest.raises(ValidationError) as refused:
        invited(four_people, email)
    assert list(refused.value.message_dict) == [said]


@pytest.mark.parametrize("who", FOUR)
def test_who_withdraws_an_invitation(four_people: FourPeople, who: str) -> None:
    invitation, token = invited(four_people)
    if who != "administrator":
        with pytest.raises(ValidationError):
            withdraw(invitation, by=four_people[who], reason="nhầm", as_of=NOW)
        return
    withdraw(invitation, by=four_people[who], reason="nhầm", as_of=NOW)
    with pytest.raises(InvitationWithdrawn):
        open_invitation(token, as_of=NOW)
    with pytest.raises(ValidationError):
        withdraw(invitation, by=four_people[who], reason="nhầm", as_of=NOW)
    invited(four_people)


@pytest.mark.parametrize(("language", "subject"), [("vi", "Lời mời: "), ("en", "Invitation: ")])
def test_the_letter_says_who_what_and_until_when(
    four_people: FourPeople, language: str, subject: str
) -> None:
    invitation, token = invited(four_people)
    with override(language):
        send(invitation, f"https://portal.example.vn/invitation/{token}/")
    (letter,) = mail.outbox
    assert letter.to == ["moi@example.vn"]
    assert letter.subject.startswith(subject)
    for part in ("Lê Thị Mới", "administrator", "Phường Việt Trì", f"/invitation/{token}/", "11/02/2024"):
        assert part in letter.body
