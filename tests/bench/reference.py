"""What the portal's ingest is compared with: the usual serializer and bulk_create, as a real view."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.integration import client_of_session
from procedures.dossier_rows import COLUMNS
from procedures.models import Dossier
from procedures.national.structs import (
    Connection,
    Fee,
    Identity,
    NationalDossier,
    Paper,
    ResultPaper,
    SupplementRequest,
)
from tests.bench.raw_upsert import rows_of

LISTS = {
    "DinhDanhCHS": Identity,
    "DSKetNoiCSDL": Connection,
    "TaiLieuNop": Paper,
    "DanhSachLePhi": Fee,
    "DanhSachHoSoBoSung": SupplementRequest,
    "DanhSachGiayToKetQua": ResultPaper,
}


def serializer_of(struct: type[msgspec.Struct]) -> type[serializers.Serializer]:
    """A serializer with the fields the portal reads of a record: texts, and lists of such records."""
    fields: dict[str, Any] = {}
    for name in struct.__struct_fields__:
        if name in LISTS:
            fields[name] = serializer_of(LISTS[name])(many=True, required=False)
        else:
            fields[name] = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    return type(f"{struct.__name__}Serializer", (serializers.Serializer,), fields)


DossierSerializer = serializer_of(NationalDossier)
UPDATED = [name for name in COLUMNS if name not in ("code", "first_seen_at")]


@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def reference(request: Request) -> Response:
    """Take the same call: check all its dossiers, then add or overwrite them.

    What a record comes to is worked out by the portal's own functions, so that only the way in and the
    way to the database are compared. Codes are of its own, so that each has as many new dossiers.
    """
    as_of = timezone.now()
    client = client_of_session(request.data["session"], as_of=as_of)
    sent = DossierSerializer(data=request.data["data"], many=True)
    sent.is_valid(raise_exception=True)
    rows = rows_of([dict(record) for record in sent.validated_data], client, as_of)
    with transaction.atomic():
        Dossier.objects.bulk_create(
            [Dossier(**{**dict(zip(COLUMNS, row, strict=True)), "code": f"R{row[0]}"}) for row in rows],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=UPDATED,
        )
    return Response({"taken": len(rows)})
