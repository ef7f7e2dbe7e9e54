"""The reviewers' desk: who may close, propose, publish, withdraw; and what the page says of late data."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from agencies.jobs import run
from agencies.models import Job, User
from scoring.models import Publication
from scoring.recount import recount_all
from tests.admin_people import signed_in
from tests.people import EVERYBODY
from tests.scoring.country import NOW, make_dossier, on
from tests.scoring.publishing import MARCH, Results, closed, make_results, published
from tests.worlds import built_once

LIST = reverse("admin:scoring_publication_changelist")
CLOSE = "/admin/scoring/publication/close/"


built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None, monkeypatch: pytest.MonkeyPatch) -> Results:
    # How one signs in is tried elsewhere.
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    return deepcopy(built)


def address(publication: Publication, verb: str) -> str:
    return f"/admin/scoring/publication/{publication.pk}/{verb}/"


def yes(client: Client, url: str, **answer: str) -> int:
    return client.post(url, {"confirmed": "yes", **answer}).status_code


def test_a_month_goes_from_the_desk_to_everybody(results: Results) -> None:
    first, second = signed_in(results.proposer), signed_in(results.approver)
    assert MARCH.label in first.get(CLOSE).content.decode()
    answer = first.post(CLOSE, {"confirmed": "yes", "period": MARCH.code})
    job = Job.objects.get(kind="close-period")
    assert answer["Location"] == reverse("job", args=[job.pk])
    run(job.pk, lambda: NOW)
    assert MARCH.label in first.get(answer["Location"]).content.decode()
    publication = Publication.objects.get(period=MARCH.code)
    assert yes(first, address(publication, "propose"), reason="Kết quả tháng 3") == 302
    assert yes(first, address(publication, "approve")) == 403
    page = second.get(address(publication, "approve")).content.decode()
    assert "8 bảng điểm" in page and "Kết quả tháng 3" in page
    assert yes(second, address(publication, "approve")) == 302
    publication.refresh_from_db()
    assert publication.is_published and publication.approved_by == results.approver
    told = second.get(address(publication, "change")).content.decode()
    assert publication.fingerprint in told and "không khớp" not in told


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_reviewers_and_operators_come_to_the_desk(results: Results, name: str) -> None:
    publication = closed(results)
    client = signed_in(results.people[name])
    expected = 200 if name in ("operator", "reviewer") else 403
    assert client.get(LIST).status_code == expected
    assert client.get(CLOSE).status_code == expected
    for verb in ("propose", "withdraw"):
        assert client.get(address(publication, verb)).status_code == expected
    if expected == 403:
        assert yes(client, address(publication, "propose"), reason="x") == 403
        assert yes(client, CLOSE, period="2026-M02") == 403
        assert client.get(address(publication, "change")).status_code in (302, 403)
    publication.refresh_from_db()
    assert publication.state == Publication.State.CLOSED


def test_publishing_asks_who_it_is_once_more(results: Results) -> None:
    publication = closed(results)
    client = Client()
    client.force_login(results.approver)
    for url in (CLOSE, *(address(publication, verb) for verb in ("propose", "withdraw"))):
        answer = client.post(url, {"confirmed": "yes", "reason": "x", "period": MARCH.code})
        assert answer.status_code == 302 and "/tai-khoan/xac-nhan/" in answer["Location"], url
    publication.refresh_from_db()
    assert publication.state == Publication.State.CLOSED


def test_nothing_is_written_by_djangos_own_forms(results: Results) -> None:
    publication = published(results)
    client = signed_in(User.objects.create_superuser("root", "root@example.vn", "mật khẩu"))
    assert client.get(reverse("admin:scoring_publication_add")).status_code == 403
    assert client.get(reverse("admin:scoring_publication_delete", args=[publication.pk])).status_code == 403
    assert client.post(address(publication, "change"), {"reason": "khác"}).status_code == 403
    for verb in ("propose", "approve", "withdraw"):
        assert yes(client, address(publication, verb), reason="x") == 403
    publication.refresh_from_db()
    assert publication.reason == "Kết quả tháng 3"


def test_what_is_missing_is_said(results: Results) -> None:
    client = signed_in(results.proposer)
    page = client.post(CLOSE, {"confirmed": "yes", "period": "2026-M05"})
    assert page.status_code == 200 and not Publication.objects.exists()
    publication = published(results)
    answer = client.post(CLOSE, {"confirmed": "yes", "period": MARCH.code})
    assert "Hãy cho biết lý do" in answer.content.decode() or "lý do" in answer.content.decode().lower()
    assert list(Publication.objects.all()) == [publication]
    draft = closed(results, reason="Đính chính")
    assert yes(client, address(draft, "propose"), reason="") == 200
    draft.refresh_from_db()
    assert draft.state == Publication.State.CLOSED


def test_the_page_tells_what_came_late(results: Results) -> None:
    publication = published(results)
    client = signed_in(results.proposer)
    assert "0 hồ sơ của kỳ" in client.get(address(publication, "change")).content.decode()
    for day in (10, 11, 12):
        make_dossier(
            results.country.south_commune,
            results.country.marriage,
            on(3, day),
            ended_at=on(5, 1),
            changed_at=NOW.replace(day=21),
        )
    recount_all(NOW)
    html = client.get(address(publication, "change")).content.decode()
    assert "3 hồ sơ của kỳ" in html and "H19.101" in html
