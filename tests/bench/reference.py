"""What the portal's ingest is compared with: the usual serializer and bulk_create, as a real view."""

from __future__ import annotations

from typing import Any, ClassVar

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


class DossierSerializer(serializers.ModelSerializer[Dossier]):
    """A dossier by its columns; plain numbers for keys, since a related field costs a query a row."""

    agency_id = serializers.IntegerField()
    procedure_id = serializers.IntegerField(allow_null=True)
    client_id = serializers.IntegerField(allow_null=True)
    started_month = serializers.IntegerField()
    ended_month = serializers.IntegerField()

    class Meta:
        model = Dossier
        fields = [
            column
            for column in COLUMNS
            if column in {"agency_id", "procedure_id", "client_id", "started_month", "ended_month"}
            or Dossier._meta.get_field(column).editable
        ]
        # That a dossier is known already is no mistake here, and asking costs a query a row.
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {"code": {"validators": []}}


@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def reference(request: Request) -> Response:
    """Take a list of dossiers: check them all, then add or overwrite them."""
    client_of_session(request.headers["session"], as_of=timezone.now())
    sent = DossierSerializer(data=request.data, many=True)
    sent.is_valid(raise_exception=True)
    values: list[dict[str, Any]] = sent.validated_data
    with transaction.atomic():
        Dossier.objects.bulk_create(
            [Dossier(version_at=timezone.now(), fingerprint="", **value) for value in values],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[name for name in DossierSerializer.Meta.fields if name != "code"],
        )
    return Response({"taken": len(values)})
