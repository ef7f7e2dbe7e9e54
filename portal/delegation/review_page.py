"""Access review: what is due, confirmed or ended one by one or several together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agencies.access_review import confirm, flagged_for
from agencies.admin_display import figure
from agencies.authority import may_decide
from agencies.granting import review_day
from agencies.holders import told_grants
from agencies.holdings import Holdings
from agencies.models import Grant
from agencies.permissions import DELEGATE, EXPORT_RECORDS
from agencies.revoking import hanging_on, revoke
from agencies.step_up import step_up_required
from agencies.visibility import holds_somewhere, visible
from agencies.watching import watched
from portal.delegation.acts import ASKED_OR_SENT
from portal.delegation.confirming import (
    Carried,
    OptionalReasonForm,
    ReasonForm,
    agreed,
    ask,
    fingerprint,
    post_of,
)
from portal.delegation.frame import framed
from portal.delegation.holders_page import file_of
from portal.delegation.places import me
from portal.delegation.told import line_of, told

PER_PAGE = 100
#: How long ahead something is called due.
AHEAD = timedelta(days=30)
MINE, OVERDUE, DUE = "mine", "overdue", "due"
KEEP, END = "keep", "end"


@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """What waits for oneself to look at; what is overdue or soon due in one's part of the tree."""
    _refuse_unless_delegating(request)
    as_of = timezone.now()
    flagged = {grant.pk for grant in flagged_for(me(request), as_of)}
    show = request.GET.get("show", MINE if flagged else DUE)
    show = show if show in (MINE, OVERDUE, DUE) else MINE
    counts = {part: _listed(request, part, flagged, as_of).count() for part in (MINE, OVERDUE, DUE)}
    listed = told_grants(_listed(request, show, flagged, as_of)).order_by("review_due_on", "pk")
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    rows = told(page.object_list, request.user, as_of)
    context = framed(
        request,
        _("Access review"),
        "review",
        show=show,
        parts=[
            (MINE, _("For you to look at"), counts[MINE]),
            (OVERDUE, _("Overdue"), counts[OVERDUE]),
            (DUE, _("Overdue or due within 30 days"), counts[DUE]),
        ],
        page=page,
        rows=[
            (row, row.grant.pk in flagged, bool(row.deeds) and row.grant.user_id != request.user.pk)
            for row in rows
        ],
        may_export=holds_somewhere(request.user, EXPORT_RECORDS),
        file_url=reverse("delegation-review-file"),
    )
    return TemplateResponse(request, "delegation/review.html", context)


@require_POST
def review_file(request: HttpRequest) -> HttpResponseBase:
    """What the review lists, as a file: what of it the person may export."""
    _refuse_unless_delegating(request)
    if not holds_somewhere(request.user, EXPORT_RECORDS):
        raise PermissionDenied
    as_of = timezone.now()
    flagged = {grant.pk for grant in flagged_for(me(request), as_of)}
    listed = _listed(request, request.POST.get("show", DUE), flagged, as_of).order_by("review_due_on", "pk")
    grants = listed.filter(visible(request.user, "agency__path", EXPORT_RECORDS))
    return file_of(request, grants, None, "access-review", as_of) or redirect("delegation-review")


@ASKED_OR_SENT
@step_up_required
def decide(request: HttpRequest) -> HttpResponse:
    """Confirm or end the ticked grants together, after saying what that does."""
    _refuse_unless_delegating(request)
    asked: Any = request.POST if request.method == "POST" else request.GET
    act, as_of, back = asked.get("act", ""), timezone.now(), reverse("delegation-review")
    grants = _ticked(request, asked.getlist("grant"), as_of)
    if act not in (KEEP, END):
        raise Http404
    if not grants:
        messages.warning(request, _("Tick the accesses first."))
        return redirect(back)
    hanging = _hanging(grants) if act == END else []
    form = (ReasonForm if act == END else OptionalReasonForm)(post_of(request))
    seen = fingerprint(grants, hanging)
    if agreed(request, seen) and form.is_valid():
        _carry_out(request, act, grants, form.cleaned_data["reason"], as_of)
        return redirect(back)
    return ask(
        request,
        title=_("End these accesses") if act == END else _("Still needed: these accesses"),
        here="review",
        consequences=_ending(grants, hanging) if act == END else _keeping(grants, as_of),
        carried=[
            Carried(_("Access that ends") if act == END else _("Are confirmed"), grants),
            Carried(_("End with it"), hanging),
        ],
        button=_("Revoke") if act == END else _("Confirm"),
        back=back,
        form=form,
        hidden=[("act", act), *(("grant", grant.pk) for grant in grants)],
        seen=seen,
    )


def _refuse_unless_delegating(request: HttpRequest) -> None:
    if not holds_somewhere(request.user, DELEGATE):
        raise PermissionDenied


def _listed(request: HttpRequest, show: str, flagged: set[int], as_of: datetime) -> QuerySet[Grant]:
    going = (
        Grant.objects.open()
        .exclude(valid_until__lte=as_of)
        .filter(visible(request.user, "agency__path", DELEGATE))
    )
    today = timezone.localdate(as_of)
    if show == MINE:
        return going.filter(pk__in=flagged)
    if show == OVERDUE:
        return going.filter(review_due_on__lt=today)
    return going.filter(review_due_on__lte=today + AHEAD)


def _ticked(request: HttpRequest, ids: list[str], as_of: datetime) -> list[Grant]:
    """The open grants that were ticked; Http404 for one not seen, PermissionDenied for one not decided."""
    numbers = {int(text) for text in ids if text.isascii() and text.isdigit() and len(text) < 19}
    found = list(told_grants(Grant.objects.filter(watched(request.user), pk__in=numbers)).order_by("pk"))
    if len(found) != len(set(ids)):
        raise Http404(_("There is no such access."))
    held = Holdings.of(me(request), as_of)
    if not all(may_decide(me(request), grant, as_of, held) for grant in found):
        raise PermissionDenied
    return [grant for grant in found if grant.ended_at is None]


def _carry_out(request: HttpRequest, act: str, grants: list[Grant], reason: str, as_of: datetime) -> None:
    done, refused = 0, []
    for grant in grants:
        try:
            if act == END:
                revoke(grant, by=me(request), reason=reason, as_of=as_of)
            else:
                confirm(grant, by=me(request), reason=reason, as_of=as_of)
            done += 1
        except ValidationError as error:
            if act == END and Grant.objects.filter(pk=grant.pk, ended_at=as_of).exists():
                # It hung on another of them, and ended with it.
                done += 1
                continue
            refused.append(f"{line_of(grant)}: {' '.join(error.messages)}")
    if done:
        told_so = (
            ngettext("%(count)s access ended.", "%(count)s accesses ended.", done)
            if act == END
            else ngettext("%(count)s access confirmed.", "%(count)s accesses confirmed.", done)
        )
        messages.success(request, told_so % {"count": figure(done)})
    for why in refused:
        messages.error(request, why)


def _keeping(grants: list[Grant], as_of: datetime) -> list[str]:
    return [
        ngettext(
            "You say that %(count)s access is still needed.",
            "You say that %(count)s accesses are still needed.",
            len(grants),
        )
        % {"count": figure(len(grants))},
        _("They are to be confirmed again by %(day)s.") % {"day": review_day(as_of).strftime("%d/%m/%Y")},
    ]


def _ending(grants: list[Grant], hanging: list[Grant]) -> list[str]:
    words = [
        ngettext("%(count)s access ends at once.", "%(count)s accesses end at once.", len(grants))
        % {"count": figure(len(grants))}
    ]
    if hanging:
        told_so = ngettext(
            "%(count)s more hangs on them and ends too.",
            "%(count)s more hang on them and end too.",
            len(hanging),
        )
        words.append(told_so % {"count": figure(len(hanging))})
    else:
        words.append(_("Nobody else’s access hangs on it."))
    return [*words, _("This cannot be undone; to let somebody in again, give access anew.")]


def _hanging(grants: list[Grant]) -> list[Grant]:
    ticked = {grant.pk for grant in grants}
    found = {below.pk: below for grant in grants for below in hanging_on(grant)}
    return [below for pk, below in found.items() if pk not in ticked]
