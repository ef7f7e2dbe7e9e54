"""`manage.py unlock NAME|ADDRESS`: let somebody sign in again before their lock runs out."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies import account_access, lockout
from agencies.models import User
from portal.redis_address import database_number, with_database
from portal.serving import redis_server


class Command(BaseCommand):
    """The operator's way in when their own account is the locked one."""

    help = "End the lock that wrong passwords or codes put on an account or on an address."

    def add_arguments(self, parser: CommandParser) -> None:
        """One argument."""
        parser.add_argument("who", help="username, or an address such as 192.0.2.7")

    def handle(self, *args: Any, who: str, **options: Any) -> None:
        """Say whether it was locked."""
        self._find_cache()
        user = User.objects.filter(username=who).first()
        if user is not None:
            was = account_access.unlock(user, by=None, as_of=timezone.now())
        else:
            was = self._unlock_address(who)
        self.stdout.write(f"{who} {'was locked, and no longer is' if was else 'was not locked'}.")

    def _find_cache(self) -> None:
        """Locks are counted in the cache of the running portal; beside `serve` that is its own Redis."""
        if settings.CACHE_URL:
            return
        url = redis_server.running(settings.VAR_DIR / "redis")
        if url is None:
            self.stderr.write("No Redis is running: locks are in the memory of each web process.")
        else:
            caches["default"] = RedisCache(with_database(url, database_number(url) + 1), {})

    def _unlock_address(self, address: str) -> bool:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise CommandError(f"{address} is neither an account nor an address.") from None
        was = lockout.address_is_locked(address)
        lockout.unlock_address(address)
        return was
