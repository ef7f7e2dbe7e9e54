from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from agencies.models.scoped import ScopedQuerySet


class TreeVersion(models.Model):
    """The one row that says which state of agencies and their codes is in force.

    Whoever remembers something read from them (``agencies.codes``) keeps the token it was read
    under, and trusts it while the token stands. The token changes in the transaction that makes the
    change, so every process sees both or neither; it is random, so that a change rolled back is never
    taken for the next one.
    """

    token = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("tree version")
        verbose_name_plural = _("tree versions")

    def __str__(self) -> str:
        return self.token

    @staticmethod
    def renew() -> None:
        """Declare everything remembered about agencies and codes out of date."""
        TreeVersion.objects.bulk_create(
            [TreeVersion(pk=1, token=secrets.token_hex(16))],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["token"],
        )

    @staticmethod
    def current() -> str | None:
        """The token in force, None while nothing ever changed: one query by primary key."""
        return TreeVersion.objects.filter(pk=1).values_list("token", flat=True).first()


Row = TypeVar("Row", bound=models.Model)


class VersionedQuerySet(ScopedQuerySet[Row]):
    """Bulk writing that renews the version, since it sends no signal."""

    def update(self, **kwargs: Any) -> int:
        updated = super().update(**kwargs)
        if updated:
            TreeVersion.renew()
        return updated

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        created = super().bulk_create(objs, *args, **kwargs)
        if created:
            TreeVersion.renew()
        return created


@receiver([post_save, post_delete], sender="agencies.Agency", dispatch_uid="agencies.version")
@receiver([post_save, post_delete], sender="agencies.AgencyCode", dispatch_uid="agencies.version")
def on_change(**_: Any) -> None:
    TreeVersion.renew()
