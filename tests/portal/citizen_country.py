"""What the tests of citizens' pages share: a published answer, made today by the agency's own verbs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from feedback import petition_work
from feedback.models import Petition
from feedback.publishing import publish
from tests.feedback.conftest import Staff, write
from tests.scoring.country import Country

WORDS = {
    "subject": "Chờ cấp giấy khai sinh",
    "body": "Chờ cấp giấy khai sinh ba giờ ở quầy số 3 mà không ai gọi.",
    "answer": "Phường đã mở thêm một quầy vào buổi sáng.",
}


def answered_petition(country: Country, staff: Staff, **told: Any) -> Petition:
    """A petition about the first commune, answered by its officer a moment ago."""
    petition = write(country.north_communes[0], as_of=timezone.now(), **told).petition
    petition_work.answer(petition, WORDS["answer"], by=staff.officer, as_of=timezone.now())
    return petition


def published_petition(country: Country, staff: Staff, **told: Any) -> Petition:
    """Such a petition, published."""
    petition = answered_petition(country, staff, body="Tôi là Nguyễn Thị Hạnh, 0912 345 678.", **told)
    publish(petition, **WORDS, by=staff.officer, as_of=timezone.now())
    return petition
