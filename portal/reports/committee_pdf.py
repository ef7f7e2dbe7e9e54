"""A report to a People's Committee on paper, in Vietnamese: what is so, why, whose, and what is done."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.platypus import Flowable

from portal.figures import points
from portal.reports import bulletin_words, committee_words
from portal.reports.letterhead import letterhead_to_committee
from portal.reports.paper import Paper, addressed, bytes_of, heading, items, paragraph, subheading, table
from scoring.committee_report import CommitteeReport
from scoring.explanation import named

_STATE_WIDTHS = (62.0, 17.0, 30.0, 14.0, 12.0, 14.0, 16.0)
_UNIT_WIDTHS = (52.0, 18.0, 50.0, 28.0, 17.0)
_TASK_WIDTHS = (36.0, 16.0, 17.0, 17.0, 17.0, 19.0, 24.0, 19.0)


def committee_pdf(report: CommitteeReport) -> bytes:
    """The report as a PDF."""
    with override("vi"):
        told = report.told
        head, to = letterhead_to_committee(told.agency)
        paper = Paper(
            head=head,
            kind=_("Report"),
            about=committee_words.subject(report),
            foot=bulletin_words.standing_of_figures(told),
            recipients=[_("as addressed;"), _("the units named;"), _("filed.")],
            provisional=told.results.publication is None,
        )
        return bytes_of(paper, [addressed(to), *_body(report)])


def _body(report: CommitteeReport) -> list[Flowable]:
    told = report.told
    body = heading("I", _("Overall result"))
    body += [paragraph(sentence) for sentence in bulletin_words.overall(told)]
    body += heading("II", _("State of each criterion"))
    rows = [committee_words.state_row(state) for state in report.criteria]
    body.append(
        table(list(zip(committee_words.state_columns(), _STATE_WIDTHS, strict=True)), rows, texts=[0, 2])
    )
    body += heading("III", pgettext("report", "Reasons"))
    for state in report.losing:
        criterion = state.result.criterion
        lost = _("−%(points)s points") % {"points": points(state.result.cost)}
        body += subheading(f"{criterion.code} {named(criterion)} ({lost})")
        body += items(list(committee_words.reasons(state)))
    body += heading("IV", _("Units that pull down"))
    if report.units:
        rows = [committee_words.unit_row(unit) for unit in report.units]
        columns = list(zip(committee_words.unit_columns(), _UNIT_WIDTHS, strict=True))
        body.append(table(columns, rows, texts=[0, 2]))
    else:
        body.append(paragraph(_("No sub-unit does worse than all together.")))
    body += heading("V", _("Measures"))
    if report.tasks:
        rows = [committee_words.task_row(progress) for progress in report.tasks]
        columns = list(zip(committee_words.task_columns(), _TASK_WIDTHS, strict=True))
        body.append(table(columns, rows, texts=[0, 6, 7]))
        body += items(
            [
                f"{one.task.agency.name}, {one.task.criterion}: {one.task.note}"
                for one in report.tasks
                if one.task.note
            ]
        )
    else:
        body.append(paragraph(_("No task has been set for this period yet.")))
    return body
