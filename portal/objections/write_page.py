"""Writing an objection: begun, from a list of dossiers perhaps, then filled in piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.admin_display import figure
from agencies.admin_scope import person
from agencies.models import Agency
from agencies.permissions import WRITE_OBJECTIONS
from agencies.visibility import holds_somewhere, visible
from portal.objections.frame import framed, objection_for
from portal.objections.words import disputed, lines, state_mark
from portal.objections.write_form import (
    DossiersForm,
    NewForm,
    TextForm,
    input_of,
    likely_fact,
    usual_value,
)
from procedures.laying_over import FIELDS
from procedures.models import Dossier
from scoring.models import Objection
from scoring.objections import doors, evidence, writing
from scoring.periods import Period

#: Dossiers ticked on a page of a list.
MOST_TICKED = 100

ASKED_OR_SENT = require_http_methods(["GET", "HEAD", "POST"])


@ASKED_OR_SENT
def new(request: HttpRequest) -> HttpResponse:
    """Begin one: ``?agency=``, ``?period=``, ``?criterion=`` and ``?dossier=`` fill it in beforehand."""
    if not holds_somewhere(request.user, WRITE_OBJECTIONS):
        raise PermissionDenied
    now, sent = timezone.now(), request.POST if request.method == "POST" else None
    given = sent or request.GET
    form = NewForm(sent, as_of=now, initial={"agency": _own_code(request), **_given(given)})
    period = _period(given.get("period", "")) or Period.parse(form.fields["period"].choices[0][0])  # type: ignore[attr-defined]
    text = TextForm(sent, period=period, initial={"criterion": given.get("criterion", "")})
    dossiers = DossiersForm(sent, initial=_dossiers_given(request, period, now))
    if sent is not None and form.is_valid() and text.is_valid() and dossiers.is_valid():
        begun = _begin(request, form, text, dossiers, now)
        if begun is not None:
            messages.success(
                request, _("%(number)s is begun. Fill in the rest, then send it.") % {"number": begun}
            )
            return redirect("objection-edit", begun.pk)
    context = framed(
        request, _("Write an objection"), "new", form=form, text_form=text, dossiers_form=dossiers
    )
    return TemplateResponse(request, "objections/new.html", context)


@ASKED_OR_SENT
def edit(request: HttpRequest, objection_id: int) -> HttpResponse:
    """What is written so far: the text, the facts, the evidence; each part is kept by its own button."""
    found = objection_for(request, objection_id)
    if not doors.may_write(request.user, found.agency):
        raise PermissionDenied
    if found.state not in writing.EDITABLE:
        messages.warning(request, _("It was sent; nothing on it can be changed any more."))
        return redirect("objection", found.pk)
    typed: dict[str, Any] = {}
    if request.method == "POST":
        deed = _DEEDS.get(request.POST.get("do", ""))
        try:
            if deed is None:
                raise Http404
            with transaction.atomic():
                told = deed(request, found)
        except ValidationError as error:
            for message in _told(error, found):
                messages.error(request, message)
            typed = request.POST.dict()
        else:
            messages.success(request, told)
            return redirect("objection-edit", found.pk)
    return TemplateResponse(request, "objections/edit.html", _edit_context(request, found, typed))


def _edit_context(request: HttpRequest, found: Objection, typed: dict[str, Any]) -> dict[str, Any]:
    period = Period.parse(found.period)
    rows = [
        {
            "line": line,
            "input": input_of(FIELDS[line.item.field], line.item.value),
            "typed": typed.get(f"item-{line.item.pk}"),
        }
        for line in lines(found)
    ]
    initial = {"criterion": found.criterion, "text": typed.get("text", found.text)}
    field = likely_fact(found.agency, period, found.criterion, timezone.now())[0]
    return framed(
        request,
        f"{found.number} · {found.agency.name}",
        "list",
        objection=found,
        period=period,
        disputed=disputed(found),
        state=state_mark(found),
        text_form=TextForm(period=period, initial=initial),
        dossiers_form=DossiersForm(initial={"field": field, "codes": typed.get("codes", "")}),
        rows=rows,
        evidence=list(found.evidence.all()),
        lacking=writing.lacking(found),
        may_send=doors.may_send(request.user, found.agency),
        is_draft=found.state == Objection.State.DRAFT,
    )


def _begin(
    request: HttpRequest, form: NewForm, text: TextForm, dossiers: DossiersForm, now: Any
) -> Objection | None:
    agency = _agency(request, form.cleaned_data["agency"])
    if agency is None:
        form.add_error("agency", _("You do not write objections of an agency with this code."))
        return None
    by = person(request)
    try:
        with transaction.atomic():
            begun = writing.draft(
                agency,
                Period.parse(form.cleaned_data["period"]),
                text=text.cleaned_data["text"],
                criterion=text.cleaned_data["criterion"],
                by=by,
                as_of=now,
            )
            _dispute(begun, dossiers, by, now)
    except ValidationError as error:
        for message in _told(error, None):
            form.add_error(None, message)
        return None
    return begun


def _save(request: HttpRequest, found: Objection) -> str:
    now, by = timezone.now(), person(request)
    if found.state == Objection.State.DRAFT:
        form = TextForm(request.POST, period=Period.parse(found.period))
        if not form.is_valid():
            raise ValidationError([message for messages_ in form.errors.values() for message in messages_])
        writing.amend(found, **form.cleaned_data, by=by, as_of=now)
    values = {
        int(name.removeprefix("item-")): value
        for name, value in request.POST.items()
        if name.removeprefix("item-").isdigit() and name.startswith("item-")
    }
    writing.fill_in(found, values, by=by, as_of=now)
    return _("Kept.")


def _add(request: HttpRequest, found: Objection) -> str:
    form = DossiersForm(request.POST)
    if not form.is_valid() or not form.listed():
        raise ValidationError(_("Give the codes of dossiers."))
    count = _dispute(found, form, person(request), timezone.now())
    return ngettext("%(count)s fact added.", "%(count)s facts added.", count) % {"count": figure(count)}


def _drop(request: HttpRequest, found: Objection) -> str:
    ids = [int(text) for text in request.POST.getlist("drop") if text.isdigit()]
    count = writing.drop(found, ids, by=person(request))
    return ngettext("%(count)s fact taken out.", "%(count)s facts taken out.", count) % {
        "count": figure(count)
    }


def _attach(request: HttpRequest, found: Objection) -> str:
    files: Any = request.FILES.getlist("files")
    if not files:
        raise ValidationError(_("Choose a file."))
    kept = evidence.attach(found, files, by=person(request), as_of=timezone.now())
    return ngettext("%(count)s file added.", "%(count)s files added.", len(kept)) % {"count": len(kept)}


def _take_out(request: HttpRequest, found: Objection) -> str:
    ids = [int(text) for text in request.POST.getlist("file") if text.isdigit()]
    count = evidence.take_out(found, ids, by=person(request))
    return ngettext("%(count)s file deleted.", "%(count)s files deleted.", count) % {"count": count}


_DEEDS: dict[str, Callable[[HttpRequest, Objection], str]] = {
    "save": _save,
    "add": _add,
    "drop": _drop,
    "attach": _attach,
    "take-out": _take_out,
}


def _dispute(found: Objection, form: DossiersForm, by: Any, now: Any) -> int:
    codes = form.listed()
    if not codes:
        return 0
    known = {one.code: one for one in Dossier.objects.visible_to(by).filter(code__in=codes)}
    if missing := [code for code in codes if code not in known]:
        text = _("There is no dossier %(codes)s among those you see.")
        raise ValidationError(text % {"codes": ", ".join(missing[:10])})
    field = form.cleaned_data["field"]
    chosen = [known[code] for code in codes]
    return len(writing.dispute(found, chosen, field, value=usual_value(field), by=by, as_of=now))


def _own_code(request: HttpRequest) -> str:
    known = Agency.objects.filter(visible(request.user, "path", WRITE_OBJECTIONS))
    own = known.exclude(kind=Agency.Kind.NATION).order_by("depth", "path").first()
    return own.code if own and len(request.GET.get("agency", "")) == 0 else ""


def _agency(request: HttpRequest, code: str) -> Agency | None:
    known = Agency.objects.filter(visible(request.user, "path", WRITE_OBJECTIONS))
    return known.filter(code__iexact=code.strip()).first()


def _given(given: Any) -> dict[str, str]:
    return {name: given[name][:40] for name in ("agency", "period") if given.get(name)}


def _period(code: str) -> Period | None:
    try:
        return Period.parse(code)
    except ValueError:
        return None


def _dossiers_given(request: HttpRequest, period: Period, now: Any) -> dict[str, str]:
    """The dossiers ticked in a list, as codes, and what of them is most likely wrong."""
    ids = [int(text) for text in request.GET.getlist("dossier")[:MOST_TICKED] if text.isdigit()]
    ids = [pk for pk in ids if pk < 2**63]
    codes = Dossier.objects.visible_to(request.user).filter(pk__in=ids).order_by("code")
    agency, field = _agency(request, request.GET.get("agency", "")), "finished_at"
    if agency is not None and request.GET.get("criterion"):
        field = likely_fact(agency, period, request.GET["criterion"], now)[0]
    return {"codes": "\n".join(codes.values_list("code", flat=True)), "field": field}


def _told(error: ValidationError, found: Objection | None) -> list[str]:
    """The reasons in words; those about a fact with its dossier."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    ids = [int(key) for key in error.error_dict if key.isdigit()]
    items = found.items.select_related("dossier").in_bulk(ids) if found else {}
    told = []
    for key, reasons in error.message_dict.items():
        before = f"{items[int(key)].dossier.code}: " if key.isdigit() and int(key) in items else ""
        told += [f"{before}{reason}" for reason in reasons]
    return told
