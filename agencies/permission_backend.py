"""Django's own question, ``user.has_perm``, answered from the grants.

``user.has_perm("agencies.delegate", agency)`` asks a declared permission on an agency or a scoped
record; ``user.has_perm("procedures.change_inboxitem", item)`` asks what Django's admin asks, which a
scoped model translates (``asks``). Without an object it is whether the user may do so anywhere: enough
to show a page, never enough to act on a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model
from guardian.backends import ObjectPermissionBackend

from agencies.models import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import CODENAMES
from agencies.visibility import holds_everywhere, holds_somewhere, may


class GrantBackend(ObjectPermissionBackend):
    """Guardian's backend for permissions on agencies, with their subtrees, windows and chains."""

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        """Whether the user may, on ``obj`` or, without one, anywhere."""
        asked = _asked(perm)
        if not user_obj.is_active or asked is None:
            return False
        if asked.of_all:
            return holds_somewhere(user_obj, asked.permission)
        if obj is not None:
            fits = isinstance(obj, asked.model or ScopedModel)
            return fits and may(user_obj, asked.permission, obj)
        if asked.model is not None and not asked.model.scope_path:
            return holds_everywhere(user_obj, asked.permission)
        return holds_somewhere(user_obj, asked.permission)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the user may do anything at all with records of an app."""
        return any(self.has_perm(user_obj, perm) for perm in _askable(app_label))

    def get_group_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """None: roles are granted to people, not to groups."""
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """All that the user may: on an agency its declared permissions, without one Django's names."""
        if isinstance(obj, Agency):
            return {codename for codename in CODENAMES if may(user_obj, codename, obj)}
        if obj is not None:
            return set()
        labels = {model._meta.app_label for model in _scoped_models()}
        return {perm for label in labels for perm in _askable(label) if self.has_perm(user_obj, perm)}


class _Asked(NamedTuple):
    """A declared permission; the model, if it was asked by one of Django's names; a catalogue's reading."""

    permission: str
    model: type[ScopedModel] | None = None
    of_all: bool = False


def _asked(perm: str) -> _Asked | None:
    """What ``perm`` asks, None if no grant can answer it."""
    app_label, _dot, codename = perm.rpartition(".")
    if app_label in ("", Agency._meta.app_label) and codename in CODENAMES:
        return _Asked(codename)
    action, _underscore, name = codename.partition("_")
    try:
        model: Any = apps.get_model(app_label, name)
    except (LookupError, ValueError):
        return None
    permission = getattr(model, "asks", {}).get(action)
    return _Asked(permission, model, action == "view" and model.readable_by_all) if permission else None


def _scoped_models() -> Iterator[Any]:
    return (model for model in apps.get_models() if issubclass(model, ScopedModel))


def _askable(app_label: str) -> Iterator[str]:
    for model in _scoped_models():
        if model._meta.app_label == app_label:
            for action in model.asks:
                yield f"{app_label}.{action}_{model._meta.model_name}"
