from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.agency import Agency
from agencies.models.delegation import Role
from agencies.models.scoped import ScopedModel, ScopedQuerySet
from agencies.models.user import User
from agencies.permissions import DELEGATE


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    """Sets of invitations."""

    def pending(self, as_of: datetime) -> InvitationQuerySet:
        """Those that can still be accepted."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=as_of)


class Invitation(ScopedModel):
    """A grant offered by e-mail to somebody who may have no account yet.

    Its link is good once, for a week; only the token's hash is kept. Accepting it makes the grant as
    the inviter would make it at that moment (``agencies.invitations``).
    """

    asks = {"view": DELEGATE, "add": DELEGATE, "change": DELEGATE}

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+", verbose_name=_("role"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    valid_from = models.DateTimeField(
        _("valid from"), null=True, blank=True, help_text=_("Empty: from when it is accepted.")
    )
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    invited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("link good until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("account")
    )
    withdrawn_at = models.DateTimeField(pgettext_lazy("invitation", "withdrawn"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.email} · {self.role} · {self.agency}"
