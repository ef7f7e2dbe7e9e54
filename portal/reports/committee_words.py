"""What a report to a People's Committee says of each criterion, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.figures import DASH, change, count, day, points, rate
from scoring.action_progress import Progress
from scoring.committee_report import CommitteeReport, CriterionState
from scoring.explanation import named
from scoring.models import ActionTask
from scoring.pulling_down import PullingDown, Shortfall


def subject(report: CommitteeReport) -> str:
    """What it is about."""
    return _("Serving citizens and businesses in %(period)s: state of the criteria, reasons and measures") % {
        "period": report.told.period.label
    }


def state_columns() -> list[str]:
    """The headings of the table of criteria."""
    return [
        _("Criterion"),
        _("Rate"),
        _("Counts"),
        _("Points"),
        _("Maximum"),
        _("Lost"),
        _("Change in points"),
    ]


def state_row(state: CriterionState) -> list[str]:
    """A criterion as the table has it."""
    result = state.result
    return [
        f"{result.criterion.code} {named(result.criterion)}",
        rate(result.rate),
        counts(state),
        points(result.points),
        count(result.maximum),
        points(result.cost),
        change(state.moved),
    ]


def counts(state: CriterionState) -> str:
    """Numerator and denominator, or why there are none."""
    result = state.result
    if result.reason:
        return str(result.reason)
    return f"{count(result.numerator)} / {count(result.denominator)}"


def reasons(state: CriterionState) -> Iterator[str]:
    """Why a criterion loses points."""
    result = state.result
    if result.reason:
        yield _("No rate: %(reason)s.") % {"reason": result.reason}
    elif result.inherited:
        yield _("Taken from the province or ministry above.")
    elif state.short:
        told = {"count": count(state.short)}
        if state.by_dossier:
            yield (
                ngettext(
                    "%(count)s dossier more would earn all its points.",
                    "%(count)s dossiers more would earn all its points.",
                    state.short,
                )
                % told
            )
        else:
            yield _("%(count)s more in the numerator would earn all its points.") % told
    for agency, shortfall in state.pulled_by:
        yield _pulling(str(agency), shortfall)


def _pulling(agency: str, shortfall: Shortfall) -> str:
    told = {
        "agency": agency,
        "here": count(shortfall.here),
        "everywhere": count(shortfall.everywhere),
        "share": rate(shortfall.share),
        "counted": rate(shortfall.share_counted),
        "points": points(shortfall.points),
    }
    if shortfall.late:
        return (
            _(
                "%(agency)s has %(here)s of the %(everywhere)s late dossiers (%(share)s) with %(counted)s of "
                "all dossiers: −%(points)s points."
            )
            % told
        )
    return (
        _(
            "%(agency)s has %(here)s of the %(everywhere)s dossiers that cost points (%(share)s) with "
            "%(counted)s of all dossiers: −%(points)s points."
        )
        % told
    )


def unit_row(unit: PullingDown) -> list[str]:
    """A sub-unit that pulls down, as the table has it."""
    worst = unit.worst
    return [
        unit.scorecard.agency.name,
        points(unit.scorecard.total),
        f"{worst.criterion.code} {named(worst.criterion)}",
        f"{count(worst.here)} / {count(worst.everywhere)}",
        points(unit.points),
    ]


def unit_columns() -> list[str]:
    """The headings of the table of sub-units that pull down."""
    return [_("Unit"), _("Own score"), _("Costliest criterion"), _("Dossiers that cost points"), _("Cost")]


def task_columns() -> list[str]:
    """The headings of the table of measures."""
    return [
        _("Unit"),
        _("Criterion"),
        _("Start"),
        _("Now"),
        _("Target"),
        _("By"),
        _("Responsible"),
        _("State"),
    ]


def task_row(progress: Progress) -> list[str]:
    """A task as the table has it."""
    task = progress.task
    return [
        task.agency.name,
        task.criterion,
        rate(task.start),
        rate(progress.now.value) if progress.now else DASH,
        rate(task.target),
        day(task.due_on),
        str(task.responsible) if task.responsible else DASH,
        state_of(progress),
    ]


def state_of(progress: Progress) -> str:
    """How a task stands, in a word."""
    if progress.overdue:
        return _("Overdue")
    return str(ActionTask.State(progress.task.state).label)
