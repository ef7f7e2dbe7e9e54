"""Speaking the national protocol as one-stop software does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.test import Client

RECORDS = Path(__file__).parent / "records"


def example(name: str, **changes: Any) -> dict[str, Any]:
    """The oldest or the newest client's dossier, with fields changed; None leaves one out."""
    record = {**json.loads((RECORDS / f"{name}.json").read_text()), **changes}
    return {field: value for field, value in record.items() if value is not None}


class OneStop:
    """A one-stop system: logs in, keeps its session, sends."""

    def __init__(self, username: str, password: str, madonvi: str = "H44") -> None:
        self.http, self.madonvi = Client(), madonvi
        self.session = self.post("auth", {"username": username, "password": password})["session"]

    def post(self, path: str, body: Any, status: int = 200, **headers: str) -> dict[str, Any]:
        """The JSON answer to a body posted below the protocol's address."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.http.post(
            f"/api/national/{path}", content, content_type="application/json", headers=headers
        )
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        return answer.json()

    def call(self, service: str, path: str = "integration", **parameters: Any) -> dict[str, Any]:
        """Call a service, signed in."""
        envelope = {"session": self.session, "madonvi": self.madonvi, "service": service}
        return self.post(path, {**envelope, **parameters})

    def send(self, *records: Any, updating: Any = "True") -> dict[str, Any]:
        """DongBoHoSoMC."""
        return self.call("DongBoHoSoMC", isUpdating=updating, data=list(records))

    def progress(self, *steps: Any) -> dict[str, Any]:
        """CapNhatTienDoHoSoMC."""
        return self.call("CapNhatTienDoHoSoMC", data=list(steps))
