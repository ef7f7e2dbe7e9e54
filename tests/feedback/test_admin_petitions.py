"""The list of petitions and a petition's page: what is due, who sees it, what it tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from feedback import petition_work as work
from feedback.contacts import Contact
from feedback.models import Petition, PetitionStep
from tests.feedback.conftest import Staff, dossier_of, write
from tests.feedback.desk import HANDLE, browser, page_of, text_of
from tests.scoring.country import Country
from tests.signing_in import prove

LIST = "admin:feedback_petition_changelist"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def petition(commune: Agency, staff: Staff, settings: Any, tmp_path: Any) -> Petition:
    settings.MEDIA_ROOT = tmp_path
    return write(
        commune,
        timezone.now(),
        contact=Contact("Nguyễn Thị Thí Dụ", "0912344321", ""),
        files=[SimpleUploadedFile("giấy.pdf", PDF)],
    ).petition


def listed(client: Any, **asked: str) -> set[str]:
    answer = client.get(reverse(LIST), asked)
    assert answer.status_code == 200
    return {row.code for row in answer.context["cl"].result_list}


def sent_ago(agency: Agency, days: float, **more: Any) -> Petition:
    return write(agency, timezone.now() - timedelta(days=days), **more).petition


def test_each_sees_petitions_of_their_agencies(country: Country, staff: Staff, petition: Petition) -> None:
    other = sent_ago(country.south_commune, 1)
    assert listed(browser(staff, "officer")) == {petition.code}
    assert listed(browser(staff, "administrator")) == {petition.code}
    assert listed(browser(staff, "stranger")) == {other.code}
    assert browser(staff, "reviewer").get(reverse(LIST)).status_code == 403


def test_what_is_due_first_stands_on_top(commune: Agency, staff: Staff) -> None:
    fresh, late = sent_ago(commune, 0), sent_ago(commune, 60)
    over = sent_ago(commune, 50)
    work.refuse(over, "answered", by=staff.officer, explanation="như cũ", as_of=timezone.now())
    rows = browser(staff, "officer").get(reverse(LIST)).context["cl"].result_list
    assert [row.code for row in rows] == [late.code, fresh.code, over.code]


def test_the_list_narrows_to_what_is_urgent_and_mine(commune: Agency, staff: Staff, country: Country) -> None:
    now = timezone.now()
    late, fresh, mine = sent_ago(commune, 60), sent_ago(commune, 0), sent_ago(commune, 0, kind="staff")
    today, week = sent_ago(commune, 0), sent_ago(commune, 0)
    Petition.objects.filter(pk=today.pk).update(due_by=now + timedelta(seconds=1))
    Petition.objects.filter(pk=week.pk).update(due_by=now + timedelta(days=5))
    Petition.objects.filter(pk=fresh.pk).update(procedure=country.licence)
    work.assign(mine, staff.officer, by=staff.officer, as_of=now)
    officer = browser(staff, "officer")
    assert listed(officer, due="late") <= {late.code, today.code} and late.code in listed(officer, due="late")
    assert week.code in listed(officer, due="week") and fresh.code not in listed(officer, due="week")
    assert listed(officer, assigned="me") == {mine.code}
    assert mine.code not in listed(officer, assigned="nobody")
    assert listed(officer, kind="staff") == {mine.code}
    assert listed(officer, procedure=str(country.licence.pk)) == {fresh.code}
    assert listed(officer, state="todo") == {one.code for one in (late, fresh, mine, today, week)}
    assert listed(officer, state="refused") == set()
    assert listed(officer, q=late.code[:10].lower()) >= {late.code}
    assert listed(officer, q="PA000000") == set()


def test_an_agency_elsewhere_narrows_the_list_to_nothing(
    country: Country, staff: Staff, petition: Petition
) -> None:
    sent_ago(country.south_commune, 1)
    assert listed(browser(staff, "officer"), agency=str(country.south_commune.pk)) == set()


@pytest.mark.parametrize("name", HANDLE)
def test_the_page_is_for_who_handles_petitions_there(staff: Staff, petition: Petition, name: str) -> None:
    expected = 200 if HANDLE[name] else 404
    assert browser(staff, name).get(page_of("petition", petition)).status_code == expected
    assert browser(staff, name).get(page_of("answer", petition)).status_code == expected


def test_the_admin_s_own_address_leads_to_the_page(staff: Staff, petition: Petition) -> None:
    url = reverse("admin:feedback_petition_change", args=[petition.pk])
    assert browser(staff, "officer").get(url).url == page_of("petition", petition)
    assert page_of("petition", petition) not in browser(staff, "stranger").get(url).url


def test_the_page_tells_everything_but_the_contact(staff: Staff, petition: Petition) -> None:
    told = text_of(browser(staff, "officer").get(page_of("petition", petition)))
    assert petition.body in told and "giấy.pdf" in told and petition.code in told
    assert "Thí Dụ" not in told and "0912344321" not in told
    assert "15 working days left" in told


def test_the_history_names_who_when_and_the_deadline_then(commune: Agency, staff: Staff) -> None:
    sent = timezone.now() - timedelta(days=60)
    petition = write(commune, sent).petition
    work.take_up(petition, by=staff.officer, as_of=sent + timedelta(days=1))
    work.answer(petition, "Đã sửa.", by=staff.officer, as_of=timezone.now())
    answer = browser(staff, "officer").get(page_of("petition", petition))
    first, _taken, answered = answer.context["history"]
    assert first.deadline == answered.deadline and not first.late
    assert answered.late and answered.by == str(staff.officer) and first.by == "the sender"


@pytest.mark.parametrize("name", HANDLE)
def test_the_contact_is_opened_by_who_handles_it_and_the_look_is_noted(
    staff: Staff, petition: Petition, name: str
) -> None:
    client = browser(staff, name)
    asked = client.get(page_of("contact", petition))
    assert asked.status_code == (200 if HANDLE[name] else 404)
    shown = client.post(page_of("contact", petition), {"confirmed": "yes"})
    assert ("Nguyễn Thị Thí Dụ" in text_of(shown)) is HANDLE[name]
    looks = PetitionStep.objects.filter(verb=PetitionStep.Verb.CONTACT_READ)
    assert looks.count() == int(HANDLE[name])
    if HANDLE[name]:
        assert "no-store" in shown.headers["Cache-Control"]


def test_the_contact_asks_who_it_is_once_more(staff: Staff, petition: Petition) -> None:
    client = browser(staff, "officer")
    prove(client, "password", "mfa", seconds_ago=3600)
    assert client.post(page_of("contact", petition), {"confirmed": "yes"}).status_code == 302
    assert not PetitionStep.objects.filter(verb=PetitionStep.Verb.CONTACT_READ).exists()


@pytest.mark.parametrize("name", HANDLE)
def test_an_attachment_is_a_download_that_runs_nowhere(staff: Staff, petition: Petition, name: str) -> None:
    file = petition.attachments.get()
    answer = browser(staff, name).get(reverse("desk-file", args=[file.pk]))
    if not HANDLE[name]:
        assert answer.status_code == 404
        return
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_that_is_gone_from_the_disk_is_said_to_be(staff: Staff, petition: Petition) -> None:
    file = petition.attachments.get()
    file.file.storage.delete(file.file.name)
    assert browser(staff, "officer").get(reverse("desk-file", args=[file.pk])).status_code == 404


def test_the_dossier_is_linked_only_for_who_sees_it(country: Country, staff: Staff, commune: Agency) -> None:
    dossier = dossier_of(commune, country)
    petition = write(commune, timezone.now(), dossier=dossier).petition
    work.transfer(petition, country.south_commune, by=staff.officer, reason="nhầm", as_of=timezone.now())
    url = reverse("admin:procedures_dossier_change", args=[dossier.pk])
    assert url not in text_of(browser(staff, "stranger").get(page_of("petition", petition)))
    assert browser(staff, "officer").get(page_of("petition", petition)).status_code == 404


def test_the_file_of_the_list_holds_nothing_a_citizen_wrote(staff: Staff, petition: Petition) -> None:
    answer = browser(staff, "administrator").get(reverse("admin:feedback_petition_export"))
    file = b"".join(answer.streaming_content).decode()
    assert petition.code in file and petition.subject not in file and petition.body not in file
    # An officer's role does not take files away.
    assert browser(staff, "officer").get(reverse("admin:feedback_petition_export")).status_code == 403


def test_the_home_tells_what_is_late_and_what_is_held(commune: Agency, staff: Staff) -> None:
    sent_ago(commune, 60)
    told = {item.title: item for item in browser(staff, "officer").get("/admin/").context["work"]}
    assert told["Late petitions"].count == "1" and told["Late petitions"].look == "bad"
    assert "Held for review" not in told
    above = {item.title: item for item in browser(staff, "reviewer").get("/admin/").context["work"]}
    assert "Late petitions" not in above and above["Held for review"].count == "0"
