"""Approved indicator sets do not change: the guard of a set, its groups, criteria and bands.

While a set lies before another person for approval its parts do not change either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from agencies.models.scoped import ScopedModel, ScopedQuerySet
from agencies.permissions import KEEP_INDICATORS, SEE_RECORDS


def refuse() -> None:
    """Raise the ValidationError told to whoever would change an approved set."""
    raise ValidationError(
        _("An approved indicator set cannot be changed; make a new version of it."), code="approved"
    )


def refuse_proposed() -> None:
    """Raise the ValidationError told to whoever would change what lies before another person."""
    raise ValidationError(
        _("This indicator set lies before another person for approval; take it back first."), code="proposed"
    )


Row = TypeVar("Row", bound=models.Model, covariant=True)


class GuardedQuerySet(ScopedQuerySet[Row]):
    """Rows of indicator sets; a bulk change of an approved set raises ValidationError too."""

    def approved(self) -> GuardedQuerySet[Row]:
        """Those that belong to an approved set."""
        model: Any = self.model
        return self.filter(**{f"{model.SET_PREFIX}status": "approved"})

    def proposed(self) -> GuardedQuerySet[Row]:
        """Those that belong to a set proposed for approval."""
        model: Any = self.model
        return self.filter(**{f"{model.SET_PREFIX}status": "proposed"})

    def update(self, **values: Any) -> int:
        self._refuse_approved()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_approved()
        return super().delete()

    # As Django's own: no deleting of everything straight from the manager.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        objs = list(objs)
        for row in objs:
            row.refuse_if_approved()
        return super().bulk_create(objs, *args, **options)

    def _refuse_approved(self) -> None:
        if self.order_by().approved().exists():
            refuse()
        model: Any = self.model
        if model.SET_PREFIX and self.order_by().proposed().exists():
            refuse_proposed()


class Guarded(ScopedModel):
    """A row of an indicator set: saved and deleted only while the set is a draft."""

    #: The way from this model to its indicator set, as a prefix of lookups.
    SET_PREFIX: ClassVar[str]

    # The rules by which everybody is scored are everybody's to read.
    readable_by_all = True
    asks = {
        "view": SEE_RECORDS,
        "add": KEEP_INDICATORS,
        "change": KEEP_INDICATORS,
        "delete": KEEP_INDICATORS,
    }

    objects = GuardedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        self.refuse_if_approved()
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        self.refuse_if_approved()
        return super().delete(*args, **options)

    def is_approved(self) -> bool:
        """Whether the set it is in, or the one it is put in, is stored as approved."""
        rows = type(self)._default_manager.filter(pk=self.pk) if self.pk else None
        return rows is not None and rows.filter(**{f"{self.SET_PREFIX}status": "approved"}).exists()

    def refuse_if_approved(self) -> None:
        """Raise ValidationError when saving or deleting it would change what must not change."""
        if self.is_approved():
            refuse()


class GuardedPart(Guarded):
    """A part of an indicator set, which must not enter an approved one either."""

    #: The field naming what it is a part of, itself guarded.
    PART_OF: ClassVar[str]

    class Meta:
        abstract = True

    def is_approved(self) -> bool:
        whole: Any = self._meta.get_field(self.PART_OF).related_model
        owner = whole._default_manager.filter(pk=getattr(self, f"{self.PART_OF}_id"))
        return owner.approved().exists() or super().is_approved()

    def refuse_if_approved(self) -> None:
        super().refuse_if_approved()
        model: Any = type(self)
        whole: Any = self._meta.get_field(self.PART_OF).related_model
        owner = whole._default_manager.filter(pk=getattr(self, f"{self.PART_OF}_id"))
        if owner.proposed().exists() or (
            self.pk and model._default_manager.filter(pk=self.pk).proposed().exists()
        ):
            refuse_proposed()
