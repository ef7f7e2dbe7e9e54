"""Verifying the log of decisions from a page: a background job, whose outcome the log itself keeps."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import event_log_guard, jobs
from agencies.admin_display import moment
from agencies.event_log import flaws, record
from agencies.event_words import declare
from agencies.job_runs import JobError, Run, Step, job_kind
from agencies.models import EventLog, EventLogHead, Job, User
from agencies.permissions import OPERATE_SYSTEM

VERIFY = "verify-log"
LOG_VERIFIED = declare("log.verified", gettext_lazy("verified the log"))

#: Entries a job can read within a task's time; ``manage.py verify_log`` knows no such limit.
MOST_ENTRIES = 1_500_000
#: How long reading them may take without a sign of life.
READING = timedelta(minutes=4)
#: Flaws told in the report; one is enough to look further.
TOLD = 1000


def ask_verification(owner: User, as_of: datetime) -> Job:
    """The job that verifies the log: the one under way if there is one, else a new one.

    Raises ValidationError when its owner has too much under way.
    """
    running = Job.objects.under_way().filter(kind=VERIFY, owner=owner).first()
    if running is not None:
        return running
    job = jobs.start(VERIFY, owner=owner, title=_("Verify the log of decisions"), as_of=as_of)
    jobs.call(job.pk)
    return job


def last_verification() -> EventLog | None:
    """The newest entry by which the log was verified, None if it never was from a page."""
    return EventLog.objects.filter(verb=LOG_VERIFIED).order_by("-number").first()


@job_kind(VERIFY, permission=lambda job: OPERATE_SYSTEM)
def verify_log(run: Run) -> Iterator[Step]:
    """Compare every hash and look for the triggers; leave a report that names the last hash.

    Kept elsewhere, that hash shows later whether the log was rewritten whole.
    """
    head = EventLogHead.objects.filter(pk=1).first()
    entries, last_hash = (head.count, head.hash) if head else (0, "")
    if entries > MOST_ENTRIES:
        raise JobError(_("The log is too long to be verified from here: run manage.py verify_log."))
    yield Step(0, entries, {}, hold=READING, may_pause=False)
    found = [(str(flaw.number), flaw.what) for flaw in islice(flaws(), TOLD)]
    found += [
        ("", f"trigger {name} is missing or switched off") for name in event_log_guard.missing(connection)
    ]
    told = {"entries": entries, "last_hash": last_hash, "flaws": len(found)}
    path = run.working_file("report", 0)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([_("Verified"), moment(run.as_of)])
        lines.writerow([_("Entries"), entries])
        lines.writerow([_("Hash of the last entry"), last_hash])
        lines.writerow([_("Flaws"), len(found)])
        lines.writerows(found)
    record(LOG_VERIFIED, actor=run.job.owner, as_of=run.as_of, after=told)
    run.outcome = told
    run.leave(path, f"log-{run.as_of:%Y%m%d-%H%M}.csv")
