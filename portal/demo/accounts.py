"""The people who try the portal out: one table of accounts, with passwords known to everybody."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.models import User

#: Good enough for a trial on one's own machine; the command refuses to set it anywhere else.
PASSWORD = "thu-nghiem-766"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """An account of the demo and the agency it works for (its code)."""

    username: str
    name: str
    role: str
    agency: str
    superuser: bool = False


ACCOUNTS = (
    Account("reviewer", "Nguyễn Thị Thẩm Định", "Government Office reviewer", "G22", superuser=True),
    Account("phutho", "Trần Văn Quản Trị", "administrator of Phú Thọ", "H44"),
    Account("viettri", "Lê Thị Một Cửa", "officer of a ward of Phú Thọ", "H44.07900"),
    Account("dongnai", "Phạm Văn Láng Giềng", "officer of another province, Đồng Nai", "H19"),
)


def open_accounts() -> list[Account]:
    """Create the accounts that do not exist yet; leaves those that do as they are."""
    for account in ACCOUNTS:
        user, created = User.objects.get_or_create(
            username=account.username,
            defaults={
                "first_name": account.name.rpartition(" ")[0],
                "last_name": account.name.rpartition(" ")[2],
                "is_staff": True,
                "is_superuser": account.superuser,
            },
        )
        if created:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
    return list(ACCOUNTS)
