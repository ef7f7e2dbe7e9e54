"""Lock-out after wrong passwords and codes: by account and by address, for a while.

How many make a lock is ACCOUNT_RATE_LIMITS["login_failed"]; they are counted in the cache, for names
nobody has as for accounts, so that a lock does not tell which accounts there are. An operator ends a
lock before its time.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.userkit import get_user_by_username
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from agencies.models import User

_RATES: dict[str, Any] = {"app": "allauth.account", "action": "login_failed"}


def name_key(username: str) -> str:
    """What wrong passwords for ``username`` are counted under: one key for all its spellings."""
    user = get_user_by_username(username)
    return account_key(user) if user else f"name:{username.casefold()}"


def account_key(user: Any) -> str:
    """What wrong passwords of an account are counted under."""
    return f"account:{user.pk}"


def is_locked(user: User) -> bool:
    """Whether the account is locked now, by passwords or by codes."""
    return any(_full(key, rate) for key in _account_keys(user) for rate in _rates("key"))


def unlock(user: User) -> None:
    """Forget the wrong passwords and codes of an account."""
    cache.delete_many([_cache_key(rate, key=key) for key in _account_keys(user) for rate in _rates("key")])


def address_is_locked(address: str) -> bool:
    """Whether nobody at ``address`` can sign in now."""
    return any(_full("", rate, address) for rate in _rates("ip"))


def unlock_address(address: str) -> None:
    """Forget the wrong passwords and codes that came from ``address``."""
    cache.delete_many([_cache_key(rate, address=address) for rate in _rates("ip")])


def _account_keys(user: User) -> tuple[str, str]:
    # The second is allauth's, for codes.
    return account_key(user), f"mfa-auth-user-{user.pk}"


def _rates(per: str) -> list[ratelimit.Rate]:
    return [rate for rate in ratelimit.get_rates(**_RATES) if rate.per == per]


def _cache_key(rate: ratelimit.Rate, *, key: str = "", address: str = "") -> str:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    return ratelimit.get_cache_key(request, rate=rate, key=key, **_RATES)


def _full(key: str, rate: ratelimit.Rate, address: str = "") -> bool:
    failures = cache.get(_cache_key(rate, key=key, address=address), [])
    allowed, _kept = ratelimit.apply_rate(failures, time.time(), rate, dry_run=True)
    return not allowed
