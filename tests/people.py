"""The four people who walk through whatever guards something, and the operator who let them in.

Import the fixture where it is used: ``from tests.people import four_people``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from agencies import roles
from agencies.granting import grant, make_operator
from agencies.models import Agency, Grant, Role, User
from agencies.tree import place

#: When they were given their access: before anything a test does.
LET_IN = datetime(2024, 1, 5, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class FourPeople:
    """The people, the agencies they work for, and the grants by which they do.

    ::

        nation      operator (system operator), reviewer (Government Office reviewer)
        ├── province      administrator (agency administrator)
        │   └── commune       officer (agency officer)
        └── other         stranger (agency officer of another province)
    """

    operator: User
    reviewer: User
    administrator: User
    officer: User
    stranger: User
    nation: Agency
    province: Agency
    commune: Agency
    other: Agency
    grants: dict[str, Grant]

    def __getitem__(self, name: str) -> User:
        """A person by name, for parametrized tests."""
        found: User = getattr(self, name)
        return found


#: Their names, for parametrized tests.
EVERYBODY = ("operator", "reviewer", "administrator", "officer", "stranger")
FOUR = EVERYBODY[1:]


def account(username: str) -> User:
    """An account that can sign in, with the password "mật khẩu"."""
    return User.objects.create_user(username, f"{username}@example.vn", "mật khẩu", is_staff=True)


def role(code: str) -> Role:
    """A default role."""
    return Role.objects.get(code=code)


@pytest.fixture
def four_people(db: None) -> FourPeople:
    """The four people and the operator, with agencies VN, H44, H44.07900 and H19 (made if not there)."""
    return let_in()


def let_in() -> FourPeople:
    """Make what ``four_people`` has; for tests that need it with other fixtures of the database."""
    nation = _agency("VN", "Cả nước", Agency.Kind.NATION, None)
    province = _agency("H44", "Tỉnh Phú Thọ", Agency.Kind.PROVINCE, nation)
    commune = _agency("H44.07900", "Phường Việt Trì", Agency.Kind.COMMUNE, province)
    other = _agency("H19", "Tỉnh Đồng Nai", Agency.Kind.PROVINCE, nation)
    people = {name: account(name) for name in EVERYBODY}
    operator, administrator = people["operator"], people["administrator"]
    grants = {"operator": make_operator(operator, reason="người đầu tiên", as_of=LET_IN)}
    for name, by, code, agency in (
        ("reviewer", operator, roles.REVIEWER, nation),
        ("administrator", operator, roles.ADMINISTRATOR, province),
        ("officer", administrator, roles.OFFICER, commune),
        ("stranger", operator, roles.OFFICER, other),
    ):
        grants[name] = grant(by, people[name], role(code), agency, reason="phân công", as_of=LET_IN)
    return FourPeople(**people, nation=nation, province=province, commune=commune, other=other, grants=grants)


def _agency(code: str, name: str, kind: str, parent: Agency | None) -> Agency:
    known = Agency.objects.filter(code=code).first()
    return known or place(Agency(code=code, name=name, kind=kind), parent)
