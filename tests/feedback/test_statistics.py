"""Satisfaction in figures: by month, procedure and agency, and never of fewer than five people."""

from __future__ import annotations

from feedback.models import Rating, Standing
from feedback.ratings import Said
from feedback.statistics import by_agency, by_month, by_procedure
from tests.feedback.conftest import at, dossier_of, give
from tests.scoring.country import Country


def rated(agency, country: Country, day: str, *opinions: int, **facts) -> None:
    for satisfaction in opinions:
        said = Said(satisfaction, {"staff": satisfaction + 1})
        give(dossier_of(agency, country, **facts), said, at(day))


def test_by_month_with_means_of_the_factors(country: Country, commune) -> None:
    rated(commune, country, "05-18", 3, 3, 2, 1, 1, 1)
    rated(commune, country, "06-01", 3, 3, 3, 3)
    rated(commune, country, "07-01", 3)
    may, june, july = by_month(country.north, 202601, 202612)
    assert (may.key, may.answers, may.very_satisfied, may.satisfied, may.not_satisfied) == (
        202605,
        6,
        2,
        1,
        3,
    )
    assert may.factors == {"staff": 2.83}
    assert (june.key, june.answers, june.very_satisfied, june.factors) == (202606, None, None, None)
    assert july.answers is None
    assert by_month(country.south, 202601, 202612) == [] == by_month(country.north, 202601, 202604)


def test_a_month_begins_in_vietnam(country: Country, commune) -> None:
    rated(commune, country, "06-01", 3, 3, 3, 3, 3)
    Rating.objects.update(given_at=at("06-01", 0))
    assert [cell.key for cell in by_month(commune, 202606, 202606)] == [202606]
    assert by_month(commune, 202605, 202605) == []


def test_held_ones_are_not_in_it(country: Country, commune) -> None:
    rated(commune, country, "05-18", 3, 3, 3, 3, 3, 3)
    held = Rating.objects.order_by("pk").first()
    assert held
    Rating.objects.filter(pk=held.pk).update(standing=Standing.HELD)
    assert by_month(commune, 202605, 202605)[0].answers == 5


def test_by_procedure_and_by_agency(country: Country, commune) -> None:
    rated(commune, country, "05-18", 3, 3, 3, 3, 1)
    rated(country.south_commune, country, "05-18", 1, 1)
    assert [(cell.key, cell.answers) for cell in by_procedure(country.nation, 202605, 202605)] == [
        (country.marriage.pk, 7)
    ]
    cells = by_agency([country.nation, country.south, country.ministry], 202605, 202605)
    assert [(cell.key, cell.answers, cell.not_satisfied) for cell in cells] == [
        (country.nation.pk, 7, 3),
        (country.south.pk, 2, 2),
        (country.ministry.pk, 0, 0),
    ]
    assert by_month(country.nation, 202605, 202605, procedure=country.licence) == []
