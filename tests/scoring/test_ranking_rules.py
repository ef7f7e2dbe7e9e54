"""Ranking rules are data of the indicator set: the portal's SQL, its Python and the public script agree."""

from __future__ import annotations

import random
import runpy
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.core.exceptions import ValidationError

from scoring.freezing import freeze
from scoring.indicator_documents import DECISION_766, document_of, load, read_document
from scoring.indicator_sets import install, ranking_rules
from scoring.models import IndicatorSet, Publication, Scorecard
from scoring.peers import PeerRules, Within, peer_class
from scoring.periods import Period
from scoring.publication_files import SCRIPT
from scoring.published_versions import offices_told
from scoring.ranking import rank
from scoring.ranking_rules import Contestant, RankingRules, Ties, places
from scoring.recount import recount_all
from scoring.standings import public_class, standings
from tests.factories import ScorecardFactory, indicator_set
from tests.scoring.country import NOW, Country, make_dossier, on
from tests.scoring.test_indicators_approval import make_draft

MARCH = Period.parse("2026-M03")
SHARED, DENSE = RankingRules(10), RankingRules(10, Ties.DENSE)
BY_CRITERION = RankingRules(10, Ties.CRITERION, "2.1")


def contestants(*told: tuple[str, int, str | None]) -> dict[int, Contestant]:
    return {
        number: Contestant("communes:3", Decimal(total), dossiers, None if tie is None else Decimal(tie))
        for number, (total, dossiers, tie) in enumerate(told)
    }


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (SHARED, [1, 1, 3, None]),
        (DENSE, [1, 1, 2, None]),
        (BY_CRITERION, [2, 1, 3, None]),
        (RankingRules(7), [1, 1, 3, 4]),
    ],
)
def test_how_ties_are_placed(rules: RankingRules, expected: list[int | None]) -> None:
    found = places(contestants(("80", 90, "9"), ("80", 90, "10"), ("70", 90, None), ("60", 7, "20")), rules)
    assert [found[number].rank for number in range(4)] == expected
    assert {place.ranked for place in found.values()} == {4 - expected.count(None)}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (PeerRules(), ["departments:35", "communes:35", "units:900"]),
        (
            PeerRules(Within.NATION, Within.NATION, Within.SYSTEM),
            ["departments", "communes", "units:35"],
        ),
        (PeerRules(communes=Within.PARENT), ["departments:35", "communes:60", "units:900"]),
    ],
)
def test_how_far_a_class_reaches(rules: PeerRules, expected: list[str]) -> None:
    offices = [("department", "/1/35/412/"), ("commune", "/1/35/60/900/"), ("unit", "/1/35/60/900/5000/")]
    assert [peer_class(kind, path, rules) for kind, path in offices] == expected
    assert peer_class("province", "/1/35/", rules) == "provinces"


@pytest.mark.parametrize("rules", [SHARED, DENSE, BY_CRITERION, RankingRules(0, Ties.CRITERION, "5.2")])
def test_sql_python_and_the_script_place_alike(country: Country, rules: RankingRules) -> None:
    draw, indicators = random.Random(766), indicator_set()
    for office in [*country.handling, country.north, country.south, country.nation]:
        points = {code: [None, None, draw.choice([None, "1.00", "10.50", "2.00"])] for code in ("2.1", "5.2")}
        ScorecardFactory(
            agency=office, indicator_set=indicators, period="2026-M03",
            total=draw.choice([50, Decimal("50.5")]),
            peer_class=draw.choice(["communes:1", "provinces"]) if office != country.nation else "nation",
            dossiers=draw.choice([9, 10, 400]), criteria=points, rank=None,
        )  # fmt: skip
    rank("2026-M03", rules)
    cards = {card.pk: card for card in Scorecard.objects.all()}
    stored = {pk: (card.rank, card.ranked) for pk, card in cards.items()}
    found = places(
        {
            pk: Contestant(
                card.peer_class, card.total, card.dossiers,
                None if (tie := card.criteria.get(rules.deciding, [None] * 3)[2]) is None else Decimal(tie),
            )
            for pk, card in cards.items()
        },
        rules,
    )  # fmt: skip
    assert stored == {pk: tuple(place) for pk, place in found.items()}
    script = runpy.run_path(str(SCRIPT))
    told = {"groups": [], "bands": [], "minimum_dossiers": rules.minimum_dossiers, "ties": rules.ties.value}
    told["tie_criterion"] = rules.tie_criterion
    offices = [
        {
            "code": str(pk), "peer_class": card.peer_class, "total": str(card.total),
            "criteria": card.criteria,
            "dossiers": card.dossiers, "rank": card.rank, "ranked": card.ranked,
        }
        for pk, card in cards.items()
    ]  # fmt: skip
    assert list(script["misplaced"](offices, script["Rules"](told))) == []
    offices[0]["rank"] = 77
    assert len(list(script["misplaced"](offices, script["Rules"](told)))) == 1


def test_a_set_without_the_newer_rules_is_read_as_it_was_meant() -> None:
    script = runpy.run_path(str(SCRIPT))
    rules = script["Rules"]({"groups": [], "bands": [], "minimum_dossiers": 10})
    assert (rules.ties, rules.tie_criterion) == ("shared", "")
    assert rules.within["unit"] == ("units", "parent")


def counted(country: Country, **rules: Any) -> IndicatorSet:
    """The country's March, counted and graded by Decision 766 with other ranking rules."""
    indicators, _loaded = load(msgspec.structs.replace(read_document(DECISION_766), version=9, **rules))
    for number, office in enumerate(country.handling):
        for day in range(12 if office != country.south_commune else 7):
            late = on(3, 28) if day < number % 2 else on(3, 3 + day)
            make_dossier(office, country.marriage, on(3, 2 + day), ended_at=late)
    recount_all(NOW)
    return indicators


def test_communes_ranked_over_the_whole_country(country: Country) -> None:
    indicators = counted(country, communes_within="nation", ties="criterion", tie_criterion="2.1")
    cards = {card.agency.code: card for card in Scorecard.objects.filter(period="2026-M03")}
    assert {cards[code].peer_class for code in ("H44.101", "H44.102", "H19.101")} == {"communes"}
    assert (cards["H19.101"].rank, cards["H19.101"].ranked) == (None, 2)
    assert sorted([cards["H44.101"].rank, cards["H44.102"].rank]) == [1, 2]
    peers = public_class("communes:H44")
    shown = standings(MARCH, peers.stored, NOW)
    assert {row.agency.code for row in shown} == {"H44.101", "H44.102"}, "with their ranks in the country"
    publication = Publication.objects.create(period="2026-M03", version=1, closed_at=NOW, closed_by_name="x")
    freeze(publication, NOW)
    offices = list(offices_told(publication))
    assert {office["code"]: office["rank"] for office in offices} == {
        code: card.rank for code, card in cards.items()
    }
    script = runpy.run_path(str(SCRIPT))
    rules = script["Rules"](msgspec.to_builtins(document_of(indicators)))
    assert list(script["differences"](rules, offices)) == []
    next(office for office in offices if office["code"] == "H44.101")["peer_class"] = "communes:H44"
    assert any("peer_class: published communes:H44" in flaw for flaw in script["differences"](rules, offices))


@pytest.mark.django_db
def test_the_deciding_criterion_is_one_of_the_set() -> None:
    draft = make_draft()
    draft.ties, draft.tie_criterion = "criterion", "9"
    with pytest.raises(ValidationError, match="9"):
        install(draft)
    draft.tie_criterion = "1"
    install(draft)
    assert ranking_rules(draft) == RankingRules(10, Ties.CRITERION, "1")


@pytest.mark.django_db
@pytest.mark.parametrize(("ties", "code"), [("criterion", ""), ("shared", "1"), ("criterion", "1'; --")])
def test_a_deciding_criterion_is_named_where_it_decides_and_only_there(ties: str, code: str) -> None:
    draft = make_draft()
    draft.ties, draft.tie_criterion = ties, code
    with pytest.raises(ValidationError) as refused:
        draft.full_clean()
    assert "tie_criterion" in refused.value.message_dict
    if "'" in code:
        with pytest.raises(ValueError, match="cannot be the code"):
            ranking_rules(draft)
