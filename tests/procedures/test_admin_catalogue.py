"""Procedures, offers, announcements and volumes: saved through the verbs, so that scores move."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from procedures.models import AgencyProcedure, Announcement, Procedure, ReportedVolume
from scoring.models import DirtyMonth
from scoring.outbox import CATALOGUE
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import Country, make_dossier, on


def marked() -> set[tuple[str, int]]:
    return set(DirtyMonth.objects.values_list("agency__code", "month"))


@pytest.fixture
def procedure_values(country: Country) -> dict[str, Any]:
    return {
        "name": "Đăng ký kết hôn",
        "field": country.marriage.field_id,
        "level": "commune",
        "announcing_agency": country.ministry.pk,
        "processing_time": "5",
        "processing_unit": "working_day",
        "fee": "0",
        "online_level": "full",
        "subjects": ["citizen"],
        "part_sequence": "Bước 1\nBước 2",
        "part_manner": "Trực tiếp",
        "part_papers": "Tờ khai",
        "part_implementing_agency": "UBND cấp xã",
    }


def test_a_new_procedure_is_completed_and_counted(
    people: People, country: Country, procedure_values: dict[str, Any]
) -> None:
    page = reverse("admin:procedures_procedure_add")
    assert people.operator.post(page, {**procedure_values, "code": "1.000099"}).status_code == 302
    made = Procedure.objects.get(code="1.000099")
    assert made.is_complete and made.open_to_citizens and made.name_folded == "dang ky ket hon"
    assert made.parts["sequence"] == "Bước 1\nBước 2"
    assert marked() == {("G15", CATALOGUE)}


def test_another_limit_derives_its_dossiers_anew(
    people: People, country: Country, procedure_values: dict[str, Any]
) -> None:
    dossier = make_dossier(
        country.south_commune,
        country.marriage,
        on(3, 2),
        deadline_at=None,
        record_status=4,
        version_at=on(3, 2),
    )
    page = reverse("admin:procedures_procedure_change", args=[country.marriage.pk])
    assert people.operator.post(page, procedure_values).status_code == 302
    dossier.refresh_from_db()
    assert dossier.deadline_at is not None and dossier.deadline_at.date().isoformat() == "2026-03-09"
    assert ("H19.101", 202603) in marked()


def test_a_structured_part_is_kept_and_a_missing_one_named(
    people: People, country: Country, procedure_values: dict[str, Any]
) -> None:
    structured = [{"case": "", "papers": [{"code": "A", "name": "Tờ khai"}]}]
    Procedure.objects.filter(pk=country.marriage.pk).update(parts={"papers": structured})
    page = reverse("admin:procedures_procedure_change", args=[country.marriage.pk])
    text = in_english(people.operator).get(page).content.decode()
    assert "Manner of carrying out" in text
    values = {**procedure_values, "part_papers": "flattened", "part_manner": ""}
    people.operator.post(page, values)
    kept = Procedure.objects.get(pk=country.marriage.pk)
    assert kept.parts["papers"] == structured
    assert not kept.is_complete


def test_the_catalogue_is_read_by_all_and_kept_by_who_announces(
    people: People, country: Country, procedure_values: dict[str, Any]
) -> None:
    page = reverse("admin:procedures_procedure_change", args=[country.marriage.pk])
    assert people.officer.get(page).status_code == 200
    assert people.officer.post(page, procedure_values).status_code == 403
    listed = people.officer.get(reverse("admin:procedures_procedure_changelist"), {"q": "1.0000"})
    assert len(listed.context["cl"].result_list) == 2
    theirs = {**procedure_values, "code": "1.000098", "announcing_agency": country.ministry.pk}
    answer = people.administrator.post(reverse("admin:procedures_procedure_add"), theirs)
    assert "announcing_agency" in answer.context["adminform"].form.errors


def test_too_long_a_limit_is_refused_at_its_field(
    people: People, procedure_values: dict[str, Any], country: Country
) -> None:
    page = reverse("admin:procedures_procedure_change", args=[country.marriage.pk])
    answer = people.operator.post(page, {**procedure_values, "processing_time": "9999"})
    assert answer.context["adminform"].form.errors.keys() == {"processing_time"}


def test_an_offer_is_added_and_withdrawn(people: People, country: Country) -> None:
    values = {
        "agency": country.north_department.pk,
        "procedure": country.licence.pk,
        "online_level": "partial",
    }
    people.administrator.post(reverse("admin:procedures_agencyprocedure_add"), values)
    offer = AgencyProcedure.objects.get(agency=country.north_department, procedure=country.licence)
    assert marked() == {("H44.01", CATALOGUE)}
    DirtyMonth.objects.all().delete()
    page = reverse("admin:procedures_agencyprocedure_delete", args=[offer.pk])
    assert people.neighbour.post(page, {"post": "yes"}).status_code in (302, 403)
    assert AgencyProcedure.objects.filter(pk=offer.pk).exists()
    people.administrator.post(page, {"post": "yes"})
    assert not AgencyProcedure.objects.filter(pk=offer.pk).exists()
    assert marked() == {("H44.01", CATALOGUE)}


def announcement(country: Country, **more: Any) -> dict[str, Any]:
    return {
        "agency": country.north.pk,
        "procedure": country.licence.pk,
        "change": "new",
        "decision_number": "12/QĐ-UBND",
        "decided_on": "02/03/2026",
        "effective_on": "01/04/2026",
        "must_publish": "on",
        "published_on": "05/03/2026",
        **more,
    }


def test_an_announcement_marks_its_agency_and_all_that_inherit(people: People, country: Country) -> None:
    page = reverse("admin:procedures_announcement_add")
    assert people.administrator.post(page, announcement(country)).status_code == 302
    saved = Announcement.objects.get()
    assert saved.decided_on.isoformat() == "2026-03-02"
    assert saved.announce_by is not None and saved.decided_month == 202603
    assert marked() == {(code, 202603) for code in ("H44", "H44.01", "H44.101", "H44.102")}
    DirtyMonth.objects.all().delete()
    people.administrator.post(
        reverse("admin:procedures_announcement_delete", args=[saved.pk]), {"post": "yes"}
    )
    assert not Announcement.objects.exists() and marked()


def test_impossible_dates_are_refused_at_their_field(people: People, country: Country) -> None:
    page = reverse("admin:procedures_announcement_add")
    for values in ({"published_on": "01/03/2026"}, {"decided_on": "02/03/1890"}):
        answer = people.administrator.post(page, announcement(country, **values))
        assert answer.context["adminform"].form.errors.keys() == set(values)
    assert not Announcement.objects.exists()


def test_a_declared_volume_marks_its_month(people: People, country: Country) -> None:
    page = reverse("admin:procedures_reportedvolume_add")
    values = {"agency": country.south_commune.pk, "month": "202613", "dossiers": "12"}
    answer = people.neighbour.post(page, values)
    assert answer.context["adminform"].form.errors.keys() == {"month"}
    assert people.neighbour.post(page, {**values, "month": "202603"}).status_code == 302
    assert ReportedVolume.objects.get().dossiers == 12
    assert ("H19.101", 202603) in marked()
    assert people.neighbour.post(page, {**values, "month": "202603"}).status_code == 200, "one a month"
