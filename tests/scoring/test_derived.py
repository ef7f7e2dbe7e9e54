"""A province's own set: its units get a result by it beside the national one, which never moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils.translation import override

from agencies import roles
from agencies.granting import grant
from agencies.models import User
from agencies.moving import move
from procedures.models import Dossier
from scoring.derived import (
    derived_of,
    derived_set_of,
    derived_standings,
    has_derived_set,
    periods_of_derived,
)
from scoring.drafting import derive, draft_end
from scoring.freezing import graded
from scoring.indicator_sets import NoSetInForceError, approved_set, install, set_in_force
from scoring.models import Criterion, DerivedScorecard, DirtyMonth, IndicatorSet, Scorecard
from scoring.outbox import mark
from scoring.periods import Period
from scoring.recount import drain, recount_all
from scoring.regrading import ended_by
from scoring.set_approval import approve, note_edit, propose
from tests.people import LET_IN, FourPeople, account, let_in, role
from tests.scoring.country import NOW, Country, make_dossier, on

MARCH = Period.parse("2026-M03")
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def national(country: Country) -> IndicatorSet:
    """The national set, and a March counted and graded by it."""
    call_command("load_indicators", verbosity=0)
    for number, office in enumerate(country.handling):
        for day in range(12):
            late = on(3, 28) if day < number * 2 else on(3, 3 + day)
            make_dossier(office, country.marriage, on(3, 2 + day), ended_at=late, channel=2 if day % 3 else 1)
    recount_all(NOW)
    return set_in_force(202603)


@pytest.fixture
def own(country: Country, national: IndicatorSet) -> IndicatorSet:
    """A draft of the north: punctuality is all, and a criterion of its own."""
    draft = derive(national, country.north, 202603)
    group = draft.groups.get(code="TDGQ")
    Criterion.objects.filter(group__indicator_set=draft).exclude(code="2.1").update(max_points=0)
    Criterion.objects.filter(group=group, code="2.1").update(max_points=60)
    Criterion.objects.create(
        group=group, code="N1", name="Hồ sơ nộp trực tiếp", position=9, max_points=40,
        numerator="received - received_online", denominator="received",
    )  # fmt: skip
    IndicatorSet.objects.filter(pk=draft.pk).update(minimum_dossiers=5)
    return IndicatorSet.objects.get(pk=draft.pk)


def national_scores() -> list[dict[str, object]]:
    return list(Scorecard.objects.order_by("pk").values())


def results() -> list[tuple[object, ...]]:
    names = ("agency", "period", "total", "rank", "ranked", "groups")
    return list(DerivedScorecard.objects.order_by("agency_id", "period").values_list(*names))


def drained() -> None:
    while DirtyMonth.objects.exists():
        drain(LATER)


def test_the_national_scores_never_move(country: Country, own: IndicatorSet, national: IndicatorSet) -> None:
    before, frozen = national_scores(), graded(MARCH, national, NOW)
    install(own, NOW)
    assert set_in_force(202603) == national
    recount_all(NOW)
    assert national_scores() == before
    assert graded(MARCH, national, NOW) == frozen
    cards = {card.agency.code: card for card in DerivedScorecard.objects.filter(period="2026-M03")}
    assert set(cards) == {"H44.01", "H44.101", "H44.102"}, "neither the province itself nor others"
    for code, card in cards.items():
        numerator, denominator, points = card.criteria["2.1"]
        rate = int(numerator) / int(denominator)
        assert float(points) == pytest.approx(60 * rate, abs=0.01), code
        assert card.criteria["N1"][:2] == ["4", "12"] and card.criteria["N1"][2] == "13.33"
        assert card.total == sum(map(Decimal, card.groups.values()))
    ranks = sorted(cards[code].rank or 0 for code in ("H44.101", "H44.102"))
    assert ranks == [1, 2] and cards["H44.101"].ranked == 2
    assert cards["H44.01"].rank == 1


def test_what_comes_later_moves_both_alike(country: Country, own: IndicatorSet) -> None:
    install(own, NOW)
    recount_all(NOW)
    commune = country.north_communes[0]
    before = derived_of(commune, MARCH)
    Dossier.objects.filter(agency=commune).update(late_by_rule=True)
    mark({(commune.pk, 202603, 202603)})
    drained()
    after = derived_of(commune, MARCH)
    assert before is not None and after is not None and after.total < before.total
    kept = results()
    recount_all(LATER)
    assert results() == kept, "the small path and the whole one come to the same"


def test_one_that_moves_away_leaves_its_result_behind(country: Country, own: IndicatorSet) -> None:
    people = let_in()
    install(own, NOW)
    recount_all(NOW)
    commune, other = country.north_communes
    move(commune, country.south, by=people.operator, reason="sáp nhập", as_of=NOW)
    drained()
    assert derived_of(commune, MARCH) is None
    left = derived_of(other, MARCH)
    assert left is not None and (left.rank, left.ranked) == (1, 1)


def test_standings_lay_both_beside_each_other(country: Country, own: IndicatorSet) -> None:
    install(own, NOW)
    recount_all(NOW)
    assert derived_set_of(country.north, 202603) == own
    assert derived_set_of(country.south, 202603) is None and derived_set_of(country.north, 202602) is None
    found = derived_standings(country.north, MARCH)
    communes = found[f"communes:{country.north.pk}"]
    assert [row.derived.rank for row in communes] == [1, 2]
    assert all(row.national is not None and row.national.total != row.derived.total for row in communes)
    assert "2026-M03" in {period.code for period in periods_of_derived(country.north)}
    assert derived_standings(country.south, MARCH) == {}


@pytest.fixture
def people(country: Country) -> FourPeople:
    return let_in()


@pytest.fixture
def second(people: FourPeople) -> User:
    """Another administrator of the same province."""
    found = account("second-administrator")
    grant(
        people.operator, found, role(roles.ADMINISTRATOR), people.province, reason="hai người", as_of=LET_IN
    )
    return found


def test_two_of_the_province_put_it_in_force(
    country: Country, own: IndicatorSet, people: FourPeople, second: User
) -> None:
    note_edit(own.pk, by=people.administrator, as_of=NOW)
    own.refresh_from_db()
    propose(own, by=people.administrator, reason="QĐ 892/QĐ-UBND", as_of=NOW)
    with pytest.raises(PermissionDenied):
        approve(own, by=people.administrator, as_of=LATER)
    for stranger in (people.officer, people.stranger):
        with pytest.raises(PermissionDenied):
            approve(own, by=stranger, as_of=LATER)
    before = national_scores()
    assert approve(own, by=second, as_of=LATER) > 0
    drained()
    told = [{**row, "as_of": None, "changed_at": None} for row in national_scores()]
    assert told == [{**row, "as_of": None, "changed_at": None} for row in before]
    assert derived_of(country.north_communes[0], MARCH) is not None


def test_a_reviewer_may_approve_it_too(own: IndicatorSet, people: FourPeople) -> None:
    propose(own, by=people.administrator, reason="QĐ 892/QĐ-UBND", as_of=NOW)
    approve(own, by=people.reviewer, as_of=LATER)
    assert own.status == IndicatorSet.Status.APPROVED


def test_only_provinces_and_ministries_derive(country: Country, national: IndicatorSet) -> None:
    with pytest.raises(ValidationError, match="ministry or a province"):
        derive(national, country.north_communes[0], 202603)
    assert derive(national, country.ministry, 202603).code == "g15"
    again = derive(national, country.north, 202603)
    assert (again.code, again.version, again.agency) == ("h44", 1, country.north)


def test_its_end_takes_its_results_away_and_leaves_the_national_ones(
    country: Country, own: IndicatorSet, people: FourPeople, second: User
) -> None:
    install(own, NOW)
    recount_all(NOW)
    before, commune = national_scores(), country.north_communes[0]
    assert derived_of(commune, MARCH) and derived_of(commune, Period.parse("2026-Q1"))
    end = draft_end(own, 202604)
    assert (end.code, end.version, end.agency) == (own.code, own.version + 1, country.north)
    IndicatorSet.objects.filter(pk=end.pk).update(valid_from=202603)
    end.refresh_from_db()
    propose(end, by=people.administrator, reason="về bộ chung", as_of=NOW)
    for stranger in (people.administrator, people.officer, people.stranger):
        with pytest.raises(PermissionDenied):
            approve(end, by=stranger, as_of=LATER)
    assert ended_by(end).count() == DerivedScorecard.objects.count() > 0
    approve(end, by=second, as_of=LATER)
    drained()
    assert not DerivedScorecard.objects.exists() and not has_derived_set(country.north)
    told = [{**row, "as_of": None, "changed_at": None} for row in national_scores()]
    assert told == [{**row, "as_of": None, "changed_at": None} for row in before]
    assert derived_set_of(country.north, 202603) is None
    recount_all(LATER)
    assert not DerivedScorecard.objects.exists()
    with pytest.raises(NoSetInForceError):
        approved_set(own.code, 202603)
    install(derive(set_in_force(202603), country.north, 202603), LATER)
    recount_all(LATER)
    assert derived_of(commune, MARCH), "derived again, it scores again"


def test_periods_before_the_end_keep_their_results(country: Country, own: IndicatorSet) -> None:
    install(own, NOW)
    recount_all(NOW)
    ended = [row for row in results() if Period.parse(str(row[1])).last <= 202603]
    install(draft_end(own, 202604), NOW)
    recount_all(LATER)
    assert results() == ended
    assert {row[1] for row in ended} == {"2026-M03", "2026-Q1"} and has_derived_set(country.north)


def test_there_must_be_something_to_end(own: IndicatorSet, national: IndicatorSet) -> None:
    with pytest.raises(ValidationError, match="no end"):
        draft_end(national, 202604)
    with pytest.raises(ValidationError, match="nothing to end"):
        install(draft_end(own, 202604), NOW)
    install(own, NOW)
    with pytest.raises(ValidationError, match="nothing to end"):
        install(draft_end(own, 202602), NOW)
    install(draft_end(own, 202604), NOW)
    with pytest.raises(ValidationError, match="nothing to end"):
        install(draft_end(own, 202605), NOW)
