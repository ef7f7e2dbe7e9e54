"""The two services that send records: DongBoHoSoMC and CapNhatTienDoHoSoMC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from agencies.integration import note_seen
from agencies.models import IntegrationClient
from procedures.national import dossiers, steps
from procedures.national.answers import CallRefusedError, Code, report_answer
from procedures.national.structs import Call
from procedures.national.values import boolean
from procedures.progress import sync_steps
from procedures.sync import sync_dossiers

#: Records one call may carry.
MOST = 1000

_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def sync_dossiers_call(call: Call, client: IntegrationClient, as_of: datetime) -> dict[str, Any]:
    """DongBoHoSoMC: create dossiers (isUpdating False), or create and update them (True or absent)."""
    try:
        updating = boolean(call.is_updating)
    except ValueError:
        raise CallRefusedError(
            Code.MALFORMED,
            _("isUpdating: “%(value)s” is neither True nor False.") % {"value": call.is_updating},
        ) from None
    report = sync_dossiers(
        [dossiers.read(raw, position) for position, raw in enumerate(_records(call))],
        client=client,
        as_of=as_of,
        only_new=updating is False,
    )
    note_seen(client, report.taken, len(report.refusals), as_of)
    return report_answer(report, dossiers.FIELDS)


def sync_steps_call(call: Call, client: IntegrationClient, as_of: datetime) -> dict[str, Any]:
    """CapNhatTienDoHoSoMC: add steps of progress."""
    report = sync_steps(
        [steps.read(raw, position) for position, raw in enumerate(_records(call))],
        client=client,
        as_of=as_of,
    )
    note_seen(client, report.taken, len(report.refusals), as_of)
    return report_answer(report, steps.FIELDS)


def _records(call: Call) -> list[msgspec.Raw]:
    if not bytes(call.data):
        raise CallRefusedError(Code.MISSING, _("data is missing: a list of records is expected."))
    try:
        records = _decode_list(call.data)
    except msgspec.ValidationError:
        raise CallRefusedError(Code.MALFORMED, _("data must be a list of records.")) from None
    if len(records) > MOST:
        raise CallRefusedError(
            Code.TOO_MANY,
            _("%(count)d records in one call: send at most %(most)d, none was taken.")
            % {"count": len(records), "most": MOST},
        )
    return records
