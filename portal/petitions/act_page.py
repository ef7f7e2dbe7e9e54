"""The pages of the acts: fill in, see what will happen, do it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.admin_display import list_url
from agencies.admin_scope import person
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import may
from feedback.answer_templates import filled, templates_for
from feedback.models import Petition
from portal.petitions import acts
from portal.petitions.act_forms import ActForm
from portal.petitions.acts import Act
from portal.petitions.frame import framed
from portal.petitions.reached import petition_for, stay_of

ASKED_OR_SENT = require_http_methods(["GET", "HEAD", "POST"])


@ASKED_OR_SENT
def take_up(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Begin to handle it."""
    return _act(request, petition_id, acts.TAKE_UP)


@ASKED_OR_SENT
def assign(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Give it to somebody."""
    return _act(request, petition_id, acts.ASSIGN)


@ASKED_OR_SENT
def note(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Note something for the agencies."""
    return _act(request, petition_id, acts.NOTE)


@ASKED_OR_SENT
def transfer(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Send it to another agency."""
    return _act(request, petition_id, acts.TRANSFER)


@ASKED_OR_SENT
def ask_supplement(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Ask the sender for what is missing."""
    return _act(request, petition_id, acts.SUPPLEMENT)


@ASKED_OR_SENT
def refuse(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Refuse it for a coded reason."""
    return _act(request, petition_id, acts.REFUSE)


@ASKED_OR_SENT
def answer(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Answer its sender, perhaps beginning with a template (``?template=``)."""
    found = petition_for(request, petition_id)
    templates = list(templates_for(found))
    chosen = next((one for one in templates if str(one.pk) == request.GET.get("template")), None)
    initial = {"text": filled(chosen, found)} if chosen else {}
    return _act(request, petition_id, acts.ANSWER, initial, templates=templates, chosen=chosen)


@ASKED_OR_SENT
def close(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Decide that an answer is not published."""
    return _act(request, petition_id, acts.CLOSE)


def fits(request: HttpRequest, petition: Petition, states: frozenset[str]) -> bool:
    """Whether the petition's state allows the act; if not, the person is told why."""
    if petition.state in states:
        return True
    text = _("This cannot be done with a petition that is: %(state)s.")
    messages.warning(request, text % {"state": petition.get_state_display()})
    return False


def unchanged(request: HttpRequest, petition: Petition) -> bool:
    """Whether nothing happened to the petition since the page was shown; if so, they are told."""
    if request.POST.get("seen", "") == petition.moved_at.isoformat():
        return True
    messages.warning(request, _("Something happened to the petition meanwhile. Look again, then confirm."))
    return False


def _act(
    request: HttpRequest, petition_id: int, act: Act, initial: dict[str, Any] | None = None, **more: Any
) -> HttpResponse:
    petition, now, by = petition_for(request, petition_id), timezone.now(), person(request)
    if not fits(request, petition, act.states):
        return redirect("desk-petition", petition.pk)
    sent = request.POST if request.method == "POST" else None
    form = act.form(sent, petition=petition, by=by, as_of=now, initial=initial)
    agreed, changing = request.POST.get("confirmed") == "yes", request.POST.get("step") == "change"
    sound = form.is_bound and form.is_valid()
    if sound and agreed and unchanged(request, petition) and _done(act, form):
        messages.success(request, act.done)
        # What was transferred may be nobody's here any more.
        petition = Petition.objects.select_related("agency").get(pk=petition.pk)
        if may(by, HANDLE_PETITIONS, petition.agency):
            return redirect("desk-petition", petition.pk)
        return redirect(list_url(Petition, state="todo"))
    sound = form.is_bound and form.is_valid()
    asking = act.asks_first and sound and not changing
    data = form.cleaned_data if asking else {}
    context = framed(
        request,
        act.title,
        "petitions",
        petition=petition,
        act=act,
        form=form,
        asking=asking,
        told=list(_told(form)) if asking else [],
        consequences=list(act.consequences(petition, stay_of(petition), data, now)),
        seen=petition.moved_at.isoformat(),
        **more,
    )
    return TemplateResponse(request, "petitions/act.html", context)


def _done(act: Act, form: ActForm) -> bool:
    try:
        act.verb(form.petition, form.cleaned_data, form.by, form.as_of)
    except ValidationError as error:
        fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, reasons in fields.items():
            form.add_error(field if field in form.fields else None, reasons)
        return False
    return True


def _told(form: ActForm) -> Any:
    """What was filled in, to be read once more before it is sent."""
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if isinstance(value, str) and bound.name != "refusal":
            yield bound.label, value
