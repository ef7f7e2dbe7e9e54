"""Who operates the system, and that somebody always does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, AgencyUserObjectPermission, User
from agencies.permissions import OPERATE_SYSTEM


def operators(as_of: datetime) -> QuerySet[User]:
    """The active people who operate the whole system for good: no end is set to it.

    Superusers, the operators of last resort, and who holds ``operate_system`` on the nation now.
    """
    return User.objects.filter(Q(is_superuser=True) | Q(pk__in=_by_grant(as_of)), is_active=True)


@contextmanager
def keeping_an_operator(as_of: datetime) -> Iterator[None]:
    """Within a transaction: raise ValidationError if the last lasting operator would be locked out.

    Where there was none before, nothing is asked.
    """
    had_one = operators(as_of).exists()
    yield
    if had_one and not operators(as_of).exists():
        raise _last_operator()


def refuse_locking_out(user: User, as_of: datetime, *, leaving: bool = False) -> None:
    """Raise ValidationError if saving ``user`` as it is now would lock the last operator out.

    ``leaving``: the account is to go altogether.
    """
    stays = user.is_active and (user.is_superuser or _by_grant(as_of).filter(user=user).exists())
    if stays and not leaving:
        return
    if list(operators(as_of).values_list("pk", flat=True)[:2]) == [user.pk]:
        raise _last_operator()


@receiver(pre_save, sender=User, dispatch_uid="agencies.operators")
def on_account_saved(instance: User, raw: bool = False, update_fields: Any = None, **_signal: Any) -> None:
    """No account of the last operator is made inactive or loses its powers."""
    matters = update_fields is None or not {"is_active", "is_superuser"}.isdisjoint(update_fields)
    if instance.pk and matters and not raw:
        refuse_locking_out(instance, timezone.now())


@receiver(pre_delete, sender=User, dispatch_uid="agencies.operators")
def on_account_deleted(instance: User, **_signal: Any) -> None:
    """Nor is it deleted."""
    refuse_locking_out(instance, timezone.now(), leaving=True)


def _by_grant(as_of: datetime) -> QuerySet[Any]:
    rows = AgencyUserObjectPermission.objects.in_force(as_of).filter(
        permission__codename=OPERATE_SYSTEM,
        content_object__kind=Agency.Kind.NATION,
        valid_until__isnull=True,
    )
    return rows.values("user")


def _last_operator() -> ValidationError:
    return ValidationError(
        _("This is the last operator of the system. Name another one first."), code="last_operator"
    )
