"""Sending the demo's records as one-stop systems do: through the national protocol's own path."""

from __future__ import annotations

from datetime import datetime

import msgspec

from agencies.models import IntegrationClient
from portal.demo.letters import Letter
from procedures.national.batches import sync_dossiers_call, sync_steps_call
from procedures.national.structs import Call


def send(letter: Letter, client: IntegrationClient, as_of: datetime) -> int:
    """Hand a letter in as the door does after authentication; returns how many records were refused."""
    call = Call(is_updating="True", data=msgspec.Raw(letter.body))
    serve = sync_steps_call if letter.of_steps else sync_dossiers_call
    return len(serve(call, client, as_of)["result"])
