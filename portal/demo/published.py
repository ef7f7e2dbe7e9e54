"""The month before last published by the two people it takes; the last one frozen, and being confirmed."""

from __future__ import annotations

from datetime import datetime

from agencies.models import Agency, User
from procedures.months import add_months, month_of
from scoring.confirming import answer, ask_to_confirm, usual_end
from scoring.freezing import freeze
from scoring.models import Publication, PublishedScorecard
from scoring.periods import Period
from scoring.publishing import approve, close, propose

PROPOSES, APPROVES = "reviewer", "approver"
#: Who answers for offices of their province, and how many answered so far.
CONFIRMS, CONFIRMED = "phutho", 12


def publish_and_ask(now: datetime) -> Publication:
    """Publish a month, and lay the next one before the offices it is of; returns what was published."""
    published = _frozen(-2, now)
    reason = f"Kết quả {Period.parse(published.period).label}"
    propose(published, by=User.objects.get(username=PROPOSES), reason=reason, as_of=now)
    approve(published, by=User.objects.get(username=APPROVES), as_of=now)
    _ask(_frozen(-1, now), now)
    return published


def _frozen(months: int, now: datetime) -> Publication:
    period = Period.of_month(add_months(month_of(now), months))
    publication = close(period, by=User.objects.get(username=PROPOSES), reason="", as_of=now)
    freeze(publication, now)
    return publication


def _ask(publication: Publication, now: datetime) -> None:
    asked = ask_to_confirm(
        publication,
        until=usual_end(now),
        note="Đề nghị các xã, phường xem kỹ chỉ tiêu 2.1.",
        by=User.objects.get(username=PROPOSES),
        as_of=now,
    )
    by = User.objects.get(username=CONFIRMS)
    province = Agency.objects.get(code="H44")
    with_figures = PublishedScorecard.objects.filter(publication=publication).values("agency_id")
    communes = Agency.objects.filter(parent=province, kind=Agency.Kind.COMMUNE, pk__in=with_figures)
    for place, commune in enumerate(communes.order_by("code")[:CONFIRMED]):
        wrong = place == CONFIRMED - 1
        note = "Ba hồ sơ trả kết quả đúng hẹn bị ghi quá hạn do mất mạng." if wrong else ""
        answer(asked, commune, confirmed=not wrong, note=note, by=by, as_of=now)
