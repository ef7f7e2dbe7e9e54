"""Answers are published after a person has looked, and what the sender wrote never is."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from feedback import petition_work as work
from feedback.answer_templates import filled, templates_for
from feedback.duplicates import like, published_like
from feedback.models import AnswerTemplate, Petition, Rating
from feedback.personal_data import signs_in
from feedback.published import PUBLIC_FIELDS, published
from feedback.publishing import publish
from feedback.rating_comments import comments_waiting, keep_back_comment, show_comment
from feedback.ratings import Said
from procedures.models import Dossier
from tests.feedback.conftest import NOW, Staff, days, give, write
from tests.scoring.country import Country

WROTE = "Tôi là Nguyễn Thị Hạnh, gọi 0912 345 678, căn cước 025091001234: chờ cấp giấy khai sinh ba giờ."
WORDS = {"subject": "Chờ lâu", "body": "Chờ cấp giấy khai sinh ba giờ.", "answer": "Đã thêm quầy."}


def answered(commune, staff: Staff, **told) -> Petition:
    petition = write(commune, body=WROTE, **told).petition
    work.answer(petition, "Đã thêm quầy.", by=staff.officer, as_of=NOW)
    return petition


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("gọi 0912 345 678 nhé", ["0912 345 678"]),
        ("+84912345678", ["+84912345678"]),
        ("CCCD 025091001234", ["025091001234"]),
        ("gửi hanh.nguyen@example.vn", ["hanh.nguyen@example.vn"]),
        ("gặp bà Nguyễn Thị Hạnh ở quầy 4", ["bà Nguyễn Thị Hạnh"]),
        ("Nghị định số 61/2018/NĐ-CP, hồ sơ H44.101-260101-00012, 1.250.000 đồng", []),
    ],
)
def test_signs_of_personal_data(text: str, signs: list[str]) -> None:
    assert signs_in(text) == signs


def test_what_looks_like_personal_data_must_be_confirmed(commune, staff: Staff) -> None:
    petition = answered(commune, staff)
    with pytest.raises(ValidationError) as refused:
        publish(petition, **{**WORDS, "body": WROTE}, by=staff.officer, as_of=NOW)
    assert set(refused.value.message_dict) == {"body"} and "0912 345 678" in str(refused.value)
    hotline = {**WORDS, "answer": "Gọi 024 3804 9999 của phường."}
    publish(petition, **hotline, by=staff.officer, as_of=NOW, looked_through=True)
    assert petition.state == Petition.State.PUBLISHED


def test_the_public_finds_the_published_words_and_nothing_else(
    country: Country, commune, staff: Staff, django_assert_num_queries
) -> None:
    petition = answered(commune, staff, procedure=country.marriage)
    answered(commune, staff)
    assert not published()
    publish(petition, **WORDS, by=staff.officer, as_of=NOW)
    with django_assert_num_queries(1):
        found = list(published("GIAY khai SINH", agency=country.north, procedure=country.marriage))
        assert found == [petition] and found[0].agency.name and found[0].procedure
    assert {"body", "answer", "subject"} <= found[0].get_deferred_fields()
    assert not {"body", "answer", "subject"} & {*PUBLIC_FIELDS}
    assert not published("0912") and not published(agency=country.south)


def test_like_petitions_are_suggested_without_showing_what_others_wrote(
    country: Country, commune, staff: Staff
) -> None:
    first, second = (answered(commune, staff, procedure=country.marriage) for _ in range(2))
    other = write(commune, body="Đèn đường trước cổng chợ hỏng cả tuần", procedure=country.marriage).petition
    text = "cấp giấy khai sinh phải chờ ba giờ"
    assert published_like(commune, country.marriage, text, NOW) == []
    publish(first, **WORDS, by=staff.officer, as_of=NOW)
    assert published_like(commune, country.marriage, text, NOW) == [first]
    assert published_like(commune, country.licence, text, NOW) == []
    assert published_like(commune, country.marriage, text, NOW + days(181)) == []
    assert like(second, NOW) == [first] and like(other, NOW) == []


def test_templates_of_the_agencies_above(country: Country, commune) -> None:
    petition = write(commune, procedure=country.marriage).petition
    for title, agency, kind in (
        ("a", None, ""),
        ("b", country.north, "rules"),
        ("c", country.north, "staff"),
        ("d", country.south, ""),
    ):
        AnswerTemplate.objects.create(
            agency=agency, kind=kind, title=title, text="{code} {agency} {x} {received}"
        )
    found = list(templates_for(petition))
    assert [template.title for template in found] == ["a", "b"]
    assert filled(found[0], petition) == f"{petition.code} {commune.name} {{x}} 18/05/2026"


def test_comments_of_ratings_are_shown_only_as_a_person_let_them(dossier: Dossier, staff: Staff) -> None:
    rating = give(dossier, Said(1, {}, "Ông Trần Văn Bách quát tôi")).rating
    assert list(comments_waiting(staff.officer)) == [rating]
    assert not comments_waiting(staff.stranger).exists()
    with pytest.raises(PermissionDenied):
        show_comment(rating, "Cán bộ quát", by=staff.stranger, as_of=NOW)
    show_comment(rating, "Cán bộ quát", by=staff.officer, as_of=NOW)
    assert (rating.comment_state, rating.shown_comment) == (Rating.CommentState.SHOWN, "Cán bộ quát")
    give(dossier, Said(1, {}, "Khác"), NOW + days(1))
    with pytest.raises(ValidationError):
        keep_back_comment(rating, by=staff.officer, reason="cũ", as_of=NOW + days(1))
    rating.refresh_from_db()
    keep_back_comment(rating, by=staff.officer, reason="xúc phạm", as_of=NOW + days(1))
    assert (rating.comment_state, rating.shown_comment) == (Rating.CommentState.KEPT_BACK, "")
