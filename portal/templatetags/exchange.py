"""What links lists of the admin with the tables that hold the same records."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from agencies.exchange.registry import resources
from agencies.visibility import holds_somewhere

register = template.Library()


@register.simple_tag(takes_context=True)
def table_import_url(context: dict[str, Any], opts: Any) -> str:
    """Where a table of a model's records is taken in; empty if there is none, or not for this user."""
    for resource in resources():
        if resource._meta.model._meta is opts and holds_somewhere(
            context["request"].user, resource.permission
        ):
            return reverse("table-import", args=[resource.name])
    return ""
