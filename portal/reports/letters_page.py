"""Which letters one gets: a page of one's own account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """Have the weekly digest sent, or no more."""
    user: Any = request.user
    if request.method == "POST":
        wanted = request.POST.get("weekly") == "yes"
        if wanted != user.weekly_digest:
            user.weekly_digest = wanted
            user.save(update_fields=["weekly_digest"])
        told = (
            _("The weekly digest is sent to %(email)s.")
            if wanted
            else _("The weekly digest is sent no more.")
        )
        messages.success(request, told % {"email": user.email or "—"} if wanted else told)
        return redirect("account_letters")
    return render(request, "account/letters.html")
