"""Two provinces, their systems, a procedure, and the portal's Vietnamese."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation import trans_real

import procedures
from agencies.integration import create_client, open_session
from agencies.models import Agency, AgencyCode, IntegrationClient
from procedures.models import Field, Procedure
from procedures.months import VIETNAM
from procedures.signals import catalogue_changed, counts_changed
from tests.factories import AgencyFactory, NationFactory, ProvinceFactory

AS_OF = datetime(2026, 3, 20, 12, 0, tzinfo=VIETNAM)


def at(day: str, hour: int = 8, minute: int = 0) -> datetime:
    """A moment of 2026 in Vietnam: ``at("03-05", 14)``."""
    return datetime.fromisoformat(f"2026-{day}").replace(hour=hour, minute=minute, tzinfo=VIETNAM)


@dataclass
class World:
    """H44 with a department and a commune, H21 beside it, and a procedure of five working days."""

    nation: Agency
    h44: Agency
    justice: Agency
    commune: Agency
    h21: Agency
    procedure: Procedure
    client: IntegrationClient
    password: str
    stranger: IntegrationClient

    def session(self, client: IntegrationClient | None = None) -> str:
        """A session of the system of H44 that is good now."""
        assert client is None or client == self.client
        now = datetime.now(VIETNAM) - timedelta(seconds=1)
        return open_session(self.client.username, self.password, as_of=now)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def make_world() -> World:
    """Build the world; for tests that bring their own transaction."""
    nation = NationFactory()
    h44 = ProvinceFactory(code="H44", parent=nation, short_name="Phú Thọ")
    h21 = ProvinceFactory(code="H21", parent=nation, short_name="Gia Lai")
    justice = AgencyFactory(code="H44.01", name="Sở Tư pháp", parent=h44)
    commune = AgencyFactory(code="H44.07", name="Phường Việt Trì", kind=Agency.Kind.COMMUNE, parent=h44)
    AgencyCode.objects.create(agency=justice, code="000.00.01.H44", scheme=AgencyCode.Scheme.OLD)
    field = Field.objects.create(code="G15-TP07", name="Hộ tịch", sector="Tư pháp")
    procedure = Procedure.objects.create(
        code="1.001193",
        name="Đăng ký khai sinh",
        field=field,
        level=Procedure.Level.COMMUNE,
        announcing_agency=h44,
        processing_time=5,
        is_complete=True,
    )
    client, password = create_client(h44, username="h44")
    stranger, _password = create_client(h21, username="h21")
    return World(nation, h44, justice, commune, h21, procedure, client, password, stranger)


class Heard:
    """What the signals said during a test."""

    def __init__(self) -> None:
        self.spans: set[tuple[int, int, int]] = set()
        self.catalogue: set[int] = set()

    def on_counts(self, spans: set[tuple[int, int, int]], **_: object) -> None:
        self.spans |= set(spans)

    def on_catalogue(self, agency_ids: set[int], **_: object) -> None:
        self.catalogue |= set(agency_ids)


@pytest.fixture
def heard() -> Heard:
    found = Heard()
    counts_changed.connect(found.on_counts, weak=False, dispatch_uid="test")
    catalogue_changed.connect(found.on_catalogue, weak=False, dispatch_uid="test")
    yield found
    counts_changed.disconnect(dispatch_uid="test")
    catalogue_changed.disconnect(dispatch_uid="test")


@pytest.fixture(scope="session")
def vietnamese() -> None:
    """Compile this app's catalogue, as setup does, so that answers come in Vietnamese."""
    source = Path(procedures.__file__).parent / "locale/vi/LC_MESSAGES/django.po"
    with source.open("rb") as file, source.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(file, locale="vi"))
    trans_real._translations.clear()
