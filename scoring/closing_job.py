"""The background job that closes a period: what waits to be recounted first, then the frozen copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies import jobs
from agencies.job_runs import JobError, Run, Step, job_kind
from agencies.models import Job, User
from agencies.permissions import PUBLISH_RESULTS
from scoring.freezing import freeze
from scoring.models import DirtyMonth, Publication
from scoring.periods import Period
from scoring.publishing import close
from scoring.recount import BATCH, drain

CLOSE = "close-period"
#: How long the copying may take without a sign of life.
COPYING = timedelta(minutes=4)
#: Batches of marks recounted before copying: under heavy traffic there is always one more.
MOST_BATCHES = 100


def ask_closing(period: Period, *, by: User, reason: str, as_of: datetime) -> tuple[Publication, Job]:
    """Close a period and ask for the job that freezes it; raises what ``close`` raises."""
    with transaction.atomic():
        publication = close(period, by=by, reason=reason, as_of=as_of)
        job = jobs.start(
            CLOSE,
            owner=by,
            title=_("Close %(period)s: freeze its results") % {"period": period.label},
            as_of=as_of,
            parameters={"publication": publication.pk},
        )
        jobs.call(job.pk)
    return publication, job


@job_kind(CLOSE, permission=lambda job: PUBLISH_RESULTS)
def close_period(run: Run) -> Iterator[Step]:
    """Recount what waits, then copy; begun again after a loss, it copies anew what was not finished."""
    publication = Publication.objects.filter(pk=run.job.parameters["publication"]).first()
    if publication is None or publication.state == Publication.State.WITHDRAWN:
        raise JobError(_("It was withdrawn meanwhile."))
    if publication.state == Publication.State.CLOSING:
        waiting = DirtyMonth.objects.count()
        batches = min(MOST_BATCHES, -(-waiting // BATCH))
        for batch in range(batches):
            yield Step(batch, batches + 1, {}, may_pause=False)
            if not drain(run.as_of):
                break
        yield Step(batches, batches + 1, {}, hold=COPYING, may_pause=False)
        try:
            freeze(publication, run.as_of)
        except ValidationError as error:
            raise JobError(" ".join(error.messages)) from error
    run.outcome = {"publication": publication.name, "offices": publication.offices}
