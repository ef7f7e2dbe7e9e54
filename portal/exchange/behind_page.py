"""The very dossiers behind a criterion: to be looked through, narrowed, sorted and downloaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies import jobs
from agencies.admin_display import figure, mark
from agencies.exchange.exporting import AT_ONCE
from agencies.exchange.uploads import Format
from agencies.models import Agency
from agencies.permissions import EXPORT_RECORDS, SEE_RECORDS
from agencies.planner import Estimate, counted_up_to, estimated_count, list_reading, took_too_long
from agencies.visibility import may
from portal.exchange.behind_asked import COUNTED, Asked, asked
from portal.exchange.behind_file import ask_file, file_now, scorecard_counts
from portal.exchange.files import download
from procedures.dossier_export import handling, overdue
from procedures.models import Dossier
from scoring.behind import NotByDossierError
from scoring.behind_list import Page, page_of
from scoring.explanation import named, ruled
from scoring.objections.doors import may_write
from scoring.objections.terms import window
from scoring.periods import Period

#: Facts that decide a criterion, each with its heading and how it is shown.
FACTS: dict[str, tuple[Any, Callable[[Dossier], Any]]] = {
    "channel": (gettext_lazy("channel"), lambda d: d.get_channel_display()),
    "payment": (gettext_lazy("payment"), lambda d: d.get_payment_display()),
    "fee_total": (gettext_lazy("fees (đồng)"), lambda d: figure(d.fee_total)),
    "has_attachment": (gettext_lazy("papers attached"), lambda d: _yes(d.has_attachment)),
    "has_result_file": (gettext_lazy("electronic result"), lambda d: _yes(d.has_result_file)),
    "reuses_data": (gettext_lazy("reuses digitised data"), lambda d: _yes(d.reuses_data)),
    "from_personal_store": (gettext_lazy("uses the personal store"), lambda d: _yes(d.from_personal_store)),
    "uses_population_data": (gettext_lazy("uses population data"), lambda d: _yes(d.uses_population_data)),
}
SORTED_BY = (
    ("code", gettext_lazy("dossier code")),
    ("received", gettext_lazy("received")),
    ("deadline", gettext_lazy("deadline")),
    ("ended", gettext_lazy("ended")),
)


@require_safe
def behind(request: HttpRequest, code: str, period: str, criterion: str) -> HttpResponse:
    """A page of the list that the address asks for."""
    agency = _agency(request, code)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Dossiers that cost points"),
        "agency": agency,
    }
    try:
        found = asked(agency, period, criterion, request.GET, timezone.now())
    except NotByDossierError as error:
        context |= {"reason": str(error), "period": Period.parse(period)}
        return TemplateResponse(request, "exchange/behind.html", context)
    except (ValueError, LookupError) as error:
        raise Http404(str(error)) from error
    context |= {
        "asked": found,
        "criterion": found.behind.criterion,
        "name": named(found.behind.criterion),
        "rule": ruled(found.behind.criterion),
        "period": found.behind.period,
        "counts": scorecard_counts(found),
        "facts": [label for label, _shown in _facts(found)],
        "headings": list(_headings(found)),
        "statuses": Dossier.Status.choices,
        "units": Agency.objects.filter(parent=agency).order_by("name_folded").only("code", "name"),
        "may_dispute": may_write(request.user, agency)
        and window(found.behind.period, found.behind.as_of).is_open,
        "may_export": may(request.user, EXPORT_RECORDS, agency),
        "file_url": reverse("behind-file", args=[agency.code, period, criterion]) + found.query(),
        "longest_at_once": AT_ONCE,
    }
    try:
        with list_reading():
            page = page_of(
                found.dossiers().select_related("agency", "procedure"),
                found.sort,
                after=_cursor(request, "after"),
                before=_cursor(request, "before"),
            )
            estimate = _length(found)
    except OperationalError as error:
        if not took_too_long(error):
            raise
        messages.error(
            request, _("This list takes too long to find. Choose a unit or a month, then try again.")
        )
        page, estimate = Page([], None, None), None
    context |= {
        "rows": [_row(found, dossier) for dossier in page.rows],
        "before": found.query(before=page.before) if page.before else "",
        "after": found.query(after=page.after) if page.after else "",
        "length": estimate,
    }
    return TemplateResponse(request, "exchange/behind.html", context)


@require_POST
def behind_file(request: HttpRequest, code: str, period: str, criterion: str) -> HttpResponseBase:
    """The list as a file: at once if it is short, else by a job."""
    agency = _agency(request, code)
    if not may(request.user, EXPORT_RECORDS, agency):
        raise PermissionDenied
    try:
        form = Format(request.POST.get("form", ""))
        found = asked(agency, period, criterion, request.GET, timezone.now())
    except (ValueError, LookupError) as error:
        raise Http404(str(error)) from error
    user: Any = request.user
    if counted_up_to(found.dossiers(), AT_ONCE) <= AT_ONCE:
        return download(*file_now(found, form, user))
    try:
        job = ask_file(found, form, owner=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(reverse("behind", args=[code, period, criterion]) + found.query())
    jobs.call(job.pk)
    return redirect("job", job.pk)


def _agency(request: HttpRequest, code: str) -> Agency:
    """The agency, if the user sees its records; to others it does not exist here."""
    agency = Agency.objects.filter(code=code).first()
    if agency is None or not may(request.user, SEE_RECORDS, agency):
        raise Http404(_("There is no office with the code “%(code)s”.") % {"code": code[:40]})
    return agency


def _cursor(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _length(found: Asked) -> Estimate:
    """How long the list is: as the scorecard says where nothing narrows it, else counted or about."""
    exact = not found.narrowing and (found.all_counted or found.behind.each_once)
    counts = scorecard_counts(found) if exact else None
    if counts is None:
        return estimated_count(found.dossiers())
    return Estimate(counts[1] if found.all_counted else counts[1] - counts[0], exact=True)


def _facts(found: Asked) -> list[tuple[Any, Callable[[Dossier], Any]]]:
    return [FACTS[name] for name in found.behind.deciding if name in FACTS]


def _headings(found: Asked) -> Any:
    for name, label in SORTED_BY:
        direction = "descending" if found.sort == f"-{name}" else "ascending" if found.sort == name else ""
        other = name if direction == "descending" else f"-{name}"
        if not direction and name == "code":
            other = name
        yield {"name": name, "label": label, "direction": direction, "query": found.query(sort=other)}


def _row(found: Asked, dossier: Dossier) -> dict[str, Any]:
    as_of = found.behind.as_of
    late = dossier.in_handling and (dossier.late_by_rule or overdue(dossier, as_of) is not None)
    return {
        "dossier": dossier,
        "url": reverse("admin:procedures_dossier_change", args=[dossier.pk]),
        "handling": mark(handling(dossier, as_of), _look(dossier, bool(late))),
        "facts": [shown(dossier) for _label, shown in _facts(found)],
    }


def _look(dossier: Dossier, late: bool) -> str:
    if not dossier.in_handling:
        return "quiet"
    return ("bad" if dossier.ended_at is None else "warn") if late else "good"


def _yes(value: bool) -> str:
    return mark(_("yes"), "good") if value else mark(_("no"), "warn")


__all__ = ["COUNTED", "behind", "behind_file"]
