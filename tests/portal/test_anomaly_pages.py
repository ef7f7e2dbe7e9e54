"""The inbox, an anomaly's page and its acts, the rules, a search, the files; tried by the four people."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from agencies.models import EventLog, Job
from procedures.models import Dossier
from procedures.months import month_of
from scoring.anomalies.finding import look
from scoring.models import Anomaly, AnomalyRule, Publication
from tests.admin_people import in_english, signed_in
from tests.people import FOUR, FourPeople, four_people
from tests.scoring.country import make_dossier, on
from tests.scoring.test_anomaly_settling import anomaly_at

__all__ = ["four_people"]

INBOX = "admin:scoring_anomaly_changelist"
#: Who sees the anomaly of a place.
SEES = {
    "commune": {"reviewer", "administrator", "officer"},
    "province": {"reviewer", "administrator"},
    "other": {"reviewer", "stranger"},
}


@pytest.fixture(autouse=True)
def one_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")


def browser(people: FourPeople, name: str) -> Client:
    return in_english(signed_in(people[name]))


def listed(client: Client, **filters: Any) -> list[Anomaly]:
    return list(client.get(reverse(INBOX), filters).context["cl"].result_list)


def page(anomaly: Anomaly, act: str = "") -> str:
    return reverse(f"anomaly-{act}" if act else "anomaly", args=[anomaly.pk])


def send(client: Client, anomaly: Anomaly, act: str, **values: Any) -> Any:
    anomaly.refresh_from_db()
    return client.post(page(anomaly, act), {"seen": anomaly.changed_at.isoformat(), **values})


@pytest.fixture
def three(four_people: FourPeople) -> dict[str, Anomaly]:
    """An anomaly at each place."""
    return {place: anomaly_at(getattr(four_people, place)) for place in SEES}


@pytest.mark.parametrize("name", FOUR)
def test_each_meets_the_anomalies_of_their_own_agencies(
    four_people: FourPeople, three: dict[str, Anomaly], name: str
) -> None:
    client = browser(four_people, name)
    theirs = {place for place, anomaly in three.items() if name in SEES[place]}
    assert {anomaly.pk for anomaly in listed(client)} == {three[place].pk for place in theirs}
    for place, anomaly in three.items():
        expected = 200 if place in theirs else 404
        assert client.get(page(anomaly)).status_code == expected
    home = {item.title: item for item in client.get(reverse("admin:index")).context["work"]}
    assert home["Anomalies"].count == str(len(theirs))
    assert client.get(home["Anomalies"].url).status_code == 200


def test_the_gravest_come_first_and_every_filter_narrows(four_people: FourPeople) -> None:
    reviewer = browser(four_people, "reviewer")
    notice = anomaly_at(four_people.commune, severity=1, month=202603)
    grave = anomaly_at(four_people.commune, assignee=four_people.reviewer)
    settled = anomaly_at(four_people.other, state="settled", month=202602)
    rest = [anomaly.pk for anomaly in listed(reviewer)]
    assert rest == [grave.pk, settled.pk, notice.pk]
    for filters, expected in (
        ({"state": "waiting"}, [grave, notice]),
        ({"state": "settled"}, [settled]),
        ({"severity": 1}, [notice]),
        ({"period": "2026-Q1"}, [settled, notice]),
        ({"period": "2026-M04"}, [grave]),
        ({"period": "no such"}, []),
        ({"rule": "copies"}, []),
        ({"agency": four_people.province.pk}, [grave, notice]),
        ({"assigned": "me"}, [grave]),
        ({"assigned": "nobody"}, [settled, notice]),
        ({"q": "h19"}, [settled]),
    ):
        assert listed(reviewer, **filters) == expected, filters


def test_an_empty_inbox_says_how_it_fills(four_people: FourPeople) -> None:
    text = browser(four_people, "officer").get(reverse(INBOX)).content.decode()
    assert "No anomalies yet" in text and "Every night" in text


def test_the_page_tells_why_and_leads_to_the_very_dossiers(four_people: FourPeople) -> None:
    now = timezone.now()
    commune, month = four_people.commune, month_of(now)
    flawed = make_dossier(commune, None, now, finished_at=on(4, 2))
    make_dossier(commune, None, now)
    look(AnomalyRule.objects.get(code="ended-before-received"), month, now)
    anomaly = Anomaly.objects.get()
    officer = browser(four_people, "officer")
    answer = officer.get(page(anomaly))
    text = answer.content.decode()
    assert "Dossiers said to have ended before they were received: 1." in text
    assert "Handling cannot end before it begins." in text
    dossiers = officer.get(answer.context["dossiers_url"]).context["cl"].result_list
    assert [dossier.code for dossier in dossiers] == [flawed.code]
    stranger = browser(four_people, "stranger")
    assert not stranger.get(answer.context["dossiers_url"]).context["cl"].result_list
    Dossier.objects.filter(pk=flawed.pk).update(finished_at=None)
    assert "the next search closes it" in officer.get(page(anomaly)).content.decode()


@pytest.mark.parametrize("code", ["copies", "rate-jump", "silent-system"])
def test_dossiers_of_any_kind_of_anomaly_can_be_asked_for(four_people: FourPeople, code: str) -> None:
    figures = {
        "copies": {"extra": 1, "alike": 2},
        "rate-jump": {"now": [1, 40], "before": [39, 40]},
        "silent-system": {"days": 3, "last_seen": None},
    }[code]
    rule = AnomalyRule.objects.get(code=code)
    anomaly = Anomaly.objects.create(
        rule=rule, agency=four_people.commune, month=202604, about="2.1", severity=2, size=1,
        found=figures, found_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip
    officer = browser(four_people, "officer")
    assert officer.get(page(anomaly)).status_code == 200
    url = f"{reverse('admin:procedures_dossier_changelist')}?anomaly={anomaly.pk}"
    assert not officer.get(url).context["cl"].result_list


def test_the_agency_explains_and_somebody_above_settles(
    four_people: FourPeople, three: dict[str, Anomaly]
) -> None:
    anomaly = three["commune"]
    officer, administrator = browser(four_people, "officer"), browser(four_people, "administrator")
    deeds = [deed.url for deed in officer.get(page(anomaly)).context["deeds"]]
    assert deeds == [page(anomaly, "explain"), page(anomaly, "assign")]
    send(officer, anomaly, "assign", assignee=four_people.officer.pk)
    assert send(officer, anomaly, "explain", text="Đã sửa.").url == page(anomaly)
    assert send(officer, anomaly, "settle", reason="xong").status_code == 403
    form = administrator.get(page(anomaly, "settle"))
    assert "Đã sửa." in form.content.decode()
    answer = send(administrator, anomaly, "settle", reason="")
    assert answer.status_code == 200 and answer.context["form"].errors
    send(administrator, anomaly, "settle", reason="đã kiểm tra")
    anomaly.refresh_from_db()
    assert (anomaly.state, anomaly.assignee) == ("settled", four_people.officer)
    assert "đã kiểm tra" in officer.get(page(anomaly)).content.decode()
    assert send(administrator, anomaly, "dismiss", reason="nữa").url == page(anomaly)
    send(administrator, anomaly, "reopen", reason="xem lại")
    anomaly.refresh_from_db()
    assert anomaly.state == "assigned"


def test_several_are_decided_together_those_that_are_ones_to_decide(
    four_people: FourPeople, three: dict[str, Anomaly]
) -> None:
    administrator = browser(four_people, "administrator")
    more = anomaly_at(four_people.commune, month=202603)
    chosen = [three["commune"].pk, three["province"].pk, more.pk]
    values = {"action": "dismiss_chosen", "_selected_action": chosen}
    asking = administrator.post(reverse(INBOX), values).content.decode()
    assert "To be decided now: 2 serious." in asking and "not yours to decide: 1." in asking
    done = administrator.post(reverse(INBOX), {**values, "confirmed": "yes", "reason": "đã đối chiếu"})
    assert done.status_code == 302
    states = dict(Anomaly.objects.values_list("pk", "state"))
    assert [states[pk] for pk in chosen] == ["dismissed", "open", "dismissed"]
    assert EventLog.objects.filter(verb="anomaly.dismissed", reason="đã đối chiếu").count() == 2
    officer = browser(four_people, "officer")
    three["commune"].refresh_from_db()
    officer.post(reverse(INBOX), {"action": "settle_chosen", "_selected_action": [three["commune"].pk],
                                  "confirmed": "yes", "reason": "x"})  # fmt: skip
    assert not EventLog.objects.filter(verb="anomaly.settled").exists()


@pytest.mark.parametrize("act", ["settle", "dismiss"])
def test_an_administrator_does_not_decide_about_their_own_province(
    four_people: FourPeople, three: dict[str, Anomaly], act: str
) -> None:
    administrator = browser(four_people, "administrator")
    assert administrator.get(page(three["province"], act)).status_code == 403
    assert send(administrator, three["province"], act, reason="tự duyệt").status_code == 403
    assert send(browser(four_people, "stranger"), three["province"], act, reason="x").status_code == 404
    three["province"].refresh_from_db()
    assert three["province"].state == "open"


def test_what_changed_meanwhile_is_looked_at_again(
    four_people: FourPeople, three: dict[str, Anomaly]
) -> None:
    reviewer = browser(four_people, "reviewer")
    answer = reviewer.post(page(three["commune"], "settle"), {"seen": "before", "reason": "x"})
    assert answer.status_code == 200
    three["commune"].refresh_from_db()
    assert three["commune"].state == "open"


def test_the_list_as_files(four_people: FourPeople, three: dict[str, Anomaly]) -> None:
    administrator = browser(four_people, "administrator")
    csv = b"".join(administrator.get(reverse("admin:scoring_anomaly_export"))).decode()  # type: ignore[arg-type]
    assert csv.count("\r\n") == 3 and "H19" not in csv
    book = administrator.get(reverse("admin:scoring_anomaly_workbook"), {"q": "H44.07900"})
    sheet = load_workbook(io.BytesIO(book.content)).worksheets[-1]
    rows = [row for sheet in load_workbook(io.BytesIO(book.content)) for row in sheet.values]
    assert sheet.max_row >= 2 and sum("H44.07900" in map(str, row) for row in rows) == 1
    for name in ("admin:scoring_anomaly_export", "admin:scoring_anomaly_workbook"):
        assert browser(four_people, "officer").get(reverse(name)).status_code == 403


@pytest.mark.parametrize(("name", "may"), [("reviewer", True), ("administrator", False), ("officer", False)])
def test_rules_are_read_by_all_and_changed_by_reviewers(
    four_people: FourPeople, name: str, may: bool
) -> None:
    client, rule = browser(four_people, name), AnomalyRule.objects.get(code="volume-jump")
    url, change = (reverse(name, args=[rule.pk]) for name in ("anomaly-rule", "anomaly-rule-change"))
    assert "Sudden jump in dossiers received" in client.get(reverse("anomaly-rules")).content.decode()
    assert (change in client.get(url).content.decode()) is may
    values = {"severity": 3, "months": 6, "times": 4, "least": 30, "enabled": "on", "reason": "bớt nhiễu"}
    answer = client.post(change, values)
    rule.refresh_from_db()
    if not may:
        assert answer.status_code == client.get(change).status_code == 403 and rule.severity == 2
        return
    assert answer.url == url
    assert (rule.severity, rule.limits) == (3, {"months": 6, "times": 4, "least": 30})
    told = browser(four_people, "officer").get(url).content.decode()
    assert "bớt nhiễu" in told and "reviewer (reviewer)" not in told
    assert "reviewer (reviewer)" in client.get(url).content.decode()
    assert client.post(change, {**values, "times": 1}).context["form"].errors.keys() == {"times"}


def test_a_search_is_asked_for_by_who_reviews_the_nation(four_people: FourPeople) -> None:
    url = reverse("anomaly-search")
    assert browser(four_people, "administrator").post(url, {"period": "2026"}).status_code == 403
    reviewer = browser(four_people, "reviewer")
    assert reviewer.post(url, {"period": "1999"}).context["form"].errors
    period = reviewer.get(url).context["form"].fields["period"].choices[0][0]
    older = reviewer.get(url, {"period": "2020-Q1"}).context["form"].fields["period"].choices
    assert older[0][0] == "2020-Q1" and len(older) > 13
    answer = reviewer.post(url, {"period": period})
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk]) and job.kind == "find-anomalies"


def test_a_publication_says_what_nobody_has_decided_on(four_people: FourPeople) -> None:
    anomaly_at(four_people.commune)
    anomaly_at(four_people.other, severity=2, month=202605)
    anomaly_at(four_people.province, state="settled")
    publication = Publication.objects.create(
        period="2026-Q2", version=1, state="closed", closed_by_name="x", closed_at=timezone.now()
    )
    reviewer = browser(four_people, "reviewer")
    text = reviewer.get(reverse("admin:scoring_publication_change", args=[publication.pk])).content.decode()
    assert "1 serious · 1 warnings" in text
    assert "state=waiting&amp;period=2026-Q2" in text
    again = f"{reverse('anomaly-search')}?period=2026-Q2"
    assert again in text and reviewer.get(again).context["form"].initial == {"period": "2026-Q2"}
    proposing = reviewer.get(reverse("admin:scoring_publication_propose_result", args=[publication.pk]))
    assert "nobody has decided on yet: 1 serious · 1 warnings" in proposing.content.decode()
