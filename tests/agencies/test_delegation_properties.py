"""Whatever is granted, revoked, suspended, handed over, moved or let expire: nobody holds more than a
chain up to a root gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies import roles, visibility
from agencies.grant_worth import settle_all
from agencies.granting import grant, make_operator
from agencies.handover import hand_over
from agencies.models import Agency, Grant, Role, User
from agencies.moving import move
from agencies.operators import operators
from agencies.permissions import CODENAMES
from agencies.request_trace import traced
from agencies.revoking import expire, resume, revoke, suspend
from agencies.succession import adopt, stranded
from agencies.tree import place
from agencies.visibility import paths_held
from tests.effort import examples
from tests.people import LET_IN

ROLES = (roles.ADMINISTRATOR, roles.OFFICER, roles.REVIEWER, roles.OPERATOR)
PEOPLE, AGENCIES = 5, 5

people = st.integers(0, PEOPLE - 1)
agencies = st.integers(0, AGENCIES - 1)
days = st.integers(1, 60)

DECIDED = ["revoke", "suspend", "suspend", "resume", "adopt"]
STEP = st.one_of(
    *[
        # Those who may, more often than those who may not.
        st.tuples(st.just("grant"), by, people, st.sampled_from(ROLES), agencies, st.none() | days)
        for by in (st.integers(0, 2), people)
    ],
    st.tuples(st.sampled_from(DECIDED), st.integers(0, 2), st.integers(0, 30)),
    st.tuples(st.sampled_from(DECIDED), people, st.integers(0, 30)),
    st.tuples(st.just("hand_over"), people, people, people),
    st.tuples(st.just("move"), agencies, agencies),
    st.tuples(st.just("wait"), days) | st.tuples(st.just("expire")),
)


class World:
    """A nation, two provinces with a commune each, people who run them, and time."""

    def __init__(self) -> None:
        self.now = LET_IN
        nation = place(Agency(code="VN", name="Cả nước", kind="nation"), None)
        north, south = (place(Agency(code=c, name=c, kind="province"), nation) for c in ("H1", "H2"))
        self.agencies = [nation, north, south] + [
            place(Agency(code=f"{above.code}.1", name=above.code, kind="commune"), above)
            for above in (north, south)
        ]
        self.people = [User.objects.create(username=f"p{number}") for number in range(PEOPLE)]
        make_operator(self.people[0], reason="đầu tiên", as_of=self.now)
        for by, to, role, at, days in (
            (0, 1, roles.ADMINISTRATOR, 1, 90),
            (0, 2, roles.ADMINISTRATOR, 2, None),
            (1, 3, roles.OFFICER, 3, 90),
            (2, 4, roles.ADMINISTRATOR, 4, 60),
        ):
            self.grant(by, to, role, at, days)

    def take(self, step: tuple[Any, ...]) -> None:
        """Do what a step says, if the rules let it."""
        verb, *told = step
        try:
            with transaction.atomic():
                getattr(self, verb)(*told)
        except (ValidationError, PermissionDenied):
            pass

    def grant(self, by: int, to: int, role: str, at: int, days: int | None) -> None:
        until = None if days is None else self.now + timedelta(days=days)
        grant(
            self.people[by],
            self.people[to],
            Role.objects.get(code=role),
            Agency.objects.get(pk=self.agencies[at].pk),
            valid_until=until,
            reason="vì cần",
            as_of=self.now,
        )

    def revoke(self, by: int, number: int) -> None:
        self._decide(revoke, by, number)

    def suspend(self, by: int, number: int) -> None:
        self._decide(suspend, by, number)

    def resume(self, by: int, number: int) -> None:
        self._decide(resume, by, number)

    def adopt(self, by: int, number: int) -> None:
        lost = stranded()
        if lost:
            adopt(lost[number % len(lost)], by=self.people[by], reason="tiếp nhận", as_of=self.now)

    def hand_over(self, by: int, of: int, to: int) -> None:
        hand_over(self.people[of], self.people[to], by=self.people[by], reason="thay", as_of=self.now)

    def move(self, which: int, to: int) -> None:
        if which:
            move(Agency.objects.get(pk=self.agencies[which].pk), Agency.objects.get(pk=self.agencies[to].pk))

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def expire(self) -> None:
        expire(self.now)

    def _decide(self, verb: Callable[..., Any], by: int, number: int) -> None:
        grants = list(Grant.objects.order_by("pk"))
        verb(grants[number % len(grants)], by=self.people[by], reason="vì cần", as_of=self.now)


def given_by_chains(as_of: datetime) -> dict[int, set[tuple[str, str]]]:
    """What the grants themselves give each person, read link by link: (permission, path) by user.

    An oracle apart from the rows: it knows nothing of how they are kept.
    """
    may = {role.pk: set(role.codenames()) for role in Role.objects.prefetch_related("permissions")}
    links = {link.pk: link for link in Grant.objects.select_related("agency")}
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for link in links.values():
        permissions, above = set(may[link.role_id]), link
        while True:
            in_window = above.valid_from <= as_of and (above.valid_until is None or as_of < above.valid_until)
            if above.ended_at or above.suspended_at or not in_window:
                permissions = set()
            permissions &= may[above.role_id]
            if above.parent_id is None:
                break
            parent = links[above.parent_id]
            if not above.agency.path.startswith(parent.agency.path):
                permissions = set()
            above = parent
        path = "/" if link.agency.kind == Agency.Kind.NATION else link.agency.path
        found[link.user_id] |= {(permission, path) for permission in permissions}
    return found


def held_by(user: User, as_of: datetime) -> set[tuple[str, str]]:
    """What visibility says the user holds: (permission, path)."""
    with traced("a step"), patch.object(visibility.timezone, "now", lambda: as_of):
        return {(permission, path) for permission in CODENAMES for path in paths_held(user, permission)}


def compare(world: World, moment: datetime) -> None:
    """What everybody holds is what chains give them, no more and no less."""
    chains = given_by_chains(moment)
    for person in world.people:
        held, given = held_by(person, moment), chains[person.pk]
        assert held <= given
        assert all(any(p == q and path.startswith(up) for q, up in held) for p, path in given)


@pytest.mark.django_db
@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=5, max_size=12))
def test_nobody_ever_holds_more_than_a_chain_gives(steps: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        world = World()
        for step in steps:
            world.take(step)
            assert operators(world.now).exists()
            compare(world, world.now)
        compare(world, world.now + timedelta(days=30))
        assert settle_all() == 0
        transaction.set_rollback(True)
