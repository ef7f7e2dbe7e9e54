"""The dossiers behind a criterion as a file, which tells in its head what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO

from django.utils.translation import gettext as _

from agencies import jobs
from agencies.admin_display import figure, moment
from agencies.exchange.cells import Cell
from agencies.exchange.exporting import (
    export_rows,
    file_at_once,
    file_name_of,
    log_export,
)
from agencies.exchange.sheets import Head
from agencies.exchange.uploads import Format
from agencies.job_runs import JobError, Run, Step, job_kind
from agencies.models import Job, User
from agencies.permissions import EXPORT_RECORDS
from agencies.visibility import may
from portal.exchange.behind_asked import Asked, asked
from procedures.dossier_export import COLUMNS, dossier_rows
from scoring.behind_list import in_order
from scoring.explanation import named
from scoring.models import Scorecard

EXPORT = "export-behind"


def head(asked: Asked, count: int, owner: User) -> Head:
    """What stands above the rows: criterion, agency, period, filter, moment, count, and who asked."""
    return Head(_("Dossiers"), [str(label) for label, _told in COLUMNS], tuple(_told(asked, count, owner)))


def _told(asked: Asked, count: int, owner: User) -> Iterator[tuple[str, Cell]]:
    behind = asked.behind
    yield _("Criterion"), f"{behind.criterion.code} {named(behind.criterion)}"
    yield (
        _("Agency"),
        _("%(name)s (%(code)s), with all below it")
        % {
            "name": behind.agency.name,
            "code": behind.agency.code,
        },
    )
    yield _("Period"), f"{behind.period.label} ({behind.period.code})"
    yield _("Scorecard"), scorecard_figures(asked) or _("none yet")
    yield _("List"), asked.what()
    yield _("Filter"), "; ".join(asked.filters()) or _("none")
    yield _("As of"), moment(behind.as_of)
    yield _("Rows"), figure(count)
    yield _("Exported by"), str(owner)


def scorecard_figures(asked: Asked) -> str:
    """Numerator and denominator as the agency's scorecard has them, empty if it has none."""
    counts = scorecard_counts(asked)
    return f"{figure(counts[0])} / {figure(counts[1])}" if counts else ""


def scorecard_counts(asked: Asked) -> tuple[int, int] | None:
    """The criterion's numerator and denominator on the agency's scorecard."""
    behind = asked.behind
    card = Scorecard.objects.filter(agency=behind.agency, period=behind.period.code).only("criteria").first()
    numerator, denominator, _points = (card.criteria if card else {}).get(behind.criterion.code) or [None] * 3
    return (int(numerator), int(denominator)) if numerator is not None and denominator is not None else None


def file_now(asked: Asked, form: Format, owner: User) -> tuple[IO[bytes], str]:
    """A short list as a file, with its name; noted in the log."""
    ids = list(_ids(asked))
    rows = list(dossier_rows(ids, asked.behind.as_of))
    file = file_at_once(form, head(asked, len(rows), owner), rows)
    log_export(owner, title(asked), len(rows), asked.behind.agency, asked.behind.as_of)
    return file, _file_name(asked, form)


def ask_file(asked: Asked, form: Format, *, owner: User) -> Job:
    """Ask for a long list as a file; raises ValidationError when its owner has too much under way."""
    behind = asked.behind
    return jobs.start(
        EXPORT,
        owner=owner,
        title=title(asked),
        parameters={
            "period": behind.period.code,
            "criterion": behind.criterion.code,
            "asked": asked.parameters(),
            "form": form,
        },
        agency=behind.agency,
        as_of=behind.as_of,
    )


def title(asked: Asked) -> str:
    """What the file is, in a line."""
    behind = asked.behind
    names = {"code": behind.criterion.code, "agency": behind.agency, "period": behind.period.label}
    if asked.all_counted:
        return _("Dossiers counted in criterion %(code)s: %(agency)s, %(period)s") % names
    return _("Dossiers that cost points in criterion %(code)s: %(agency)s, %(period)s") % names


@job_kind(EXPORT, permission=lambda job: EXPORT_RECORDS)
def export_behind(run: Run) -> Iterator[Step]:
    """Write the dossiers as of when they were asked for."""
    found = _asked_of(run.job, run.job.created_at)
    form = Format(run.job.parameters["form"])
    yield from export_rows(
        run,
        form,
        _file_name(found, form),
        ids=lambda: _ids(found),
        rows_of=lambda ids: dossier_rows(ids, found.behind.as_of),
        head=lambda count: head(found, count, run.job.owner),
    )
    log_export(run.job.owner, run.job.title, run.outcome["rows"], run.job.agency, run.as_of)


def _asked_of(job: Job, as_of: datetime) -> Asked:
    if job.agency is None or not may(job.owner, EXPORT_RECORDS, job.agency):
        raise JobError(_("You may no longer export the records of this agency."))
    parameters = job.parameters
    try:
        return asked(job.agency, parameters["period"], parameters["criterion"], parameters["asked"], as_of)
    except (ValueError, LookupError) as error:
        raise JobError(str(error)) from error


def _ids(asked: Asked) -> Iterator[int]:
    return in_order(asked.dossiers(), asked.sort).values_list("pk", flat=True).iterator(chunk_size=10_000)


def _file_name(asked: Asked, form: Format) -> str:
    behind = asked.behind
    name = f"dossiers-{behind.criterion.code}-{behind.period.code}"
    return file_name_of(name, behind.agency, behind.as_of, form)
