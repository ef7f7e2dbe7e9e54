"""The pages of objections: who gets in, what they tell, and a whole life through them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import deactivate

from procedures.models import Correction, Dossier
from scoring.models import Objection
from scoring.objections import deciding, evidence, writing
from tests.admin_people import in_english, signed_in
from tests.people import FOUR, four_people
from tests.scoring.objecting import APRIL, Case, case, in_may

__all__ = ["case", "four_people", "in_may"]

State = Objection.State
YES = {"confirmed": "yes"}


@pytest.fixture(autouse=True)
def signing_in_is_tried_elsewhere(settings: Any, in_may: None) -> None:
    settings.SECOND_FACTOR = "off"


@pytest.fixture
def browsers(case: Case) -> Iterator[dict[str, Client]]:
    users = {name: case.people[name] for name in FOUR} | {"head": case.head}
    yield {name: in_english(signed_in(user)) for name, user in users.items()}
    # A request leaves its language behind in the thread.
    deactivate()


def page(name: str, *args: Any, **query: Any) -> str:
    return reverse(name, args=args, query=query or None)


def act(client: Client, name: str, objection: Objection, **values: Any) -> Any:
    objection.refresh_from_db()
    sent = {"seen": objection.moved_at.isoformat(), **YES, **values}
    return client.post(page(f"objection-{name}", objection.pk), sent)


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_from_the_dossiers_of_a_criterion_to_a_corrected_score(
    case: Case, browsers: dict[str, Client]
) -> None:
    officer, listed = browsers["officer"], page("behind", case.people.commune.code, APRIL.code, "2.1")
    assert f'name="dossier" value="{case.late.pk}"' in text_of(officer.get(listed))
    assert 'id="dispute"' not in text_of(browsers["reviewer"].get(listed))

    begun = page(
        "objection-new", agency="H44.07900", period=APRIL.code, criterion="2.1", dossier=case.late.pk
    )
    form = text_of(officer.get(begun))
    assert case.late.code in form and '<option value="finished_at" selected>' in form
    answer = officer.post(
        page("objection-new"),
        {
            "agency": "H44.07900",
            "period": APRIL.code,
            "criterion": "2.1",
            "text": "Đã xong ngày 8/4",
            "codes": case.late.code,
            "field": "finished_at",
        },
    )
    objection = Objection.objects.get()
    edit = page("objection-edit", objection.pk)
    assert answer.headers["Location"] == edit
    assert "Say of 1 facts what they should be." in text_of(officer.get(edit))

    item = objection.items.get()
    base = {"do": "save", "criterion": "2.1", "text": "Đã xong ngày 8/4"}
    refused = officer.post(edit, {**base, f"item-{item.pk}": "2026-03-01T08:00"})
    assert refused.status_code in (200, 302)
    officer.post(edit, {**base, f"item-{item.pk}": "2026-04-08T08:00"})
    officer.post(edit, {"do": "add", "codes": case.late.code, "field": "channel"})
    officer.post(edit, {"do": "add", "codes": f"{case.timely.code}\n{case.late.code}", "field": "left_out"})
    assert objection.items.count() == 4
    extra = objection.items.filter(field="left_out").values_list("pk", flat=True)
    officer.post(edit, {"do": "drop", "drop": list(extra)})
    assert objection.items.count() == 2
    assert "There is no dossier H44-x" in text_of(
        officer.post(edit, {"do": "add", "codes": "H44-x", "field": "channel"})
    )
    pdf = SimpleUploadedFile("biên nhận.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF")
    officer.post(edit, {"do": "attach", "files": pdf})
    program = SimpleUploadedFile("x.pdf", b"MZ\x90\x00")
    assert "another type (EXE)" in text_of(officer.post(edit, {"do": "attach", "files": program}))
    other = SimpleUploadedFile("nhầm.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF")
    officer.post(edit, {"do": "attach", "files": other})
    wrong = objection.evidence.get(name="nhầm.pdf")
    officer.post(edit, {"do": "take-out", "file": wrong.pk})
    kept = objection.evidence.get()
    wrong.file.delete(save=False)

    assert officer.get(page("objection-send", objection.pk)).status_code == 403
    assert act(browsers["head"], "send", objection).status_code == 302
    assert officer.get(edit).headers["Location"] == page("objection", objection.pk)
    judged = act(browsers["administrator"], "opinion", objection, supports="yes", text="Đúng")
    assert judged.status_code == 302

    reviewer = browsers["reviewer"]
    assert "to be sent, judged" in text_of(reviewer.get(reverse("admin:index")))
    ids = [str(pk) for pk in objection.items.values_list("pk", flat=True)]
    looked = text_of(
        reviewer.post(page("objection-decide", objection.pk), {"items": ids, "text": "Được", "step": "look"})
    )
    assert "2 facts are corrected." in looked and "1 / 2" in looked and "2 / 2" in looked
    assert not Correction.objects.exists()
    stale = reviewer.post(
        page("objection-decide", objection.pk), {"items": ids, "text": "Được", "seen": "x", **YES}
    )
    assert "meanwhile" in text_of(stale) and not Correction.objects.exists()
    assert act(reviewer, "decide", objection, items=ids, text="Được").status_code == 302
    objection.refresh_from_db()
    assert objection.state == State.ACCEPTED
    assert Dossier.objects.get(pk=case.late.pk).corrected

    told = text_of(officer.get(page("objection", objection.pk)))
    assert "10.00" in told or "10,00" in told
    assert "Decided" in told
    download = officer.get(page("objection-evidence", kept.pk))
    assert download.headers["Content-Disposition"].startswith(f'attachment; filename="{objection.number}')
    assert act(reviewer, "withdraw-corrections", objection, text="nhầm").status_code == 302
    assert not Dossier.objects.get(pk=case.late.pk).corrected
    kept.file.delete(save=False)


@pytest.mark.parametrize("name", FOUR)
def test_each_of_the_four_at_each_door(case: Case, browsers: dict[str, Client], name: str) -> None:
    now, client, objection = timezone.now(), browsers[name], case.sent()
    draft = writing.draft(case.people.commune, APRIL, text="Nháp", by=case.head, as_of=now)
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF")
    (kept,) = evidence.attach(draft, [pdf], by=case.head, as_of=now)
    stranger = name == "stranger"

    def status(door: str, *args: Any) -> int:
        code: int = client.get(page(door, *args)).status_code
        return code

    listed = text_of(client.get(page("objections")))
    assert (objection.number in listed) is (not stranger)
    assert (draft.number in listed) is (name in ("administrator", "officer"))
    assert status("objection", objection.pk) == (404 if stranger else 200)
    writes = {"administrator": 200, "officer": 200}.get(name, 404)
    assert status("objection", draft.pk) == writes
    assert status("objection-edit", draft.pk) == writes
    assert status("objection-evidence", kept.pk) == writes
    assert status("objection-send", draft.pk) == {"administrator": 200, "officer": 403}.get(name, 404)
    judge = {"administrator": 200, "officer": 403, "reviewer": 403, "stranger": 404}[name]
    assert status("objection-opinion", objection.pk) == judge
    assert status("objection-new") == (403 if name == "reviewer" else 200)
    assert status("objection-terms") == (200 if name == "reviewer" else 403)
    assert status("objection-figures") == 200
    sent = act(client, "opinion", objection, supports="no", text="x")
    assert sent.status_code == {"administrator": 302}.get(name, judge)
    for pretended in ("decide", "withdraw", "ask-more"):
        act(client, pretended, objection, text="x", items=[])
    objection.refresh_from_db()
    states = {"administrator": State.WITHDRAWN, "officer": State.SENT, "stranger": State.SENT}
    assert objection.state == states.get(name, State.SENT)
    kept.file.delete(save=False)


def test_the_list_is_narrowed_and_taken_out(case: Case, browsers: dict[str, Client]) -> None:
    objection, client = case.sent(), browsers["administrator"]

    def numbers(**query: str) -> bool:
        return objection.number in text_of(client.get(page("objections", **query)))

    assert numbers() and numbers(state="waiting") and numbers(period="2026-m04", criterion="2.1")
    assert numbers(agency="H44") and not numbers(agency="H19") and not numbers(state="accepted")
    assert numbers(state="late") is (objection.due_at < timezone.now())
    file = client.get(page("objections-file", state="waiting"))
    rows = file.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and rows[1].startswith(f"{objection.number},H44.07900,")
    assert len(browsers["officer"].get(page("objections-file")).content.decode().splitlines()) == 1
    figures = text_of(client.get(page("objection-figures", agency="H44", by="agency", year="2026")))
    assert "Phường Việt Trì" in figures
    assert client.get(page("objection-figures", agency="H19")).status_code == 404
    for by in ("criterion", "period"):
        taken = client.get(page("objection-figures-file", by=by, year="2026")).content.decode()
        assert len(taken.splitlines()) == 2


def test_a_dossier_s_page_leads_to_its_objections(case: Case, browsers: dict[str, Client]) -> None:
    objection = case.sent()
    dossier = page("admin:procedures_dossier_change", case.late.pk)
    told = {name: text_of(browsers[name].get(dossier, follow=True)) for name in FOUR}
    shown = {name: page("objection", objection.pk) in text for name, text in told.items()}
    assert shown == {"administrator": True, "officer": True, "reviewer": True, "stranger": False}
    asked = f"dossier={case.late.pk}"
    assert {name for name, text in told.items() if asked in text} == {"administrator", "officer"}


def test_what_is_wrong_is_said_and_nothing_begun(case: Case, browsers: dict[str, Client]) -> None:
    officer = browsers["officer"]
    sent = {
        "agency": "H19",
        "period": APRIL.code,
        "criterion": "",
        "text": "x",
        "codes": "",
        "field": "channel",
    }
    assert "do not write objections" in text_of(officer.post(page("objection-new"), sent))
    sent |= {"agency": "H44.07900", "codes": "H19-1"}
    assert "There is no dossier H19-1" in text_of(officer.post(page("objection-new"), sent))
    assert "This field is required" in text_of(officer.post(page("objection-new"), {**sent, "text": ""}))
    for query in ({"period": "x"}, {"dossier": "9" * 30}, {"agency": "H19", "criterion": "2.1"}):
        assert officer.get(page("objection-new", **query)).status_code == 200
    assert not Objection.objects.exists()


def test_the_terms_are_kept_by_the_office(case: Case, browsers: dict[str, Client]) -> None:
    days = {"after_closing": 3, "after_publication": 7, "opinion": 2, "decision": 4, "more": 1}
    reviewer = browsers["reviewer"]
    wrong = reviewer.post(page("objection-terms"), {**days, "more": 0, "reason": "thử"})
    assert "greater than or equal to 1" in text_of(wrong)
    assert reviewer.post(page("objection-terms"), {**days, "reason": "công văn"}).status_code == 302
    assert re.search(r'name="opinion" value="2"', text_of(reviewer.get(page("objection-terms"))))


def test_a_publication_tells_of_corrections_since(case: Case, browsers: dict[str, Client]) -> None:
    from scoring.late_changes import corrections_since, undecided
    from tests.scoring.test_objections import published

    publication = published(case.late.changed_at)
    objection = case.draft()
    writing.send(objection, by=case.people.administrator, as_of=timezone.now())
    assert (corrections_since(publication), undecided(publication)) == (0, 1)
    deciding.decide(
        objection,
        accepted=list(objection.items.values_list("pk", flat=True)),
        text="Được",
        by=case.people.reviewer,
        as_of=timezone.now(),
    )
    assert (corrections_since(publication), undecided(publication)) == (2, 0)
