"""Revoking, suspending, resuming and confirming one grant: each asks first, and says what it will do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from agencies.access_review import confirm
from agencies.admin_display import figure
from agencies.authority import may_decide
from agencies.granting import review_day
from agencies.models import Agency, Grant
from agencies.revoking import hanging_on, resume, revoke, suspend
from agencies.step_up import step_up_required
from agencies.watching import may_watch, watched
from portal.delegation.confirming import (
    Carried,
    OptionalReasonForm,
    ReasonForm,
    agreed,
    ask,
    fingerprint,
    post_of,
    refusal,
)
from portal.delegation.places import grant_seen, me
from portal.delegation.told import permission_labels

ASKED_OR_SENT = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Act:
    """One decision about a grant: its words, what it will do, and the verb that does it."""

    title: Any
    button: Any
    done: Any
    consequences: Callable[[Grant, Sequence[Grant], int, datetime], Iterator[str]]
    with_it: Any
    verb: Callable[..., Any]
    form_class: type[forms.Form] = ReasonForm
    of_one_s_own: bool = False


@ASKED_OR_SENT
@step_up_required
def revoke_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """End a grant with all that hangs on it; one may give up one's own."""
    return _act(request, pk, REVOKE)


@ASKED_OR_SENT
@step_up_required
def suspend_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a grant rest, with all that hangs on it."""
    return _act(request, pk, SUSPEND)


@ASKED_OR_SENT
@step_up_required
def resume_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a suspended grant work again."""
    return _act(request, pk, RESUME)


@ASKED_OR_SENT
@step_up_required
def confirm_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in the access review that a grant is still needed."""
    return _act(request, pk, CONFIRM)


def office_and_below(agency: Agency) -> str:
    """An office and how many lie below it, in words."""
    below = Agency.objects.under(agency.path).count() - 1
    if not below:
        return agency.name
    words = {"agency": agency.name, "count": figure(below)}
    return (
        ngettext(
            "%(agency)s and %(count)s office below it", "%(agency)s and %(count)s offices below it", below
        )
        % words
    )


def back_to(request: HttpRequest, grant: Grant) -> str:
    """Where one comes from to a grant: its office's page, for one's own the page of one's access."""
    if may_watch(request.user, grant.agency):
        return reverse("delegation-office", args=[grant.agency.code])
    return reverse("delegation-person", args=[me(request).pk])


def _act(request: HttpRequest, pk: int, act: Act) -> HttpResponse:
    grant, by, as_of = grant_seen(request, pk), me(request), timezone.now()
    own = by.pk == grant.user_id and act.of_one_s_own
    if not own and not may_decide(by, grant, as_of):
        raise PermissionDenied
    back = back_to(request, grant)
    if grant.ended_at is not None:
        messages.warning(request, _("This access has ended already."))
        return redirect(back)
    with_it = hanging_on(grant) if act.with_it else []
    others = Grant.objects.in_force(as_of).filter(watched(by), user=grant.user_id).exclude(pk=grant.pk)
    seen, form = fingerprint(with_it), act.form_class(post_of(request))
    if agreed(request, seen) and form.is_valid():
        try:
            act.verb(grant, by=by, reason=form.cleaned_data["reason"], as_of=as_of)
        except ValidationError as error:
            refusal(error, form)
        else:
            messages.success(request, act.done % _names(grant))
            # One's own may have been what let one see the office.
            return redirect(back_to(request, grant))
    return ask(
        request,
        title=act.title % _names(grant),
        here="offices",
        consequences=act.consequences(grant, with_it, others.count(), as_of),
        carried=[Carried(str(act.with_it), with_it)],
        button=str(act.button),
        back=back,
        form=form,
        seen=seen,
    )


def _names(grant: Grant) -> dict[str, Any]:
    return {"person": grant.user, "role": grant.role, "agency": grant.agency.name}


def _without(grant: Grant, with_it: Sequence[Grant], others: int) -> Iterator[str]:
    """What resting and ending have in common; ``others``: what else the reader sees the person hold."""
    yield _("From now on it no longer lets %(person)s, at %(place)s: %(permissions)s.") % {
        "person": grant.user,
        "place": office_and_below(grant.agency),
        "permissions": "; ".join(permission_labels(grant)),
    }
    if others:
        yield ngettext(
            "%(count)s other access of this person stays.",
            "%(count)s other accesses of this person stay.",
            others,
        ) % {"count": figure(others)}
    else:
        yield _("The person then holds nothing else that you can see; the account stays.")
    yield _hanging(with_it)


def _revoking(grant: Grant, with_it: Sequence[Grant], others: int, as_of: datetime) -> Iterator[str]:
    yield from _without(grant, with_it, others)
    yield _("This cannot be undone; to let the person in again, give access anew.")


def _suspending(grant: Grant, with_it: Sequence[Grant], others: int, as_of: datetime) -> Iterator[str]:
    yield from _without(grant, with_it, others)
    yield _("Nothing ends: it works again once it is resumed.")


def _resuming(grant: Grant, with_it: Sequence[Grant], others: int, as_of: datetime) -> Iterator[str]:
    yield _("It lets %(person)s again, at %(place)s: %(permissions)s.") % {
        "person": grant.user,
        "place": office_and_below(grant.agency),
        "permissions": "; ".join(permission_labels(grant)),
    }
    yield _hanging(with_it)


def _confirming(grant: Grant, with_it: Sequence[Grant], others: int, as_of: datetime) -> Iterator[str]:
    yield _("You say that %(person)s still needs to be %(role)s of %(place)s.") % {
        "person": grant.user,
        "role": grant.role,
        "place": office_and_below(grant.agency),
    }
    yield _("It is to be confirmed again by %(day)s.") % {"day": review_day(as_of).strftime("%d/%m/%Y")}


def _hanging(with_it: Sequence[Grant]) -> str:
    if not with_it:
        return _("Nobody else’s access hangs on it.")
    return ngettext(
        "%(count)s access hangs on it and goes the same way; it is named below.",
        "%(count)s accesses hang on it and go the same way; they are named below.",
        len(with_it),
    ) % {"count": figure(len(with_it))}


REVOKE = Act(
    title=gettext_lazy("Revoke the access of %(person)s as %(role)s of %(agency)s"),
    button=gettext_lazy("Revoke"),
    done=gettext_lazy("%(person)s is no longer %(role)s of %(agency)s."),
    consequences=_revoking,
    with_it=gettext_lazy("End with it"),
    verb=revoke,
    of_one_s_own=True,
)
SUSPEND = Act(
    title=gettext_lazy("Suspend the access of %(person)s as %(role)s of %(agency)s"),
    button=gettext_lazy("Suspend"),
    done=gettext_lazy("The access of %(person)s as %(role)s of %(agency)s rests."),
    consequences=_suspending,
    with_it=gettext_lazy("Rest with it"),
    verb=suspend,
)
RESUME = Act(
    title=gettext_lazy("Resume the access of %(person)s as %(role)s of %(agency)s"),
    button=gettext_lazy("Resume"),
    done=gettext_lazy("%(person)s works again as %(role)s of %(agency)s."),
    consequences=_resuming,
    with_it=gettext_lazy("Work again with it"),
    verb=resume,
)
CONFIRM = Act(
    title=gettext_lazy("Still needed: %(person)s as %(role)s of %(agency)s"),
    button=gettext_lazy("Confirm"),
    done=gettext_lazy("Confirmed: %(person)s as %(role)s of %(agency)s."),
    consequences=_confirming,
    with_it="",
    verb=confirm,
    form_class=OptionalReasonForm,
)
