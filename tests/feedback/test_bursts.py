"""One source, one voice: bursts are held until somebody above has looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import EventLog
from feedback.bursts import RULES, reason_of
from feedback.models import Door, Grievance, Petition, PetitionStep, Rating, Standing
from feedback.petitions import MOST_A_DAY
from feedback.reviewing import held_petitions, held_ratings, reject, release
from feedback.sources import forget_sources, source_of
from tests.feedback.conftest import HAPPY, NOW, UNHAPPY, Staff, days, dossier_of, give, write
from tests.scoring.country import Country

HOME = "203.0.113.7"


def burst(
    commune, country: Country, count: int, address: str = HOME, said=UNHAPPY, step=timedelta(minutes=5)
):
    return [
        give(dossier_of(commune, country), said, as_of=NOW + step * number, address=address).rating
        for number in range(count)
    ]


def standings() -> list[str]:
    return list(Rating.objects.order_by("pk").values_list("standing", flat=True))


def test_five_within_an_hour_count_and_with_the_sixth_none_of_them_does(commune, country: Country) -> None:
    burst(commune, country, 5)
    assert standings() == ["counted"] * 5 and Grievance.objects.count() == 5
    burst(commune, country, 1)
    assert standings() == ["held"] * 6 and not Grievance.objects.exists()
    assert set(Rating.objects.values_list("held_for", flat=True)) == {"hour"} and reason_of("hour")


def test_friendly_ones_are_held_alike(commune, country: Country) -> None:
    burst(commune, country, 6, said=HAPPY)
    assert standings() == ["held"] * 6


def test_slowly_over_a_day_too(commune, country: Country) -> None:
    burst(commune, country, 20, step=timedelta(minutes=15))
    assert "held" not in standings()
    last = give(dossier_of(commune, country), as_of=NOW + timedelta(hours=6), address=HOME).rating
    assert last.held_for == "day" and set(standings()) == {"held"}


def test_other_sources_other_agencies_and_systems_are_no_burst(commune, country: Country) -> None:
    burst(commune, country, 5)
    burst(commune, country, 3, address="198.51.100.9")
    burst(country.south_commune, country, 5)
    for _ in range(9):
        give(dossier_of(commune, country), door=Door.SYSTEM)
    assert "held" not in standings()


def test_ratings_and_petitions_from_one_source_are_one_burst(commune, country: Country) -> None:
    burst(commune, country, 3)
    for _ in range(3):
        write(commune, address=HOME, as_of=NOW + timedelta(minutes=30))
    assert set(standings()) == {"held"}
    assert set(Petition.objects.values_list("standing", flat=True)) == {"held"}
    assert PetitionStep.objects.filter(verb="held").count() == 3


def test_an_ipv6_connection_is_one_source_and_the_address_is_not_kept(commune, country: Country) -> None:
    assert source_of("2001:db8:1:2::1") == source_of("2001:db8:1:2:ffff::9") != source_of("2001:db8:1:3::1")
    assert source_of("no address") == source_of("") == ""
    rating = burst(commune, country, 1)[0]
    assert rating.source_hash and "203.0" not in rating.source_hash
    assert forget_sources(NOW + days(29)) == 0
    assert forget_sources(NOW + days(30)) == 1
    rating.refresh_from_db()
    assert rating.source_hash == ""


def test_released_they_count_and_are_not_held_again(commune, country: Country, staff: Staff) -> None:
    held = burst(commune, country, 6)
    assert (
        release(held_ratings(staff.administrator), by=staff.administrator, reason="kiểm tra", as_of=NOW) == 6
    )
    assert standings() == ["counted"] * 6 and Grievance.objects.count() == 6
    burst(commune, country, 1)
    assert standings() == ["counted"] * 6 + ["held"]
    assert EventLog.objects.filter(verb="voice.released", object_label=held[0].dossier.code).count() == 1


def test_rejected_they_stay_to_be_seen_with_the_reason(commune, country: Country, staff: Staff) -> None:
    held = burst(commune, country, 6)
    with pytest.raises(ValidationError):
        reject(held, by=staff.administrator, reason=" ", as_of=NOW)
    assert reject(held, by=staff.administrator, reason="cùng một máy", as_of=NOW) == 6
    assert reject(held, by=staff.administrator, reason="lần nữa", as_of=NOW) == 0
    found = Rating.objects.first()
    assert found and (found.standing, found.review_reason) == (Standing.REJECTED, "cùng một máy")
    assert not Grievance.objects.exists()


def test_who_decides_is_above_the_agency(commune, country: Country, staff: Staff) -> None:
    burst(commune, country, 6)
    burst(country.north, country, 6)
    write(country.south_commune)
    Petition.objects.update(standing=Standing.HELD)
    seen = {
        name: (
            {r.dossier.agency.code for r in held_ratings(getattr(staff, name))},
            {p.agency.code for p in held_petitions(getattr(staff, name))},
        )
        for name in ("reviewer", "administrator", "officer", "stranger")
    }
    assert seen == {
        "reviewer": ({"H44", "H44.101"}, {"H19.101"}),
        # The province's own are for those above it.
        "administrator": ({"H44.101"}, set()),
        "officer": (set(), set()),
        "stranger": (set(), set()),
    }
    everything = list(Rating.objects.all())
    for name in ("administrator", "officer", "stranger"):
        with pytest.raises(PermissionDenied):
            release(everything, by=getattr(staff, name), reason="x", as_of=NOW)
    assert set(standings()) == {"held"}


def test_every_rule_says_why(db: None) -> None:
    assert all(str(rule.reason) and rule.most > 0 for rule in RULES)
    assert reason_of("gone") == ""


def test_a_flood_of_petitions_is_refused_whatever_agencies_it_is_about(country: Country) -> None:
    offices = [*country.handling, country.north, country.south]
    for number in range(MOST_A_DAY):
        write(offices[number % len(offices)], address=HOME)
    for address in (HOME, "198.51.100.9"):
        try:
            write(country.north, address=address)
        except ValidationError as refused:
            assert (refused.code, address) == ("too_many", HOME)
    assert Petition.objects.count() == MOST_A_DAY + 1
    write(country.north, address=HOME, as_of=NOW + days(1.01))
