"""How a citizen is told that something was not taken: in the form, with the status machines expect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

#: A form that was filled in wrongly; what was not proved; what was tried too often.
WRONG, NOT_PROVED, TOO_OFTEN = 422, 403, 429
_STATUS = {"not_proved": NOT_PROVED, "locked": TOO_OFTEN, "too_often": TOO_OFTEN}


def status_of(error: ValidationError) -> int:
    """The status with which a refusal is answered."""
    return _STATUS.get(getattr(error, "code", None) or "", WRONG)


def told_in(form: Form, error: ValidationError) -> Form:
    """The form with a refusal told at the fields it is about, or above them all."""
    by_field: Mapping[str, list[str]] = (
        error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    )
    for field, messages in by_field.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)
    return form


def shown(
    request: HttpRequest, template: str, *, refused: ValidationError | None = None, **content: Any
) -> HttpResponse:
    """A page within the site's frame, with the status of what was refused, if anything was."""
    form = content.get("form")
    if refused is not None and form is not None and form.is_bound:
        told_in(form, refused)
    elif refused is not None:
        content["problems"] = refused.messages
    status = 200
    if refused is not None:
        status = status_of(refused)
    elif form is not None and form.is_bound and form.errors:
        status = WRONG
    return render(request, template, content, status=status)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token, as from a browser that keeps no cookies."""
    return render(request, "citizen/csrf_failed.html", status=403)
