"""Who let whom in, over the year before the demo: through the verbs of delegation, so that chains hold.

::

    operator ── reviewer, approver, auditor (the whole country)
       ├─ phutho ── tuphap, dulieu, viettri, tanhoa (suspended), somebody invited
       └─ dongnai
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from agencies import roles
from agencies.access_review import confirm
from agencies.granting import grant, make_operator
from agencies.invitations import invite
from agencies.models import Agency, EventLog, Grant, Role, User
from agencies.revoking import suspend
from portal.demo.accounts import ACCOUNTS, SEALED, open_accounts

#: How long ago each thing was done; what was given then and not confirmed since is overdue for review.
FIRST, LET_IN, LET_IN_BELOW, CONFIRMED = (timedelta(days=days) for days in (300, 299, 292, 118))
#: Whose access nobody looked at in time.
OVERDUE = "viettri"
ON_LEAVE = "tanhoa"
INVITED_TO = "H44.04795"


def let_in(now: datetime) -> None:
    """Open the accounts and give them what they hold, as of the months before ``now``."""
    people = open_accounts(now - FIRST)
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=_codes())}
    known = {role.code: role for role in Role.objects.all()}
    given: dict[str, Grant] = {}
    for account in ACCOUNTS:
        person = people[account.username]
        if not account.by:
            given[account.username] = make_operator(
                person, reason="Quyết định phân công quản trị hệ thống", as_of=now - FIRST
            )
            continue
        given[account.username] = grant(
            people[account.by],
            person,
            known[account.role],
            agencies[account.agency],
            reason="Quyết định phân công nhiệm vụ năm 2026",
            as_of=now - (LET_IN if account.by == "operator" else LET_IN_BELOW),
        )
    _review(given, people, now - CONFIRMED)


def _review(given: dict[str, Grant], people: dict[str, User], as_of: datetime) -> None:
    """Confirm what was given, once, by those above; all but one."""
    for account in ACCOUNTS:
        if account.username != OVERDUE:
            by = people[account.by or SEALED]
            confirm(given[account.username], by=by, reason="Rà soát sáu tháng", as_of=as_of)


def recent(now: datetime) -> None:
    """What happened on the last day, last of all: somebody went on leave, somebody was invited."""
    last = EventLog.objects.order_by("-number").values_list("at", flat=True).first()
    now = max(now, last or now)
    grants = Grant.objects.open().select_related("user", "agency")
    by = User.objects.get(username="phutho")
    resting = grants.get(user__username=ON_LEAVE)
    suspend(resting, by=by, reason="Nghỉ thai sản đến hết quý I/2027", as_of=now)
    invite(
        by,
        "can-bo-moi@example.vn",
        Role.objects.get(code=roles.OFFICER),
        Agency.objects.get(code=INVITED_TO),
        name="Hà Thị Ngọc",
        reason="Cán bộ một cửa mới nhận nhiệm vụ",
        as_of=now,
    )


def headed() -> Iterable[Agency]:
    """The agencies of the accounts that have a head of their own beside ministries and provinces."""
    below = (Agency.Kind.DEPARTMENT, Agency.Kind.COMMUNE)
    return Agency.objects.filter(code__in=_codes(), kind__in=below).order_by("code")


def _codes() -> set[str]:
    return {account.agency for account in ACCOUNTS}
