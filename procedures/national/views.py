"""The doors of the national protocol: auth, integration and share, and the variant with a bare list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from traceback import format_exc
from typing import Any

import msgspec
import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from agencies.client_address import client_address
from agencies.codes import code_map
from agencies.integration import (
    ClientRevoked,
    SessionExpired,
    TooManyAttempts,
    UnknownSession,
    WrongCredentials,
    client_of_session,
    open_session,
)
from agencies.models import IntegrationClient
from procedures.national import batches, lookups
from procedures.national.answers import CallRefusedError, Code
from procedures.national.structs import Call, Login
from procedures.national.values import text

log = structlog.get_logger(__name__)

Service = Callable[[Call, IntegrationClient, datetime], dict[str, Any]]

SERVICES: dict[str, Service] = {
    "DongBoHoSoMC": batches.sync_dossiers_call,
    "CapNhatTienDoHoSoMC": batches.sync_steps_call,
    "TraCuuHoSo": lookups.dossier_call,
    "LayThuTuc": lookups.procedure_call,
    "LayDanhSachTTHC": lookups.procedures_call,
    "LayDanhMucCoQuan": lookups.agencies_call,
    "LayDanhMucLinhVuc": lookups.fields_call,
}
_BY_LOWER_CASE = {name.lower(): service for name, service in SERVICES.items()}

_decode_login = msgspec.json.Decoder(Login).decode
_decode_call = msgspec.json.Decoder(Call).decode
_decode_any = msgspec.json.Decoder(msgspec.Raw).decode

Door = Callable[[HttpRequest], dict[str, Any]]


def _answering(door: Door) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view of a door: whatever happens, the answer is JSON with a code, in Vietnamese."""

    @csrf_exempt
    @wraps(door)
    def view(request: HttpRequest) -> HttpResponse:
        status = 200
        with override("vi"):
            try:
                if request.method != "POST":
                    status = 405
                    raise CallRefusedError(Code.WRONG_METHOD, _("Send a POST request with JSON."))
                answer = door(request)
            except CallRefusedError as refused:
                answer = {"error_code": refused.code.value, "message": refused.message, "result": []}
            except RequestDataTooBig:
                answer = {
                    "error_code": Code.TOO_MANY.value,
                    "message": _("The body is too large: send fewer records at once."),
                    "result": [],
                }
            except Exception:
                # The sender must get an answer it can read; the log gets the trace, never the body.
                # As text: a renderer of exceptions may show local variables, and those hold the body.
                log.error("national_protocol_failed", door=door.__name__, trace=format_exc())
                status = 500
                answer = {
                    "error_code": Code.OUR_FAULT.value,
                    "message": _("The portal failed; nothing is lost, send it again later."),
                    "result": [],
                }
        return HttpResponse(
            msgspec.json.encode(answer), status=status, content_type="application/json; charset=utf-8"
        )

    return view


@_answering
def auth(request: HttpRequest) -> dict[str, Any]:
    """Open a session: ``{"username", "password"}`` → ``{"session", "error_code": 0}``."""
    login = _decoded(_decode_login, request)
    username, password = text(login.username), text(login.password)
    for name, value in (("username", username), ("password", password)):
        if not value:
            raise CallRefusedError(Code.MISSING, _("%(field)s is missing or empty.") % {"field": name})
    try:
        session = open_session(
            username,
            password,
            as_of=timezone.now(),
            address=client_address(request),
        )
    except WrongCredentials:
        raise CallRefusedError(Code.WRONG_PASSWORD, _("Wrong username or password.")) from None
    except ClientRevoked:
        raise _revoked() from None
    except TooManyAttempts:
        raise CallRefusedError(
            Code.LOCKED_OUT, _("Too many wrong passwords: wait fifteen minutes, then try again.")
        ) from None
    return {"session": session, "error_code": Code.DONE.value}


@_answering
def integration(request: HttpRequest) -> dict[str, Any]:
    """Serve the ``service`` a call names; dictionaries are served here as well as at ``share``."""
    call = _decoded(_decode_call, request)
    if not call.session:
        call.session = _session_outside_body(request)
    return _serve(call)


@_answering
def bare_dossiers(request: HttpRequest) -> dict[str, Any]:
    """DongBoHoSoMC with the bare list of dossiers as the body and everything else in the address."""
    return _serve(_bare_call(request, "DongBoHoSoMC"))


@_answering
def bare_steps(request: HttpRequest) -> dict[str, Any]:
    """CapNhatTienDoHoSoMC with the bare list of steps as the body."""
    return _serve(_bare_call(request, "CapNhatTienDoHoSoMC"))


@_answering
def unknown(request: HttpRequest) -> dict[str, Any]:
    """Any other address below the protocol's."""
    raise CallRefusedError(Code.UNKNOWN_SERVICE, _("There is no such address here."))


def _serve(call: Call) -> dict[str, Any]:
    as_of = timezone.now()
    name = text(call.service)
    client = _client(text(call.session), as_of)
    service = _BY_LOWER_CASE.get(name.lower())
    if service is None:
        raise CallRefusedError(
            Code.UNKNOWN_SERVICE,
            _("Unknown service “%(name)s”. There are: %(names)s.")
            % {"name": name[:60], "names": ", ".join(SERVICES)},
        )
    _check_agency(text(call.madonvi), client)
    return service(call, client, as_of)


def _client(session: str, as_of: datetime) -> IntegrationClient:
    if not session:
        raise CallRefusedError(
            Code.NO_SESSION, _("session is missing: call auth first and send the session it gives.")
        )
    try:
        return client_of_session(session, as_of=as_of)
    except SessionExpired:
        raise CallRefusedError(Code.NO_SESSION, _("The session has expired: call auth again.")) from None
    except UnknownSession:
        raise CallRefusedError(Code.NO_SESSION, _("Unknown session: call auth again.")) from None
    except ClientRevoked:
        raise _revoked() from None


def _check_agency(code: str, client: IntegrationClient) -> None:
    """A ``madonvi`` we know must lie where the system may speak; one we do not know tells nothing."""
    if code in ("", client.agency.code):
        return
    place = code_map().agency_of(code)
    if place is not None and not place.path.startswith(client.agency.path):
        raise CallRefusedError(
            Code.OUTSIDE,
            _("madonvi: agency %(code)s is outside %(agency)s, for which this system speaks.")
            % {"code": code, "agency": client.agency.name},
        )


def _bare_call(request: HttpRequest, service: str) -> Call:
    body = _decoded(_decode_any, request)
    query = request.GET
    return Call(
        session=_session_outside_body(request),
        madonvi=query.get("MaDinhDanhDV", ""),
        service=service,
        is_updating=query.get("isUpdating"),
        data=body,
    )


def _session_outside_body(request: HttpRequest) -> str:
    """A session sent as the header ``session``, as a bearer token, or in the query."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return request.headers.get("session", "") or bearer or request.GET.get("session", "")


def _decoded(decode: Callable[[bytes], Any], request: HttpRequest) -> Any:
    body = request.body.removeprefix(b"\xef\xbb\xbf")
    try:
        return decode(body)
    except msgspec.ValidationError:
        raise CallRefusedError(
            Code.MALFORMED, _("The body is JSON, but not of the form this call expects.")
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CallRefusedError(
            Code.NOT_JSON, _("The body is not JSON: %(error)s") % {"error": error}
        ) from None


def _revoked() -> CallRefusedError:
    return CallRefusedError(Code.REVOKED, _("This system's access was withdrawn: ask the portal's operator."))
