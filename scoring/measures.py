"""Every count, declared once: its name, what it counts, and how.

One declaration serves the recount's SQL, the formulas of criteria, the explanation pages and the
list of the very dossiers behind a number.

Flows add over months. Stocks are taken at the edge month of a period: the first for what was
carried over, the last for what is still open. So a quarter or a year follows exactly from its
months. "In handling" in a period, the population of criteria 2.1, 4.1, 4.2, 4.5b and 5.4, is what
ended in it plus what is open at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scoring.measure_kinds import CatalogueMeasure, Column, DistinctMeasure, Kind, Moment, Source
from scoring.petition_measures import PETITION_COLUMNS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = [
    "CATALOGUE_MEASURES",
    "DISTINCT_MEASURES",
    "DOSSIER_COLUMNS",
    "MEASURES",
    "OTHER_COLUMNS",
    "TALLY_COLUMNS",
    "CatalogueMeasure",
    "Column",
    "DistinctMeasure",
    "Kind",
    "Measure",
    "Moment",
    "Source",
]

ONLINE = ("partial", "full")
ONLINE_CHANNEL, POSTAL_CHANNEL = 2, 3
DONE, RETURNED = 9, 10
PAID_ONLINE = (1, 2)


def started(at: Moment) -> Q:
    return Q(started_month=at.month)


def received(at: Moment) -> Q:
    return started(at) & Q(received_at__isnull=False)


def ended(at: Moment) -> Q:
    return Q(in_handling=True, ended_month=at.month)


def still_open(at: Moment) -> Q:
    return Q(in_handling=True, started_month__lte=at.month, ended_month__gt=at.month)


def carried_over(at: Moment) -> Q:
    return Q(in_handling=True, started_month__lt=at.month, ended_month__gte=at.month)


ENDED_IN_TIME = Q(late_by_rule=False) & (Q(deadline_at__isnull=True) | Q(ended_at__lte=F("deadline_at")))
NEEDS_RESULT = Q(procedure__needs_paper_result=True)
RESULT_SETTLED = Q(has_result_file=True) | Q(procedure__isnull=True) | Q(procedure__needs_paper_result=False)
DIGITISED = Q(has_attachment=True) & RESULT_SETTLED
# An agency's dossiers whose fee lines are all 0 count neither way (what agencies asked for).
FEE_DUE = Q(procedure__has_fee=True) & (Q(fee_total__isnull=True) | Q(fee_total__gt=0))
OFFERED = Q(offer__isnull=False)
# A petition about it, or a rating "not satisfied", that counts (feedback.grievances).
AGGRIEVED = Q(grievance__isnull=False)


def open_in_time(at: Moment) -> Q:
    return Q(late_by_rule=False) & (Q(deadline_at__isnull=True) | Q(deadline_at__gte=at.edge))


def _flow(name: str, label: _StrPromise, records: Callable[[Moment], Q], summed: str = "") -> Column:
    return Column(name, label, Kind.FLOW, Source.DOSSIER, records, summed)


def _at_end(name: str, label: _StrPromise, records: Callable[[Moment], Q]) -> Column:
    return Column(name, label, Kind.STOCK_AT_END, Source.DOSSIER, records)


DOSSIER_COLUMNS: tuple[Column, ...] = (
    _flow("received", _("dossiers received"), received),
    _flow(
        "received_online",
        _("dossiers received online"),
        lambda at: received(at) & Q(channel=ONLINE_CHANNEL),
    ),
    _flow(
        "received_by_post",
        _("dossiers received by post"),
        lambda at: received(at) & Q(channel=POSTAL_CHANNEL),
    ),
    _flow(
        "received_online_settled",
        _("dossiers received online, with an electronic result where one is required"),
        lambda at: received(at) & Q(channel=ONLINE_CHANNEL) & RESULT_SETTLED,
    ),
    Column(
        "carried_over",
        _("dossiers carried over from before"),
        Kind.STOCK_AT_START,
        Source.DOSSIER,
        carried_over,
    ),
    _flow(
        "ended_on_time",
        _("dossiers handled early or on time"),
        lambda at: ended(at) & ENDED_IN_TIME,
    ),
    _flow("ended_late", _("dossiers handled late"), lambda at: ended(at) & ~ENDED_IN_TIME),
    _at_end(
        "open_on_time",
        _("dossiers still open within their deadline"),
        lambda at: still_open(at) & open_in_time(at),
    ),
    _at_end(
        "open_late",
        _("dossiers still open past their deadline"),
        lambda at: still_open(at) & ~open_in_time(at),
    ),
    _flow(
        "completed",
        _("dossiers received in the period and since completed"),
        lambda at: received(at) & Q(status__in=(DONE, RETURNED), handling_hundredths__isnull=False),
    ),
    _flow(
        "handling_hundredths",
        _("their handling time, in hundredths of the procedure's unit"),
        lambda at: received(at) & Q(status__in=(DONE, RETURNED), handling_hundredths__isnull=False),
        summed="handling_hundredths",
    ),
    _flow(
        "result_due_ended",
        _("ended dossiers whose result is a document"),
        lambda at: ended(at) & NEEDS_RESULT,
    ),
    _at_end(
        "result_due_open",
        _("open dossiers whose result is a document"),
        lambda at: still_open(at) & NEEDS_RESULT,
    ),
    _flow(
        "result_filed_ended",
        _("ended dossiers with an electronic result"),
        lambda at: ended(at) & NEEDS_RESULT & Q(has_result_file=True),
    ),
    _at_end(
        "result_filed_open",
        _("open dossiers with an electronic result"),
        lambda at: still_open(at) & NEEDS_RESULT & Q(has_result_file=True),
    ),
    _flow("digitised_ended", _("ended dossiers digitised"), lambda at: ended(at) & DIGITISED),
    _at_end("digitised_open", _("open dossiers digitised"), lambda at: still_open(at) & DIGITISED),
    _flow(
        "aggrieved_ended",
        _("ended dossiers with a petition or a dislike"),
        lambda at: ended(at) & AGGRIEVED,
    ),
    _at_end(
        "aggrieved_open",
        _("open dossiers with a petition or a dislike"),
        lambda at: still_open(at) & AGGRIEVED,
    ),
    _flow(
        "reusing_data",
        _("dossiers received that reuse digitised data"),
        lambda at: received(at) & Q(reuses_data=True),
    ),
    _flow(
        "from_personal_store",
        _("dossiers received that use the personal document store"),
        lambda at: received(at) & Q(from_personal_store=True),
    ),
    _flow(
        "population_ended",
        _("ended dossiers using population data"),
        lambda at: ended(at) & Q(uses_population_data=True),
    ),
    _at_end(
        "population_open",
        _("open dossiers using population data"),
        lambda at: still_open(at) & Q(uses_population_data=True),
    ),
    _flow(
        "fee_dossiers",
        _("dossiers received that carry a fee"),
        lambda at: received(at) & FEE_DUE,
    ),
    _flow(
        "paid_online",
        _("dossiers received that carry a fee, paid online"),
        lambda at: received(at) & FEE_DUE & Q(payment__in=PAID_ONLINE),
    ),
    _flow(
        "online_service_dossiers",
        _("online dossiers of procedures offered online"),
        lambda at: started(at) & Q(channel=ONLINE_CHANNEL, offer__online_level__in=ONLINE),
    ),
    _flow(
        "offered_fee_paid",
        _("dossiers paid online, of offered procedures with a fee"),
        lambda at: received(at) & OFFERED & Q(procedure__has_fee=True, payment__in=PAID_ONLINE),
    ),
    _flow(
        "offered_fee_recorded",
        _("dossiers carrying fee data, of offered procedures with a fee"),
        lambda at: received(at) & OFFERED & Q(procedure__has_fee=True, fee_total__gt=0),
    ),
    _flow(
        "offered_person_linked",
        _("dossiers using population data or the personal store, of procedures open to citizens"),
        lambda at: (
            received(at)
            & OFFERED
            & Q(procedure__open_to_citizens=True)
            & (Q(uses_population_data=True) | Q(from_personal_store=True))
        ),
    ),
)

OTHER_COLUMNS: tuple[Column, ...] = (
    Column(
        "announced",
        _("decisions announcing a procedure"),
        Kind.FLOW,
        Source.ANNOUNCEMENT,
        lambda at: Q(decided_month=at.month),
    ),
    Column(
        "announced_late",
        _("decisions announced late"),
        Kind.FLOW,
        Source.ANNOUNCEMENT,
        lambda at: Q(decided_month=at.month, decided_on__gt=F("announce_by")),
    ),
    Column(
        "publication_due",
        _("decisions to be published by a day of the period"),
        Kind.FLOW,
        Source.ANNOUNCEMENT,
        lambda at: Q(publish_month=at.month, must_publish=True),
    ),
    Column(
        "publication_late",
        _("of these, published late or not yet though due"),
        Kind.FLOW,
        Source.ANNOUNCEMENT,
        lambda at: (
            Q(publish_month=at.month, must_publish=True)
            & (Q(published_on__gt=F("publish_by")) | Q(published_on__isnull=True, publish_by__lt=at.day))
        ),
    ),
    Column(
        "declared",
        _("dossiers declared to the national reporting system"),
        Kind.FLOW,
        Source.VOLUME,
        lambda at: Q(month=at.month),
        summed="dossiers",
    ),
    Column(
        "declared_last_year",
        _("dossiers declared for the whole year before"),
        Kind.FLOW,
        Source.VOLUME,
        lambda at: Q(month__gte=at.month // 100 * 100 - 100, month__lt=at.month // 100 * 100),
        summed="dossiers",
    ),
)

TALLY_COLUMNS: tuple[Column, ...] = DOSSIER_COLUMNS + OTHER_COLUMNS + PETITION_COLUMNS

DISTINCT_MEASURES: tuple[DistinctMeasure, ...] = (
    DistinctMeasure("procedures_announced", _("procedures announced"), ("announced",)),
    DistinctMeasure(
        "procedures_announced_on_time",
        _("procedures announced on time"),
        ("announced",),
        ("announced_late",),
    ),
    DistinctMeasure("procedures_to_publish", _("procedures to be published"), ("publication_due",)),
    DistinctMeasure(
        "procedures_published_on_time",
        _("procedures published on time"),
        ("publication_due",),
        ("publication_late",),
    ),
    DistinctMeasure(
        "online_services_used",
        _("online services with at least one online dossier"),
        ("online_service_dossiers",),
    ),
    DistinctMeasure(
        "fee_procedures_paid",
        _("procedures with a fee having dossiers paid online"),
        ("offered_fee_paid",),
    ),
    DistinctMeasure(
        "fee_procedures_recorded",
        _("procedures with a fee whose dossiers carry fee data"),
        ("offered_fee_recorded",),
    ),
    DistinctMeasure(
        "person_procedures_linked",
        _("procedures open to citizens whose dossiers use population data"),
        ("offered_person_linked",),
    ),
    DistinctMeasure("procedures_with_dossiers", _("procedures with dossiers"), ("received",)),
)

CATALOGUE_MEASURES: tuple[CatalogueMeasure, ...] = (
    CatalogueMeasure("procedures", _("procedures under its authority"), Q()),
    CatalogueMeasure("online_procedures", _("procedures offered online"), Q(online_level__in=ONLINE)),
    CatalogueMeasure("full_online_procedures", _("procedures fully online"), Q(online_level="full")),
    CatalogueMeasure(
        "full_eligible_procedures",
        _("procedures fit for full online service"),
        Q(procedure__full_process_eligible=True),
    ),
    CatalogueMeasure("fee_procedures", _("procedures with a fee"), Q(procedure__has_fee=True)),
    CatalogueMeasure(
        "person_procedures",
        _("procedures open to citizens"),
        Q(procedure__open_to_citizens=True),
    ),
    CatalogueMeasure(
        "public_procedures", _("public procedures it announced"), Q(is_public=True), announced=True
    ),
    CatalogueMeasure(
        "complete_procedures",
        _("public procedures with every mandatory part"),
        Q(is_public=True, is_complete=True),
        announced=True,
    ),
)

Measure = Column | DistinctMeasure | CatalogueMeasure

_ALL: tuple[Measure, ...] = (*TALLY_COLUMNS, *DISTINCT_MEASURES, *CATALOGUE_MEASURES)
#: Every name a formula may use.
MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
