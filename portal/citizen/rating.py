"""Rating a dossier: which one, how satisfied, as one likes some more, thanks.

One touch on a large button is a rating; all that follows may be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.client_address import client_address
from feedback.models import FACTORS, Door, Opinion, Rating
from feedback.proving import prove_by_digits
from feedback.ratings import CHANGEABLE, Said, rate, rated_before, why_not_rateable
from portal.citizen.rating_forms import DetailsForm, ProofForm
from portal.citizen.refusals import shown
from portal.citizen.throttle import RATE, count_one
from portal.citizen.tickets import Proof, proof_of, ticket_for

START, QUESTION = "citizen/rate_start.html", "citizen/rate_question.html"
DETAILS, THANKS = "citizen/rate_details.html", "citizen/rate_thanks.html"

asked_or_sent = require_http_methods(["GET", "HEAD", "POST"])
Proven = Callable[[HttpRequest, Proof, datetime], HttpResponse]


@never_cache
@asked_or_sent
def start(request: HttpRequest) -> HttpResponse:
    """Which dossier; with the right digits on to the question."""
    form = ProofForm(request.POST or None)
    if not form.is_valid():
        return shown(request, START, tab="rate", form=form)
    told = form.cleaned_data
    try:
        dossier = prove_by_digits(told["code"], told["digits"], address=client_address(request))
    except ValidationError as error:
        return shown(request, START, tab="rate", form=form, refused=error)
    return redirect("rate-question", ticket_for(dossier, timezone.now()))


def proven(view: Proven) -> Callable[..., HttpResponse]:
    """Give a view what the token of its address proves; one that proves nothing leads to the start."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        as_of = timezone.now()
        try:
            # An answer that is taken leads elsewhere: nothing of the dossier is shown with it.
            to_show = request.method != "POST"
            proof = proof_of(token, as_of=as_of, address=client_address(request), to_show=to_show)
        except ValidationError as error:
            return shown(request, START, tab="rate", form=ProofForm(), refused=error)
        return view(request, proof, as_of)

    return never_cache(answer)


@asked_or_sent
@proven
def question(request: HttpRequest, proof: Proof, as_of: datetime) -> HttpResponse:
    """How satisfied: three large buttons, each of which is an answer."""
    if request.method != "POST":
        return _asked(request, proof, as_of)
    told = request.POST.get("satisfaction", "")
    level = int(told) if told in map(str, Opinion.Satisfaction.values) else 0
    try:
        _take(request, proof, Said(level, level_only=True), as_of)
    except ValidationError as error:
        return _asked(request, proof, as_of, error)
    return redirect("rate-details", proof.token)


@asked_or_sent
@proven
def details(request: HttpRequest, proof: Proof, as_of: datetime) -> HttpResponse:
    """The five factors and a comment, for who wants to say more."""
    rating = rated_before(proof.dossier)
    if rating is None:
        return redirect("rate-question", proof.token)
    form = DetailsForm(request.POST or None, rating=rating)
    context = _context(proof, rating, as_of) | {"form": form}
    if request.method != "POST" or not form.is_valid():
        return shown(request, DETAILS, **context)
    said = Said(
        rating.satisfaction, {name: form.cleaned_data[name] for name in FACTORS}, form.cleaned_data["comment"]
    )
    try:
        _take(request, proof, said, as_of)
    except ValidationError as error:
        return shown(request, DETAILS, refused=error, **context)
    return redirect("rate-thanks", proof.token)


@require_safe
@proven
def thanks(request: HttpRequest, proof: Proof, as_of: datetime) -> HttpResponse:
    """What was said, what it counts for, until when it can be changed."""
    rating = rated_before(proof.dossier)
    if rating is None:
        return redirect("rate-question", proof.token)
    return shown(request, THANKS, **_context(proof, rating, as_of))


def _asked(
    request: HttpRequest, proof: Proof, as_of: datetime, refused: ValidationError | None = None
) -> HttpResponse:
    earlier = rated_before(proof.dossier)
    closed = _closed(proof, earlier, as_of)
    return shown(request, QUESTION, refused=refused, closed=closed, **_context(proof, earlier, as_of))


def _take(request: HttpRequest, proof: Proof, said: Said, as_of: datetime) -> None:
    address = client_address(request)
    count_one(RATE, address)
    rate(proof.dossier, said, door=proof.door, as_of=as_of, address=address)


def _closed(proof: Proof, earlier: Rating | None, as_of: datetime) -> str:
    """Why nothing can be said (any more); empty as long as something can."""
    if earlier is None:
        return why_not_rateable(proof.dossier, as_of)
    if earlier.door != Door.SYSTEM and earlier.given_at + CHANGEABLE < as_of:
        return _("You have rated this dossier; the %(days)d days to change it are over.") % {
            "days": CHANGEABLE.days
        }
    return ""


def _context(proof: Proof, rating: Rating | None, as_of: datetime) -> dict[str, Any]:
    own = rating if rating and rating.door != Door.SYSTEM else None
    return {
        "tab": "rate",
        "token": proof.token,
        "dossier": proof.dossier,
        "levels": Opinion.Satisfaction.choices,
        "rating": rating,
        "own": own,
        "changeable_until": own.given_at + CHANGEABLE if own else None,
        "as_of": as_of,
    }
