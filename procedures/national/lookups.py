"""The services that ask: dictionaries, one procedure, one dossier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Agency, IntegrationClient
from procedures.models import Dossier, Field, LocalName, Procedure
from procedures.months import VIETNAM
from procedures.national.answers import CallRefusedError, Code
from procedures.national.procedure_description import describe
from procedures.national.structs import Call, Loose
from procedures.national.values import text

#: CAPDONVI, the level of an agency.
LEVELS = {
    Agency.Kind.NATION: 0,
    Agency.Kind.MINISTRY: 1,
    Agency.Kind.MINISTERIAL_AGENCY: 1,
    Agency.Kind.GOVERNMENT_AGENCY: 1,
    Agency.Kind.PROVINCE: 1,
    Agency.Kind.DEPARTMENT: 2,
    Agency.Kind.COMMUNE: 3,
    Agency.Kind.UNIT: 4,
}


def procedure_call(call: Call, client: IntegrationClient, as_of: datetime) -> dict[str, Any]:
    """LayThuTuc: the procedure with the code ``maTTHC``, as the catalogue describes it."""
    code = _needed(call.procedure_code, "maTTHC")
    mapped = LocalName.objects.filter(
        owner=client.agency, kind=LocalName.Kind.PROCEDURE, value=code, procedure__isnull=False
    ).values("procedure_id")
    found = (
        Procedure.objects.filter(Q(code=code) | Q(pk__in=mapped))
        .select_related("field", "announcing_agency")
        .first()
    )
    if found is None:
        return _answer([], _("Procedure %(code)s is not in the catalogue.") % {"code": code})
    return _answer([describe(found, client.agency)])


def procedures_call(call: Call, client: IntegrationClient, as_of: datetime) -> dict[str, Any]:
    """LayDanhSachTTHC: every public procedure."""
    rows = Procedure.objects.filter(is_public=True).order_by("code").values_list("code", "name")
    return _answer([{"MATTHC": code, "TENTTHC": name} for code, name in rows])


def agencies_call(call: Call, client: IntegrationClient, as_of: datetime) -> dict[str, Any]:
    """LayDanhMucCoQuan: every agency in being."""
    in_being = Agency.objects.on(as_of.astimezone(VIETNAM).date()).order_by("path")
    return _answer(
        [
            {"MADONVI": code, "TENDONVI": name, "CAPDONVI": str(LEVELS[Agency.Kind(kind)])}
            for code, name, kind in in_being.values_list("code", "name", "kind")
        ]
    )


def fields_call(call: Call, client: IntegrationClient, as_of: datetime) -> dict[str, Any]:
    """LayDanhMucLinhVuc: every field."""
    rows = Field.objects.order_by("code").values_list("code", "name", "sector")
    return _answer(
        [{"MALINHVUC": code, "TENLINHVUC": name, "MANGANH": sector} for code, name, sector in rows]
    )


def dossier_call(call: Call, client: IntegrationClient, as_of: datetime) -> dict[str, Any]:
    """TraCuuHoSo: the dossier with the code ``mahoso``, if it is in the system's subtree."""
    code = _needed(call.dossier_code, "mahoso")
    dossier = (
        Dossier.objects.filter(code=code)
        .select_related("agency", "procedure")
        .defer("procedure__parts")
        .first()
    )
    if dossier is None or not client.agency.contains(dossier.agency):
        return _answer([], _("Dossier %(code)s is not known.") % {"code": code})
    procedure = dossier.procedure
    return _answer(
        [
            {
                "MaHoSo": dossier.code,
                "MaTTHC": procedure.code if procedure else dossier.local_procedure,
                "TenTTHC": procedure.name if procedure else "",
                "MaDonViXuLy": dossier.agency.code,
                "DonViXuLy": dossier.agency.name,
                "KenhThucHien": str(dossier.channel),
                "TrangThaiHoSo": str(dossier.status),
                "NgayNopHoSo": _written(dossier.submitted_at),
                "NgayTiepNhan": _written(dossier.received_at),
                "NgayHenTra": _written(dossier.due_at),
                "NgayKetThucXuLy": _written(dossier.finished_at),
                "NgayTra": _written(dossier.returned_at),
                "NgayTuChoi": _written(dossier.refused_at),
            }
        ]
    )


def _needed(value: Loose, name: str) -> str:
    written = text(value)
    if not written:
        raise CallRefusedError(Code.MISSING, _("%(field)s is missing or empty.") % {"field": name})
    return written


def _answer(result: Sequence[dict[str, Any]], message: str = "") -> dict[str, Any]:
    return {"error_code": Code.DONE.value, "message": message, "result": result}


def _written(moment: datetime | None) -> str:
    return moment.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S") if moment else ""
