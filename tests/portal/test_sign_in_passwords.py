"""Which passwords are strong enough, and what is kept of secrets."""

from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from agencies.models import User
from portal.signing_in.secrets import sealed, unsealed
from tests.signing_in import PASSWORD


@pytest.mark.parametrize(
    "password",
    [
        "Matkhau@123456",
        "matkhau2026!!",
        "Vietnam@2026@2026",
        "Ubnd@123456789",
        "Qwertyuiop123!",
        "aaaaaaaaaaaaaaa",
        "Aa1!Aa1!Aa1!Aa1!"[:4] * 4,
        "abcdefghijklmnop",
        "Dichvucong#2025",
        "nguyenvana@2026",
        "mật khẩu 123456",
        "48151623421234",
    ],
)
def test_easily_guessed_ones_are_refused(password: str) -> None:
    user = User(username="nguyenvana", email="nguyenvana@ubnd.example")
    with pytest.raises(ValidationError):
        validate_password(password, user)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "mưa rào phố cổ tháng tám",
        "correct horse battery staple",
        "7hG$kq2!vPz9wX",
        "cá heo 1987 bơi đêm",
    ],
)
def test_phrases_are_taken(password: str) -> None:
    validate_password(password, User(username="nguyenvana"))


def test_the_reason_is_told_in_vietnamese() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("Vietnam@2026@2026")
    assert refused.value.messages == [
        "Mật khẩu này dễ đoán: chủ yếu gồm từ thông dụng, năm hoặc dãy liên tiếp."
    ]


def test_what_is_sealed_opens_with_the_key_and_with_a_retired_one(settings: Any) -> None:
    kept = sealed("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in kept
    assert unsealed(kept) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another key of the same server",
    )
    assert unsealed(kept) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        unsealed(kept)


def test_a_server_without_second_factors_is_warned_of(settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    settings.OIDC_SERVER_URL = "http://provider.example"
    with pytest.raises(SystemCheckError) as failed:
        call_command("check", "--deploy", "--tag", "security")
    assert "portal.W001" in str(failed.value)
    assert "portal.E001" in str(failed.value)


@pytest.mark.django_db
def test_tables_of_secrets_have_no_page_in_the_admin(admin_client: Any, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    page = admin_client.get("/admin/").content.decode()
    for address in ("mfa", "usersessions", "socialaccount", "account"):
        assert admin_client.get(f"/admin/{address}/").status_code == 404
        assert f"/admin/{address}/" not in page
