"""A province's own set on public pages, in the API and in the admin, beside the national result."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from scoring.drafting import derive
from scoring.indicator_sets import install, set_in_force
from scoring.models import Criterion, IndicatorSet, Scorecard
from scoring.recount import recount_all
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import NOW, Country, make_dossier, on


@pytest.fixture
def own(country: Country) -> IndicatorSet:
    """The north's own set in force, and a March counted."""
    call_command("load_indicators", verbosity=0)
    for number, office in enumerate(country.handling):
        for day in range(12):
            late = on(3, 28) if day < number * 2 else on(3, 3 + day)
            make_dossier(office, country.marriage, on(3, 2 + day), ended_at=late)
    draft = derive(set_in_force(202603), country.north, 202603)
    Criterion.objects.filter(group__indicator_set=draft, code="2.1").update(max_points=60)
    install(draft, NOW)
    recount_all(NOW)
    return draft


@pytest.fixture
def visitor() -> Client:
    return in_english(Client())


def test_its_units_stand_by_both_sets(visitor: Client, country: Country, own: IndicatorSet) -> None:
    page = visitor.get(f"{reverse('derived-standings', args=['H44'])}?ky=2026-M03")
    text = page.content.decode()
    assert [name for name, _rows in page.context["classes"]] == ["communes", "departments"]
    commune = country.north_communes[0]
    national = Scorecard.objects.get(agency=commune, period="2026-M03")
    assert f"{national.total:.2f}" in text and "National rank" in text and commune.name in text
    assert "H19" not in text
    file = visitor.get(f"{reverse('derived-standings-file', args=['H44'])}?ky=2026-M03")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[0].startswith("period,class,rank")
    assert any(",H44.101,Agency H44.101," in line and f",{national.total}," in line for line in lines)


def test_an_offices_page_shows_both(visitor: Client, country: Country, own: IndicatorSet) -> None:
    def page(agency: Agency) -> str:
        return visitor.get(f"{reverse('agency', args=[agency.code])}?ky=2026-M03").content.decode()

    assert "By the own set of Agency H44" in page(country.north_communes[0])
    assert "Its offices by its own indicator set" in page(country.north)
    for other in (country.south_commune, country.south, country.ministry):
        assert "own set" not in page(other) and "own indicator set" not in page(other)


def test_the_api_tells_both(visitor: Client, country: Country, own: IndicatorSet) -> None:
    def card(code: str) -> dict[str, object]:
        found: dict[str, object] = visitor.get(reverse("api-scorecard", args=[code, "2026-M03"])).json()
        return found

    told = card("H44.101")
    assert told["indicator_set"] != told["derived"]["indicator_set"] == "h44 v1"  # type: ignore[index]
    assert told["derived"]["owner"] == "H44" and told["derived"]["ranked"] == 2  # type: ignore[index]
    assert card("H19.101")["derived"] is None and card("H44")["derived"] is None


@pytest.mark.parametrize("code", ["H19", "H44.101", "VN", "nobody"])
def test_where_there_is_no_such_set_there_is_no_page(visitor: Client, own: IndicatorSet, code: str) -> None:
    assert visitor.get(reverse("derived-standings", args=[code])).status_code == 404
    assert visitor.get(reverse("derived-standings-file", args=[code])).status_code == 404


def test_before_anything_is_counted_the_page_says_so(visitor: Client, country: Country) -> None:
    call_command("load_indicators", verbosity=0)
    install(derive(set_in_force(202603), country.north, 202603), NOW)
    page = visitor.get(reverse("derived-standings", args=["H44"]))
    assert page.status_code == 200 and "appear by themselves" in page.content.decode()
    assert visitor.get(reverse("derived-standings-file", args=["H44"])).status_code == 404


def test_an_administrator_ends_their_own_provinces_set(
    people: People, country: Country, own: IndicatorSet
) -> None:
    def page(act: str, indicator_set: IndicatorSet) -> str:
        return reverse(f"admin:scoring_indicatorset_{act}_set", args=[indicator_set.pk])

    national = set_in_force(202603)
    for client in (people.officer, people.neighbour):
        assert client.post(page("end", own), {"confirmed": "yes"}).status_code == 403
    assert people.reviewer.post(page("end", national), {"confirmed": "yes"}).status_code == 403
    asked = in_english(people.administrator).get(page("end", own))
    assert "national results only" in " ".join(map(str, asked.context["consequences"]))
    assert not IndicatorSet.objects.filter(ends=True).exists(), "asked first"
    people.administrator.post(page("end", own), {"confirmed": "yes"})
    end = IndicatorSet.objects.get(ends=True)
    assert (end.agency, end.status) == (country.north, "draft")
    change = reverse("admin:scoring_indicatorset_change", args=[end.pk])
    told = people.administrator.get(change).content.decode()
    assert "has no set of its own" in told and "minimum_dossiers" not in told and "groups-0" not in told
    for act in ("end", "copy_to_draft", "compare", "try"):
        url = reverse("admin:scoring_indicatorset_copy_to_draft", args=[end.pk]) if "copy" in act else ""
        assert people.administrator.get(url or page(act, end)).status_code == 403, act
    assert people.administrator.get(reverse("set-compare", args=[end.pk])).status_code == 404
    values = {"name": end.name, "code": end.code, "version": end.version, "agency": end.agency_id}
    saved = people.administrator.post(change, {**values, "legal_source": "", "valid_from": 202603})
    assert saved.status_code == 302
    people.administrator.post(page("propose", end), {"confirmed": "yes", "reason": "dùng bộ chung"})
    approval = in_english(people.reviewer).get(page("approve", end)).context["consequences"]
    assert "go now; national scores and ranks stay" in " ".join(map(str, approval))


def test_an_administrator_derives_a_set_for_their_own_province(people: People, country: Country) -> None:
    call_command("load_indicators", verbosity=0)
    national = set_in_force(202603)
    page = reverse("admin:scoring_indicatorset_derive_set", args=[national.pk])
    asked = in_english(people.administrator).get(page)
    assert [str(found) for found in asked.context["form"].fields["agency"].queryset] == ["Agency H44"]
    for agency in (country.south, country.north_communes[0]):
        people.administrator.post(page, {"confirmed": "yes", "agency": agency.pk})
    assert not IndicatorSet.objects.exclude(pk=national.pk).exists()
    people.administrator.post(page, {"confirmed": "yes", "agency": country.north.pk})
    draft = IndicatorSet.objects.exclude(pk=national.pk).get()
    assert (draft.code, draft.agency, draft.status) == ("h44", country.north, "draft")
    assert draft.edited_by is not None and draft.edited_by.username == "administrator"
    for client in (people.officer, people.neighbour):
        assert client.get(page).status_code == 403
    assert people.administrator.get(reverse("set-what-if", args=[draft.pk])).status_code == 200
    assert people.neighbour.get(reverse("set-what-if", args=[draft.pk])).status_code == 404
    mine = reverse("admin:scoring_indicatorset_propose_set", args=[draft.pk])
    people.administrator.post(mine, {"confirmed": "yes", "reason": "QĐ 892/QĐ-UBND"})
    draft.refresh_from_db()
    assert draft.status == "proposed"
    approve = reverse("admin:scoring_indicatorset_approve_set", args=[draft.pk])
    assert people.administrator.post(approve, {"confirmed": "yes"}).status_code == 403
    told = " ".join(str(text) for text in in_english(people.reviewer).get(approve).context["consequences"])
    assert "Offices below Agency H44" in told and "national scores and ranks stay" in told
