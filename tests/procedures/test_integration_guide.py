"""The guide for developers of one-stop systems says what the code does."""

import re
from pathlib import Path

from django.urls import resolve

from procedures.national.answers import Code
from procedures.national.batches import MOST
from procedures.national.dossiers import FIELDS
from procedures.national.views import SERVICES, unknown

GUIDE = (Path(__file__).parents[2] / "docs" / "integration.md").read_text()


def test_every_error_code_is_listed_once() -> None:
    table = GUIDE.partition("## Error codes")[2]
    listed = [int(code) for code in re.findall(r'^\| "?(\d+)"?[, |]', table, re.MULTILINE)]
    assert sorted(listed) == sorted(code.value for code in Code)


def test_every_service_has_an_example() -> None:
    examples = "".join(re.findall(r"```\n(.*?)```", GUIDE, re.DOTALL))
    assert [name for name in SERVICES if name not in examples] == []


def test_every_field_that_is_read_is_explained() -> None:
    assert [field for field in FIELDS.values() if field not in GUIDE] == []


def test_the_size_of_a_batch() -> None:
    assert f"**{MOST}** records" in GUIDE


def test_every_address_leads_somewhere() -> None:
    addresses = set(re.findall(r"\$P(/\w+)", GUIDE)) | set(re.findall(r"`(/\w+)[`?]", GUIDE))
    assert {"/auth", "/integration", "/share", "/DongBoHoSoMC", "/CapNhatTienDoHoSoMC"} <= addresses
    lost = [a for a in addresses if resolve(f"/api/national{a}").func is unknown]
    assert lost == []
