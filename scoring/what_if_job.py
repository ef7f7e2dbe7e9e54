"""Trial runs as background jobs: counted, graded and kept beside the set, for as long as it is newest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies import jobs
from agencies.bulk import copy_into
from agencies.job_runs import JobError, Run, Step, job_kind
from agencies.models import Job, User
from agencies.permissions import KEEP_INDICATORS
from agencies.visibility import may
from scoring.indicator_sets import check
from scoring.models import IndicatorSet, WhatIf, WhatIfOffice
from scoring.periods import Period
from scoring.set_approval import content_of
from scoring.what_if import Outcome, Side, Trial

WHAT_IF = "what-if"
#: How long reading the counts of a year may take without a sign of life.
COUNTING = timedelta(minutes=4)
#: Offices graded between two signs of life.
PORTION = 1_000
COLUMNS = (
    "what_if_id", "agency_id", "peer_class", "dossiers", "before", "after", "band_before", "band_after",
    "rank_before", "rank_after", "ranked_before", "ranked_after", "groups",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


def ask_what_if(
    indicator_set: IndicatorSet, baseline: IndicatorSet, period: Period, *, by: User, as_of: datetime
) -> WhatIf:
    """Ask for a period to be graded by a set beside another; raises ValidationError when the set could
    not be graded by, or the person has too many jobs under way. The caller starts or calls ``job``.
    """
    check(indicator_set)
    with transaction.atomic():
        what_if = WhatIf.objects.create(
            indicator_set=indicator_set,
            baseline=baseline,
            period=period.code,
            asked_by=by,
            asked_by_name=str(by),
            asked_at=as_of,
        )
        what_if.job = jobs.start(
            WHAT_IF,
            owner=by,
            title=_("Trial run of %(set)s: %(period)s") % {"set": indicator_set, "period": period.label},
            as_of=as_of,
            parameters={"what_if": what_if.pk},
            agency=indicator_set.agency,
        )
        what_if.save(update_fields=["job"])
    return what_if


def is_stale(what_if: WhatIf) -> bool:
    """Whether one of its sets says something else by now."""
    return (
        content_of(what_if.indicator_set) != what_if.content
        or content_of(what_if.baseline) != what_if.baseline_content
    )


@job_kind(WHAT_IF, permission=lambda job: KEEP_INDICATORS)
def run_what_if(run: Run) -> Iterator[Step]:
    """Grade the period; begun again after a loss, it grades anew and keeps only one result."""
    what_if = _asked(run.job)
    yield Step(0, None, {}, hold=COUNTING, may_pause=False)
    what_if.content, what_if.baseline_content = (
        content_of(what_if.indicator_set),
        content_of(what_if.baseline),
    )
    trial = Trial(what_if.indicator_set, what_if.baseline, Period.parse(what_if.period), run.as_of)
    if not len(trial):
        raise JobError(_("Nothing was counted in this period."))
    grades: dict[int, tuple[Side, Side]] = {}
    for agency_id, before, after in trial.graded():
        grades[agency_id] = before, after
        if len(grades) % PORTION == 0:
            yield Step(len(grades), len(trial), {}, may_pause=False)
    yield Step(len(grades), len(trial), {}, hold=COUNTING, may_pause=False)
    keep(what_if, trial, grades, run.as_of)
    run.outcome = {"what_if": what_if.pk, "rows": len(grades)}


def keep(what_if: WhatIf, trial: Trial, grades: dict[int, tuple[Side, Side]], as_of: datetime) -> None:
    """Store a result in the place of an earlier one of the same sets and period."""
    with transaction.atomic():
        earlier = WhatIf.objects.filter(
            indicator_set=what_if.indicator_set, baseline=what_if.baseline, period=what_if.period
        ).exclude(pk=what_if.pk)
        stale = list(earlier.filter(pk__lt=what_if.pk).values_list("pk", flat=True))
        WhatIfOffice.objects.filter(what_if__in=[*stale, what_if.pk]).delete()
        WhatIf.objects.filter(pk__in=stale).delete()
        copy_into(
            WhatIfOffice._meta.db_table,
            COLUMNS,
            (_row(what_if.pk, outcome) for outcome in trial.outcomes(grades)),
        )
        what_if.as_of, what_if.offices = as_of, len(grades)
        what_if.save(update_fields=["as_of", "offices", "content", "baseline_content"])


def _row(what_if_id: int, outcome: Outcome) -> tuple[Any, ...]:
    return (
        what_if_id,
        outcome.agency_id,
        outcome.peer_class,
        outcome.dossiers,
        outcome.before.total,
        outcome.after.total,
        outcome.before.band,
        outcome.after.band,
        outcome.place_before.rank,
        outcome.place_after.rank,
        outcome.place_before.ranked,
        outcome.place_after.ranked,
        _encode(outcome.groups).decode(),
    )


def _asked(job: Job) -> WhatIf:
    found = (
        WhatIf.objects.select_related("indicator_set__agency", "baseline__agency")
        .filter(pk=job.parameters["what_if"])
        .first()
    )
    if found is None:
        raise JobError(_("The indicator set was deleted meanwhile."))
    if not may(job.owner, KEEP_INDICATORS, found.indicator_set):
        raise JobError(_("You may no longer try this indicator set."))
    try:
        check(found.indicator_set)
    except ValidationError as error:
        raise JobError(" ".join(error.messages)) from error
    return found
