"""Records that belong to agencies: the one queryset method by which people come to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db import models

from agencies.permissions import SEE_RECORDS

Row = TypeVar("Row", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[Row]):
    """Sets of records of which a person sees those in the subtrees that grants open to them."""

    def visible_to(self, user: Any, permission: str = SEE_RECORDS) -> ScopedQuerySet[Row]:
        """Those for which ``user`` holds ``permission``.

        ::

            /                     everything
            └── /1/35/            one province and all below it
                └── /1/35/412/    one of its communes

        Records that belong to no agency are for who holds the permission everywhere.
        """
        # Models are loaded before what asks the database about grants.
        from agencies.visibility import holds_everywhere, visible

        model: Any = self.model
        if permission == SEE_RECORDS and model.readable_by_all:
            return self.all()
        if model.scope_path:
            return self.filter(visible(user, model.scope_path, permission))
        return self.all() if holds_everywhere(user, permission) else self.none()


class ScopedModel(models.Model):
    """A record that belongs to an agency, or to nobody but those who may everywhere."""

    #: From the model to its agency's path; empty: it belongs to no agency.
    scope_path: ClassVar[str] = "agency__path"
    #: A catalogue: everybody may read all of it, and changes stay within one's subtree.
    readable_by_all: ClassVar[bool] = False
    #: Which permission Django's own actions (view, add, change, delete) take on such a record.
    asks: ClassVar[Mapping[str, str]] = {"view": SEE_RECORDS}

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
