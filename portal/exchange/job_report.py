"""What a check of a table found, row by row, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.exchange.checking import Action, Finding, findings_in
from agencies.exchange.importing import CHECK, report_of, to_write
from agencies.exchange.registry import resource_named
from agencies.exchange.resource import ExchangeResource
from agencies.models import Job

PAGE = 100

#: Every action with its words and its look.
ACTIONS = {
    Action.WRONG: (_("wrong"), "bad"),
    Action.NEW: (_("new"), "good"),
    Action.CHANGED: (_("changed"), "warn"),
    Action.REMOVED: (_("removed"), "bad"),
    Action.UNCHANGED: (_("unchanged"), "quiet"),
}


def job_report(job: Job, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the page of an import shows: counts, and the rows of the action asked for."""
    resource = resource_named(job.parameters["table"])
    counts = job.outcome.get("counts", {})
    context: dict[str, Any] = {
        "resource": resource,
        "tiles": [(action, label, look, counts.get(action, 0)) for action, (label, look) in ACTIONS.items()],
        "is_check": job.kind == CHECK,
        "wrong": counts.get(Action.WRONG, 0),
        "to_write": to_write(counts),
    }
    path = report_of(job) if job.kind == CHECK else None
    if path is None:
        return context
    chosen = asked.get("show", "")
    chosen = chosen if chosen in counts else next((a for a in ACTIONS if counts.get(a)), Action.UNCHANGED)
    number = int(asked["page"]) if asked.get("page", "").isdecimal() else 1
    number = max(1, min(number, -(-counts[chosen] // PAGE)))
    with path.open("rb") as lines:
        of_action = (finding for finding in findings_in(lines) if finding.action == chosen)
        rows = [_row(resource, found) for found in islice(of_action, (number - 1) * PAGE, number * PAGE)]
    return context | {
        "show": chosen,
        "rows": rows,
        "page": number,
        "pages": -(-counts[chosen] // PAGE),
    }


def _row(resource: type[ExchangeResource], found: Finding) -> dict[str, Any]:
    label, look = ACTIONS[Action(found.action)]
    return {
        "number": found.number,
        "title": found.title,
        "label": label,
        "look": look,
        "changes": list(_changes(resource, found)),
        "errors": [(_label(resource, column), reason) for column, reason in found.errors],
    }


def _changes(resource: type[ExchangeResource], found: Finding) -> Iterator[tuple[str, Any, Any]]:
    for column, (before, after) in found.changes.items():
        yield _label(resource, column), before, after


def _label(resource: type[ExchangeResource], name: str) -> str:
    return next((str(column.label) for column in resource.columns() if column.column_name == name), name)
