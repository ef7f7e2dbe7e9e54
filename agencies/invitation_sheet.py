"""Inviting many people from a spreadsheet: every row is checked before anybody is invited."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from agencies.codes import code_map
from agencies.folding import folded
from agencies.holdings import Holdings
from agencies.invitations import invite, objections_to
from agencies.models import Agency, Invitation, Role, User

#: More rows than this in one file are a mistake, or an attack.
MOST_ROWS = 2000
MOST_BYTES = 5 * 1024 * 1024

#: What a column may be headed, folded (without diacritics), in either language.
_HEADINGS = {
    "email": ("email", "e-mail", "thu dien tu", "dia chi thu dien tu"),
    "name": ("name", "ho ten", "ho va ten"),
    "role": ("role", "vai tro"),
    "agency": ("agency", "agency code", "ma dinh danh", "ma co quan", "co quan"),
    "valid_from": ("from", "valid from", "valid_from", "tu ngay"),
    "valid_until": ("until", "valid until", "valid_until", "den ngay", "den het ngay"),
    "reason": ("reason", "ly do"),
}
_NEEDED = ("email", "role", "agency", "reason")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: its number in the file (the heading is 1), the field, and why."""

    row: int
    field: str
    reason: str


@dataclass(frozen=True)
class Invited:
    """A row that is in order, and once it was carried out its invitation and the token of its link."""

    row: int
    email: str
    name: str
    role: Role
    agency: Agency
    valid_from: datetime | None
    valid_until: datetime | None
    reason: str
    invitation: Invitation | None = None
    token: str = ""


@dataclass
class Outcome:
    """What came, or would come, of a sheet: who is invited, and what is wrong with the other rows."""

    invited: list[Invited] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def invite_all(inviter: User, file: IO[bytes], *, as_of: datetime, dry_run: bool) -> Outcome:
    """Invite everybody in an .xlsx or .csv file; with ``dry_run`` only say what would happen.

    Columns: email, role (code or name), agency (code), reason; name, from and until (days) if wanted.
    All rows are checked first, then those in order are invited; nothing is sent (``invitations.send``).
    Raises ValidationError when the file itself cannot be read.
    """
    outcome = Outcome()
    look = _Lookup(inviter, as_of)
    for number, cells in _rows(file):
        problems, row = look.check(number, cells)
        outcome.problems += problems
        if row is not None:
            outcome.invited.append(row)
    if not dry_run:
        outcome.invited = list(_carry_out(inviter, outcome, as_of))
    return outcome


def _carry_out(inviter: User, outcome: Outcome, as_of: datetime) -> Iterator[Invited]:
    for row in outcome.invited:
        told: dict[str, Any] = {
            "name": row.name,
            "valid_from": row.valid_from,
            "valid_until": row.valid_until,
            "reason": row.reason,
        }
        try:
            invitation, token = invite(inviter, row.email, row.role, row.agency, as_of=as_of, **told)
        except ValidationError as error:
            # What was in order a moment ago: somebody else decided in between.
            outcome.problems += _problems(row.row, error.message_dict)
            continue
        yield Invited(row.row, row.email, row.name, row.role, row.agency, row.valid_from, row.valid_until,
                      row.reason, invitation, token)  # fmt: skip


class _Lookup:
    """What checking a row needs, read once for the whole sheet."""

    def __init__(self, inviter: User, as_of: datetime) -> None:
        self.holdings = Holdings.of(inviter, as_of)
        self.codes = code_map()
        self.roles: dict[str, Role] = {}
        for role in Role.objects.prefetch_related("permissions"):
            for called in (role.code, role.name, role.name_en):
                self.roles.setdefault(folded(called), role)
        self.agencies: dict[int, Agency] = {}
        self.seen: dict[tuple[str, int, int], int] = {}

    def check(self, number: int, cells: dict[str, Any]) -> tuple[list[Problem], Invited | None]:
        """The problems of a row; the row as it would be invited if there are none."""
        errors: dict[str, list[str]] = {}
        email, reason = _text(cells, "email"), _text(cells, "reason")
        role = self.roles.get(folded(_text(cells, "role")))
        if role is None:
            errors["role"] = [_("There is no role “%(role)s”.") % {"role": _text(cells, "role")}]
        agency = self._agency(_text(cells, "agency"))
        if agency is None:
            errors["agency"] = [_("No agency has the code “%(code)s”.") % {"code": _text(cells, "agency")}]
        since = _moment(cells, "valid_from", errors, _start)
        until = _moment(cells, "valid_until", errors, _end)
        if role is None or agency is None or errors:
            return _problems(number, errors), None
        first = self.seen.setdefault((email.casefold(), role.pk, agency.pk), number)
        if first != number:
            errors["email"] = [_("The same as row %(row)d.") % {"row": first}]
        else:
            errors = objections_to(
                self.holdings, email, role, agency, valid_from=since, valid_until=until, reason=reason
            )
        if errors:
            return _problems(number, errors), None
        return [], Invited(number, email, _text(cells, "name"), role, agency, since, until, reason)

    def _agency(self, code: str) -> Agency | None:
        place = self.codes.agency_of(code) or self.codes.agency_of(code.upper())
        if place is None:
            return None
        if place.id not in self.agencies:
            self.agencies[place.id] = Agency.objects.get(pk=place.id)
        return self.agencies[place.id]


def _rows(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of the file with their numbers, by our names of the columns; empty ones left out."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 5 MB."))
    table = _xlsx(content) if content.startswith(b"PK") else _csv(content)
    columns: dict[int, str] | None = None
    count = 0
    for number, cells in enumerate(table, start=1):
        if not any(str(cell).strip() for cell in cells if cell is not None):
            continue
        if columns is None:
            columns = _columns(cells)
            continue
        count += 1
        if count > MOST_ROWS:
            raise ValidationError(
                _("The file has more than %(count)d rows; split it.") % {"count": MOST_ROWS}
            )
        yield number, {columns[at]: cell for at, cell in enumerate(cells) if at in columns}
    if not count:
        raise ValidationError(_("The file has no rows below its heading."))


def _columns(cells: Iterable[Any]) -> dict[int, str]:
    names = {heading: name for name, headings in _HEADINGS.items() for heading in headings}
    found = {
        at: names[folded(str(cell))]
        for at, cell in enumerate(cells)
        if cell is not None and folded(str(cell)) in names
    }
    missing = [name for name in _NEEDED if name not in found.values()]
    if missing:
        raise ValidationError(
            _("Row 1 must head the columns; missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    return found


def _xlsx(content: bytes) -> Iterator[tuple[Any, ...]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True, max_col=30)
    except Exception as error:  # the library raises whatever its parsers do
        raise ValidationError(_("The file cannot be read as a spreadsheet.")) from error


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        dialect: Any = csv.Sniffer().sniff(text.partition("\n")[0], delimiters=",;\t")
        # The heading alone, with no quotation mark in it, says nothing about them.
        dialect.doublequote = True
        yield from csv.reader(io.StringIO(text), dialect)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValidationError(_("The file is neither .xlsx nor .csv in UTF-8.")) from error


def _text(cells: dict[str, Any], name: str) -> str:
    value = cells.get(name)
    return "" if value is None else str(value).strip()


def _moment(
    cells: dict[str, Any], name: str, errors: dict[str, list[str]], edge: Callable[[date], datetime]
) -> datetime | None:
    """The edge of the day in a cell; none if it is empty, with an error if it is no day."""
    value = cells.get(name)
    if isinstance(value, datetime):
        return edge(value.date())
    if isinstance(value, date):
        return edge(value)
    text = _text(cells, name)
    if not text:
        return None
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return edge(datetime.strptime(text, pattern).date())  # noqa: DTZ007  (a day, not a moment)
        except ValueError:
            continue
    errors[name] = [_("“%(text)s” is no day; write 31/12/2026.") % {"text": text[:40]}]
    return None


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _end(day: date) -> datetime:
    # Until a day means to its end.
    return _start(day + timedelta(days=1))


def _problems(row: int, errors: dict[str, list[str]]) -> list[Problem]:
    return [Problem(row, name, reason) for name, reasons in errors.items() for reason in reasons]
