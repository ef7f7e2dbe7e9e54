"""The people who try the portal out: one table of accounts, with a password known to everybody.

They are opened before anything else happens in the country, so that the log of decisions reads in the
order of time, and get their password last: whoever can sign in finds a country that is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import is_password_usable, make_password

from agencies import roles
from agencies.models import User

#: Good enough for a trial on one's own machine; the command refuses to set it anywhere else.
PASSWORD = "thu-nghiem-766"  # noqa: S105
#: The operator of last resort: there, and sealed. It has no password, and nobody needs it.
SEALED = "superuser"


@dataclass(frozen=True)
class Account:
    """An account of the demo: what it shows, its role at an agency (by code), and who let it in."""

    username: str
    name: str
    shows: str
    role: str
    agency: str
    #: The username of the grantor; empty: the server itself.
    by: str = ""


ACCOUNTS = (
    Account("operator", "Ngô Thanh Bình", "system operator of the whole portal", roles.OPERATOR, "VN"),
    Account("reviewer", "Nguyễn Thị Thu Hà", "Government Office reviewer", roles.REVIEWER, "VN", "operator"),
    Account(
        "approver",
        "Phạm Quốc Khánh",
        "second reviewer, approves what the first proposes",
        roles.REVIEWER,
        "VN",
        "operator",
    ),
    Account("auditor", "Hoàng Trung Kiên", "auditor, reads everything", roles.AUDITOR, "VN", "operator"),
    Account("phutho", "Trần Mạnh Hùng", "administrator of Phú Thọ", roles.ADMINISTRATOR, "H44", "operator"),
    Account(
        "dongnai", "Phạm Hải Long", "officer of another province, Đồng Nai", roles.OFFICER, "H19", "operator"
    ),
    Account(
        "tuphap",
        "Đỗ Quang Minh",
        "administrator of Phú Thọ's Department of Justice",
        roles.ADMINISTRATOR,
        "H44.03",
        "phutho",
    ),
    Account("dulieu", "Bùi Thu Trang", "data steward of Phú Thọ", roles.DATA_STEWARD, "H44", "phutho"),
    Account("viettri", "Lê Thị Mai", "officer of a ward of Phú Thọ", roles.OFFICER, "H44.07900", "phutho"),
    Account(
        "tanhoa", "Vũ Thị Hạnh", "officer on leave: access suspended", roles.OFFICER, "H44.04792", "phutho"
    ),
)


def open_accounts(as_of: datetime) -> dict[str, User]:
    """Create the accounts that do not exist yet, nobody able to sign in; all of them by username."""
    User.objects.get_or_create(
        username=SEALED,
        defaults={
            "last_name": "Tài khoản niêm phong",
            "is_staff": True,
            "is_superuser": True,
            "password": make_password(None),
            "date_joined": as_of,
        },
    )
    for account in ACCOUNTS:
        family_names, _space, given_name = account.name.rpartition(" ")
        User.objects.get_or_create(
            username=account.username,
            defaults={
                "first_name": family_names,
                "last_name": given_name,
                "email": f"{account.username}@example.vn",
                "password": make_password(None),
                "date_joined": as_of,
            },
        )
    wanted = [SEALED, *(account.username for account in ACCOUNTS)]
    return {user.username: user for user in User.objects.filter(username__in=wanted)}


def hand_out_passwords() -> None:
    """Let the accounts in, all but the sealed one."""
    # Hashed once: it takes a third of a second by design, and the password is no secret.
    hashed = make_password(PASSWORD)
    User.objects.filter(username__in=[account.username for account in ACCOUNTS]).update(password=hashed)


def handed_out() -> bool:
    """Whether the demo came to its end: its accounts can sign in."""
    kept = User.objects.filter(username=ACCOUNTS[0].username).values_list("password", flat=True).first()
    return kept is not None and is_password_usable(kept)
