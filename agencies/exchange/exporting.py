"""Taking a table out: at once if it is short, else as a job that can be left and gone on with.

Which records go out is decided first, and kept in a list of ids in the order asked for; then they are
read and written portion by portion. So the file says exactly how many there are, and a worker that was
lost costs one portion.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import jobs
from agencies.event_log import record
from agencies.event_words import declare
from agencies.exchange.cells import Cell, shown
from agencies.exchange.registry import resource_named
from agencies.exchange.resource import ExchangeResource
from agencies.exchange.sheets import MAX_SHEET_ROWS, Head, assemble, lines_of
from agencies.exchange.uploads import Format
from agencies.job_runs import JobError, Run, Step, job_kind
from agencies.models import Agency, Job, User
from agencies.models.agency import within
from agencies.permissions import EXPORT_RECORDS

EXPORT = "export-table"
#: Up to here a file is made while the page waits.
AT_ONCE = 10_000
PORTION = 2_000
LONG = timedelta(seconds=290)
_ID_BYTES = array("q").itemsize

EXPORTED = declare("table.exported", gettext_lazy("exported a table"))

RowsOf = Callable[[Sequence[int]], Iterable[Sequence[Cell]]]


def export_rows(
    run: Run,
    form: Format,
    file_name: str,
    *,
    ids: Callable[[], Iterable[int]],
    rows_of: RowsOf,
    head: Callable[[int], Head],
) -> Iterator[Step]:
    """The steps by which a job writes a file.

    ``ids`` are the records' in the order of the file, asked for once; ``rows_of`` gives the rows of some
    of them in that order; ``head`` is told how many there are. Raises JobError when a workbook could not
    hold them.
    """
    point = dict(run.checkpoint)
    if "count" not in point:
        point = yield from _select(run, ids)
    if form is Format.XLSX and point["count"] > MAX_SHEET_ROWS:
        raise JobError(
            _("A sheet holds %(limit)d rows, and these are %(count)d. Choose CSV, or narrow the list.")
            % {"limit": MAX_SHEET_ROWS, "count": point["count"]}
        )
    chosen = run.working_file("ids", point["count"] * _ID_BYTES)
    body = run.working_file("body", point["size"])
    while point["done"] < point["count"]:
        portion = _ids_in(chosen, point["done"])
        with body.open("ab") as file:
            file.write(lines_of(rows_of(portion), form))
            size = file.tell()
        point = {**point, "done": point["done"] + len(portion), "size": size}
        yield Step(point["done"], point["count"], point)
    yield Step(point["done"], point["count"], point, hold=LONG, may_pause=False)
    finished = run.working_file("finished", 0)
    assemble(finished, head(point["count"]), body, form)
    run.leave(finished, file_name)
    run.outcome["rows"] = point["count"]


def file_at_once(form: Format, head: Head, rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """A short file, made at once; it goes when it is closed."""
    finished = tempfile.NamedTemporaryFile()  # noqa: SIM115  (whoever sends it closes it)
    with tempfile.NamedTemporaryFile() as body:
        body.write(lines_of(rows, form))
        body.flush()
        assemble(Path(finished.name), head, Path(body.name), form)
    return finished


def _select(run: Run, ids: Callable[[], Iterable[int]]) -> Generator[Step, None, dict[str, Any]]:
    """Write down which records there are; returns the checkpoint from which they can be written."""
    yield Step(0, None, {}, hold=LONG, may_pause=False)
    path, count = run.working_file("ids", 0), 0
    with path.open("wb") as file:
        for portion in _portions(ids()):
            portion.tofile(file)
            count += len(portion)
    point = {"count": count, "done": 0, "size": 0}
    yield Step(0, count, point)
    return point


def _portions(ids: Iterable[int]) -> Iterator[array[int]]:
    portion = array("q")
    for pk in ids:
        portion.append(pk)
        if len(portion) >= 50_000:
            yield portion
            portion = array("q")
    yield portion


def _ids_in(path: Path, first: int) -> array[int]:
    with path.open("rb") as file:
        file.seek(first * _ID_BYTES)
        portion = array("q")
        portion.frombytes(file.read(PORTION * _ID_BYTES))
    return portion


# --- Tables that can be read back ----------------------------------------------------------------------


def table_head(resource: type[ExchangeResource]) -> Head:
    """The head of a table's file: names of columns and nothing else, so that it can be read back."""
    return Head(str(resource.title), [str(column.label) for column in resource.columns()])


def template_of(resource: type[ExchangeResource], form: Format) -> IO[bytes]:
    """An empty file with the columns of a table."""
    return file_at_once(form, table_head(resource), [])


def records_of(resource: ExchangeResource, agency: Agency | None) -> Any:
    """The records its user may export: all of them, or those of an agency and all below it."""
    records = resource.readable()
    return records.filter(within(agency.path, resource.scope_path)) if agency else records


def table_rows(resource: ExchangeResource, records: Iterable[Any]) -> Iterator[list[Cell]]:
    """Records as the rows of a file."""
    for found in records:
        yield [shown(cell) for cell in resource.cells_of(resource.told(found))]


def ask_export(
    resource: type[ExchangeResource], form: Format, *, owner: User, agency: Agency | None, as_of: datetime
) -> Job:
    """Ask for a table as a file; raises ValidationError when its owner has too much under way."""
    title = _("Export of %(table)s") % {"table": resource.title}
    return jobs.start(
        EXPORT,
        owner=owner,
        title=f"{title}: {agency}" if agency else title,
        parameters={"table": resource.name, "form": form},
        agency=agency,
        as_of=as_of,
    )


@job_kind(EXPORT, permission=lambda job: EXPORT_RECORDS)
def export_table(run: Run) -> Iterator[Step]:
    """Write the records of a table that the job's owner may export now."""
    try:
        resource = resource_named(run.job.parameters["table"])(run.job.owner, run.as_of)
    except LookupError as error:
        raise JobError(_("The portal no longer knows this table.")) from error
    form, agency = Format(run.job.parameters["form"]), run.job.agency
    records = records_of(resource, agency)

    def rows_of(ids: Sequence[int]) -> Iterable[Sequence[Cell]]:
        found = records.in_bulk(list(ids))
        return table_rows(resource, (found[pk] for pk in ids if pk in found))

    yield from export_rows(
        run,
        form,
        file_name_of(resource.name, agency, run.as_of, form),
        ids=lambda: records.values_list("pk", flat=True).iterator(),
        rows_of=rows_of,
        head=lambda count: table_head(type(resource)),
    )
    log_export(run.job.owner, run.job.title, run.outcome["rows"], agency, run.as_of)


def file_name_of(name: str, agency: Agency | None, as_of: datetime, form: Format) -> str:
    """What a file is called: procedures-H44-20261121.csv."""
    return "-".join([name, *([agency.code] if agency else []), f"{as_of:%Y%m%d}"]) + f".{form}"


def log_export(owner: User, title: str, rows: int, agency: Agency | None, as_of: datetime) -> None:
    """Note in the log of decisions who took what out."""
    record(EXPORTED, actor=owner, as_of=as_of, agency=agency, label=title, after={"rows": rows})
