"""Rules for anomalies: the ones every portal begins with, and changing one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.apps import apps as all_apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.translation import gettext as _

from agencies.event_log import record
from agencies.models import User
from agencies.permissions import REVIEW_ANOMALIES
from agencies.visibility import Person, holds_everywhere
from scoring.anomalies import words
from scoring.models import Anomaly, AnomalyRule

RULES = Path(__file__).parent.parent / "data" / "anomaly_rules.json"


class RuleDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A rule as the file has it."""

    code: str
    check: str
    severity: int
    limits: dict[str, int]
    name: str
    name_en: str
    why: str
    why_en: str
    legal_source: str = ""


def read_rules(path: Path = RULES) -> list[RuleDocument]:
    """The rules in a file; raises msgspec.ValidationError for one that is none."""
    return msgspec.json.decode(path.read_bytes(), type=list[RuleDocument])


def ensure_rules() -> int:
    """Create the rules that are missing and bring the words of the others up to date; returns how many.

    What a reviewer changed stays: severity, limits, on or off. Raises ValidationError for a rule of the
    file that its check refuses.
    """
    known = {rule.code: rule for rule in AnomalyRule.objects.all()}
    written = 0
    for position, document in enumerate(read_rules(), 1):
        told = {
            "check_name": document.check,
            "position": position,
            "name": document.name,
            "name_en": document.name_en,
            "why": document.why,
            "why_en": document.why_en,
            "legal_source": document.legal_source,
        }
        rule = known.get(document.code) or AnomalyRule(
            code=document.code, severity=document.severity, limits=document.limits
        )
        # A limit that a newer version of a check asks for begins as the file has it.
        limits = {name: rule.limits.get(name, value) for name, value in document.limits.items()}
        if rule.pk and limits == rule.limits and all(getattr(rule, name) == told[name] for name in told):
            continue
        rule.limits = limits
        for name, value in told.items():
            setattr(rule, name, value)
        rule.full_clean(validate_unique=False)
        rule.save()
        written += 1
    return written


def may_change_rules(user: Person) -> bool:
    """Whether ``user`` settles anomalies of the whole nation, and so says what is one."""
    return holds_everywhere(user, REVIEW_ANOMALIES)


def change_rule(
    rule: AnomalyRule,
    *,
    severity: int,
    limits: Mapping[str, int],
    enabled: bool,
    by: User,
    reason: str,
    as_of: datetime,
) -> None:
    """Change what a rule takes for an anomaly, and how grave it is.

    Open anomalies take the new severity at once; the next search goes by the new limits, and closes what
    they no longer call one. Raises PermissionDenied for who does not review the whole nation,
    ValidationError for a limit out of bounds, a missing reason, or where nothing changes.
    """
    if not may_change_rules(by):
        raise PermissionDenied(_("Only who settles anomalies of the whole nation changes the rules."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    with transaction.atomic():
        stored = AnomalyRule.objects.select_for_update().get(pk=rule.pk)
        before = _told(stored)
        stored.severity, stored.limits, stored.enabled = severity, dict(limits), enabled
        stored.full_clean(validate_unique=False)
        after = _told(stored)
        if before == after:
            raise ValidationError(_("Nothing of it was changed."))
        stored.save()
        Anomaly.objects.waiting().filter(rule=stored).update(severity=severity)
        record(words.RULE_CHANGED, stored, actor=by, as_of=as_of, before=before, after=after, reason=reason)
    rule.refresh_from_db()


def _told(rule: AnomalyRule) -> dict[str, Any]:
    return {"severity": rule.severity, "limits": rule.limits, "enabled": rule.enabled}


@receiver(post_migrate, dispatch_uid="scoring.anomalies.rules")
def on_migrated(sender: Any, apps: Any = all_apps, **_signal: Any) -> None:
    """The rules are there after every migration that left a place for them."""
    if sender.label != "scoring":
        return
    try:
        apps.get_model("scoring", "AnomalySearch")
    except LookupError:
        return
    ensure_rules()
