from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency, AgencyCode


def check_tree(**options: bool) -> tuple[str, str]:
    """What the command printed, and with what it failed, if it did."""
    out = StringIO()
    try:
        call_command("check_tree", stdout=out, **options)
    except CommandError as error:
        assert error.returncode == 1
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_a_sound_tree_passes(country: dict[str, Agency]) -> None:
    assert check_tree() == ("The agency tree is sound.\n", "")


def test_wrong_paths_are_named_and_mended_only_when_asked(country: dict[str, Agency]) -> None:
    path = country["H44.01"].path
    Agency.objects.filter(code="H44.01").update(path="/9/9/", depth=7)
    printed, failure = check_tree()
    assert failure == "1 flaws in the agency tree."
    assert printed.startswith("H44.01: path /9/9/ and depth 7")
    assert path in printed

    printed, failure = check_tree(fix=True)
    assert (printed, failure) == ("1 paths written anew.\nThe agency tree is sound.\n", "")
    assert Agency.objects.get(code="H44.01").path == path


@pytest.mark.parametrize("fix", [False, True])
def test_what_no_rewriting_mends_stays_a_failure(country: dict[str, Agency], fix: bool) -> None:
    AgencyCode.objects.create(agency=country["H21"], code="h44", scheme="local")
    country["H21"].successors.add(country["H21"])
    Agency.objects.filter(code="H44").update(parent=country["H44.01"])
    printed, failure = check_tree(fix=fix)
    assert failure == "5 flaws in the agency tree."
    assert "code H44: belongs to H21, H44" in printed
    assert "successors lead back: H21 → H21" in printed
    assert "H44.01: is its own ancestor" in printed
