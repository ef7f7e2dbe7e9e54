"""From a criterion to the very dossiers it counts, and those of them that cost points.

What a criterion counts follows from its formulas and the declarations of their measures, for any
period: so the list is exactly as long as denominator less numerator of the scorecard, counted at the
same moment. The pages and the exports take it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.models.agency import within
from procedures.models import Dossier
from procedures.months import edge_of, month_of
from scoring.formula_parser import Count, FormulaError, Node, Operation, tree_of
from scoring.grading import INHERITING_KINDS
from scoring.indicator_sets import NoSetInForceError, set_in_force
from scoring.measures import MEASURES, Column, Kind, Moment, Source
from scoring.models import Criterion, Scorecard
from scoring.periods import Period
from scoring.tally import alive, with_offer

#: The columns that tell in which month a flow counts a dossier.
ANCHORS = ("started_month", "ended_month")
#: Facts that only say whether and when a dossier counts, not how it did.
_MECHANICS = frozenset({*ANCHORS, "in_handling", "received_at", "status", "handling_hundredths"})


class NotByDossierError(ValueError):
    """The criterion does not count dossiers, so none can be shown behind it; the message says why."""


@dataclass(frozen=True)
class Behind:
    """The dossiers behind one criterion of one agency, with all below it, in a period."""

    agency: Agency
    period: Period
    criterion: Criterion
    as_of: datetime
    counted: Q
    settled: Q
    #: The facts of a dossier by which it is settled or not, as fields of ``Dossier``.
    deciding: tuple[str, ...]

    def dossiers(self) -> QuerySet[Dossier]:
        """Every dossier in the denominator."""
        last = min(self.period.last, month_of(self.as_of))
        # Implied by what follows; it lets the index on agency and months find the rows.
        narrowed = Dossier.objects.filter(
            within(self.agency.path, "agency__path"),
            started_month__lte=last,
            ended_month__gte=self.period.first,
        )
        return with_offer(narrowed).filter(self.counted)

    def costing(self) -> QuerySet[Dossier]:
        """Those that cost points: in the denominator and not in the numerator."""
        # Not a negation: where a fact is unknown, neither a condition nor its negation holds.
        settled = Case(
            When(self.settled, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        return self.dossiers().alias(settled=settled).filter(settled=False)


def behind(agency: Agency, period: Period, code: str, as_of: datetime) -> Behind:
    """What is behind criterion ``code`` of an agency in a period, at ``as_of``.

    By the indicator set that graded the agency's scorecard, else by the one in force. Raises
    NotByDossierError for a criterion that counts anything but dossiers, each at most once, and
    LookupError when no set has such a criterion.
    """
    criterion = criterion_of(agency, period, code)
    _refuse_other_offices(criterion, agency)
    counting, settling = counted_columns(criterion)
    return Behind(
        agency=agency,
        period=period,
        criterion=criterion,
        as_of=as_of,
        counted=_any(records_in(column, period, as_of) for column in counting),
        settled=_any(records_in(column, period, as_of) for column in settling),
        deciding=_deciding(settling, period, as_of),
    )


def criterion_of(agency: Agency, period: Period, code: str) -> Criterion:
    """The criterion as the agency is graded by it in a period; raises LookupError if there is none."""
    card = Scorecard.objects.filter(agency=agency, period=period.code).only("indicator_set_id").first()
    try:
        set_id = card.indicator_set_id if card else set_in_force(period.last).pk
    except NoSetInForceError as error:
        raise LookupError(str(error)) from error
    found = Criterion.objects.select_related("group").filter(group__indicator_set=set_id, code=code).first()
    if found is None:
        raise LookupError(_("The indicator set has no criterion %(code)s.") % {"code": code[:10]})
    return found


def counts_dossiers(criterion: Criterion) -> bool:
    """Whether the dossiers behind a criterion can be shown."""
    try:
        counted_columns(criterion)
    except NotByDossierError:
        return False
    return True


def counted_columns(criterion: Criterion) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The measures of dossiers that make up the denominator, and those that make up the numerator.

    Raises NotByDossierError unless both formulas are sums of such measures.
    """
    if not criterion.denominator or not criterion.numerator:
        raise NotByDossierError(
            _("The source data of criterion %(code)s are not connected yet.") % {"code": criterion.code}
        )
    return _summed(criterion, criterion.denominator), _summed(criterion, criterion.numerator)


def _refuse_other_offices(criterion: Criterion, agency: Agency) -> None:
    if criterion.inherited and agency.kind in INHERITING_KINDS:
        raise NotByDossierError(
            _("Criterion %(code)s is taken from the province or ministry above.") % {"code": criterion.code}
        )
    if criterion.kinds and agency.kind not in criterion.kinds:
        raise NotByDossierError(
            _("Criterion %(code)s does not apply to this kind of office.") % {"code": criterion.code}
        )


def _summed(criterion: Criterion, formula: str) -> tuple[Column, ...]:
    try:
        names = list(_added(tree_of(formula)))
        columns = [MEASURES[name] for name in names]
    except (FormulaError, TypeError):
        columns = []
        names = []
    found = [column for column in columns if isinstance(column, Column)]
    by_dossier = all(column.source is Source.DOSSIER and not column.summed for column in found)
    # Twice the same measure would count a dossier twice.
    if not found or len(found) != len(columns) or not by_dossier or len({*names}) != len(names):
        raise NotByDossierError(
            _("Criterion %(code)s is not a share of dossiers, so it has no list of them.")
            % {"code": criterion.code}
        )
    return tuple(found)


def _added(node: Node) -> Iterator[str]:
    """The measures a formula adds up; raises TypeError if it does anything else."""
    match node:
        case Count(measure):
            yield measure
        case Operation("+", left, right):
            yield from _added(left)
            yield from _added(right)
        case _:
            raise TypeError(node)


def records_in(column: Column, period: Period, as_of: datetime) -> Q:
    """The dossiers a column counts in a period, as ``scoring.period_counts`` combines its months."""
    last = min(period.last, month_of(as_of))
    if last < period.first:
        return Q(pk__in=[])
    if column.kind is Kind.STOCK_AT_START:
        return _in_month(column, period.first, as_of)
    if column.kind is Kind.STOCK_AT_END:
        return _in_month(column, last, as_of)
    months = [month for month in period.months if month <= last]
    return _over(column, months, as_of) or _any(_in_month(column, month, as_of) for month in months)


def _in_month(column: Column, month: int, as_of: datetime) -> Q:
    return alive(month) & column.records(Moment(month, edge_of(month, as_of)))


def _over(column: Column, months: list[int], as_of: datetime) -> Q | None:
    """A flow over several months as one range instead of a condition for each; None if it has no such
    form: the month may only say when the dossier started, or when it ended."""
    spans = []
    for month in months:
        records = column.records(Moment(month, edge_of(month, as_of)))
        spans.append(_ranged(records, month, months))
    first, anchors = spans[0]
    if len(anchors) != 1 or any(span != spans[0] for span in spans):
        return None
    # As ``alive`` in the month of each: it began before it ended, and counts in that month.
    counts = Q(in_handling=True) | Q(started_month=F(anchors.pop()))
    return first & Q(started_month__lte=F("ended_month")) & counts


def _ranged(condition: Q, month: int, months: list[int]) -> tuple[Q, set[str]]:
    """The condition with "in ``month``" widened to all the months, and the columns that said so."""
    if condition.negated or condition.connector != Q.AND:
        # There "in one of the months" is not what each month's condition adds up to.
        return condition, set()
    widened = Q()
    anchors: set[str] = set()
    for child in condition.children:
        if isinstance(child, Q):
            inner, found = _ranged(child, month, months)
            widened.children.append(inner)
            anchors |= found
        elif isinstance(child, tuple) and child[0] in ANCHORS and child[1] == month:
            widened.children.append((f"{child[0]}__range", (months[0], months[-1])))
            anchors.add(child[0])
        else:
            widened.children.append(child)
    return widened, anchors


def _deciding(columns: Iterable[Column], period: Period, as_of: datetime) -> tuple[str, ...]:
    """The facts the columns ask of a dossier, in the order they ask them."""
    names: dict[str, None] = {}
    for column in columns:
        names.update(dict.fromkeys(_fields(column.records(Moment(period.first, as_of)))))
    return tuple(name for name in names if name not in _MECHANICS)


def _fields(condition: Q) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _fields(child)
        elif isinstance(child, tuple):
            name, value = child
            yield name.partition("__")[0] if not name.startswith(("procedure__", "offer__")) else name
            if isinstance(value, F):
                yield str(value.name)  # type: ignore[attr-defined]


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found
