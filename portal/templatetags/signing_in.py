"""Tags of the pages about signing in."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from agencies.second_factor import has_second_factor
from portal.signing_in import sessions
from portal.signing_in.provider import is_on, provider_name
from portal.signing_in.second_factor import lacks_second_factor

register = template.Library()

register.filter("device", sessions.device)


@register.simple_tag
def doors() -> dict[str, Any]:
    """The ways in beside a password: the provider's name, and whether a password can be reset."""
    return {"provider": provider_name() if is_on() else "", "reset": settings.PASSWORD_RESET}


@register.simple_tag(takes_context=True)
def second_factor(context: template.Context) -> dict[str, bool]:
    """Whether the person has to set one up before anything else."""
    request = context["request"]
    return {"missing": lacks_second_factor(request) and not has_second_factor(request.user)}
