"""Giving access and inviting by their pages: by whom, what is shown first, what is refused and where."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import permissions as p
from agencies import roles
from agencies.granting import grant
from agencies.invitations import invite
from agencies.models import Agency, Grant, Invitation
from agencies.visibility import paths_held
from tests.delegation_doors import Doors, agree, answers, doors, everybody, four_people, told
from tests.people import FourPeople, account, role
from tests.signing_in import prove

__all__ = ["doors", "four_people"]

GIVING = everybody(operator=200, reviewer=403, administrator=200, officer=403)


def give(door: Client, agency: Agency, person: str = "newcomer", **changed: Any) -> Any:
    """Fill in the form and say yes to what it shows."""
    fields = {
        "person": person,
        "role": "officer",
        "reason": "Quyết định 12/QĐ-UBND",
        "step": "give",
        **changed,
    }
    return door.post(reverse("delegation-grant", args=[agency.code]), fields, follow=True)


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_who_may_give_where(doors: Doors, four_people: FourPeople) -> None:
    for page in ("delegation-grant", "delegation-invite"):
        assert answers(doors, page, "H44.07900") == GIVING
        assert answers(doors, page, "H44") == everybody(operator=200, reviewer=403, administrator=200)
        assert answers(doors, page, "H19") == everybody(operator=200, reviewer=403, stranger=403)
        assert answers(doors, page, "VN") == everybody(operator=200, reviewer=403)


def test_a_post_gives_nothing_where_the_page_is_refused(doors: Doors, four_people: FourPeople) -> None:
    account("newcomer")
    before = Grant.objects.count()
    for who, status in (("reviewer", 403), ("officer", 403), ("stranger", 404)):
        assert give(doors[who], four_people.commune).status_code == status
    assert give(doors["administrator"], four_people.other).status_code == 404
    assert Grant.objects.count() == before


def test_access_is_shown_then_given(doors: Doors, four_people: FourPeople) -> None:
    newcomer, door = account("newcomer"), doors["administrator"]
    until = timezone.localdate() + timedelta(days=30)
    shown = give(door, four_people.province, step="", valid_until=until.isoformat())
    consequences = " ".join(shown.context["consequences"])
    assert "newcomer becomes Agency officer of Tỉnh Phú Thọ and 1 office below it." in consequences
    assert "See dossiers, counts and scores" in consequences
    assert f"It holds from now on, until the end of {until:%d/%m/%Y}." in consequences
    assert "hangs on your own access as Agency administrator of Tỉnh Phú Thọ" in consequences
    assert not newcomer.grants.exists()
    back = give(door, four_people.province, step="change", valid_until=until.isoformat())
    assert "consequences" not in back.context and back.context["form"]["person"].value() == "newcomer"
    done = give(door, four_people.province, valid_until=until.isoformat())
    assert told(done) == "newcomer is now Agency officer of Tỉnh Phú Thọ."
    made = newcomer.grants.get()
    assert made.parent == four_people.grants["administrator"] and made.reason == "Quyết định 12/QĐ-UBND"
    assert timezone.localdate(made.valid_until) == until + timedelta(days=1)
    assert paths_held(newcomer, p.WORK_INBOX) == (four_people.province.path,)


def test_what_is_refused_stands_at_its_field(doors: Doors, four_people: FourPeople) -> None:
    door, commune = doors["administrator"], four_people.commune
    account("newcomer")
    assert errors(give(door, commune, "nobody")) == {
        "person": ["No account has this username or e-mail address."]
    }
    assert errors(give(door, commune, "administrator")) == {"person": ["Nobody gives access to themselves."]}
    assert errors(give(door, commune, "officer")) == {"person": ["officer has this access already."]}
    (why,) = errors(give(door, commune, role="reviewer"))["role"]
    assert "Review and publish results" in why
    assert errors(give(door, commune, role="king")) == {
        "role": ["Select a valid choice. That choice is not one of the available choices."]
    }
    assert errors(give(door, commune, reason="  ")) == {"reason": ["This field is required."]}
    assert errors(give(door, commune, valid_until="2020-01-01")) == {
        "valid_until": ["The end must lie ahead, and after the beginning."]
    }
    assert not Grant.objects.filter(user__username="newcomer").exists()


def test_roles_one_may_not_pass_on_are_offered_dead_with_why(doors: Doors, four_people: FourPeople) -> None:
    page = doors["administrator"].get(reverse("delegation-grant", args=["H44"]))
    offered = {offer.role.code: offer.why_not for offer in page.context["offers"]}
    assert [code for code, why in offered.items() if not why] == [
        "administrator", "officer", "data_steward", "auditor",
    ]  # fmt: skip
    assert offered["operator"].startswith("You do not hold there yourself")
    html = page.content.decode()
    assert re.search(r'value="operator"\s+disabled', html)
    assert not re.search(r'value="officer"\s+disabled', html)


def test_one_s_own_end_is_offered_and_kept_to(doors: Doors, four_people: FourPeople) -> None:
    now = timezone.now()
    deputy = account("deputy")
    end = timezone.localtime(now + timedelta(days=40)).replace(hour=0, minute=0, second=0, microsecond=0)
    grant(
        four_people.operator, deputy, role(roles.ADMINISTRATOR), four_people.other,
        valid_until=end, reason="thay", as_of=now,
    )  # fmt: skip
    from tests.admin_people import in_english, signed_in

    door = in_english(signed_in(deputy))
    account("newcomer")
    page = door.get(reverse("delegation-grant", args=["H19"]))
    last: date = end.date() - timedelta(days=1)
    assert page.context["form"]["valid_until"].value() == last
    assert f"At most until the end of {last:%d/%m/%Y}" in page.content.decode()
    (why,) = errors(give(door, four_people.other))["valid_until"]
    assert why.startswith("Not longer than your own access")
    assert told(give(door, four_people.other, valid_until=last.isoformat())).startswith("newcomer is now")


def test_asked_once_more_who_it_is(doors: Doors, four_people: FourPeople) -> None:
    account("newcomer")
    door = doors["administrator"]
    prove(door, "password", seconds_ago=601)
    for url in (
        reverse("delegation-grant", args=["H44"]),
        reverse("delegation-invite", args=["H44"]),
        reverse("delegation-sheet"),
        reverse("delegation-revoke", args=[four_people.grants["officer"].pk]),
        reverse("delegation-suspend", args=[four_people.grants["officer"].pk]),
        reverse("delegation-confirm", args=[four_people.grants["officer"].pk]),
        reverse("delegation-hand-over", args=[four_people.officer.pk]),
        reverse("delegation-suspend-all", args=[four_people.officer.pk]),
        reverse("delegation-succeed", args=["H44"]),
        f"{reverse('delegation-decide')}?act=end&grant=1",
    ):
        for answer in (door.get(url), door.post(url, {"confirmed": "yes", "step": "give"})):
            assert answer.url.startswith(reverse("account_reauthenticate")), url
    assert Grant.objects.filter(ended_at__isnull=True).count() == 5


def test_people_are_suggested_from_one_s_own_part_alone(doors: Doors, four_people: FourPeople) -> None:
    four_people.officer.last_name = "Lê Thị Đường"
    four_people.officer.save()

    def suggested(who: str, asked: str) -> list[str]:
        answer = doors[who].get(reverse("delegation-suggested"), {"q": asked})
        return [person["username"] for person in answer.json()["people"]]

    assert suggested("administrator", "duong") == ["officer"]
    assert suggested("administrator", "strang") == suggested("administrator", "o") == []
    assert suggested("operator", "strang") == ["stranger"]
    assert answers(doors, "delegation-suggested") == {
        "operator": 200, "reviewer": 403, "administrator": 200, "officer": 403, "stranger": 403,
    }  # fmt: skip


def test_somebody_elsewhere_is_named_by_exact_address(doors: Doors, four_people: FourPeople) -> None:
    done = give(doors["administrator"], four_people.commune, "STRANGER@example.vn")
    assert told(done) == "stranger is now Agency officer of Phường Việt Trì."
    account("twin")
    four_people.officer.__class__.objects.filter(username="twin").update(email="stranger@example.vn")
    assert errors(give(doors["administrator"], four_people.province, "stranger@example.vn")) == {
        "person": ["Several accounts have this e-mail address: enter the username."]
    }


# --- By letter ---------------------------------------------------------------------------------------


def write(door: Client, agency: Agency, **changed: Any) -> Any:
    fields = {
        "email": "an@example.vn", "name": "Nguyễn Văn An", "role": "officer",
        "reason": "tuyển dụng", "step": "give", **changed,
    }  # fmt: skip
    return door.post(reverse("delegation-invite", args=[agency.code]), fields, follow=True)


def links() -> list[str]:
    return re.findall(r"https?://\S+", "".join(letter.body for letter in mail.outbox))


def test_a_letter_goes_out_and_its_link_is_accepted(doors: Doors, four_people: FourPeople) -> None:
    door = doors["administrator"]
    shown = write(door, four_people.commune, step="")
    assert "a letter at an@example.vn" in shown.context["consequences"][0] and not mail.outbox
    done = write(door, four_people.commune)
    assert "A letter to an@example.vn is on its way" in told(done)
    (letter,) = mail.outbox
    assert letter.to == ["an@example.vn"]
    html = done.content.decode()
    assert "waits to be accepted" in html and "Nguyễn Văn An" in html
    phrase = "tre già măng mọc sớm"
    accepted = Client().post(links()[0], {"password1": phrase, "password2": phrase})
    assert accepted.status_code == 302
    assert Grant.objects.get(user__email="an@example.vn").agency == four_people.commune
    assert (
        "waits to be accepted"
        not in door.get(reverse("delegation-office", args=["H44.07900"])).content.decode()
    )


def test_an_invitation_is_refused_on_its_fields(doors: Doors, four_people: FourPeople) -> None:
    door = doors["administrator"]
    assert set(errors(write(door, four_people.commune, email="không phải thư"))) == {"email"}
    assert set(errors(write(door, four_people.commune, role="operator"))) == {"role"}
    write(door, four_people.commune)
    assert errors(write(door, four_people.commune)) == {
        "email": ["An invitation to this waits already; withdraw it to send another."]
    }
    assert errors(write(door, four_people.commune, email="officer@example.vn")) == {
        "email": ["officer has this access already."]
    }
    assert len(mail.outbox) == 1


@pytest.fixture
def waiting(four_people: FourPeople) -> Invitation:
    """An invitation to the commune."""
    return invite(
        four_people.administrator, "an@example.vn", role("officer"), four_people.commune,
        name="An", reason="tuyển dụng", as_of=timezone.now(),
    )[0]  # fmt: skip


@pytest.mark.parametrize("page", ["delegation-resend", "delegation-withdraw"])
def test_who_may_send_again_and_withdraw(doors: Doors, waiting: Invitation, page: str) -> None:
    expected = everybody(operator=200, administrator=200, reviewer=403)
    for data in (None, {"confirmed": "no"}):
        assert answers(doors, page, waiting.pk, data=data) == expected
        assert answers(doors, page, 99999, data=data) == everybody()
    waiting.refresh_from_db()
    assert waiting.withdrawn_at is None


def test_sending_again_makes_a_new_link_and_ends_the_old(doors: Doors, waiting: Invitation) -> None:
    Invitation.objects.filter(pk=waiting.pk).update(expires_at=timezone.now() - timedelta(days=1))
    html = doors["administrator"].get(reverse("delegation-office", args=["H44.07900"])).content.decode()
    assert "link expired" in html
    done = agree(doors["operator"], reverse("delegation-resend", args=[waiting.pk]))
    assert "A letter to an@example.vn is on its way" in told(done)
    waiting.refresh_from_db()
    anew = Invitation.objects.exclude(pk=waiting.pk).get()
    assert waiting.withdrawn_at and anew.invited_by.username == "operator" and anew.name == "An"
    assert Client().get(links()[0]).status_code == 200


def test_what_cannot_be_sent_again_stays(doors: Doors, waiting: Invitation, four_people: FourPeople) -> None:
    Agency.objects.filter(pk=four_people.commune.pk).update(valid_to=date(2024, 1, 1))
    refused = agree(doors["administrator"], reverse("delegation-resend", args=[waiting.pk]))
    assert "has ended" in str(refused.context["form"].non_field_errors())
    waiting.refresh_from_db()
    assert waiting.withdrawn_at is None and not mail.outbox


def test_withdrawing_takes_a_reason_and_closes_the_link(doors: Doors, waiting: Invitation) -> None:
    url = reverse("delegation-withdraw", args=[waiting.pk])
    assert agree(doors["administrator"], url).context["form"].errors == {
        "reason": ["This field is required."]
    }
    done = agree(doors["administrator"], url, reason="nhầm địa chỉ")
    assert told(done) == "The invitation of an@example.vn is withdrawn."
    waiting.refresh_from_db()
    assert waiting.withdrawn_at is not None


def test_a_letter_that_cannot_be_sent_is_told(doors: Doors, four_people: FourPeople, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    done = write(doors["administrator"], four_people.commune)
    assert "the letter could not be sent" in told(done)
    assert Invitation.objects.pending(timezone.now()).count() == 1
