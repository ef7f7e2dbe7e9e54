"""A browser that was signed in, at the next request after its person's access ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Grant, User
from agencies.revoking import expire, revoke, suspend
from procedures.models import Dossier, InboxItem
from tests.doors.conftest import SignIn
from tests.doors.world import MARKS, World


def _revoked(world: World, grant: Grant) -> None:
    revoke(grant, by=world.people.operator, reason="thôi việc", as_of=timezone.now())


def _suspended(world: World, grant: Grant) -> None:
    suspend(grant, by=world.people.operator, reason="xác minh", as_of=timezone.now())


def _expired(world: World, grant: Grant) -> None:
    over = timezone.now() - timedelta(seconds=1)
    Grant.objects.filter(pk=grant.pk).update(valid_until=over)
    grant.rows.update(valid_until=over)


def _expired_and_swept(world: World, grant: Grant) -> None:
    _expired(world, grant)
    expire(timezone.now())


def _chain_cut(world: World, grant: Grant) -> None:
    """What the grant hangs on is suspended."""
    assert grant.parent is not None
    suspend(grant.parent, by=world.people.operator, reason="xác minh", as_of=timezone.now())


ENDS = [_revoked, _suspended, _expired, _expired_and_swept, _chain_cut]
End = Callable[[World, Grant], None]


@pytest.mark.parametrize("end", ENDS)
def test_access_that_ended_is_over_at_the_next_request(world: World, as_person: SignIn, end: End) -> None:
    officer = as_person("officer")
    dossier = world.records[Dossier._meta.label_lower]["commune"]
    item = world.records[InboxItem._meta.label_lower]["commune"]
    pages = [
        reverse("admin:procedures_dossier_change", args=[dossier.pk]),
        reverse("admin:procedures_inboxitem_change", args=[item.pk]),
        reverse("admin:procedures_dossier_changelist"),
    ]
    for page in pages:
        assert MARKS["commune"] in officer.get(page).content.decode()
    end(world, world.people.grants["officer"])
    for page in pages:
        answer = officer.get(page)
        assert answer.status_code in (302, 403) and MARKS["commune"] not in answer.content.decode()
    officer.post(reverse("admin:procedures_inboxitem_dismiss", args=[item.pk]), {"confirmed": "yes"})
    item.refresh_from_db()
    assert item.state == InboxItem.State.WAITING


def test_an_inactive_accounts_session_is_over_at_the_next_request(world: World, as_person: SignIn) -> None:
    administrator = as_person("administrator")
    page = reverse("admin:procedures_dossier_changelist")
    assert administrator.get(page).status_code == 200
    User.objects.filter(pk=world.people.administrator.pk).update(is_active=False)
    answer = administrator.get(page)
    assert answer.status_code == 302 and "login" in answer.url


def test_a_new_password_ends_the_other_sessions(world: World, as_person: SignIn) -> None:
    administrator = as_person("administrator")
    person = world.people.administrator
    person.set_password("một câu dài không ai đoán ra")
    person.save()
    assert administrator.get(reverse("admin:index")).status_code == 302
