"""Which accounts a person may be told of: by exact name or address, or by what they hold below them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Q

from agencies.folding import folded
from agencies.models import Grant, User
from agencies.watching import watched

#: Fewer letters find too many.
SHORTEST, SUGGESTED = 2, 8


class Known(NamedTuple):
    """An account as it is suggested."""

    username: str
    name: str
    email: str


def account_called(called: str) -> list[User]:
    """The account with exactly this username, else those with exactly this e-mail address."""
    called = called.strip()
    named = list(User.objects.filter(username__iexact=called)[:2])
    if len(named) == 1:
        return named
    return list(User.objects.filter(Q(username=called) | Q(email__iexact=called)).order_by("pk")[:2])


def suggestions_for(reader: Any, asked: str) -> list[Known]:
    """Active accounts that match, among those that hold something where ``reader`` may see it."""
    words = folded(asked).split()
    if len(asked.strip()) < SHORTEST or not words:
        return []
    holders = Grant.objects.open().filter(watched(reader)).values("user")
    found = []
    for username, first, last, email in (
        User.objects.filter(pk__in=holders, is_active=True)
        .exclude(pk=reader.pk)
        .order_by("username")
        .values_list("username", "first_name", "last_name", "email")
    ):
        name = f"{first} {last}".strip()
        text = folded(f"{name} {username} {email}")
        if all(word in text for word in words):
            found.append(Known(username, name, email))
    return found[:SUGGESTED]
