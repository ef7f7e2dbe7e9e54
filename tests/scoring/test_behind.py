"""The very dossiers behind a criterion: as many as the scorecard says, whatever they went through."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import override

from agencies.models import Agency
from procedures.models import Dossier
from procedures.months import add_months
from scoring.behind import Behind, NotByDossierError, behind, counted_columns, counts_dossiers, records_in
from scoring.behind_list import SORTS, Narrowing, in_order, page_of
from scoring.measures import DOSSIER_COLUMNS, Column, Kind
from scoring.models import Criterion, Group, IndicatorSet, Scorecard
from scoring.period_counts import period_counts
from scoring.periods import Period
from scoring.recount import recount_all
from scoring.tally import recount_month, with_offer
from tests.effort import cases
from tests.scoring.country import NOW, Country, make_dossier, on

BY_DOSSIER = ("2.1", "3.3", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b", "5.4")
PERIODS = ("2026-M01", "2026-M02", "2026-M03", "2026-M05", "2026-Q1", "2026-Q2", "2026-H1", "2026")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def country(country: Country) -> Country:
    call_command("load_indicators", verbosity=0)
    return country


def random_dossiers(country: Country, chance: random.Random, count: int) -> None:
    """Dossiers in every state a record can put them in, sound or not."""
    for _ in range(count):
        received = on(chance.randint(1, 5), chance.randint(1, 19)) - timedelta(days=chance.choice([0, 0, 70]))
        ended = received + timedelta(days=chance.randint(0, 90)) if chance.random() < 0.7 else None
        ended = None if ended and ended > NOW else ended
        facts = {
            "ended_at": ended,
            "deadline_at": chance.choice([None, received + timedelta(days=chance.randint(1, 60))]),
            "in_handling": chance.random() < 0.9,
            "late_by_rule": chance.random() < 0.1,
            "channel": chance.choice([1, 2, 2, 3]),
            "payment": chance.choice([0, 1, 2, 3]),
            "fee_total": chance.choice([None, 0, 5000]),
        }
        for fact in (
            "has_attachment",
            "has_result_file",
            "reuses_data",
            "from_personal_store",
            "uses_population_data",
        ):
            facts[fact] = chance.random() < 0.5
        if chance.random() < 0.1:
            facts |= {"received_at": None, "submitted_at": received}
        if ended and chance.random() < 0.05:
            # Its system says that it ended before it began.
            facts["ended_month"] = add_months(202600 + received.month, -1)
        make_dossier(
            chance.choice([*country.handling, country.north]),
            chance.choice([country.marriage, country.licence, None]),
            received,
            **facts,
        )


@pytest.mark.parametrize("seed", cases(766, 2022, 4))
def test_the_list_is_as_long_as_denominator_less_numerator(country: Country, seed: int) -> None:
    random_dossiers(country, random.Random(seed), 160)
    recount_all(NOW)
    seen = 0
    for code in PERIODS:
        for card in Scorecard.objects.filter(period=code).select_related("agency"):
            for criterion in BY_DOSSIER:
                numerator, denominator, _points = card.criteria[criterion]
                found = behind(card.agency, Period.parse(code), criterion, NOW)
                counted = set(found.dossiers().values_list("pk", flat=True))
                costing = list(found.costing().values_list("pk", flat=True))
                told = (card.agency.code, code, criterion)
                assert found.dossiers().count() == len(counted) == int(denominator), told
                assert len(costing) == len({*costing}) == int(denominator) - int(numerator), told
                assert counted.issuperset(costing), told
                seen += len(costing)
    assert seen > 1000


def test_only_criteria_that_count_dossiers_have_a_list(country: Country) -> None:
    criteria = Criterion.objects.filter(max_points__isnull=False)
    assert {criterion.code for criterion in criteria if counts_dossiers(criterion)} == {*BY_DOSSIER}
    period = Period.parse("2026-M03")
    for code in ("1.1", "1.4", "2.2", "3.1", "3.2", "3.4", "4.5a", "4.6", "5.2"):
        with pytest.raises(NotByDossierError, match=code.replace(".", r"\.")):
            behind(country.north, period, code, NOW)
    with pytest.raises(LookupError, match=r"9\.9"):
        behind(country.north, period, "9.9", NOW)
    with pytest.raises(LookupError):
        behind(country.north, Period.parse("2010"), "2.1", NOW)


def own_criterion(agency: Agency, **facts: object) -> None:
    """Let a set of the agency's own have graded it, with one criterion 7.1."""
    chosen = IndicatorSet.objects.create(code="own", name="Own", valid_from=202601)
    group = Group.objects.create(indicator_set=chosen, code="X", name="X", position=1)
    Criterion.objects.create(group=group, code="7.1", name="7.1", position=1, **facts)
    Scorecard.objects.create(
        agency=agency, period="2026-Q1", indicator_set=chosen, total=0, as_of=NOW, changed_at=NOW
    )


def test_an_office_graded_on_another_s_dossiers_has_none_of_its_own(country: Country) -> None:
    facts = {"numerator": "received_online", "denominator": "received"}
    own_criterion(country.north_communes[0], inherited=True, **facts)
    with pytest.raises(NotByDossierError, match="above"):
        behind(country.north_communes[0], Period.parse("2026-Q1"), "7.1", NOW)


def test_a_criterion_for_other_kinds_of_office_has_no_list(country: Country) -> None:
    facts = {"numerator": "received_online", "denominator": "received"}
    own_criterion(country.north, kinds=["commune"], **facts)
    with pytest.raises(NotByDossierError, match="kind"):
        behind(country.north, Period.parse("2026-Q1"), "7.1", NOW)


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [
        ("received_online + received_by_post", "received"),
        ("ended_on_time + open_on_time", "carried_over + received"),
        ("received_online", "received + (ended_late)"),
    ],
)
def test_a_set_of_one_s_own_counts_by_its_formulas(
    country: Country, numerator: str, denominator: str
) -> None:
    random_dossiers(country, random.Random(5), 60)
    own_criterion(country.north, numerator=numerator, denominator=denominator)
    period = Period.parse("2026-Q1")
    found = behind(country.north, period, "7.1", NOW)
    with transaction.atomic():
        for month in range(202510, 202606):
            recount_month(month, None, NOW)
    counts = period_counts(period, [country.north.pk], NOW)[country.north.pk]
    columns = counted_columns(found.criterion)[0]
    by_column = [set(_of_column(found, column)) for column in columns]
    assert [len(rows) for rows in by_column] == [counts[column.name] for column in columns]
    assert set(found.dossiers().values_list("pk", flat=True)) == set().union(*by_column)


def _of_column(found: Behind, column: Column) -> list[int]:
    alone = replace(found, counted=records_in(column, found.period, NOW))
    return list(alone.dossiers().values_list("pk", flat=True))


@pytest.mark.parametrize("numerator", ["received / 2", "received + received", "max(received, 1)"])
def test_a_formula_that_is_no_sum_has_no_list(country: Country, numerator: str) -> None:
    own_criterion(country.north, numerator=numerator, denominator="received")
    with pytest.raises(NotByDossierError, match="not a share of dossiers"):
        behind(country.north, Period.parse("2026-Q1"), "7.1", NOW)


def test_a_year_of_a_flow_is_one_range_not_twelve_conditions(country: Country) -> None:
    for column in DOSSIER_COLUMNS:
        if column.kind is Kind.FLOW:
            counted = with_offer(Dossier.objects.all()).filter(records_in(column, Period.parse("2025"), NOW))
            assert str(counted.query).count("BETWEEN") == 1, column.name


def test_a_period_yet_to_come_has_nothing_behind_it(country: Country) -> None:
    make_dossier(country.north, country.marriage, on(5, 2))
    found = behind(country.north, Period.parse("2026-Q3"), "2.1", NOW)
    assert not found.dossiers().exists()
    assert not found.costing().exists()


def test_the_facts_that_decide_are_told(country: Country) -> None:
    def deciding(code: str) -> set[str]:
        return set(behind(country.north, Period.parse("2026-M03"), code, NOW).deciding)

    assert deciding("2.1") == {"late_by_rule", "deadline_at", "ended_at"}
    assert {"channel", "has_result_file"} <= deciding("3.3")
    assert {"payment", "fee_total"} <= deciding("3.6")
    assert {"has_attachment", "has_result_file"} <= deciding("4.2")
    assert deciding("4.4") == {"from_personal_store"}


def test_lists_are_narrowed(country: Country) -> None:
    first, second = country.north_communes
    made = {
        "first": make_dossier(first, country.marriage, on(3, 2)),
        "second": make_dossier(second, country.licence, on(3, 3), ended_at=on(3, 30)),
        "unmapped": make_dossier(first, None, on(4, 1), local_procedure="9.1"),
    }

    def found(**narrowing: object) -> set[str]:
        rows = Narrowing(**narrowing).of(Dossier.objects.all())
        return {name for name, dossier in made.items() if dossier in set(rows)}

    assert found() == set(made)
    assert found(unit=first) == {"first", "unmapped"}
    assert found(unit=country.south) == set()
    assert found(procedure="1.000002") == {"second"}
    assert found(procedure="9.1") == {"unmapped"}
    assert found(status=Dossier.Status.RETURNED) == {"second"}
    assert found(month=202604) == {"unmapped"}
    assert not Narrowing() and Narrowing(month=202604)


@pytest.mark.parametrize("sort", [sign + name for name in SORTS for sign in ("", "-")])
def test_pages_walk_the_whole_list_there_and_back(country: Country, sort: str) -> None:
    chance = random.Random(sort)
    for _ in range(23):
        # Few values and some unknown, so that pages break within equals.
        received = on(3, chance.randint(1, 3))
        deadline = chance.choice([None, on(4, 1), on(4, 2)])
        ended = chance.choice([None, on(3, 20)])
        make_dossier(country.north, None, received, deadline_at=deadline, ended_at=ended)
    everything = [dossier.pk for dossier in in_order(Dossier.objects.all(), sort)]
    pages = [page_of(Dossier.objects.all(), sort, size=5)]
    assert pages[0].before is None
    while pages[-1].after:
        pages.append(page_of(Dossier.objects.all(), sort, after=pages[-1].after, size=5))
    assert [dossier.pk for page in pages for dossier in page.rows] == everything
    back = page_of(Dossier.objects.all(), sort, before=pages[-1].before, size=5)
    assert [d.pk for d in back.rows] == [d.pk for d in pages[-2].rows]
    assert (back.before, back.after) == (pages[-2].before, pages[-2].after)
    start = page_of(Dossier.objects.all(), sort, before=pages[1].before, size=5)
    assert [d.pk for d in start.rows] == [d.pk for d in pages[0].rows] and start.before is None
    assert [d.pk for d in page_of(Dossier.objects.all(), sort, after=10**9, size=5).rows] == [
        d.pk for d in pages[0].rows
    ]


def test_an_office_s_list_holds_those_of_all_below_it_only(country: Country) -> None:
    for agency in country.handling:
        make_dossier(agency, country.marriage, on(3, 2))
    period = Period.parse("2026-M05")
    codes = set(behind(country.north, period, "2.1", NOW).costing().values_list("agency__code", flat=True))
    assert codes == {"H44.01", "H44.101", "H44.102"}
    assert behind(Agency.objects.get(code="VN"), period, "2.1", NOW).costing().count() == 5
