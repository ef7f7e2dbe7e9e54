"""Following a petition by its receipt: what became of it, and what its sender can do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agencies.client_address import client_address
from feedback import petitions, receipts
from feedback.models import Petition, PetitionStep
from portal.citizen.petition_forms import ComplaintForm, ReceiptForm, SupplementForm
from portal.citizen.petition_story import can_do, story
from portal.citizen.rating import asked_or_sent
from portal.citizen.refusals import shown
from portal.citizen.throttle import SEND, count_one

TAB = "petitions"
FORM, PAGE = "citizen/follow.html", "citizen/followed.html"
#: How long a petition stays open in a browser after its receipt was shown.
OPEN_FOR = timedelta(hours=1)
_KEPT_UNDER = "petitions_open"

Verb = PetitionStep.Verb
Opened = Callable[[HttpRequest, Petition, datetime], HttpResponse]


@never_cache
@asked_or_sent
def follow(request: HttpRequest) -> HttpResponse:
    """Receipt code and secret; ``?ma=`` fills in the code."""
    form = ReceiptForm(request.POST or None, initial={"code": request.GET.get("ma", "")[:30]})
    if not form.is_valid():
        return shown(request, FORM, form=form, tab=TAB)
    told = form.cleaned_data
    try:
        petition = receipts.find(told["code"], told["secret"], address=client_address(request))
    except ValidationError as error:
        return shown(request, FORM, form=form, refused=error, tab=TAB)
    open_petition(request, petition, timezone.now())
    return redirect("petition-followed", petition.code)


def open_petition(request: HttpRequest, petition: Petition, as_of: datetime) -> None:
    """Let this browser see the petition for an hour: its receipt was shown."""
    until = int((as_of + OPEN_FOR).timestamp())
    request.session[_KEPT_UNDER] = {**request.session.get(_KEPT_UNDER, {}), petition.code: until}


def opened(view: Opened) -> Callable[..., HttpResponse]:
    """Give a view the petition its address names, if its receipt was shown in this browser."""

    @wraps(view)
    def answer(request: HttpRequest, code: str) -> HttpResponse:
        as_of = timezone.now()
        petition = None
        if request.session.get(_KEPT_UNDER, {}).get(code, 0) >= as_of.timestamp():
            petition = Petition.objects.select_related("agency", "procedure").filter(code=code).first()
        if petition is None:
            return redirect(f"{reverse('petition-follow')}?{urlencode({'ma': code[:30]})}")
        return view(request, petition, as_of)

    return never_cache(answer)


@require_safe
@opened
def followed(request: HttpRequest, petition: Petition, as_of: datetime) -> HttpResponse:
    """Where a petition is, what was answered, what can be done."""
    return _page(request, petition, as_of)


@require_POST
@opened
def supplement(request: HttpRequest, petition: Petition, as_of: datetime) -> HttpResponse:
    """Send what the office asked for."""
    form = SupplementForm(request.POST, request.FILES)

    def act(told: dict[str, Any]) -> None:
        count_one(SEND, client_address(request))
        petitions.supplement(petition, told["text"], files=told["attachments"], as_of=as_of)

    return _acted(
        request, petition, as_of, "supplement", form, act, Verb.SUPPLEMENTED, _("What you added was sent.")
    )


@require_POST
@opened
def judge(request: HttpRequest, petition: Petition, as_of: datetime) -> HttpResponse:
    """Say whether the answer satisfies."""
    try:
        petitions.judge(petition, request.POST.get("verdict", ""), as_of=as_of)
    except ValidationError as error:
        return _page(request, petition, as_of, refused=error)
    messages.success(request, _("Thank you, your judgement of the answer was noted."))
    return redirect("petition-followed", petition.code)


@require_POST
@opened
def complain(request: HttpRequest, petition: Petition, as_of: datetime) -> HttpResponse:
    """Have it handled again."""

    def act(told: dict[str, Any]) -> None:
        petitions.complain_again(petition, told["text"], as_of=as_of)

    said = _("Your complaint was sent: the petition is handled again.")
    return _acted(
        request, petition, as_of, "complaint", ComplaintForm(request.POST), act, Verb.COMPLAINED, said
    )


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Forget in this browser which petitions were open: for a computer that others use too."""
    request.session.pop(_KEPT_UNDER, None)
    messages.success(request, _("Your petition is closed on this device."))
    return redirect("petition-follow")


def _acted(
    request: HttpRequest,
    petition: Petition,
    as_of: datetime,
    name: str,
    form: Any,
    act: Callable[[dict[str, Any]], None],
    verb: str,
    said: str,
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, petition, as_of, **{name: form})
    try:
        act(form.cleaned_data)
    except ValidationError as error:
        if not _was_done(petition, verb, form.cleaned_data["text"]):
            return _page(request, petition, as_of, refused=error, **{name: form})
    else:
        messages.success(request, said)
    return redirect("petition-followed", petition.code)


def _was_done(petition: Petition, verb: str, text: str) -> bool:
    """Whether the sender's last step is this very one: the form was sent twice."""
    last = petition.steps.filter(actor=None, verb__in=(Verb.SUPPLEMENTED, Verb.COMPLAINED)).last()
    return last is not None and last.verb == verb and last.text == text


def _page(
    request: HttpRequest,
    petition: Petition,
    as_of: datetime,
    *,
    supplement: SupplementForm | None = None,
    complaint: ComplaintForm | None = None,
    refused: ValidationError | None = None,
) -> HttpResponse:
    sent = supplement or complaint
    return shown(
        request,
        PAGE,
        refused=refused,
        form=sent,
        petition=petition,
        can=can_do(petition, as_of),
        story=story(petition),
        supplement=supplement or SupplementForm(),
        complaint=complaint or ComplaintForm(),
        attachments=list(petition.attachments.all()),
        as_of=as_of,
        tab=TAB,
    )
