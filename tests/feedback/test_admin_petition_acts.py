"""What is done with a petition at the desk: shown first, in words, and only where the state allows."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from feedback import petition_work as work
from feedback.models import AnswerTemplate, Petition, PetitionStep
from tests.feedback.conftest import Staff, days, write
from tests.feedback.desk import HANDLE, act, browser, page_of, text_of
from tests.scoring.country import Country

State = Petition.State
ACTS = ("take-up", "assign", "note", "transfer", "supplement", "refuse", "answer", "publish", "close")


@pytest.fixture
def petition(commune: Agency, staff: Staff) -> Petition:
    return write(commune, timezone.now() - days(1)).petition


@pytest.fixture
def answered(petition: Petition, staff: Staff) -> Petition:
    work.answer(petition, "Ông Trần Văn Mẫu đã sửa.", by=staff.officer, as_of=timezone.now())
    return petition


def test_taken_up_assigned_and_noted(staff: Staff, petition: Petition) -> None:
    officer = browser(staff, "officer")
    assert act(officer, "take-up", petition).status_code == 302
    assert act(officer, "assign", petition, assignee=staff.administrator.pk).status_code == 302
    assert act(officer, "note", petition, text="đã gọi hỏi").status_code == 302
    petition.refresh_from_db()
    assert petition.state == State.PROCESSING and petition.assignee == staff.administrator
    assert petition.steps.get(verb=PetitionStep.Verb.NOTED).text == "đã gọi hỏi"


def test_only_people_who_handle_petitions_here_are_offered(staff: Staff, petition: Petition) -> None:
    form = browser(staff, "officer").get(page_of("assign", petition)).context["form"]
    offered = set(form.fields["assignee"].queryset)
    assert {staff.officer, staff.administrator} <= offered
    assert staff.stranger not in offered and staff.reviewer not in offered
    answer = act(browser(staff, "officer"), "assign", petition, assignee=staff.stranger.pk)
    assert answer.status_code == 200 and answer.context["form"].errors


@pytest.mark.parametrize("name", [name for name, may in HANDLE.items() if not may])
@pytest.mark.parametrize("deed", ACTS)
def test_others_can_do_nothing(staff: Staff, petition: Petition, name: str, deed: str) -> None:
    before = petition.moved_at
    assert act(browser(staff, name), deed, petition, text="x", reason="x").status_code == 404
    petition.refresh_from_db()
    assert petition.moved_at == before


def test_a_transfer_tells_where_it_goes_before_it_does(
    country: Country, staff: Staff, petition: Petition
) -> None:
    officer = browser(staff, "officer")
    values = {"agency": "H19.101", "reason": "thuộc thẩm quyền nơi khác"}
    look = officer.post(page_of("transfer", petition), values)
    told = text_of(look)
    assert "Agency H19.101" in told and "clock starts anew" in told
    petition.refresh_from_db()
    assert petition.agency_id != country.south_commune.pk, "only looked so far"
    done = act(officer, "transfer", petition, **values)
    assert done.url.startswith(reverse("admin:feedback_petition_changelist"))
    petition.refresh_from_db()
    assert petition.agency == country.south_commune and petition.state == State.RECEIVED
    assert browser(staff, "stranger").get(page_of("petition", petition)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "word"), [("không đâu", "No agency"), ("Agency H44.10", "Several agencies match")]
)
def test_a_transfer_to_nowhere_or_several_places_is_refused_at_its_field(
    staff: Staff, petition: Petition, asked: str, word: str
) -> None:
    answer = act(browser(staff, "officer"), "transfer", petition, agency=asked, reason="x")
    assert word in str(answer.context["form"].errors["agency"])


def test_agencies_are_suggested_all_over_the_country(staff: Staff, petition: Petition) -> None:
    url = reverse("desk-agencies")
    found = browser(staff, "officer").get(url, {"q": "h19"}).json()["agencies"]
    assert {one["code"] for one in found} == {"H19", "H19.101"}
    assert browser(staff, "officer").get(url, {"q": "h"}).json() == {"agencies": []}
    assert browser(staff, "reviewer").get(url, {"q": "h19"}).status_code == 403


def test_a_refusal_needs_a_coded_reason_and_says_when_it_is_late(commune: Agency, staff: Staff) -> None:
    petition = write(commune, timezone.now() - days(20)).petition
    officer = browser(staff, "officer")
    assert "counts as late" in text_of(officer.get(page_of("refuse", petition)))
    answer = act(officer, "refuse", petition, refusal="because", explanation="không")
    assert answer.context["form"].errors.keys() == {"refusal"}
    act(officer, "refuse", petition, refusal="unclear", explanation="Không rõ nội dung.")
    petition.refresh_from_db()
    assert petition.state == State.REFUSED and petition.refusal == "unclear"


def test_a_supplement_is_asked_for(staff: Staff, petition: Petition) -> None:
    act(browser(staff, "officer"), "supplement", petition, text="Ngày nào?")
    petition.refresh_from_db()
    assert petition.state == State.AWAITING_SUPPLEMENT and petition.due_by is None


def test_an_answer_begins_with_a_template(staff: Staff, petition: Petition, country: Country) -> None:
    ours = AnswerTemplate.objects.create(agency=country.north, title="Cảm ơn", text="Về {code}:")
    theirs = AnswerTemplate.objects.create(agency=country.south, title="Nơi khác", text="khác")
    officer = browser(staff, "officer")
    page = officer.get(page_of("answer", petition), {"template": ours.pk})
    assert page.context["form"].initial == {"text": f"Về {petition.code}:"}
    assert page.context["templates"] == [ours]
    assert not officer.get(page_of("answer", petition), {"template": theirs.pk}).context["form"].initial


def test_an_answer_is_read_once_more_before_it_is_sent(staff: Staff, petition: Petition) -> None:
    officer = browser(staff, "officer")
    look = officer.post(page_of("answer", petition), {"text": "Đã sửa biển báo."})
    assert look.context["asking"] and "Đã sửa biển báo." in text_of(look)
    assert act(officer, "answer", petition, text="Đã sửa biển báo.").url == page_of("petition", petition)
    petition.refresh_from_db()
    assert petition.answer == "Đã sửa biển báo." and petition.state == State.AWAITING_PUBLICATION


def test_what_happened_meanwhile_is_seen_before_anything_is_done(staff: Staff, petition: Petition) -> None:
    officer, seen = browser(staff, "officer"), petition.moved_at.isoformat()
    work.note(petition, "cùng lúc", by=staff.administrator, as_of=timezone.now())
    sent = {"text": "Đã sửa.", "confirmed": "yes", "seen": seen}
    again = officer.post(page_of("answer", petition), sent)
    assert "happened to the petition meanwhile" in text_of(again) and "Đã sửa." in text_of(again)
    petition.refresh_from_db()
    assert petition.state == State.RECEIVED


def test_an_act_that_no_longer_fits_leads_back_with_a_reason(staff: Staff, answered: Petition) -> None:
    answer = browser(staff, "officer").get(page_of("refuse", answered), follow=True)
    assert answer.redirect_chain[-1][0] == page_of("petition", answered)
    assert "cannot be done with a petition" in text_of(answer)


def test_publishing_shows_signs_of_personal_data_and_needs_somebody_to_look(
    staff: Staff, answered: Petition
) -> None:
    officer = browser(staff, "officer")
    first = officer.get(page_of("publish", answered))
    assert "Ông Trần Văn Mẫu" in first.context["signs"]
    texts = {"subject": answered.subject, "body": "Chờ <b>ba</b> giờ.", "answer": answered.answer}
    look = text_of(officer.post(page_of("publish", answered), texts))
    assert "<mark>Ông Trần Văn Mẫu</mark>" in look and "Chờ &lt;b&gt;ba&lt;/b&gt; giờ." in look
    act(officer, "publish", answered, **texts)
    answered.refresh_from_db()
    assert answered.state == State.AWAITING_PUBLICATION, "nobody said that they had looked"
    texts["answer"] = "Cơ quan đã sửa."
    act(officer, "publish", answered, looked="yes", **texts)
    answered.refresh_from_db()
    assert answered.state == State.PUBLISHED and answered.published_answer == "Cơ quan đã sửa."


def test_an_answer_for_one_person_is_not_published(staff: Staff, answered: Petition) -> None:
    act(browser(staff, "officer"), "close", answered, reason="chỉ một người")
    answered.refresh_from_db()
    assert answered.state == State.CLOSED and not answered.published_at
