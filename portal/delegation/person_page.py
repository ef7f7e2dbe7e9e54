"""A person: all they hold that the reader may see; handing it over, letting all of it rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from agencies.admin_display import figure
from agencies.grant_state import State, going, in_state
from agencies.handover import HandOver, hand_over, to_hand_over
from agencies.holders import told_grants
from agencies.models import Grant, User
from agencies.revoking import hanging_on, suspend
from agencies.step_up import step_up_required
from agencies.watching import may_watch, watched
from portal.delegation.acts import ASKED_OR_SENT
from portal.delegation.confirming import Carried, ReasonForm, agreed, ask, fingerprint, post_of, refusal
from portal.delegation.forms import HandOverForm
from portal.delegation.frame import framed
from portal.delegation.places import me, person_seen
from portal.delegation.told import told

#: Ended grants on a person's page.
PAST_SHOWN = 50


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody holds and held, as far as the reader may see it; of oneself, everything."""
    user, as_of = person_seen(request, pk), timezone.now()
    own = user.pk == request.user.pk
    seen = Grant.objects.filter(user=user) if own else Grant.objects.filter(watched(request.user), user=user)
    past = in_state(seen, State.ENDED, as_of)
    present = told_grants(going(seen, as_of)).order_by("agency__path", "pk")
    planned = HandOver((), ()) if own else to_hand_over(user, me(request), as_of)
    context = framed(
        request,
        _("My access") if own else str(user),
        "mine" if own else "holders",
        user_told=user,
        own=own,
        present=told(present, request.user, as_of),
        past=told(told_grants(past).order_by("-ended_at", "-pk")[:PAST_SHOWN], request.user, as_of),
        may_hand_over=bool(planned.moved),
        may_suspend=any(grant.suspended_at is None for grant in planned.moved),
    )
    return TemplateResponse(request, "delegation/person.html", context)


@ASKED_OR_SENT
@step_up_required
def hand_all_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Move all that somebody holds, as far as the reader decides about it, to another person."""
    user, planned, back = _to_decide(request, pk)
    as_of, form = timezone.now(), HandOverForm(post_of(request))
    hanging = _hanging(planned.moved)
    seen = fingerprint(planned.moved, planned.left, hanging)
    if agreed(request, seen) and form.is_valid():
        to_user, reason = form.cleaned_data["to_user"], form.cleaned_data["reason"]
        try:
            done = hand_over(user, to_user, by=me(request), reason=reason, as_of=as_of)
        except ValidationError as error:
            refusal(error, form)
        else:
            told_so = ngettext(
                "%(count)s access passed from %(person)s to %(other)s.",
                "%(count)s accesses passed from %(person)s to %(other)s.",
                len(done.moved),
            )
            words = {"count": figure(len(done.moved)), "person": user, "other": to_user}
            messages.success(request, told_so % words)
            return redirect("delegation-person", to_user.pk)
    return ask(
        request,
        title=_("Hand over all access of %(person)s") % {"person": user},
        here="holders",
        consequences=[
            _moving(planned.moved),
            _("It ends for %(person)s; places, windows and days of review stay as they are.")
            % {"person": user},
            _hanging_words(hanging),
            *_leaving(planned.left),
        ],
        carried=[Carried(_("Pass to who takes over"), planned.moved), _left(request, planned.left)],
        button=_("Hand over"),
        back=back,
        form=form,
        seen=seen,
    )


@ASKED_OR_SENT
@step_up_required
def suspend_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Let all that somebody holds rest, as far as the reader decides about it."""
    user, planned, back = _to_decide(request, pk)
    resting = [grant for grant in planned.moved if grant.suspended_at is None]
    if not resting:
        messages.warning(request, _("It is suspended already."))
        return redirect(back)
    form, hanging = ReasonForm(post_of(request)), _hanging(resting)
    seen = fingerprint(resting, hanging)
    if agreed(request, seen) and form.is_valid():
        try:
            _suspend(resting, me(request), form.cleaned_data["reason"])
        except ValidationError as error:
            refusal(error, form)
        else:
            messages.success(
                request, _("All access of %(person)s that you decide about rests.") % {"person": user}
            )
            return redirect(back)
    return ask(
        request,
        title=_("Suspend all access of %(person)s") % {"person": user},
        here="holders",
        consequences=[
            ngettext("%(count)s access rests at once.", "%(count)s accesses rest at once.", len(resting))
            % {"count": figure(len(resting))},
            _hanging_words(hanging),
            *_leaving(planned.left),
            _("Nothing ends: it works again once it is resumed."),
        ],
        carried=[
            Carried(_("Rest"), resting),
            Carried(_("Rest with it"), hanging),
            _left(request, planned.left),
        ],
        button=_("Suspend"),
        back=back,
        form=form,
        seen=seen,
    )


def _to_decide(request: HttpRequest, pk: int) -> tuple[User, HandOver, str]:
    """The person and what of theirs the reader decides about; PermissionDenied where that is nothing."""
    user = person_seen(request, pk)
    planned = (
        HandOver((), ()) if user.pk == request.user.pk else to_hand_over(user, me(request), timezone.now())
    )
    if not planned.moved:
        raise PermissionDenied
    return user, planned, reverse("delegation-person", args=[user.pk])


@transaction.atomic
def _suspend(grants: Sequence[Grant], by: User, reason: str) -> None:
    for grant in grants:
        suspend(grant, by=by, reason=reason, as_of=timezone.now())


def _hanging(grants: Sequence[Grant]) -> list[Grant]:
    """What hangs on any of these grants, each once, without them."""
    own = {grant.pk for grant in grants}
    found = {below.pk: below for grant in grants for below in hanging_on(grant)}
    return [below for pk, below in found.items() if pk not in own]


def _moving(moved: Sequence[Grant]) -> str:
    return ngettext(
        "%(count)s access passes to who takes over.", "%(count)s accesses pass to who takes over.", len(moved)
    ) % {"count": figure(len(moved))}


def _hanging_words(hanging: Sequence[Grant]) -> str:
    if not hanging:
        return _("Nobody else’s access hangs on it.")
    return ngettext(
        "%(count)s access of others hangs on it and goes along.",
        "%(count)s accesses of others hang on it and go along.",
        len(hanging),
    ) % {"count": figure(len(hanging))}


def _leaving(left: Sequence[Grant]) -> list[str]:
    if not left:
        return []
    words = ngettext(
        "%(count)s access stays as it is: somebody else decides about it.",
        "%(count)s accesses stay as they are: somebody else decides about them.",
        len(left),
    )
    return [words % {"count": figure(len(left))}]


def _left(request: HttpRequest, left: Sequence[Grant]) -> Carried:
    """What stays, by name where the reader may see it."""
    visible: list[Any] = [grant for grant in left if may_watch(request.user, grant.agency)]
    return Carried(_("Stay: somebody else decides"), visible, len(left) - len(visible))
