"""The pages of the acts: fill in, see what it would do, do it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from agencies.step_up import step_up_required
from portal.objections import acts
from portal.objections.acts import Act, ActForm, DecideForm
from portal.objections.frame import framed, objection_for
from portal.objections.words import EffectTold, effect_told, state_mark
from scoring.models import Objection
from scoring.objections import deciding
from scoring.periods import Period

ASKED_OR_SENT = require_http_methods(["GET", "HEAD", "POST"])


@ASKED_OR_SENT
def send(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Send it."""
    return _act(request, objection_id, acts.SEND)


@ASKED_OR_SENT
def withdraw(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Give it up."""
    return _act(request, objection_id, acts.WITHDRAW)


@ASKED_OR_SENT
def opinion(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Say whether the level above supports it."""
    return _act(request, objection_id, acts.JUDGE)


@ASKED_OR_SENT
def ask_more(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Ask the agency for more."""
    return _act(request, objection_id, acts.ASK_MORE)


@ASKED_OR_SENT
def say_more(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Say what was asked for."""
    return _act(request, objection_id, acts.SAY_MORE)


@ASKED_OR_SENT
@step_up_required
def decide(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Decide for the Office, having seen what it would do to the score."""
    return _act(request, objection_id, acts.DECIDE)


@ASKED_OR_SENT
@step_up_required
def withdraw_corrections(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Take back what was corrected on it."""
    return _act(request, objection_id, acts.TAKE_BACK)


def _act(request: HttpRequest, objection_id: int, act: Act) -> HttpResponse:
    found, now, by = objection_for(request, objection_id), timezone.now(), person(request)
    if not act.whose(by, found):
        raise PermissionDenied
    if not act.fits(found):
        text = _("This cannot be done with an objection that is: %(state)s.")
        messages.warning(request, text % {"state": found.get_state_display()})
        return redirect("objection", found.pk)
    form = act.form(request.POST if request.method == "POST" else None, objection=found)
    agreed, changing = request.POST.get("confirmed") == "yes", request.POST.get("step") == "change"
    if (
        form.is_bound
        and form.is_valid()
        and agreed
        and _unchanged(request, found)
        and _done(act, form, by, now)
    ):
        messages.success(request, act.done)
        return redirect("objection", found.pk)
    looking = act.looked_at and form.is_bound and form.is_valid() and not changing
    effect = _effect(form, by, now) if looking else None
    looking = looking and form.is_valid()
    context = framed(
        request,
        f"{act.title}: {found.number}",
        "list",
        objection=found,
        state=state_mark(found),
        period=Period.parse(found.period),
        act=act,
        form=form,
        looking=looking,
        effect=effect,
        consequences=list(act.consequences(found, now)),
        seen=found.moved_at.isoformat(),
    )
    return TemplateResponse(request, "objections/act.html", context)


def _unchanged(request: HttpRequest, found: Objection) -> bool:
    """Whether nothing happened to it since the page was shown; if so, they are told."""
    if request.POST.get("seen", "") == found.moved_at.isoformat():
        return True
    messages.warning(request, _("Something happened to the objection meanwhile. Look again, then confirm."))
    return False


def _done(act: Act, form: ActForm, by: Any, now: Any) -> bool:
    try:
        act.verb(form.objection, form, by, now)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _effect(form: ActForm, by: Any, now: Any) -> EffectTold | None:
    """What accepting the facts ticked would do; a fact that cannot be corrected is told as an error."""
    if not isinstance(form, DecideForm) or not form.accepted():
        return None
    try:
        found = deciding.effect_of_accepting(form.objection, form.accepted(), by=by, as_of=now)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    return effect_told(found.told())
