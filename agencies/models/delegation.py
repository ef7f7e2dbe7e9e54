from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from agencies.models.agency import Agency
from agencies.models.scoped import ScopedModel, ScopedQuerySet
from agencies.models.user import User
from agencies.permissions import CODENAMES, DELEGATE, OPERATE_SYSTEM


def declared_permissions() -> Q:
    """The condition "one of the permissions that can be granted" on ``auth.Permission``."""
    return Q(content_type__app_label="agencies", content_type__model="agency", codename__in=CODENAMES)


class Role(ScopedModel):
    """Permissions that are given together, under the name of what a person is there to do.

    The default ones come with every ``migrate`` (``agencies.roles``); an operator may change them and
    add others. A change reaches those who hold the role at once.
    """

    scope_path = ""
    readable_by_all = True
    asks = {
        "view": DELEGATE,
        "add": OPERATE_SYSTEM,
        "change": OPERATE_SYSTEM,
        "delete": OPERATE_SYSTEM,
    }

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    permissions = models.ManyToManyField(
        Permission,
        blank=True,
        related_name="+",
        limit_choices_to=declared_permissions,
        verbose_name=_("permissions"),
    )
    #: Permissions a default role was once given: those an operator took out are not given again.
    offered = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["pk"]

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name

    def codenames(self) -> list[str]:
        """What it lets one do, as codenames in the order of their declaration."""
        held = {permission.codename for permission in self.permissions.all()}
        return [codename for codename in CODENAMES if codename in held]


class GrantQuerySet(ScopedQuerySet["Grant"]):
    """Sets of grants."""

    def open(self) -> GrantQuerySet:
        """Those that nobody ended and no sweep has found expired; some may rest or not have begun."""
        return self.filter(ended_at__isnull=True)

    def in_force(self, as_of: datetime) -> GrantQuerySet:
        """Those that are worth something at ``as_of``: begun, not over, no link of the chain resting."""
        rows = AgencyUserObjectPermission.objects.in_force(as_of).filter(grant=OuterRef("pk"))
        return self.filter(Exists(rows))


class Grant(ScopedModel):
    """One person has one role on one agency and all below it, from when until when, by whose hand.

    ``parent`` is the grantor's grant it hangs on: ending that ends this. A grant is worth what its
    chain is worth: the role's permissions that every grant above carries, within all their windows,
    nothing while one of them rests, and nothing where one of them does not reach. What it is worth is
    written as permission rows by ``agencies.grant_worth``; grants are written by the verbs of
    ``agencies.granting``, ``revoking``, ``handover``, ``succession`` and ``access_review``.
    """

    asks = {"view": DELEGATE, "add": DELEGATE, "change": DELEGATE}

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants", verbose_name=_("person"))
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants", verbose_name=_("role"))
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="grants", verbose_name=_("agency")
    )
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True, help_text=_("Empty: open."))
    granted_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("granted by"),
        help_text=_("Empty: from the command line of the server."),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="hanging",
        verbose_name=_("hangs on"),
        help_text=_("Empty: the root of a chain, made by an operator."),
    )
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(_("granted"))
    ended_at = models.DateTimeField(pgettext_lazy("grant", "ended"), null=True, editable=False)
    ended_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("ended by"),
        editable=False,
    )
    end_reason = models.CharField(_("reason of the end"), max_length=500, blank=True, editable=False)
    suspended_at = models.DateTimeField(_("suspended"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    review_due_on = models.DateField(_("to be confirmed by"), editable=False)

    objects = GrantQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["agency__path", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="grant_until_after_from",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="grant_not_on_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["review_due_on"], condition=Q(ended_at__isnull=True), name="grant_review"),
            models.Index(fields=["valid_until"], condition=Q(ended_at__isnull=True), name="grant_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.agency}"


class PermissionRowQuerySet(models.QuerySet["AgencyUserObjectPermission"]):
    """Sets of permission rows."""

    def in_force(self, as_of: datetime) -> PermissionRowQuerySet:
        """Those whose window holds ``as_of``: expiry needs nothing but time."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=as_of),
            valid_from__lte=as_of,
        )

    def of(self, grants: Iterable[Grant] | QuerySet[Grant]) -> PermissionRowQuerySet:
        """The rows of these grants."""
        return self.filter(grant__in=grants)


class PermissionRowManager(models.Manager["AgencyUserObjectPermission"]):
    """What guardian asks of such a manager; its shortcuts to assign permissions are not there."""

    def is_generic(self) -> bool:
        """Rows name their agency by a foreign key."""
        return False


class AgencyUserObjectPermission(UserObjectPermissionBase):
    """One permission of one person on one agency, with the window of the grant that gives it.

    What a grant is worth, spelled out for guardian and for one quick query; never copied down the
    tree. Written only by ``agencies.grant_worth``.
    """

    content_object = models.ForeignKey(Agency, on_delete=models.CASCADE)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="rows")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    objects = PermissionRowManager.from_queryset(PermissionRowQuerySet)()  # type: ignore[misc,assignment]

    class Meta(UserObjectPermissionBase.Meta):
        # Given by two grants, it is held as long as one of them lasts.
        unique_together = ["user", "permission", "content_object", "grant"]
        default_permissions = ()
        verbose_name = _("permission row")
        verbose_name_plural = _("permission rows")
