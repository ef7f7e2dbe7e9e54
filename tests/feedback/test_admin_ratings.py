"""Ratings at the desk: the list, comments, bursts held for review, slips for receipts."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, EventLog
from feedback.models import Rating, Standing
from feedback.rating_links import read
from feedback.ratings import Said
from procedures.models import Dossier
from tests.feedback.conftest import HAPPY, UNHAPPY, Staff, days, dossier_of, give
from tests.feedback.desk import HANDLE, YES, browser, text_of
from tests.scoring.country import Country

LIST = "admin:feedback_rating_changelist"
#: Who decides about voices held on the first commune: from above, never itself.
REVIEW = {"administrator": True, "officer": False, "reviewer": True, "stranger": False}


def rated(agency: Agency, country: Country, said: Said = UNHAPPY, **more: Any) -> Rating:
    now = timezone.now()
    dossier = dossier_of(agency, country, ended_at=now - days(3))
    return give(dossier, said, now, **more).rating


@pytest.fixture
def burst(commune: Agency, country: Country, staff: Staff) -> list[Rating]:
    for _time in range(6):
        rated(commune, country, address="203.0.113.9")
    return list(Rating.objects.filter(standing=Standing.HELD))


def listed(client: Any, **asked: str) -> set[str]:
    return {row.dossier.code for row in client.get(reverse(LIST), asked).context["cl"].result_list}


def test_the_list_is_scoped_and_narrowed(country: Country, commune: Agency, staff: Staff) -> None:
    bad, good = rated(commune, country), rated(commune, country, HAPPY)
    far = rated(country.south_commune, country)
    officer = browser(staff, "officer")
    assert listed(officer) == {bad.dossier.code, good.dossier.code}
    assert listed(browser(staff, "stranger")) == {far.dossier.code}
    assert browser(staff, "reviewer").get(reverse(LIST)).status_code == 403
    assert listed(officer, satisfaction="1") == {bad.dossier.code}
    assert listed(officer, month="200001") == listed(officer), "no such month is offered"
    assert listed(officer, q=good.dossier.code) == {good.dossier.code}
    assert listed(officer, agency=str(country.south_commune.pk)) == set()
    admin = browser(staff, "administrator")
    assert listed(admin, agency=str(commune.pk)) == {bad.dossier.code, good.dossier.code}


def test_every_version_is_told(commune: Agency, country: Country, staff: Staff) -> None:
    rating = rated(commune, country)
    officer, url = browser(staff, "officer"), reverse("admin:feedback_rating_change", args=[rating.pk])
    fresh = text_of(officer.get(url))
    assert rating.dossier.code in fresh and "Not satisfied" in fresh
    assert "before it was changed" not in fresh and "last changed" not in fresh
    give(rating.dossier, HAPPY, timezone.now())
    changed = text_of(officer.get(url))
    assert "before it was changed" in changed and "last changed" in changed
    assert changed.count("Not satisfied") == 1 and "Very satisfied" in changed


@pytest.mark.parametrize("name", HANDLE)
def test_a_comment_is_shown_in_somebody_s_words_or_kept_back(
    commune: Agency, country: Country, staff: Staff, name: str
) -> None:
    rating = rated(commune, country, Said(1, {}, "Gọi tôi 0912345678."))
    url, client = reverse("rating-comment", args=[rating.pk]), browser(staff, name)
    if not HANDLE[name]:
        assert client.post(url, {"decision": "show", "text": "x"}).status_code == 404
        return
    assert "0912345678" in text_of(client.get(url))
    assert client.post(url, {"decision": "keep", "text": "", "reason": ""}).context["form"].errors
    client.post(url, {"decision": "show", "text": "Chờ lâu."})
    rating.refresh_from_db()
    assert (rating.comment_state, rating.shown_comment) == ("shown", "Chờ lâu.")
    client.post(url, {"decision": "keep", "text": "", "reason": "chỉ một người"})
    rating.refresh_from_db()
    assert (rating.comment_state, rating.shown_comment) == ("kept_back", "")


@pytest.mark.parametrize("name", REVIEW)
def test_a_burst_is_seen_by_who_stands_above(burst: list[Rating], staff: Staff, name: str) -> None:
    answer = browser(staff, name).get(reverse("held-voices"))
    if name in ("officer", "stranger"):
        assert answer.status_code == 403
        return
    assert [len(one.voices) for one in answer.context["bursts"]] == [6]
    assert "More than five voices" in text_of(answer)


def test_released_ones_count_from_then_on(burst: list[Rating], staff: Staff) -> None:
    client, url = browser(staff, "administrator"), reverse("held-voices")
    chosen = {"decision": "release", "voice": [f"r{one.pk}" for one in burst[:2]]}
    asked = text_of(client.post(url, chosen))
    assert "2 voices count from now on" in asked and "criterion 5.4" in asked
    assert client.post(url, {**chosen, **YES}).context["form"].errors.keys() == {"reason"}
    client.post(url, {**chosen, **YES, "reason": "cùng một gia đình"})
    assert Rating.objects.filter(standing=Standing.COUNTED).count() == 2
    assert EventLog.objects.filter(verb="voice.released", reason="cùng một gia đình").count() == 2


def test_rejected_ones_never_do_and_others_decide_nothing(burst: list[Rating], staff: Staff) -> None:
    url = reverse("held-voices")
    sent = {"decision": "reject", "voice": [f"r{one.pk}" for one in burst], **YES, "reason": "bôi nhọ"}
    for name in ("officer", "stranger"):
        assert browser(staff, name).post(url, sent).status_code == 403
    assert Rating.objects.filter(standing=Standing.HELD).count() == 6
    browser(staff, "reviewer").post(url, sent)
    assert Rating.objects.filter(standing=Standing.REJECTED).count() == 6
    again = browser(staff, "reviewer").post(url, sent)
    assert "others decided" in text_of(again)


@pytest.mark.parametrize("key", ["r", "x1", "r²", "p99999999999999999999", "r1 or 1=1", ""])
def test_made_up_keys_choose_nothing(burst: list[Rating], staff: Staff, key: str) -> None:
    sent = {"decision": "reject", "voice": key, **YES, "reason": "x"}
    assert browser(staff, "reviewer").post(reverse("held-voices"), sent).status_code == 200
    assert Rating.objects.filter(standing=Standing.HELD).count() == 6


@pytest.mark.parametrize("name", HANDLE)
def test_a_slip_leads_to_the_rating_of_its_dossier(
    commune: Agency, country: Country, staff: Staff, name: str
) -> None:
    dossier = dossier_of(commune, country, ended_at=timezone.now() - days(3))
    url, made = reverse("rating-slip", args=[dossier.pk]), EventLog.objects.filter(verb="rating.link_made")
    asked = browser(staff, name).get(url)
    assert "slip-code" not in text_of(asked) and not made.exists(), "looking makes none"
    answer = browser(staff, name).post(url)
    assert asked.status_code == answer.status_code == (200 if HANDLE[name] else 404)
    assert made.count() == HANDLE[name]
    if HANDLE[name]:
        event = made.get()
        assert (event.actor, event.agency, event.object_label) == (
            getattr(staff, name),
            commune,
            dossier.code,
        )
        assert answer.context["address"].rstrip("/").rsplit("/", 1)[1] not in str(event.after)
        token = answer.context["address"].rstrip("/").rsplit("/", 1)[1]
        assert read(token, timezone.now()) == dossier.pk
        assert "<svg" in text_of(answer) and dossier.code in text_of(answer)


def test_a_dossier_that_cannot_be_rated_has_no_slip(commune: Agency, country: Country, staff: Staff) -> None:
    dossier = dossier_of(commune, country, ended_at=timezone.now() - days(200))
    desk, url = browser(staff, "officer"), reverse("rating-slip", args=[dossier.pk])
    for answer in (text_of(desk.get(url)), text_of(desk.post(url))):
        assert "<svg" not in answer and "more than 90 days ago" in answer
    assert not EventLog.objects.filter(verb="rating.link_made").exists()


def test_the_dossier_s_page_tells_its_rating_to_who_handles_them(
    commune: Agency, country: Country, staff: Staff
) -> None:
    rating = rated(commune, country)

    def told(name: str) -> str:
        url = reverse("admin:procedures_dossier_change", args=[rating.dossier_id])
        return text_of(browser(staff, name).get(url))

    assert "Not satisfied" in told("officer")
    assert reverse("rating-slip", args=[rating.dossier_id]) in told("officer")
    assert "Not satisfied" not in told("reviewer"), "who sees dossiers only"
    assert Dossier.objects.filter(pk=rating.dossier_id).exists()
