"""Inviting many from a table: a template, a trial that changes nothing, then the letters."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from agencies.admin_display import figure
from agencies.exchange.exporting import file_at_once
from agencies.exchange.sheets import Head
from agencies.exchange.uploads import Format
from agencies.invitation_sheet import MOST_BYTES, Invited, Outcome, invite_all
from agencies.models import Role
from agencies.permissions import DELEGATE
from agencies.step_up import step_up_required
from agencies.visibility import holds_somewhere
from portal.delegation.acts import ASKED_OR_SENT
from portal.delegation.days import last_day
from portal.delegation.frame import framed
from portal.delegation.letters import send_letters
from portal.delegation.places import me
from portal.exchange.files import download

#: Letters sent while the page waits.
MOST_LETTERS = 300
MEGABYTE = 1024 * 1024
#: The columns of the template; the reader of tables knows them by these names in either language.
COLUMNS = (
    ("email", pgettext_lazy("column", "E-mail")),
    ("name", pgettext_lazy("column", "Name")),
    ("role", pgettext_lazy("column", "Role")),
    ("agency", pgettext_lazy("column", "Agency code")),
    ("valid_from", pgettext_lazy("column", "From")),
    ("valid_until", pgettext_lazy("column", "Until")),
    ("reason", pgettext_lazy("column", "Reason")),
)


class SheetForm(forms.Form):
    """A table of people to be invited."""

    file = forms.FileField(
        label=gettext_lazy("File (CSV or XLSX)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        max_length=200,
    )


@ASKED_OR_SENT
@step_up_required
def invite_many(request: HttpRequest) -> HttpResponse:
    """Choose a table; see what would happen row by row; then invite those that are in order."""
    if not holds_somewhere(request.user, DELEGATE):
        raise PermissionDenied
    if "rows" in request.POST:
        return _invite(request)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    outcome = None
    if form.is_bound and form.is_valid():
        try:
            outcome = invite_all(me(request), form.cleaned_data["file"], as_of=timezone.now(), dry_run=True)
        except ValidationError as error:
            form.add_error("file", error)
    return _page(request, form, outcome)


@require_safe
def empty_sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """An empty table with the columns."""
    if not holds_somewhere(request.user, DELEGATE):
        raise PermissionDenied
    if form not in set(Format):
        raise Http404
    head = Head(_("Invitations"), [str(label) for _name, label in COLUMNS])
    return download(file_at_once(Format(form), head, []), f"invitations.{form}")


def _invite(request: HttpRequest) -> HttpResponse:
    """Invite the rows that the trial found in order; each is checked again."""
    rows = io.BytesIO(request.POST["rows"].encode())
    if sum(1 for line in rows if line.strip()) - 1 > MOST_LETTERS:
        messages.error(
            request, _("More than %(most)s letters at once: split the table.") % {"most": MOST_LETTERS}
        )
        return redirect("delegation-sheet")
    rows.seek(0)
    try:
        outcome = invite_all(me(request), rows, as_of=timezone.now(), dry_run=False)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("delegation-sheet")
    invited = [(row.invitation, row.token) for row in outcome.invited if row.invitation is not None]
    failed = send_letters(request, invited)
    count = len(invited) - len(failed)
    if count:
        told = ngettext("%(count)s letter is on its way.", "%(count)s letters are on their way.", count)
        messages.success(request, told % {"count": figure(count)})
    if failed:
        names = ", ".join(invitation.email for invitation in failed)
        messages.error(
            request,
            _("Invited, but their letters could not be sent: %(names)s. Send them again.") % {"names": names},
        )
    return _page(request, SheetForm(), outcome, done=True)


def _page(request: HttpRequest, form: SheetForm, outcome: Outcome | None, done: bool = False) -> HttpResponse:
    context = framed(
        request,
        _("Invite from a table"),
        "sheet",
        form=form,
        outcome=outcome,
        invited=[(row, last_day(row.valid_until)) for row in outcome.invited] if outcome else [],
        done=done,
        rows=_as_rows(outcome.invited) if outcome and not done else "",
        too_many=bool(outcome and not done and len(outcome.invited) > MOST_LETTERS),
        most=MOST_LETTERS,
        largest=MOST_BYTES // MEGABYTE,
        headings=[str(label) for _name, label in COLUMNS],
        problems=_problems(outcome) if outcome else [],
        roles=list(Role.objects.all()),
    )
    return TemplateResponse(request, "delegation/sheet.html", context)


def _as_rows(invited: list[Invited]) -> str:
    """The rows in order as a table of their own, each on the line it had in the file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name for name, _label in COLUMNS])
    line = 1
    for row in invited:
        writer.writerows([] for _gap in range(row.row - line - 1))
        line = row.row
        writer.writerow(
            [
                row.email,
                row.name,
                row.role.code,
                row.agency.code,
                timezone.localdate(row.valid_from).isoformat() if row.valid_from else "",
                day.isoformat() if (day := last_day(row.valid_until)) else "",
                row.reason,
            ]
        )
    return text.getvalue()


def _problems(outcome: Outcome) -> list[dict[str, Any]]:
    labels = dict(COLUMNS)
    return [
        {"row": problem.row, "field": labels.get(problem.field, problem.field), "reason": problem.reason}
        for problem in sorted(outcome.problems, key=lambda problem: problem.row)
    ]
