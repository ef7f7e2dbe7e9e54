"""Giving access at an office: filled in, shown in words, then done; to an account, or by a letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.granting import grant, objections, review_day
from agencies.holdings import Errors, Holdings
from agencies.invitations import LINK_LIFE, invite, objections_to
from agencies.models import Agency
from agencies.permissions import DELEGATE, label
from agencies.step_up import step_up_required
from portal.delegation.acts import ASKED_OR_SENT, office_and_below
from portal.delegation.days import end_of, start_of
from portal.delegation.forms import AccessForm, GrantForm, InviteForm
from portal.delegation.frame import framed
from portal.delegation.letters import send_letter
from portal.delegation.offers import hangs_on, offers_at
from portal.delegation.places import me, office_to_delegate


@ASKED_OR_SENT
@step_up_required
def grant_access(request: HttpRequest, code: str) -> HttpResponse:
    """Give somebody with an account a role at an office."""
    return ToAccount(request, code).answer()


@ASKED_OR_SENT
@step_up_required
def invite_by_letter(request: HttpRequest, code: str) -> HttpResponse:
    """Offer somebody a role at an office, by a letter with a link good once."""
    return ByLetter(request, code).answer()


class Giving:
    """The steps that both ways share: the form, then what will happen, then the deed."""

    form_class: type[AccessForm]

    def __init__(self, request: HttpRequest, code: str) -> None:
        self.request = request
        self.agency: Agency = office_to_delegate(request, code)
        self.as_of: datetime = timezone.now()
        self.holdings = Holdings.of(me(request), self.as_of)
        self.back = reverse("delegation-office", args=[self.agency.code])

    def answer(self) -> HttpResponse:
        """The page, or once it is confirmed the way back to the office."""
        sent = self.request.method == "POST"
        form = self.form_class(self.request.POST) if sent else self.form_class(initial=self.initial())
        step = self.request.POST.get("step", "")
        if sent and form.is_valid() and self.fits(form) and step != "change":
            if step != "give":
                return self.page(form, consequences=list(self.consequences(form)))
            try:
                self.carry_out(form)
            except ValidationError as error:
                form.object_to(error.message_dict, **self.called)
            else:
                return redirect(self.back)
        return self.page(form)

    def page(self, form: AccessForm, **more: Any) -> TemplateResponse:
        """The form, or with ``consequences`` what will happen."""
        context = framed(
            self.request,
            self.title(),
            "offices",
            agency=self.agency,
            form=form,
            offers=offers_at(self.holdings, self.agency),
            role_chosen=form["role"].value(),
            back=self.back,
            kind=self.kind,
            **more,
        )
        return TemplateResponse(self.request, "delegation/giving.html", context)

    def fits(self, form: AccessForm) -> bool:
        """Whether no rule forbids it; what does is put on the form."""
        self.parent_id, errors = self.objections(form)
        form.object_to(errors, **self.called)
        return not errors

    def window(self, form: AccessForm) -> dict[str, Any]:
        """From when until when, and why, as the verbs take it."""
        told = form.cleaned_data
        return {
            "valid_from": start_of(told["valid_from"]),
            "valid_until": end_of(told["valid_until"]),
            "reason": told["reason"],
        }

    def consequences(self, form: AccessForm) -> Iterator[str]:
        """What will happen, in words."""
        told = form.cleaned_data
        role, since, until = told["role"], self.window(form)["valid_from"], told["valid_until"]
        yield self.who_becomes(form) % {
            "person": told.get("person") or told.get("name") or told.get("email"),
            "email": told.get("email", ""),
            "role": role,
            "place": office_and_below(self.agency),
        }
        codenames = role.codenames()
        yield _("That lets them: %(permissions)s.") % {
            "permissions": "; ".join(label(name) for name in codenames)
        }
        begins = self.at_once()
        if since and since > self.as_of:
            begins = _("from %(day)s") % {"day": f"{told['valid_from']:%d/%m/%Y}"}
        ends = _("until the end of %(day)s") % {"day": f"{until:%d/%m/%Y}"} if until else _("without an end")
        yield _("It holds %(begins)s, %(ends)s.") % {"begins": begins, "ends": ends}
        if DELEGATE in codenames:
            yield _("They may pass this on to others within it, no further and no longer.")
        mine = hangs_on(self.parent_id)
        if mine is not None:
            yield _("It hangs on your own access as %(role)s of %(agency)s: if that ends, so does this.") % {
                "role": mine.role,
                "agency": mine.agency.name,
            }
        yield _("Somebody above confirms by %(day)s that it is still needed.") % {
            "day": f"{review_day(self.as_of):%d/%m/%Y}"
        }

    # --- What differs ------------------------------------------------------------------------

    kind = ""
    #: What the verbs call a field, and what the form does.
    called: dict[str, str] = {}

    def initial(self) -> dict[str, Any]:
        """What stands in the form to begin with: the giver's own end, where there is one."""
        ends = [offer.until for offer in offers_at(self.holdings, self.agency) if not offer.why_not]
        finite = [day for day in ends if day is not None]
        return {"valid_until": min(finite)} if finite else {}

    def title(self) -> str:
        """The page's heading."""
        raise NotImplementedError

    def at_once(self) -> str:
        """How a window without a beginning is told."""
        return _("from now on")

    def who_becomes(self, form: AccessForm) -> str:
        """Who becomes what, with places for person, role and place."""
        raise NotImplementedError

    def objections(self, form: AccessForm) -> tuple[int | None, Errors]:
        """The grant it would hang on, and what forbids it."""
        raise NotImplementedError

    def carry_out(self, form: AccessForm) -> None:
        """Do it and say so; raises ValidationError by field."""
        raise NotImplementedError


class ToAccount(Giving):
    """A grant to somebody who has an account."""

    form_class = GrantForm
    kind = "grant"
    called = {"user": "person"}

    def initial(self) -> dict[str, Any]:
        return {**super().initial(), "person": self.request.GET.get("person", "")[:254]}

    def title(self) -> str:
        return _("Give access at %(agency)s") % {"agency": self.agency.name}

    def who_becomes(self, form: AccessForm) -> str:
        return _("%(person)s becomes %(role)s of %(place)s.")

    def objections(self, form: AccessForm) -> tuple[int | None, Errors]:
        told = form.cleaned_data
        return objections(self.holdings, told["person"], told["role"], self.agency, **self.window(form))

    def carry_out(self, form: AccessForm) -> None:
        told = form.cleaned_data
        made = grant(
            me(self.request), told["person"], told["role"], self.agency, **self.window(form), as_of=self.as_of
        )
        words = {"person": made.user, "role": made.role, "agency": self.agency.name}
        messages.success(self.request, _("%(person)s is now %(role)s of %(agency)s.") % words)


class ByLetter(Giving):
    """An invitation."""

    form_class = InviteForm
    kind = "invite"
    called = {"user": "email"}

    def title(self) -> str:
        return _("Invite somebody to %(agency)s") % {"agency": self.agency.name}

    def at_once(self) -> str:
        return _("from when it is accepted")

    def who_becomes(self, form: AccessForm) -> str:
        return _(
            "%(person)s gets a letter at %(email)s with a link, and by it becomes %(role)s of %(place)s."
        )

    def consequences(self, form: AccessForm) -> Iterator[str]:
        yield from super().consequences(form)
        yield _("The link works once, for %(days)d days; until then you can withdraw it.") % {
            "days": LINK_LIFE.days
        }

    def objections(self, form: AccessForm) -> tuple[int | None, Errors]:
        told = form.cleaned_data
        window = self.window(form)
        errors = objections_to(self.holdings, told["email"], told["role"], self.agency, **window)
        parent_id, _errors = self.holdings.parent_for(
            told["role"].codenames(), self.agency, window["valid_until"]
        )
        return parent_id, errors

    def carry_out(self, form: AccessForm) -> None:
        told = form.cleaned_data
        invitation, token = invite(
            me(self.request),
            told["email"],
            told["role"],
            self.agency,
            name=told["name"],
            **self.window(form),
            as_of=self.as_of,
        )
        send_letter(self.request, invitation, token)
