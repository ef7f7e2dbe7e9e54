"""Taking a table in: first every row is checked and what it would change is told, then, when a person
has seen that and says yes, all of them are written together or none is.

Both are jobs. Small tables run theirs at once, while the page waits.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from agencies import job_files, jobs
from agencies.event_log import record
from agencies.event_words import declare
from agencies.exchange.checking import (
    PORTION,
    Action,
    Check,
    Table,
    digest,
    findings_in,
    line_of,
    packed,
    total,
)
from agencies.exchange.reading import rows_of
from agencies.exchange.registry import resource_named
from agencies.exchange.resource import ExchangeResource, Key, Written
from agencies.exchange.sheets import Head, assemble, lines_of
from agencies.exchange.uploads import Format
from agencies.job_runs import JobError, Run, Step, job_kind
from agencies.models import Agency, Job, User
from agencies.visibility import EVERYWHERE, paths_held

CHECK, APPLY = "check-import", "apply-import"
#: Files a check leaves beside its result: the rows, and what was found out about each.
ROWS, REPORT = "rows.jsonl", "report.jsonl"
ERRORS_FILE = "errors.csv"
#: How long reading a file, or writing its rows, may be without a sign of life.
LONG = timedelta(seconds=290)

IMPORTED = declare("table.imported", gettext_lazy("imported a table"))


def _permission(job: Job) -> str:
    try:
        return resource_named(job.parameters["table"]).permission
    except LookupError:
        raise LookupError(job.kind) from None


# --- Asking --------------------------------------------------------------------------------------------


def ask_check(
    resource: type[ExchangeResource],
    *,
    owner: User,
    content: Iterable[bytes],
    form: Format,
    file_name: str,
    as_of: datetime,
) -> Job:
    """Ask for a table to be checked; raises ValidationError when its owner has too much under way."""
    return jobs.start(
        CHECK,
        owner=owner,
        title=_("Check of %(table)s: %(file)s") % {"table": resource.title, "file": file_name[:100]},
        parameters={"table": resource.name, "form": form, "file": file_name[:100]},
        agency=_own_agency(owner, resource.permission),
        source=content,
        as_of=as_of,
    )


def ask_apply(check: Job, *, owner: User, as_of: datetime) -> Job:
    """Ask for a checked table to be written.

    Raises ValidationError unless the check is done, still there, and found nothing wrong and something
    to write.
    """
    counts = check.outcome.get("counts", {})
    if check.kind != CHECK or check.state != Job.State.DONE or report_of(check) is None:
        raise ValidationError(_("This check is no longer there. Choose the file again."))
    if counts.get(Action.WRONG) or not to_write(counts):
        raise ValidationError(_("There is nothing that could be written."))
    table = check.parameters["table"]
    return jobs.start(
        APPLY,
        owner=owner,
        title=_("Import of %(table)s: %(file)s")
        % {"table": resource_named(table).title, "file": check.parameters["file"]},
        parameters={"table": table, "check": check.pk, "file": check.parameters["file"]},
        agency=check.agency,
        as_of=as_of,
    )


def report_of(check: Job) -> Path | None:
    """What a check found out about each row (``findings_in`` reads it); None if it is gone."""
    path = job_files.folder(check) / REPORT if check.state == Job.State.DONE else None
    return path if path and path.is_file() else None


def to_write(counts: dict[str, int]) -> int:
    """How many rows of a checked table would be written."""
    return sum(counts.get(action, 0) for action in (Action.NEW, Action.CHANGED, Action.REMOVED))


# --- Checking ------------------------------------------------------------------------------------------


@job_kind(CHECK, permission=_permission)
def check_table(run: Run) -> Iterator[Step]:
    """Read the file, then check its rows portion by portion, each a step."""
    resource = _resource(run)
    point = dict(run.checkpoint)
    if "rows" not in point:
        point = yield from _read(run, type(resource))
    rows = run.working_file(ROWS, point["rows_size"])
    report = run.working_file(REPORT, point["report_size"])
    table = Table.load(rows)
    check = Check(resource, table)
    while point["row"] < len(table.rows):
        findings = check.portion(point["row"])
        resource.written = Written([], [])
        lines = b"".join(map(line_of, findings))
        with report.open("ab") as file:
            file.write(lines)
        counts = total(findings)
        point = {
            **point,
            "row": point["row"] + len(findings),
            "report_size": point["report_size"] + len(lines),
            "digest": digest(point["digest"], lines),
            "counts": {action: count + counts[action] for action, count in point["counts"].items()},
        }
        yield Step(point["row"], len(table.rows), point)
    run.outcome |= {"counts": point["counts"], "digest": point["digest"]}
    _leave_errors(run, resource, report)
    report.replace(run.folder / REPORT)
    rows.replace(run.folder / ROWS)
    (run.folder / job_files.SOURCE).unlink(missing_ok=True)


def _read(run: Run, resource: type[ExchangeResource]) -> Generator[Step, None, dict[str, Any]]:
    """Write down the file's rows by column; returns the checkpoint from which they can be checked."""
    path = run.working_file(ROWS, 0)
    form = Format(run.job.parameters["form"])
    # In one go: what was read of a workbook is no place to go on from.
    yield Step(0, None, {}, hold=LONG, may_pause=False)
    count = 0
    try:
        with path.open("wb") as file:
            for row in Table.of(rows_of(run.folder / job_files.SOURCE, form), resource):
                file.write(packed(row))
                count += 1
    except ValidationError as error:
        raise JobError(" ".join(error.messages)) from error
    except FileNotFoundError as error:
        raise JobError(_("The file is no longer there. Choose it again.")) from error
    if not count:
        raise JobError(_("The file has no row below its heading."))
    point = {
        "rows": count,
        "rows_size": path.stat().st_size,
        "row": 0,
        "report_size": 0,
        "digest": "",
        "counts": total([]),
    }
    yield Step(0, count, point)
    return point


def _leave_errors(run: Run, resource: ExchangeResource, report: Path) -> None:
    """Leave the errors as a file, if there are any."""
    with report.open("rb") as lines:
        wrong = [
            (finding.number, finding.title, _label(resource, column), reason)
            for finding in findings_in(lines)
            for column, reason in finding.errors
        ]
    if not wrong:
        return
    path, body = run.working_file("errors", 0), run.working_file("errors-body", 0)
    body.write_bytes(lines_of(wrong, Format.CSV))
    assemble(path, Head(_("Errors"), [_("Row"), _("Record"), _("Column"), _("Error")]), body, Format.CSV)
    run.leave(path, ERRORS_FILE)


def _label(resource: ExchangeResource, column: str) -> str:
    labels = {str(c.column_name): str(c.label) for c in resource.columns()}
    return labels.get(column, column)


# --- Writing -------------------------------------------------------------------------------------------


@job_kind(APPLY, permission=_permission)
def apply_table(run: Run) -> Iterator[Step]:
    """Check the rows again, then write them all in one transaction if they come to the same as before."""
    check = Job.objects.filter(pk=run.job.parameters["check"], kind=CHECK).first()
    if check is None or report_of(check) is None:
        raise JobError(_("This check is no longer there. Choose the file again."))
    resource = _resource(run)
    table = Table.load(job_files.folder(check) / ROWS)
    count, found, seen = len(table.rows), "", dict[Key, list[Any]]()
    # In the language of the check: the report that was seen is in its words.
    with override(check.language):
        again = Check(resource, table)
    for first in range(0, count, PORTION):
        with override(check.language):
            findings = again.portion(first)
        found = digest(found, b"".join(map(line_of, findings)))
        seen |= resource.seen
        yield Step(first + len(findings), count, {}, may_pause=False)
    if found != check.outcome["digest"]:
        raise JobError(_changed())
    yield Step(count, count, {}, hold=LONG, may_pause=False)
    try:
        with transaction.atomic():
            with override(check.language):
                _refuse_changes(resource, seen)
            resource.write(resource.written)
            _log(run, check)
    except ValidationError as error:
        raise JobError(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise JobError(_changed()) from error
    run.outcome |= {"counts": check.outcome["counts"]}


def _changed() -> str:
    return _("Records have changed since the file was checked, so nothing was written. Check it again.")


def _refuse_changes(resource: ExchangeResource, seen: dict[Key, list[Any]]) -> None:
    """Raise JobError if a record is no longer as it was when its row was checked; lock them all."""
    stored = resource.find(list(seen), lock=True)
    if {key: resource.cells_of(record) for key, record in stored.items()} != seen:
        raise JobError(_changed())


def _log(run: Run, check: Job) -> None:
    record(
        IMPORTED,
        run.job,
        actor=run.job.owner,
        as_of=run.as_of,
        agency=run.job.agency,
        after={"table": check.parameters["table"], **check.outcome["counts"]},
    )


def _resource(run: Run) -> ExchangeResource:
    return resource_named(run.job.parameters["table"])(run.job.owner, run.as_of)


def _own_agency(user: User, permission: str) -> Agency | None:
    """The one agency in whose subtree the user holds a permission; None for several, or for all."""
    paths = paths_held(user, permission)
    return (
        Agency.objects.filter(path=paths[0]).first() if len(paths) == 1 and EVERYWHERE not in paths else None
    )
