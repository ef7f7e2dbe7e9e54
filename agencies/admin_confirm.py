"""Asking before what cannot be undone, and saying first, in numbers, what it will do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse


def ask(
    request: HttpRequest,
    page: ModelAdmin[Any],
    *,
    title: Any,
    consequences: Iterable[Any],
    button: Any,
    back: str,
    record: Model | None = None,
    hidden: Iterable[tuple[str, str]] = (),
    form: Any = None,
) -> TemplateResponse:
    """A page that names the consequences and waits for a POST to its own address.

    ``hidden`` fields are sent back with it, and so is ``form`` where something must be chosen.
    """
    request.current_app = page.admin_site.name
    context = {
        **page.admin_site.each_context(request),
        "opts": page.model._meta,
        "original": record,
        "title": title,
        "consequences": list(consequences),
        "button": button,
        "back": back,
        "hidden": list(hidden),
        "form": form,
    }
    return TemplateResponse(request, "admin/confirm.html", context)


def confirmed(request: HttpRequest) -> bool:
    """Whether the request is the answer "yes" to ``ask``."""
    return request.method == "POST" and request.POST.get("confirmed") == "yes"


def selection(request: HttpRequest, action: str) -> list[tuple[str, str]]:
    """The fields that make a bulk action come back for the same records."""
    ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
    across = request.POST.get("select_across", "0")
    return [("action", action), ("select_across", across), *((ACTION_CHECKBOX_NAME, pk) for pk in ids)]
