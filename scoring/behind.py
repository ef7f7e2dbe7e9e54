"""From a criterion to the very dossiers it counts, and those of them that cost points.

What a criterion counts follows from its formulas and the declarations of their measures, for any
period: so the list is exactly as long as denominator less numerator of the scorecard, counted at the
same moment. Only where a criterion takes some dossiers off twice (5.4: late and disliked) it is shorter,
since each stands in it once. The pages and the exports take it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.models.agency import within
from procedures.models import Dossier
from procedures.months import edge_of, month_of
from scoring.formula_parser import Call, Count, FormulaError, Node, Number, Operation, tree_of
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


class Counted(NamedTuple):
    """The columns a criterion is made of: its denominator, what the numerator adds and what it takes off."""

    counting: tuple[Column, ...]
    settling: tuple[Column, ...]
    faulting: tuple[Column, ...]


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
    #: What the numerator takes off again; None where it only adds up.
    faulted: Q | None = None

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
        costing = Q(settled=False)
        found = self.dossiers().alias(settled=_truth(self.settled))
        if self.faulted is not None:
            found = found.alias(faulted=_truth(self.faulted))
            costing |= Q(faulted=True)
        return found.filter(costing)

    @property
    def each_once(self) -> bool:
        """Whether there are exactly as many as the scorecard's denominator less its numerator."""
        return self.faulted is None


def behind(agency: Agency, period: Period, code: str, as_of: datetime) -> Behind:
    """What is behind criterion ``code`` of an agency in a period, at ``as_of``.

    By the indicator set that graded the agency's scorecard, else by the one in force. Raises
    NotByDossierError for a criterion that counts anything but dossiers, each at most once, and
    LookupError when no set has such a criterion.
    """
    criterion = criterion_of(agency, period, code)
    _refuse_other_offices(criterion, agency)
    counting, settling, faulting = listed_columns(criterion)
    return Behind(
        agency=agency,
        period=period,
        criterion=criterion,
        as_of=as_of,
        counted=_any(records_in(column, period, as_of) for column in counting),
        settled=_any(records_in(column, period, as_of) for column in settling),
        deciding=_deciding((*settling, *faulting), period, as_of),
        faulted=_any(records_in(column, period, as_of) for column in faulting) if faulting else None,
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
        listed_columns(criterion)
    except NotByDossierError:
        return False
    return True


def counted_columns(criterion: Criterion) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The measures of dossiers that make up the denominator, and those that make up the numerator.

    Raises NotByDossierError unless both formulas are sums of such measures.
    """
    counting, settling, faulting = listed_columns(criterion)
    if faulting:
        raise _no_share(criterion)
    return counting, settling


def listed_columns(criterion: Criterion) -> Counted:
    """The measures of dossiers that the denominator adds up, and those the numerator adds and takes off.

    Raises NotByDossierError unless the denominator is a sum of such measures, and the numerator one
    less others, perhaps bounded at 0.
    """
    if not criterion.denominator or not criterion.numerator:
        raise NotByDossierError(
            _("The source data of criterion %(code)s are not connected yet.") % {"code": criterion.code}
        )
    counting, nothing = _terms_of(criterion, criterion.denominator)
    settling, faulting = _terms_of(criterion, criterion.numerator)
    if nothing or not settling:
        raise _no_share(criterion)
    return Counted(counting, settling, faulting)


def _refuse_other_offices(criterion: Criterion, agency: Agency) -> None:
    if criterion.inherited and agency.kind in INHERITING_KINDS:
        raise NotByDossierError(
            _("Criterion %(code)s is taken from the province or ministry above.") % {"code": criterion.code}
        )
    if criterion.kinds and agency.kind not in criterion.kinds:
        raise NotByDossierError(
            _("Criterion %(code)s does not apply to this kind of office.") % {"code": criterion.code}
        )


def _terms_of(criterion: Criterion, formula: str) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The measures a formula adds up, and those it takes off."""
    try:
        terms = list(_terms(_unbounded(tree_of(formula)), True))
        columns = [MEASURES[name] for name, _added in terms]
    except (FormulaError, TypeError):
        raise _no_share(criterion) from None
    found = [column for column in columns if isinstance(column, Column)]
    by_dossier = all(column.source is Source.DOSSIER and not column.summed for column in found)
    # Twice the same measure would count a dossier twice.
    if len(found) != len(columns) or not by_dossier or len({name for name, _added in terms}) != len(terms):
        raise _no_share(criterion)
    told = list(zip(found, (added for _name, added in terms), strict=True))
    return (
        tuple(column for column, added in told if added),
        tuple(column for column, added in told if not added),
    )


def _no_share(criterion: Criterion) -> NotByDossierError:
    return NotByDossierError(
        _("Criterion %(code)s is not a share of dossiers, so it has no list of them.")
        % {"code": criterion.code}
    )


def _unbounded(node: Node) -> Node:
    """What stands in ``max(0, …)``; any other formula as it is."""
    match node:
        case Call("max", (Number(0), inner)):
            return inner
    return node


def _terms(node: Node, added: bool) -> Iterator[tuple[str, bool]]:
    """The measures of a sum or difference, and whether each is added; raises TypeError for anything else."""
    match node:
        case Count(measure):
            yield measure, added
        case Operation("+" | "-" as sign, left, right):
            yield from _terms(left, added)
            yield from _terms(right, added if sign == "+" else not added)
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


def _truth(condition: Q) -> Case:
    # Not a negation: where a fact is unknown, neither a condition nor its negation holds.
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found
