"""Links printed on a receipt: signed, for one dossier, for a time; short enough for a small QR code."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import date, datetime, timedelta

import qrcode
from qrcode.image.svg import SvgPathImage

from feedback.keys import keys_for
from procedures.months import VIETNAM

#: How long a link is good for, from the day it was made.
LIFE = timedelta(days=180)

_EPOCH = date(2026, 1, 1)
_PURPOSE = "rating link"
_ID, _DAY, _SIGNATURE = 6, 2, 12


def make(dossier_id: int, as_of: datetime, life: timedelta = LIFE) -> str:
    """The token of a link to rate one dossier, good to the end of its last day; 27 letters."""
    last = (as_of + life).astimezone(VIETNAM).date()
    told = dossier_id.to_bytes(_ID) + (last - _EPOCH).days.to_bytes(_DAY)
    return base64.urlsafe_b64encode(told + _signature(keys_for(_PURPOSE)[0], told)).rstrip(b"=").decode()


def read(token: str, as_of: datetime) -> int | None:
    """The id of the dossier a token is for; None for a token that is not ours or has expired."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _ID + _DAY + _SIGNATURE:
        return None
    told, signature = raw[: _ID + _DAY], raw[_ID + _DAY :]
    if not any(hmac.compare_digest(signature, _signature(key, told)) for key in keys_for(_PURPOSE)):
        return None
    last = _EPOCH + timedelta(days=int.from_bytes(told[_ID:]))
    if as_of.astimezone(VIETNAM).date() > last:
        return None
    return int.from_bytes(told[:_ID])


def expires_on(token: str) -> date:
    """The last day of a token made by us."""
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return _EPOCH + timedelta(days=int.from_bytes(raw[_ID : _ID + _DAY]))


def qr_svg(address: str) -> str:
    """The QR code of an address as an SVG drawing, to be printed."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(address)
    return str(code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode"))


def _signature(key: bytes, told: bytes) -> bytes:
    return hmac.digest(key, told, "sha256")[:_SIGNATURE]
