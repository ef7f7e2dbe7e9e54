"""Files are judged by what they hold: pictures drawn anew, PDFs that run nothing, all else refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from feedback import attachments
from feedback.attachments import MEGABYTE, checked, download_headers
from feedback.models import Petition, PetitionAttachment, PetitionStep
from feedback.petition_work import ask_supplement, refuse
from feedback.petitions import supplement
from tests.feedback.conftest import NOW, Staff, days, write

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/AAbbr 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(form: str = "JPEG", size=(60, 40), mode: str = "RGB", **more) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 120).save(out, form, **more)
    return out.getvalue()


def sent(content: bytes, name: str = "ảnh.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def refusal(*files: SimpleUploadedFile) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        checked(files)
    return refused.value.message_dict["attachments"]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 5_000_000)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims forty thousand pixels a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )


def test_pictures_are_drawn_anew_without_what_came_with_them() -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script> 21.3,105.4"
    exif[0x0112] = 6  # turned by a quarter
    found = checked([sent(picture(exif=exif) + b"<?php system($_GET[0]) ?>", "nhà tôi/../../x.php.jpg")])
    assert [(file.name, file.type) for file in found] == [("x.php.jpg", "image/jpeg")]
    assert b"script" not in found[0].content and b"php" not in found[0].content
    drawn = Image.open(io.BytesIO(found[0].content))
    assert drawn.size == (40, 60) and not drawn.getexif()


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L")],
)
def test_pictures_of_every_kind_are_taken(form: str, mode: str) -> None:
    found = checked([sent(picture(form, mode=mode))])
    assert Image.open(io.BytesIO(found[0].content)).format == form


def test_a_large_picture_is_made_smaller() -> None:
    found = checked([sent(picture(size=(5000, 100)))])
    assert Image.open(io.BytesIO(found[0].content)).size == (3000, 60)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (zipped(), "anh.jpg", "ZIP"),
        (zipped(), "van-ban.docx", "ZIP"),
        (b"MZ" + b"\0" * 100, "anh.png", "EXE"),
        (b"\x7fELF" + b"\0" * 100, "anh.png", "ELF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "anh.svg", "neither"),
        (b"<html><script>1</script></html>", "anh.jpg", "neither"),
        (b"GIF89a" + b"\0" * 50, "anh.gif", "GIF"),
        (picture()[:200], "anh.jpg", "broken"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "anh.jpg", "neither"),
        (bomb(), "anh.png", "pixels"),
        (b"", "anh.jpg", "empty"),
        (b"\0" * (5 * MEGABYTE + 1), "anh.jpg", "5 MB"),
        (PDF.replace(b"/AAbbr", b"/JavaScript(x)"), "don.pdf", "runs"),
        (PDF.replace(b"/AAbbr", b"/AA"), "don.pdf", "runs"),
        (PDF.replace(b"/AAbbr", b"/Encrypt"), "don.pdf", "password"),
        (PDF[:-7], "don.pdf", "not whole"),
    ],
)
def test_all_else_is_refused_and_told_why(content: bytes, name: str, said: str) -> None:
    from django.utils.translation import override

    with override("en"):
        told = refusal(sent(content, name))
    assert len(told) == 1 and told[0].startswith(f"{name}: ") and said in told[0]


def test_every_file_at_fault_is_named_and_so_many_and_no_more() -> None:
    assert len(refusal(sent(b"x", "a.jpg"), sent(picture(), "b.jpg"), sent(b"MZ", "c.jpg"))) == 2
    assert len(refusal(*[sent(picture())] * 6)) == 1


def test_together_they_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_TOGETHER", 1000)
    assert len(refusal(sent(PDF), sent(PDF + b" " * 990 + b"%%EOF"))) == 1


def test_they_are_kept_under_names_of_ours_and_handed_out_to_be_saved(commune, tmp_path) -> None:
    write(commune, files=[sent(PDF, "../../đơn.pdf"), sent(picture(), "ảnh.jpg")])
    kept = list(PetitionAttachment.objects.all())
    assert [(file.name, file.type) for file in kept] == [
        ("đơn.pdf", "application/pdf"),
        ("ảnh.jpg", "image/jpeg"),
    ]
    assert all(file.file.path.startswith(str(tmp_path)) and "đơn" not in file.file.name for file in kept)
    assert kept[0].file.read() == PDF and kept[0].size == len(PDF)
    headers = download_headers(kept[0])
    assert (
        headers["Content-Disposition"].startswith("attachment")
        and "sandbox" in headers["Content-Security-Policy"]
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_bad_file_makes_no_petition_and_a_supplement_counts_those_before(commune, staff: Staff) -> None:
    with pytest.raises(ValidationError):
        write(commune, files=[sent(PDF), sent(b"MZ")])
    assert not Petition.objects.exists()
    petition = write(commune, files=[sent(PDF) for _ in range(4)]).petition
    ask_supplement(petition, "Thêm ảnh.", by=staff.officer, as_of=NOW)
    with pytest.raises(ValidationError):
        supplement(petition, "đây", as_of=NOW, files=[sent(PDF)] * 2)
    supplement(petition, "đây", as_of=NOW, files=[sent(picture())])
    assert petition.attachments.count() == 5


def test_files_go_a_year_after_the_end_and_three_years_at_most(commune, staff: Staff) -> None:
    over, waiting = (write(commune, files=[sent(picture()), sent(PDF)]).petition for _ in range(2))
    refuse(over, "abusive", by=staff.officer, explanation="x", as_of=NOW)
    paths = [Path(file.file.path) for file in over.attachments.all()]
    assert attachments.forget(NOW + days(364)) == 0
    assert attachments.forget(NOW + days(365)) == 2 and attachments.forget(NOW + days(365)) == 0
    assert not any(path.exists() for path in paths) and not over.attachments.exists()
    assert waiting.attachments.count() == 2
    assert attachments.forget(NOW + days(3 * 365)) == 2
    assert PetitionStep.objects.filter(verb="files_gone", text="2").count() == 2


def test_a_file_that_is_gone_from_the_disk_already_is_forgotten_all_the_same(commune, staff: Staff) -> None:
    petition = write(commune, files=[sent(picture())]).petition
    Path(petition.attachments.get().file.path).unlink()
    assert attachments.forget(NOW + days(3 * 365)) == 1
    assert not PetitionAttachment.objects.exists()
