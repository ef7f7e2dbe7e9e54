"""A procedure as LayThuTuc describes it."""

from __future__ import annotations

from typing import Any

from agencies.models import Agency
from procedures.models import AgencyProcedure, Procedure
from procedures.models.procedure import OnlineLevel

DIRECT, ONLINE, POSTAL = "1", "2", "3"
_UNITS = {
    Procedure.Unit.HOUR: "Giờ",
    Procedure.Unit.DAY: "Ngày",
    Procedure.Unit.WORKING_DAY: "Ngày làm việc",
    Procedure.Unit.MONTH: "Tháng",
}
_SUBJECTS = {
    Procedure.Subject.CITIZEN: "Công dân Việt Nam",
    Procedure.Subject.OVERSEAS: "Người Việt Nam định cư ở nước ngoài",
    Procedure.Subject.FOREIGNER: "Người nước ngoài",
    Procedure.Subject.BUSINESS: "Doanh nghiệp",
    Procedure.Subject.ORGANISATION: "Tổ chức",
}


def describe(procedure: Procedure, agency: Agency) -> dict[str, Any]:
    """The procedure in the protocol's words; of the offices that carry it out, those of ``agency``.

    A part of the description written as plain text is given as one entry a line.
    """
    parts = procedure.parts
    return {
        "MATTHC": procedure.code,
        "TENTTHC": procedure.name,
        "TRINHTUTHUCHIEN": [
            {
                "TRUONGHOP": case.get("case", ""),
                "TRINHTU": [{"TENTRINHTU": step} for step in _lines(case.get("steps"))],
            }
            for case in _cases(parts.get("sequence"), "steps")
        ],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": procedure.field.code, "TENLINHVUC": procedure.field.name}],
        "MACOQUANCONGBO": procedure.announcing_agency.code,
        "CACHTHUCTHUCHIEN": [_channel(procedure, kind) for kind in _channels(procedure)],
        "YEUCAU": "\n".join(_lines(parts.get("requirements"))),
        "DOITUONGTHUCHIEN": [
            {"TENDOITUONG": _SUBJECTS.get(subject, subject)} for subject in procedure.subjects
        ],
        "MOTADOITUONGTHUCHIEN": "\n".join(_lines(parts.get("subjects"))),
        "KETQUATHUCHIEN": [
            {"MAKETQUA": result.get("code", ""), "TENKETQUA": result.get("name", "")}
            for result in _entries(parts.get("results"))
        ],
        "CANCUPHAPLY": [
            {"SOVANBAN": basis.get("code", ""), "TENVANBAN": basis.get("name", "")}
            for basis in _entries(parts.get("legal_basis"))
        ],
        "TRANGTHAI": "1" if procedure.is_public else "0",
        "COQUANTHUCHIEN": [
            {"TENDONVI": name, "MADONVI": code}
            for name, code in AgencyProcedure.objects.filter(procedure=procedure)
            .filter(agency__in=Agency.objects.under(agency.path))
            .order_by("agency__path")
            .values_list("agency__name", "agency__code")
        ],
        "THANHPHANHOSO": [
            {
                "TRUONGHOP": case.get("case", ""),
                "GIAYTO": [
                    {
                        "MAGIAYTO": paper.get("code", ""),
                        "TENGIAYTO": paper.get("name", ""),
                        "TENMAUDON": paper.get("form", ""),
                        "URL": paper.get("url", ""),
                    }
                    for paper in _entries(case.get("papers"))
                ],
            }
            for case in _cases(parts.get("papers"), "papers")
        ],
    }


def _channels(procedure: Procedure) -> list[str]:
    online = procedure.online_level != OnlineLevel.NONE
    return [DIRECT, ONLINE, POSTAL] if online else [DIRECT, POSTAL]


def _channel(procedure: Procedure, channel: str) -> dict[str, Any]:
    time = procedure.processing_time
    return {
        "KENH": channel,
        "THOIGIAN": [
            {
                "THOIGIANGIAIQUYET": "" if time is None else str(time),
                "DONVITINH": _UNITS[Procedure.Unit(procedure.processing_unit)],
                "MOTA": "\n".join(_lines(procedure.parts.get("deadline"))),
                "PHILEPHI": [{"MAPHILEPHI": "", "SOTIEN": str(procedure.fee), "DONVI": "Đồng", "MOTA": ""}]
                if procedure.has_fee
                else [],
            }
        ],
    }


def _cases(part: Any, inside: str) -> list[dict[str, Any]]:
    """Cases, each with its entries; a part that is not told apart by case is one."""
    if isinstance(part, list) and part and all(isinstance(c, dict) and inside in c for c in part):
        return part
    return [{inside: part}] if part else []


def _entries(part: Any) -> list[dict[str, Any]]:
    """Named entries; text is one a line."""
    entries = part if isinstance(part, list) else _lines(part)
    return [entry if isinstance(entry, dict) else {"name": str(entry)} for entry in entries]


def _lines(part: Any) -> list[str]:
    if isinstance(part, list):
        return [str(line) for line in part]
    return [line for line in str(part).splitlines() if line.strip()] if part else []
