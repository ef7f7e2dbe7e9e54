"""Decisions about a record in the admin: their consequences told first, with a reason, and carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from agencies.admin_confirm import ask, confirmed
from agencies.admin_display import record_url
from agencies.admin_scope import person


class ReasonForm(forms.Form):
    """Why something is done; it is published or kept in the log."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


def record_asked(
    page: ModelAdmin[Any], request: HttpRequest, object_id: str, may: Callable[[HttpRequest, Any], bool]
) -> Any:
    """The record of an address; PermissionDenied if there is none the person sees, or it is not theirs."""
    found = page.get_object(request, object_id)
    if found is None or not may(request, found):
        raise PermissionDenied
    return found


def decide_with_reason(
    page: ModelAdmin[Any],
    request: HttpRequest,
    record: Model,
    verb: Callable[..., None],
    *,
    title: str,
    name: Any,
    consequences: Iterable[Any],
    then: Callable[[], None] = lambda: None,
) -> HttpResponse:
    """Ask for a reason, then have ``verb(record, by, reason, as_of)`` done; ``then`` once it was.

    ``title`` is what is done, ``name`` to what.
    """
    form = ReasonForm(request.POST if confirmed(request) else None)
    if form.is_bound and form.is_valid():
        try:
            verb(record, by=person(request), reason=form.cleaned_data["reason"], as_of=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            then()
            messages.success(request, _("Done: %(title)s") % {"title": title})
        return HttpResponseRedirect(record_url(record))
    return ask(
        request,
        page,
        record=record,
        title=f"{title}: {name}",
        consequences=consequences,
        button=title,
        back=record_url(record),
        form=form,
    )
