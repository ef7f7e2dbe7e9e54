"""Sending files: only to whom they are for, never kept by anything on the way."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO

from django.http import FileResponse

from agencies.exchange.sheets import MEDIA_TYPES
from agencies.exchange.uploads import Format


def download(file: IO[bytes], name: str) -> FileResponse:
    """A file as an answer that the browser saves under ``name``; closed once it is sent."""
    form = PurePath(name).suffix.removeprefix(".")
    media_type = MEDIA_TYPES[Format(form)] if form in set(Format) else "application/octet-stream"
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
