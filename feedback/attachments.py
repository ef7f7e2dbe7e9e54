"""Files sent with a petition or an objection: judged by what they hold, not by their names.

Images are drawn anew, so nothing but the picture survives: no place where it was taken, no script behind
it. A PDF is kept as sent unless it announces something that runs; whoever serves it does so as a
download, never inside a page. Archives, office documents, programs and pages are refused.
"""

from __future__ import annotations

import io
import secrets
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import PurePath
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from feedback.models import Petition, PetitionAttachment, PetitionStep
from feedback.plain_text import one_line

MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
MOST_FILES = 5
MOST_TOGETHER = 15 * MEGABYTE
#: How long files are kept after the petition or objection they came with is over, and any file at most.
KEPT, LONGEST_KEPT = timedelta(days=365), timedelta(days=3 * 365)
#: More than any camera of a telephone; drawing more would take the server's memory.
MOST_PIXELS = 50_000_000
#: An image is kept at most so large on its longer side: enough to read a photographed page.
LONGEST_SIDE = 3000

Type = PetitionAttachment.Type
_FORMATS = {"JPEG": Type.JPEG, "PNG": Type.PNG, "WEBP": Type.WEBP}
_ENDINGS = {Type.JPEG: ".jpg", Type.PNG: ".png", Type.WEBP: ".webp", Type.PDF: ".pdf"}
#: What other files begin with, to say what they are.
_KNOWN = (
    (b"PK\x03\x04", "ZIP, DOCX, XLSX"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "GZIP"),
    (b"\xd0\xcf\x11\xe0", "DOC, XLS"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"{\\rtf", "RTF"),
)
#: What a PDF says when it runs or opens something by itself.
_RUNNING = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/OpenAction", b"/AA")


class Kept(Protocol):
    """A file kept already."""

    @property
    def size(self) -> int: ...


@dataclass(frozen=True)
class Sound:
    """A file found fit to keep."""

    name: str
    type: str
    content: bytes


def checked(files: Sequence[UploadedFile], already: Sequence[Kept] = ()) -> list[Sound]:
    """The files as they may be kept, beside those there are ``already``.

    Raises ValidationError (``attachments``) with a message for each file that may not, by its name.
    """
    if len(files) + len(already) > MOST_FILES:
        raise ValidationError({"attachments": _("At most %(most)d files.") % {"most": MOST_FILES}})
    sound: list[Sound] = []
    problems: list[str] = []
    together = sum(attachment.size for attachment in already)
    for file in files:
        name = _shown_name(file.name or "")
        try:
            found = _judged(name, file)
        except ValidationError as error:
            problems.append(f"{name}: {' '.join(error.messages)}")
            continue
        together += len(found.content)
        sound.append(found)
    if together > MOST_TOGETHER:
        problems.append(
            _("The files are larger than %(most)d MB together.") % {"most": MOST_TOGETHER // MEGABYTE}
        )
    if problems:
        raise ValidationError({"attachments": problems})
    return sound


def keep(petition: Petition, files: Sequence[Sound], as_of: datetime) -> None:
    """Keep the files beside their petition, in the caller's transaction; the disk follows it."""
    for file in files:
        attachment = PetitionAttachment(
            petition=petition, name=file.name, type=file.type, size=len(file.content), added_at=as_of
        )
        attachment.file.save(stored_name(file), ContentFile(file.content), save=True)


def stored_name(file: Sound) -> str:
    """A name of ours: nothing of the sender's stands in a path."""
    return f"{secrets.token_hex(16)}{_ENDINGS[Type(file.type)]}"


def download_headers(attachment: PetitionAttachment) -> dict[str, str]:
    """The headers under which a petition's file is handed out."""
    return headers_of(f"{attachment.petition.code}-{attachment.pk}", attachment.type)


def headers_of(name: str, content_type: str) -> dict[str, str]:
    """The headers under which a file is handed out: saved, never run, whatever it holds."""
    return {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{name}{_ENDINGS[Type(content_type)]}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def forget(as_of: datetime) -> int:
    """Delete the files of petitions that were kept long enough; returns how many."""
    over = Q(petition__state__in=Petition.OVER, petition__moved_at__lte=as_of - KEPT)
    old = PetitionAttachment.objects.filter(over | Q(added_at__lte=as_of - LONGEST_KEPT))

    def note(petition: Petition, deleted: int) -> None:
        PetitionStep.objects.create(
            petition=petition,
            at=as_of,
            verb=PetitionStep.Verb.FILES_GONE,
            state=petition.state,
            agency=petition.agency,
            text=str(deleted),
        )

    return delete_files(old.select_related("petition__agency"), "petition", note)


def delete_files(files: QuerySet[Any], owner: str, note: Callable[[Any, int], None]) -> int:
    """Delete files from the disk and from the list; returns how many.

    ``note`` is told each ``owner`` (the name of the key) and how many of its files went. The disk first:
    whoever is stopped in between finds the rest again next time.
    """
    forgotten = 0
    of_one_owner = groupby(files.order_by(owner, "pk"), key=lambda file: getattr(file, owner))
    for whose, group in of_one_owner:
        chosen = list(group)
        for file in chosen:
            file.file.delete(save=False)
        with transaction.atomic():
            # Of two who do this at once, one notes it.
            deleted = files.model._default_manager.filter(pk__in=[file.pk for file in chosen]).delete()[0]
            if deleted:
                forgotten += deleted
                note(whose, deleted)
    return forgotten


def _judged(name: str, file: UploadedFile) -> Sound:
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(_("larger than %(most)d MB.") % {"most": MOST_BYTES // MEGABYTE})
    file.seek(0)
    content = file.read(MOST_BYTES + 1)
    if not content:
        raise ValidationError(_("the file is empty."))
    if len(content) > MOST_BYTES:
        raise ValidationError(_("larger than %(most)d MB.") % {"most": MOST_BYTES // MEGABYTE})
    if content.startswith(b"%PDF-"):
        return Sound(name, Type.PDF, _sound_pdf(content))
    for beginning, what in _KNOWN:
        if content.startswith(beginning):
            raise ValidationError(
                _("this is a file of another type (%(what)s); send JPEG, PNG, WebP or PDF.") % {"what": what}
            )
    return _drawn_anew(name, content)


def _sound_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise ValidationError(_("the PDF is not whole."))
    if b"/Encrypt" in content:
        raise ValidationError(_("the PDF is locked by a password."))
    # "/JS" also begins longer names; a name ends where a letter or digit does not follow.
    for word in _RUNNING:
        after = content.find(word)
        while after >= 0:
            end = after + len(word)
            if not content[end : end + 1].isalnum():
                raise ValidationError(_("the PDF holds something that runs or opens by itself."))
            after = content.find(word, end)
    return content


def _drawn_anew(name: str, content: bytes) -> Sound:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as image:
                # Known from the header, before a single pixel is drawn.
                if image.width * image.height > MOST_PIXELS:
                    raise ValidationError(_("the picture has too many pixels."))
                found = image.format or ""
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return Sound(name, _FORMATS[found], _encoded(upright, found))
    except UnidentifiedImageError:
        raise ValidationError(
            _("this is neither a picture (JPEG, PNG, WebP) nor a PDF, whatever it is called.")
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(_("the picture has too many pixels.")) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise ValidationError(_("the picture is broken.")) from None


def _encoded(image: Image.Image, found: str) -> bytes:
    clear = "A" in image.getbands() or "transparency" in image.info
    if found == "JPEG" and image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    elif found != "JPEG":
        image = image.convert("RGBA" if clear else "RGB")
    drawn = Image.new(image.mode, image.size)
    # The pixels alone: what a file carries beside them stays behind.
    drawn.paste(image)
    out = io.BytesIO()
    drawn.save(out, found, quality=85) if found != "PNG" else drawn.save(out, found)
    return out.getvalue()


def _shown_name(name: str) -> str:
    return one_line(PurePath(name.replace("\\", "/")).name)[:100] or "?"
