"""Writing and sending a petition on the public pages, without scripts; what was typed is kept."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from feedback.contacts import Contact, read
from feedback.models import Petition, PetitionContact
from feedback.receipts import find
from portal.citizen import body_limit, throttle
from portal.citizen.throttle import Pace
from procedures.applicants import applicant_hash
from procedures.models import Dossier
from tests.feedback.conftest import Staff
from tests.portal.citizen_country import published_petition
from tests.scoring.country import Country, make_country, make_dossier

TEXT = {"subject": "Chờ lâu ở quầy số 3", "body": "Tôi chờ ba giờ.\r\nKhông ai gọi số.", "procedure": ""}
MEGABYTE = 1024 * 1024


@pytest.fixture
def country(db: None) -> Country:
    return make_country()


@pytest.fixture
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def text(answer: Any) -> str:
    return str(answer.content.decode())


def begun(client: Client, country: Country, kind: str = "staff") -> str:
    """The address of a draft about a commune, after its class was chosen."""
    code = country.north_communes[0].code
    answer = client.post("/phan-anh/viet/", {"agency": code, "kind": kind})
    assert answer.status_code == 302
    return str(answer["Location"]).removesuffix("noi-dung/")


def written(client: Client, country: Country, **more: str) -> str:
    """The address of a draft with its text, ready to be sent."""
    draft = begun(client, country)
    answer = client.post(f"{draft}noi-dung/", {**TEXT, **more})
    assert answer["Location"] == f"{draft}gui/", text(answer)
    return draft


def receipt(client: Client, draft: str) -> tuple[str, str]:
    """Receipt code and secret as the page tells them."""
    page = text(client.get(f"{draft}bien-nhan/"))
    code, secret = re.findall(r"<dd>((?:PA\d{6}-)?[2-9A-Z]{4}-[2-9A-Z]{4}(?:-[2-9A-Z]{4})?)</dd>", page)
    return code, secret


def picture(name: str = "anh.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue())


def test_from_the_search_to_the_receipt(client: Client, country: Country) -> None:
    assert "/phan-anh/viet/" in text(client.get("/phan-anh/"))
    found = text(client.get("/phan-anh/viet/", {"q": "agency h44.101"}))
    assert "/phan-anh/viet/?agency=H44.101" in found
    assert "H19.101" not in found
    assert 'name="kind"' in text(client.get("/phan-anh/viet/", {"agency": "H44.101"}))
    draft = written(client, country)
    page = text(client.get(f"{draft}gui/"))
    assert "Chờ lâu ở quầy số 3" in page
    answer = client.post(f"{draft}gui/", {})
    assert answer["Location"] == f"{draft}bien-nhan/"
    code, secret = receipt(client, draft)
    petition = find(code, secret, address="")
    assert (petition.subject, petition.body) == ("Chờ lâu ở quầy số 3", "Tôi chờ ba giờ.\nKhông ai gọi số.")
    assert (petition.agency, petition.kind) == (country.north_communes[0], "staff")
    assert not PetitionContact.objects.exists()


def test_reloading_the_back_button_and_a_double_click_send_once(client: Client, country: Country) -> None:
    draft = written(client, country)
    for _click in range(3):
        assert client.post(f"{draft}gui/", {})["Location"] == f"{draft}bien-nhan/"
    # Back to any page of what was sent: there is only the receipt.
    for step in ("loai/", "noi-dung/", "gui/"):
        assert client.get(f"{draft}{step}")["Location"] == f"{draft}bien-nhan/"
    first = receipt(client, draft)
    assert receipt(client, draft) == first
    assert Petition.objects.count() == 1


def test_what_was_typed_is_there_again_on_every_page(client: Client, country: Country) -> None:
    draft = begun(client, country)
    refused = client.post(f"{draft}noi-dung/", {**TEXT, "subject": ""})
    assert refused.status_code == 422
    assert "Không ai gọi số." in text(refused)
    client.post(f"{draft}noi-dung/", TEXT)
    assert "Không ai gọi số." in text(client.get(f"{draft}noi-dung/"))
    client.post(f"{draft}loai/", {"kind": "rules"})
    assert "Không ai gọi số." in text(client.get(f"{draft}gui/"))
    refused = client.post(f"{draft}gui/", {"name": "Nguyễn Văn Thử", "phone": "12"})
    assert refused.status_code == 422
    assert "Nguyễn Văn Thử" in text(refused)
    assert not Petition.objects.exists()


def test_two_petitions_written_side_by_side_do_not_mix(client: Client, country: Country) -> None:
    one, other = begun(client, country, "staff"), begun(client, country, "rules")
    client.post(f"{one}noi-dung/", {**TEXT, "subject": "Một"})
    client.post(f"{other}noi-dung/", {**TEXT, "subject": "Hai"})
    client.post(f"{one}gui/", {})
    client.post(f"{other}gui/", {})
    assert set(Petition.objects.values_list("subject", "kind")) == {("Một", "staff"), ("Hai", "rules")}


def test_nothing_of_a_draft_lies_in_the_session_in_clear(client: Client, country: Country) -> None:
    draft = written(client, country)
    client.post(f"{draft}gui/", {"phone": "0912 345 678", "email": "khong phai"})
    kept = str(Session.objects.get().get_decoded())
    for word in ("Chờ lâu", "gọi số", "0912", "345"):
        assert word not in kept


def test_a_draft_that_is_gone_or_somebody_elses_begins_anew(client: Client, country: Country) -> None:
    draft = written(client, country)
    for step in ("loai/", "noi-dung/", "gui/", "bien-nhan/", "tuong-tu/"):
        assert Client().get(f"{draft}{step}")["Location"] == "/phan-anh/viet/"
    stranger = Client()
    assert "không còn được lưu" in text(stranger.get(f"{draft}gui/", follow=True))


def test_from_ones_own_dossier(client: Client, country: Country) -> None:
    now = timezone.now()
    dossier = make_dossier(country.north_communes[0], country.marriage, now - timedelta(days=5))
    Dossier.objects.filter(pk=dossier.pk).update(phone_hash=applicant_hash(dossier.code, "0912344321"))
    wrong = client.post("/phan-anh/viet/", {"code": dossier.code, "digits": "0000"})
    assert wrong.status_code == 403
    right = client.post("/phan-anh/viet/", {"code": dossier.code, "digits": "4321"})
    draft = str(right["Location"]).removesuffix("loai/")
    assert dossier.code in text(client.get(f"{draft}loai/"))
    client.post(f"{draft}loai/", {"kind": "rules"})
    client.post(f"{draft}noi-dung/", TEXT)
    client.post(f"{draft}gui/", {})
    petition = Petition.objects.get()
    assert (petition.dossier, petition.procedure) == (dossier, country.marriage)


def test_the_procedure_is_found_by_its_name_or_chosen(client: Client, country: Country) -> None:
    country.marriage.name, country.licence.name = "Đăng ký kết hôn", "Đăng ký hộ kinh doanh"
    country.marriage.name_folded, country.licence.name_folded = "dang ky ket hon", "dang ky ho kinh doanh"
    country.marriage.save()
    country.licence.save()
    draft = begun(client, country)
    several = client.post(f"{draft}noi-dung/", {**TEXT, "procedure": "dang ky"})
    assert several.status_code == 422
    assert text(several).count('name="procedure_code"') == 2
    nothing = client.post(f"{draft}noi-dung/", {**TEXT, "procedure": "hoàn toàn khác"})
    assert nothing.status_code == 422
    chosen = {**TEXT, "procedure": "dang ky", "procedure_code": country.licence.code}
    assert client.post(f"{draft}noi-dung/", chosen).status_code == 302
    client.post(f"{draft}gui/", {})
    assert Petition.objects.get().procedure == country.licence


def test_a_procedure_named_by_its_page_is_kept_through_the_search(client: Client, country: Country) -> None:
    code = country.marriage.code
    found = text(client.get("/phan-anh/viet/", {"procedure": code, "q": "h44.101"}))
    assert f"?agency=H44.101&amp;procedure={code}" in found
    answer = client.post("/phan-anh/viet/", {"agency": "H44.101", "kind": "rules", "procedure": code})
    assert code in text(client.get(answer["Location"]))


@pytest.fixture
def staff(country: Country) -> Staff:
    return Staff(country)


def test_an_answer_to_the_same_is_shown_before_sending(
    client: Client, country: Country, staff: Staff
) -> None:
    published = published_petition(country, staff)
    draft = begun(client, country)
    same = {"subject": published.published_subject, "body": published.published_body, "procedure": ""}
    answer = client.post(f"{draft}noi-dung/", same)
    assert answer["Location"] == f"{draft}tuong-tu/"
    assert f"/phan-anh/tra-loi/{published.code}/" in text(client.get(f"{draft}tuong-tu/"))
    assert client.post(f"{draft}tuong-tu/")["Location"] == f"{draft}gui/"
    # Asked once only.
    assert client.post(f"{draft}noi-dung/", same)["Location"] == f"{draft}gui/"


def test_contact_is_sealed_for_the_office(client: Client, country: Country, staff: Staff) -> None:
    draft = written(client, country)
    client.post(f"{draft}gui/", {"name": "Nguyễn Văn Thử", "phone": "0912 345 678"})
    petition = Petition.objects.get()
    assert b"0912" not in bytes(petition.contact.sealed)
    assert read(petition, by=staff.officer, as_of=timezone.now()) == Contact("Nguyễn Văn Thử", "0912 345 678")


def test_a_picture_is_kept_with_the_petition(client: Client, country: Country, media: None) -> None:
    draft = written(client, country)
    client.post(f"{draft}gui/", {"attachments": [picture("một.jpg"), picture("hai.jpg")]})
    assert [file.name for file in Petition.objects.get().attachments.all()] == ["một.jpg", "hai.jpg"]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 10 * MEGABYTE)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("anh.jpg", b"MZ\x90\x00 a program"),
        ("anh.zip", bomb()),
        ("anh.png", bomb()),
        ("anh.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("anh.jpg", b"<html><script>alert(1)</script></html>"),
        ("trong.png", b""),
        ("don.pdf", b"%PDF-1.4 /OpenAction << /S /JavaScript >> %%EOF"),
        ("lon.png", b"\x89PNG\r\n\x1a\n" + b"0" * (5 * MEGABYTE)),
    ],
)
def test_files_that_are_not_what_they_say_are_refused_by_name(
    client: Client, country: Country, media: None, name: str, content: bytes
) -> None:
    draft = written(client, country)
    files = [picture(), SimpleUploadedFile(name, content, "image/jpeg")]
    answer = client.post(f"{draft}gui/", {"attachments": files, "name": "Thử"})
    assert answer.status_code == 422
    page = text(answer)
    assert name in page
    assert "Hãy chọn lại các tệp" in page
    assert 'value="Thử"' in page
    assert not Petition.objects.exists()
    assert client.post(f"{draft}gui/", {}).status_code == 302


def test_six_files_are_too_many(client: Client, country: Country, media: None) -> None:
    draft = written(client, country)
    answer = client.post(f"{draft}gui/", {"attachments": [picture() for _ in range(6)]})
    assert answer.status_code == 422
    assert not Petition.objects.exists()


def test_a_body_said_to_be_too_large_is_refused_unread(client: Client, country: Country) -> None:
    draft = written(client, country)

    class Untouched(io.BytesIO):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("The body was read.")

    answer = client.generic(
        "POST", f"{draft}gui/", b"", "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(1024 * MEGABYTE), **{"wsgi.input": Untouched()},
    )  # fmt: skip
    assert answer.status_code == 413
    assert f"{body_limit.LARGEST // MEGABYTE} MB" in text(answer)
    assert "Chờ lâu" in text(client.get(f"{draft}gui/"))


def test_an_office_that_has_ended_points_to_the_one_after_it(client: Client, country: Country) -> None:
    old, new = country.north_communes
    old.valid_to = timezone.now().date() - timedelta(days=30)
    old.save()
    old.successors.add(new)
    page = text(client.get("/phan-anh/viet/", {"agency": old.code}))
    assert f"?agency={new.code}" in page
    assert 'name="kind"' not in page
    assert old.code not in text(client.get("/phan-anh/viet/", {"q": "agency h44"})).replace("value=", "")


def test_an_office_there_is_not_is_told_so(client: Client, country: Country) -> None:
    assert "KHONGCO" in text(client.get("/phan-anh/viet/", {"agency": "KHONGCO"}))
    assert client.post("/phan-anh/viet/", {"agency": "KHONGCO", "kind": "rules"}).status_code == 302
    assert not Session.objects.exists()


def test_a_class_there_is_not_is_asked_for_again(client: Client, country: Country) -> None:
    answer = client.post("/phan-anh/viet/", {"agency": "H44.101", "kind": "khac"})
    assert str(answer["Location"]).endswith("/loai/")


def test_sending_too_often_from_one_address_is_refused_in_words(
    client: Client, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttle.PACES, throttle.SEND, Pace(2, timedelta(hours=1)))
    statuses = [client.post(f"{written(client, country)}gui/", {}).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]
    monkeypatch.setitem(throttle.PACES, throttle.WRITE, Pace(1, timedelta(hours=1)))
    answer = client.post("/phan-anh/viet/", {"agency": "H44.101", "kind": "rules"})
    assert answer.status_code == 429


def test_texts_are_shown_as_text(client: Client, country: Country) -> None:
    draft = written(client, country, subject="<script>alert(1)</script>", body="<img src=x onerror=y>")
    page = text(client.get(f"{draft}gui/"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
