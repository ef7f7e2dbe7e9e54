"""Writing a petition: about whom, of which class, what, is it said already, check and send, receipt.

What was written is kept in a draft (``portal.citizen.drafts``) from page to page, whichever way one goes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agencies.client_address import client_address
from agencies.models import Agency
from feedback import contacts, receipts
from feedback.duplicates import published_like
from feedback.models import Door, Petition
from feedback.petitions import send
from feedback.proving import prove_by_digits
from portal.agency_search import by_code
from portal.citizen import drafts
from portal.citizen.following import open_petition
from portal.citizen.petition_forms import SendForm, TextForm
from portal.citizen.rating import asked_or_sent
from portal.citizen.rating_forms import ProofForm
from portal.citizen.refusals import shown
from portal.citizen.searching import offices_found
from portal.citizen.throttle import SEND, WRITE, count_one
from procedures.models import Procedure
from procedures.months import VIETNAM

TAB = "petitions"
WHOM, KIND, TEXT = "citizen/write_whom.html", "citizen/write_kind.html", "citizen/write_text.html"
ALIKE, CHECK, RECEIPT = "citizen/write_alike.html", "citizen/write_check.html", "citizen/receipt.html"

Drafted = Callable[[HttpRequest, drafts.Draft, datetime], HttpResponse]


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What a petition is, what becomes of it, and the ways from here."""
    return render(request, "citizen/petitions.html", {"tab": TAB})


@never_cache
@asked_or_sent
def whom(request: HttpRequest) -> HttpResponse:
    """About whom: an office found by search or named in the address, or that of one's dossier."""
    if request.method == "POST":
        return _from_dossier(request) if "digits" in request.POST else _from_office(request)
    named = request.GET.get("agency", "")[:35]
    office = by_code(named) if named else None
    procedure = request.GET.get("procedure", "")[:50]
    if office is not None:
        return shown(
            request, KIND, agency=office, kinds=Petition.Kind.choices, procedure_code=procedure,
            closed=_ended(office, timezone.now()), tab=TAB,
        )  # fmt: skip
    return shown(
        request, WHOM, form=ProofForm(), unknown=named, procedure_code=procedure,
        **offices_found(request), tab=TAB,
    )  # fmt: skip


def _from_office(request: HttpRequest) -> HttpResponse:
    office = by_code(request.POST.get("agency", "")[:35])
    if office is None:
        return redirect("petition-write")
    try:
        count_one(WRITE, client_address(request))
    except ValidationError as error:
        return shown(request, KIND, refused=error, agency=office, kinds=Petition.Kind.choices, tab=TAB)
    draft = drafts.begin(request, office)
    code = request.POST.get("procedure", "")[:50]
    if code:
        found = Procedure.objects.filter(is_public=True, code=code).values_list("pk", flat=True)
        draft.procedure_id = found.first()
    return _with_kind(request, draft)


def _from_dossier(request: HttpRequest) -> HttpResponse:
    form, address = ProofForm(request.POST), client_address(request)
    if not form.is_valid():
        return shown(request, WHOM, form=form, **offices_found(request), tab=TAB)
    try:
        count_one(WRITE, address)
        dossier = prove_by_digits(form.cleaned_data["code"], form.cleaned_data["digits"], address=address)
    except ValidationError as error:
        return shown(request, WHOM, form=form, refused=error, **offices_found(request), tab=TAB)
    return redirect("petition-kind", drafts.begin(request, dossier.agency, dossier).name)


def drafted(view: Drafted) -> Callable[..., HttpResponse]:
    """Give a view the draft its address names; without it begin anew, once sent show the receipt."""

    @wraps(view)
    def answer(request: HttpRequest, name: str) -> HttpResponse:
        draft = drafts.draft_of(request, name)
        if draft is None:
            messages.warning(request, _("What you wrote is not kept any longer. Please begin again."))
            return redirect("petition-write")
        if draft.sent and view.__name__ != receipt.__name__:
            return redirect("petition-receipt", draft.name)
        return view(request, draft, timezone.now())

    return never_cache(answer)


@asked_or_sent
@drafted
def kind(request: HttpRequest, draft: drafts.Draft, as_of: datetime) -> HttpResponse:
    """Of which class it is: three large buttons."""
    if request.method == "POST":
        return _with_kind(request, draft)
    told = draft.told()
    return shown(
        request, KIND, draft=draft, agency=told.agency, dossier=told.dossier, kinds=Petition.Kind.choices,
        closed=_ended(told.agency, as_of), tab=TAB,
    )  # fmt: skip


def _with_kind(request: HttpRequest, draft: drafts.Draft) -> HttpResponse:
    chosen = request.POST.get("kind", "")
    if chosen not in Petition.Kind.values:
        return redirect("petition-kind", draft.name)
    draft.kind = chosen
    drafts.keep(request, draft)
    return redirect("petition-text", draft.name)


@asked_or_sent
@drafted
def text(request: HttpRequest, draft: drafts.Draft, as_of: datetime) -> HttpResponse:
    """What is said; what is like it and answered in public is shown before it is sent."""
    told = draft.told()
    known = told.procedure
    initial = {"subject": draft.subject, "body": draft.body, "procedure": known.code if known else ""}
    form = TextForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return shown(
            request, TEXT, form=form, draft=draft, agency=told.agency, dossier=told.dossier,
            kind=Petition.Kind(draft.kind).label if draft.kind else "", procedure=known, tab=TAB,
        )  # fmt: skip
    draft.subject, draft.body = form.cleaned_data["subject"], form.cleaned_data["body"]
    if told.dossier is None:
        draft.procedure_id = form.found.pk if form.found else None
    drafts.keep(request, draft)
    if not draft.likes_seen and _alike(draft, as_of):
        return redirect("petition-alike", draft.name)
    return redirect("petition-check", draft.name)


@asked_or_sent
@drafted
def alike(request: HttpRequest, draft: drafts.Draft, as_of: datetime) -> HttpResponse:
    """Answered petitions that may say the same; one goes on if none does."""
    if request.method == "POST":
        draft.likes_seen = True
        drafts.keep(request, draft)
        return redirect("petition-check", draft.name)
    return shown(request, ALIKE, draft=draft, found=_alike(draft, as_of), tab=TAB)


@asked_or_sent
@drafted
def check(request: HttpRequest, draft: drafts.Draft, as_of: datetime) -> HttpResponse:
    """All that is to be sent, with files and contact as one likes; then it is sent."""
    if not draft.kind:
        return redirect("petition-kind", draft.name)
    if not draft.body:
        return redirect("petition-text", draft.name)
    told = draft.told()
    form = SendForm(request.POST, request.FILES) if request.method == "POST" else SendForm()
    context: dict[str, Any] = {
        "form": form, "draft": draft, "told": told, "kind": Petition.Kind(draft.kind).label, "tab": TAB,
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return shown(request, CHECK, **context)
    given, address = form.cleaned_data, client_address(request)
    try:
        count_one(SEND, address)
        sent = send(
            told,
            form_key=draft.form_key,
            door=Door.PAGE,
            as_of=as_of,
            address=address,
            contact=contacts.Contact(given["name"], given["phone"], given["email"]),
            files=given["attachments"],
        )
    except ValidationError as error:
        return shown(request, CHECK, refused=error, chosen_again=bool(given["attachments"]), **context)
    drafts.note_sent(request, draft, sent.petition.code)
    open_petition(request, sent.petition, as_of)
    return redirect("petition-receipt", draft.name)


@require_safe
@drafted
def receipt(request: HttpRequest, draft: drafts.Draft, as_of: datetime) -> HttpResponse:
    """The receipt code and the secret, to be written down or printed."""
    petition = Petition.objects.select_related("agency").filter(code=draft.sent).first()
    if petition is None:
        return redirect("petition-check", draft.name)
    secret = receipts.secret_of(petition.code, draft.form_key)
    return shown(request, RECEIPT, petition=petition, secret=secret, as_of=as_of, tab=TAB)


def _alike(draft: drafts.Draft, as_of: datetime) -> list[Petition]:
    told = draft.told()
    return published_like(told.agency, told.procedure, f"{told.subject} {told.body}", as_of)


def _ended(office: Agency, as_of: datetime) -> list[Agency] | None:
    """The offices that came after one that has ended; None for one that is in being."""
    if office.valid_to and office.valid_to < as_of.astimezone(VIETNAM).date():
        return list(office.successors.order_by("name_folded"))
    return None
