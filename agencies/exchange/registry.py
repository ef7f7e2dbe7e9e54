"""The tables that files can hold: each app declares its own."""

from __future__ import annotations

from typing import TypeVar

from agencies.exchange.resource import ExchangeResource

_resources: dict[str, type[ExchangeResource]] = {}

Declared = TypeVar("Declared", bound=type[ExchangeResource])


def exchanged(resource: Declared) -> Declared:
    """Declare a resource; raises ValueError for a name that is taken."""
    if _resources.setdefault(resource.name, resource) is not resource:
        raise ValueError(f"There is a table called {resource.name} already.")
    return resource


def resource_named(name: str) -> type[ExchangeResource]:
    """The resource of a table; raises LookupError if there is none."""
    return _resources[name]


def resources() -> list[type[ExchangeResource]]:
    """All of them, in the order of their declaration."""
    return list(_resources.values())
