"""Why a dossier counts as it does: each derived value with the facts and the rule it came from.

Rules: Decision 766, criteria 2.1 and 2.2 (``procedures.handling``); here they are only told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.admin_display import figure, moment, month
from procedures.laying_over import laid_over
from procedures.models import STILL_OPEN, Dossier


class Verdict(NamedTuple):
    """How a dossier stands: in a word, with its look (good, warn, bad, quiet)."""

    word: str
    look: str


def verdict(dossier: Dossier, as_of: datetime) -> Verdict:
    """Early, late, still in time, overdue, or not counted at all."""
    if not dossier.in_handling:
        return Verdict(_("not counted"), "quiet")
    late = _is_late(dossier, as_of)
    if dossier.ended_at is None:
        return Verdict(_("overdue"), "bad") if late else Verdict(_("open, in time"), "good")
    return Verdict(_("ended late"), "warn") if late else Verdict(_("ended in time"), "good")


def story(dossier: Dossier, as_of: datetime) -> dict[str, str]:
    """Question and answer about each derived value, in the reader's language."""
    return {
        _("How it stands"): _standing(dossier, as_of),
        _("Counted from"): _beginning(dossier),
        _("Deadline"): _deadline(dossier),
        _("End"): _end(dossier),
        _("Counts in"): " ".join(_months(dossier)),
        _("Handling time"): _handling_time(dossier),
        _("Agency found by"): _placement(dossier),
    }


def length(span: timedelta) -> str:
    """A stretch of time in its largest two units: 3 days 4 hours."""
    minutes = int(abs(span.total_seconds())) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    parts = []
    if days:
        parts.append(ngettext("%(count)s day", "%(count)s days", days) % {"count": figure(days)})
    if hours:
        parts.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours})
    if not parts:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
    return " ".join(parts)


def _is_late(dossier: Dossier, as_of: datetime) -> bool:
    until = dossier.ended_at or as_of
    return dossier.late_by_rule or (dossier.deadline_at is not None and until > dossier.deadline_at)


def _standing(dossier: Dossier, as_of: datetime) -> str:
    if dossier.corrected and not dossier.in_handling and laid_over([dossier.pk])[dossier.pk].left_out:
        return _("Left out of counting by a correction.")
    if not dossier.in_handling:
        return _("Not received for handling, so it counts neither way.")
    if dossier.late_by_rule:
        return _("Late by rule: the citizen was asked for a supplement more than once.")
    if dossier.deadline_at is None:
        return _("In time: it has no deadline.")
    gap = (dossier.ended_at or as_of) - dossier.deadline_at
    texts = {
        (True, True): _("Overdue by %(gap)s and still open."),
        (True, False): _("Ended %(gap)s after its deadline."),
        (False, True): _("Open, %(gap)s left."),
        (False, False): _("Ended %(gap)s before its deadline."),
    }
    return texts[gap > timedelta(0), dossier.ended_at is None] % {"gap": length(gap)}


def _beginning(dossier: Dossier) -> str:
    if dossier.received_at:
        return _("%(at)s, when it was received.") % {"at": moment(dossier.received_at)}
    if dossier.submitted_at:
        return _("%(at)s, when it was submitted; no date of reception was sent.") % {
            "at": moment(dossier.submitted_at)
        }
    return _("No date of submission or reception was sent.")


def _deadline(dossier: Dossier) -> str:
    if not dossier.in_handling:
        return _("None, as it is not being handled.")
    if dossier.deadline_at is None:
        return _("None: no due date was sent, and the procedure has no fixed limit or is not known.")
    deadline = moment(dossier.deadline_at)
    if dossier.due_at is None:
        return _("%(deadline)s, by the procedure's limit of %(limit)s; no due date was sent.") % {
            "deadline": deadline,
            "limit": _limit(dossier),
        }
    added = dossier.deadline_at - dossier.due_at
    if added > timedelta(0):
        return _(
            "%(deadline)s: the due date sent (%(due)s) and the %(added)s the citizen took to supplement."
        ) % {"deadline": deadline, "due": moment(dossier.due_at), "added": length(added)}
    return _("%(deadline)s, the due date sent.") % {"deadline": deadline}


def _limit(dossier: Dossier) -> str:
    procedure = dossier.procedure
    if procedure is None or procedure.processing_time is None:
        return "—"
    return f"{figure(procedure.processing_time)} {procedure.get_processing_unit_display()}"


def _end(dossier: Dossier) -> str:
    if dossier.ended_at is None:
        return _("Not yet: “%(status)s”.") % {"status": dossier.get_status_display()}
    if dossier.status == Dossier.Status.SUPPLEMENT_REQUESTED:
        return _("%(at)s: asked once for a supplement, and nothing since; the agency has done its part.") % {
            "at": moment(dossier.ended_at)
        }
    sources = {
        dossier.refused_at: _("the date of refusal sent"),
        dossier.returned_at: _("the date of return sent"),
        dossier.finished_at: _("the end of handling sent"),
    }
    source = sources.get(dossier.ended_at, _("the last step or record that speaks of it"))
    return _("%(at)s, “%(status)s”: %(source)s.") % {
        "at": moment(dossier.ended_at),
        "status": dossier.get_status_display(),
        "source": source,
    }


def _months(dossier: Dossier) -> Iterator[str]:
    if dossier.started_month:
        yield _("Received in %(month)s.") % {"month": month(dossier.started_month)}
    if not dossier.in_handling:
        return
    if dossier.ended_month == STILL_OPEN:
        yield _("Open at the end of every month since.")
    else:
        yield _("Ended in %(month)s.") % {"month": month(dossier.ended_month)}


def _handling_time(dossier: Dossier) -> str:
    if dossier.handling_hundredths is None:
        return _("Known once the dossier is completed.")
    unit = dossier.procedure.get_processing_unit_display() if dossier.procedure else _("days")
    return _("%(time)s %(unit)s, less the time the citizen took to supplement.") % {
        "time": figure(Decimal(dossier.handling_hundredths) / 100, 2),
        "unit": unit,
    }


def _placement(dossier: Dossier) -> str:
    texts = {
        Dossier.Placement.CODE: _("The code of the dossier begins with the agency's code."),
        Dossier.Placement.NAME: _(
            "The system names “%(unit)s”, and one agency of its subtree bears that name."
        ),
        Dossier.Placement.MAPPING: _("The system names “%(unit)s”, which was mapped to this agency."),
        Dossier.Placement.DEFAULT: _(
            "Nothing told the agency (“%(unit)s”): it stands with the system's own until the name is mapped."
        ),
    }
    text = texts.get(Dossier.Placement(dossier.placement), "")
    return text % {"unit": dossier.local_unit or "—"} if text else "—"
