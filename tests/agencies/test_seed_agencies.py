"""The seed: every office of the country once, again and again the same, whatever was done since."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from agencies.codes import code_map, collisions
from agencies.models import Agency, AgencyCode
from agencies.seed import communes, ministries, provinces
from agencies.seed.rows import read_fixture
from agencies.seed.sowing import Sowing, Sown
from agencies.tree import circular_successions, flaws, place
from tests.agencies.conftest import Kind


def seed() -> str:
    out = StringIO()
    call_command("seed_agencies", stdout=out)
    return out.getvalue()


def everything() -> list[Any]:
    tables = (Agency, AgencyCode, Agency.successors.through)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_the_whole_country_is_sown_once(db: None) -> None:
    printed = seed()

    kinds = Counter(Agency.objects.order_by().values_list("kind", flat=True))
    assert kinds[Kind.NATION] == 1
    assert (kinds[Kind.MINISTRY], kinds[Kind.MINISTERIAL_AGENCY]) == (14, 3)
    assert kinds[Kind.PROVINCE] == 34 + 29
    assert kinds[Kind.COMMUNE] == 3_321
    types = Counter(
        name.split()[0] for name in Agency.objects.filter(kind=Kind.COMMUNE).values_list("name", flat=True)
    )
    assert types == {"Xã": 2_621, "Phường": 687, "Đặc": 13}
    assert "communes                    3321 new" in printed

    before = everything()
    printed = seed()
    assert everything() == before
    assert " 0 new     0 updated  3321 unchanged" in printed

    assert flaws() == []
    assert collisions() == []
    assert circular_successions() == []
    check_some_offices()


def check_some_offices() -> None:
    phu_tho = Agency.objects.get(code="H44")
    assert (phu_tho.name, phu_tho.gso_code) == ("Tỉnh Phú Thọ", "25")
    assert phu_tho.latitude is not None
    assert phu_tho.children.filter(kind=Kind.COMMUNE).count() == 148
    assert 13 <= phu_tho.children.filter(kind=Kind.DEPARTMENT).count() <= 15
    assert {former.code for former in phu_tho.predecessors.all()} == {"H28", "H62"}

    ward = Agency.objects.get(code="H26.00004")
    assert (ward.name, str(ward)) == ("Phường Ba Đình", "Phường Ba Đình")
    assert ward.parent == Agency.objects.get(code="H26")
    assert ward.valid_from == date(2025, 7, 1)
    assert ward.name_folded == "phuong ba dinh"

    assert set(Agency.objects.on(date(2025, 6, 30)).filter(kind=Kind.PROVINCE)) == set(
        Agency.objects.filter(kind=Kind.PROVINCE)
    )
    assert Agency.objects.on(date(2025, 7, 1)).filter(kind=Kind.PROVINCE).count() == 34
    gone = Agency.objects.filter(valid_to=date(2025, 6, 30))
    assert gone.count() == 29 and all(agency.successors.count() == 1 for agency in gone)

    for code, own_code in (
        ("000.00.00.H44-240101-1", "H44"),
        ("000.00.03.H44-240101-1", "H44.03"),
        ("000.00.00.H22-240101-12345", "H22"),
        ("000.00.00.G15-260101-1", "G15"),
        ("000.00.01.G12-260101-1", "G12.01"),
        ("H26.00004-260101-1", "H26.00004"),
    ):
        found = code_map().agency_of_dossier_code(code)
        assert found is not None and found.id == Agency.objects.get(code=own_code).pk


def sow_ministries() -> Sown:
    sowing = Sowing()
    sowing.sow([ministries.nation()])
    sowing.sow(ministries.ministries())
    return sowing.sow(ministries.ministry_units())


def test_seeded_values_come_back_and_offices_made_by_hand_stay(db: None) -> None:
    sow_ministries()
    justice = Agency.objects.get(code="G15")
    justice.name = "Bộ Tư pháp (sai)"
    justice.save()
    by_hand = place(Agency(code="G15.90", name="Viện Chiến lược", kind=Kind.UNIT), justice)
    place(Agency.objects.get(code="G12.01"), justice)

    units = sow_ministries()
    assert (units.created, units.updated) == (0, 1)
    justice.refresh_from_db()
    assert (justice.name, justice.name_folded) == ("Bộ Tư pháp", "bo tu phap")
    assert Agency.objects.get(code="G15.90").path == by_hand.path
    assert Agency.objects.get(code="G12.01").parent == Agency.objects.get(code="G12")
    assert flaws() == []


def test_a_corrected_code_is_kept_and_no_second_office_appears(db: None) -> None:
    sow_ministries()
    Agency.objects.filter(code="G12.01").update(code="G12.18")
    Agency.objects.filter(code="G12.02").update(code="G12.19")
    AgencyCode.objects.filter(code="000.00.02.G12").update(code="G12.02", scheme="new")
    before = Agency.objects.count()
    assert sow_ministries().created == 0
    assert Agency.objects.count() == before
    assert Agency.objects.get(name="Cục Thuế").code == "G12.18"
    assert Agency.objects.get(name="Cục Hải quan").code == "G12.19"


def test_an_office_that_answers_to_anothers_former_code_is_not_taken_for_it(db: None) -> None:
    sow_ministries()
    Sowing().sow(provinces.provinces(communes.province_centres()))
    AgencyCode.objects.create(agency=Agency.objects.get(code="H05"), code="H02", scheme="new")
    sowing = Sowing()
    sowing.sow(provinces.provinces(communes.province_centres()))
    assert sowing.sow(provinces.former_provinces()).created == 29
    assert Agency.objects.get(code="H05").name == "Tỉnh Bắc Ninh"
    assert Agency.objects.get(code="H02").name == "Tỉnh Bắc Giang"


def test_a_row_without_its_parent_is_refused_with_all_beside_it(db: None) -> None:
    with pytest.raises(KeyError):
        Sowing().sow([ministries.nation(), *ministries.ministry_units()])
    assert Agency.objects.count() == 0


def test_fixtures_say_of_every_code_how_far_it_can_be_trusted() -> None:
    for fixture in ("ministries.csv", "ministry_units.csv", "former_provinces.csv", "departments.csv"):
        rows = list(read_fixture(fixture))
        assert rows
        assert {row["code_status"] for row in rows} <= {"official", "provisional"}, fixture


def test_every_selection_of_provinces_names_provinces_that_exist() -> None:
    known = {row["code"] for row in read_fixture("provinces.csv")}
    assert len(known) == 34
    for row in read_fixture("departments.csv"):
        assert set(row["provinces"].removeprefix("!").split()) <= known
    assert {successor for _, successor in provinces.successions()} <= known
