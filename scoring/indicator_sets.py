"""Which indicator set is in force, and its rules in the form grading needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.event_log import record
from agencies.event_words import declare
from agencies.models import User
from scoring.formula import Formula, parse
from scoring.grading import BandRule, CriterionRule, GroupRule, RuleSet, ZeroRule
from scoring.models import Criterion, IndicatorSet
from scoring.models.indicators import TOTAL
from scoring.peers import PeerRules, Within
from scoring.ranking_rules import RankingRules, Ties

APPROVED = declare("indicators.approved", gettext_lazy("approved an indicator set"))


class NoSetInForceError(LookupError):
    """No approved indicator set has begun by the month asked for."""


def set_in_force(month: int, agency_path: str | None = None) -> IndicatorSet:
    """The set that scores ``month`` (yyyymm): the latest approved one begun by then.

    Without ``agency_path`` the national set, by which every scorecard, rank and publication is made.
    With it the set a province or ministry derived for the units below it, that of the nearest above the
    agency, which makes their derived scorecards (``scoring.derived``); the national set where there is
    none, or it was ended. A period uses the set of its last month. Raises NoSetInForceError.
    """
    begun = _begun(month)
    if agency_path is not None:
        above = [int(part) for part in agency_path.strip("/").split("/")[:-1]]
        own = {found.agency_id: found for found in begun.filter(agency__in=above).reverse()}
        for agency_id in reversed(above):
            if agency_id in own and not own[agency_id].ends:
                return own[agency_id]
    national = begun.filter(agency=None).first()
    if national is None:
        raise NoSetInForceError(
            _("No approved indicator set is in force in month %(month)d.") % {"month": month}
        )
    return national


def derived_sets(month: int) -> list[IndicatorSet]:
    """The sets that provinces and ministries derived, as in force in ``month`` (yyyymm), with their
    agencies: one each."""
    begun = _begun(month).exclude(agency=None).select_related("agency")
    newest: dict[int | None, IndicatorSet] = {}
    for found in begun:
        newest.setdefault(found.agency_id, found)
    return [found for found in newest.values() if not found.ends]


def approved_set(code: str, month: int) -> IndicatorSet:
    """The set named ``code`` as in force in ``month`` (yyyymm): its latest approved version.

    Raises NoSetInForceError.
    """
    found = _begun(month).filter(code=code).first()
    if found is None or found.ends:
        raise NoSetInForceError(
            _("No approved version of the indicator set %(code)s is in force in month %(month)d.")
            % {"code": code, "month": month}
        )
    return found


def install(indicator_set: IndicatorSet, as_of: datetime | None = None) -> None:
    """Approve a set from the server's command line: setting the portal up, no decision of two people.

    ``as_of`` is the moment noted, now if left out. Raises ValidationError as ``check`` does, and when it
    is approved already.
    """
    with transaction.atomic():
        indicator_set.refuse_if_approved()
        check(indicator_set)
        make_approved(indicator_set, by=None, reason="", as_of=as_of or timezone.now())


def check(indicator_set: IndicatorSet) -> None:
    """Raise ValidationError when a set could not be graded and ranked by.

    It has no criterion with points, a code names two things, or ties are decided by what is no criterion;
    or it ends what is not there.
    """
    if indicator_set.ends:
        indicator_set.full_clean()
        _check_there_is_one_to_end(indicator_set)
        return
    rules = _build(indicator_set)
    if not rules.max_points:
        raise ValidationError(_("The set has no criterion with points."))
    codes = [group.code for group in rules.groups] + [item.code for item in rules.criteria]
    for code in {*codes, TOTAL}:
        if [*codes, TOTAL].count(code) > 1:
            raise ValidationError(_("The code %(code)s stands twice in the set.") % {"code": code})
    _check_ties(indicator_set, rules)
    indicator_set.full_clean()


def make_approved(indicator_set: IndicatorSet, *, by: User | None, reason: str, as_of: datetime) -> None:
    """Write down that a set is approved, in the caller's transaction, and note it in the log."""
    indicator_set.status = IndicatorSet.Status.APPROVED
    indicator_set.approved_by, indicator_set.approved_by_name = by, str(by or "")
    indicator_set.approved_at = as_of
    indicator_set.save()
    after = {
        "code": indicator_set.code,
        "version": indicator_set.version,
        "valid_from": indicator_set.valid_from,
    }
    if indicator_set.content:
        after["content"] = indicator_set.content
    record(
        APPROVED,
        indicator_set,
        actor=by,
        as_of=as_of,
        agency=indicator_set.agency,
        after=after,
        reason=reason,
    )


def _check_there_is_one_to_end(end: IndicatorSet) -> None:
    own = _begun(end.valid_from).filter(agency=end.agency).first()
    if end.agency and (own is None or own.ends):
        raise ValidationError(
            _("%(agency)s has no set of its own in force in month %(month)d: there is nothing to end.")
            % {"agency": end.agency.name, "month": end.valid_from}
        )


def _check_ties(indicator_set: IndicatorSet, rules: RuleSet) -> None:
    """Raise ValidationError when ties are to be decided by what is no criterion with points."""
    scored = [criterion.code for criterion in rules.criteria if criterion.max_points]
    if indicator_set.ties == IndicatorSet.Ties.CRITERION and indicator_set.tie_criterion not in scored:
        raise ValidationError(
            {
                "tie_criterion": _("%(code)s is no criterion of the set with points.")
                % {"code": indicator_set.tie_criterion}
            }
        )


def rule_set(indicator_set: IndicatorSet) -> RuleSet:
    """The set's rules; those of an approved set are kept in memory, since they never change."""
    kept = _kept.get(indicator_set.pk)
    if kept is None:
        kept = _build(indicator_set)
        if indicator_set.status == IndicatorSet.Status.APPROVED:
            _kept[indicator_set.pk] = kept
    return kept


def ranking_rules(indicator_set: IndicatorSet) -> RankingRules:
    """How the set has offices ranked."""
    return RankingRules(
        indicator_set.minimum_dossiers,
        Ties(indicator_set.ties),
        indicator_set.tie_criterion,
        PeerRules(
            Within(indicator_set.departments_within),
            Within(indicator_set.communes_within),
            Within(indicator_set.units_within),
        ),
    )


def _begun(month: int) -> QuerySet[IndicatorSet]:
    """Approved sets that have begun by the month, the latest first."""
    return IndicatorSet.objects.filter(status=IndicatorSet.Status.APPROVED, valid_from__lte=month).order_by(
        "-valid_from", "-version"
    )


_kept: dict[int, RuleSet] = {}


@receiver([post_save, post_delete], sender=IndicatorSet, dispatch_uid="scoring.indicator_sets")
def _forget(instance: IndicatorSet, **_signal: Any) -> None:
    _kept.pop(instance.pk, None)


def _build(indicator_set: IndicatorSet) -> RuleSet:
    groups = indicator_set.groups.order_by("position").prefetch_related(
        Prefetch("criteria", Criterion.objects.order_by("position"))
    )
    return RuleSet(
        groups=tuple(
            GroupRule(group.code, tuple(_rule(criterion) for criterion in group.criteria.all()))
            for group in groups
        ),
        bands=tuple(BandRule(band.code, band.minimum) for band in indicator_set.bands.all()),
    )


def _rule(criterion: Criterion) -> CriterionRule:
    return CriterionRule(
        code=criterion.code,
        max_points=criterion.max_points,
        threshold=criterion.threshold,
        numerator=_formula(criterion.numerator),
        denominator=_formula(criterion.denominator),
        zero_rule=ZeroRule(criterion.zero_rule),
        inherited=criterion.inherited,
        kinds=frozenset(criterion.kinds),
    )


def _formula(text: str) -> Formula | None:
    return parse(text) if text else None
