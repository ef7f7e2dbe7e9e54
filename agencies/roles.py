"""Roles: the default ones, and changing one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps as all_apps
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.signals import m2m_changed, post_migrate
from django.dispatch import receiver
from django.utils.translation import gettext as _

from agencies import permissions as p
from agencies.event_log import decision, record
from agencies.event_words import ROLE_CHANGED
from agencies.grant_worth import settle_role
from agencies.models import Role, User
from agencies.models.delegation import declared_permissions
from agencies.operators import keeping_an_operator
from agencies.visibility import holds_everywhere


class DefaultRole(NamedTuple):
    """A role every portal begins with."""

    code: str
    name: str
    name_en: str
    permissions: Sequence[str]


OPERATOR, REVIEWER, ADMINISTRATOR = "operator", "reviewer", "administrator"
OFFICER, DATA_STEWARD, AUDITOR = "officer", "data_steward", "auditor"

DEFAULT_ROLES = (
    DefaultRole(OPERATOR, "Quản trị hệ thống", "System operator", p.CODENAMES),
    DefaultRole(
        REVIEWER,
        "Chuyên viên thẩm định Văn phòng Chính phủ",
        "Government Office reviewer",
        (
            p.SEE_RECORDS,
            p.EXPORT_RECORDS,
            p.SEE_LOG,
            p.REVIEW_ACCESS,
            p.REVIEW_VOICES,
            p.DECIDE_OBJECTIONS,
            p.REVIEW_ANOMALIES,
            p.KEEP_INDICATORS,
            p.PUBLISH_RESULTS,
        ),
    ),
    DefaultRole(
        ADMINISTRATOR,
        "Quản trị cơ quan",
        "Agency administrator",
        (
            p.SEE_RECORDS,
            p.WORK_INBOX,
            p.HANDLE_PETITIONS,
            p.REVIEW_VOICES,
            p.WRITE_OBJECTIONS,
            p.SEND_OBJECTIONS,
            p.REVIEW_ANOMALIES,
            p.KEEP_DATA,
            p.KEEP_AGENCIES,
            p.KEEP_SYSTEMS,
            p.DELEGATE,
            p.EXPORT_RECORDS,
            p.SEE_LOG,
            p.CONFIRM_RESULTS,
            p.SET_TASKS,
            p.KEEP_INDICATORS,
        ),
    ),
    DefaultRole(
        OFFICER,
        "Cán bộ cơ quan",
        "Agency officer",
        (p.SEE_RECORDS, p.WORK_INBOX, p.HANDLE_PETITIONS, p.WRITE_OBJECTIONS),
    ),
    DefaultRole(
        DATA_STEWARD,
        "Cán bộ phụ trách dữ liệu",
        "Data steward",
        (p.SEE_RECORDS, p.WORK_INBOX, p.KEEP_DATA, p.EXPORT_RECORDS),
    ),
    DefaultRole(AUDITOR, "Kiểm tra, giám sát (chỉ đọc)", "Read-only auditor", (p.SEE_RECORDS, p.SEE_LOG)),
)


def ensure_roles() -> None:
    """Create the default roles that are missing, and give each the permissions new to the portal.

    What an operator renamed, added or took out stays so: a permission is offered to a role once.
    """
    granted = {
        permission.codename: permission for permission in Permission.objects.filter(declared_permissions())
    }
    for default in DEFAULT_ROLES:
        role, _created = Role.objects.get_or_create(
            code=default.code, defaults={"name": default.name, "name_en": default.name_en}
        )
        new = [codename for codename in default.permissions if codename not in role.offered]
        if new:
            role.permissions.add(*(granted[codename] for codename in new))
            role.offered = [*role.offered, *new]
            role.save(update_fields=["offered"])


def change_role(role: Role, codenames: Collection[str], *, by: User, reason: str, as_of: datetime) -> None:
    """Make these the permissions of a role; whoever holds it may so much, no more and no less, at once.

    Raises PermissionDenied unless ``by`` operates the system, ValidationError for an unknown
    permission, a missing reason, or when nobody would be left to operate it.
    """
    if not holds_everywhere(by, p.OPERATE_SYSTEM):
        raise PermissionDenied(_("Only an operator changes roles."))
    unknown = set(codenames) - set(p.CODENAMES)
    if unknown:
        raise ValidationError(
            {"permissions": _("There is no permission %(names)s.") % {"names": ", ".join(sorted(unknown))}}
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    with decision(), keeping_an_operator(as_of):
        before = role.codenames()
        role.permissions.set(Permission.objects.filter(declared_permissions(), codename__in=codenames))
        record(
            ROLE_CHANGED,
            role,
            actor=by,
            as_of=as_of,
            before={"permissions": before},
            after={"permissions": role.codenames()},
            reason=reason,
        )


@receiver(m2m_changed, sender=Role.permissions.through, dispatch_uid="agencies.roles")
def on_permissions_changed(instance: Any, action: str, reverse: bool, pk_set: Any, **_signal: Any) -> None:
    """Refuse what is no declared permission; let a change reach who holds the role."""
    if action == "pre_add":
        fitting = Permission.objects.filter(declared_permissions(), pk__in=pk_set).count()
        if reverse or fitting != len(pk_set):
            raise ValidationError(_("A role holds only permissions on agencies."))
    elif action.startswith("post_") and not reverse:
        settle_role(instance)


@receiver(post_migrate, dispatch_uid="agencies.roles.ensure")
def on_migrated(sender: Any, apps: Any = all_apps, **_signal: Any) -> None:
    """The default roles are there after every migration that left a place for them."""
    if sender.label != "agencies":
        return
    try:
        apps.get_model("agencies", "Role")
    except LookupError:
        return
    ensure_roles()
