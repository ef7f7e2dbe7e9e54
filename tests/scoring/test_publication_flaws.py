"""Whoever gets past the triggers is found out: by hashes, by the chain, by the triggers that are gone."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from scoring import publication_guard
from scoring.models import Publication
from scoring.publication_flaws import flaws
from tests.scoring.publishing import Results, make_results, published
from tests.worlds import built_once

built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None) -> Results:
    return deepcopy(built)


def test_all_is_as_it_was(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_publications")
    assert "nothing is published yet" in capsys.readouterr().out
    published(results)
    second = published(results, reason="Đính chính")
    call_command("verify_publications")
    assert second.fingerprint in capsys.readouterr().out


def test_what_was_changed_behind_the_triggers_is_named(results: Results) -> None:
    first, second = published(results), published(results, reason="Đính chính")
    # PostgreSQL changes no triggers of a table while rows of this transaction are still to be checked.
    connection.check_constraints()
    publication_guard.remove(connection)
    try:
        assert len(list(flaws())) == len(publication_guard._NAMES[connection.vendor])
        first.scorecards.filter(code="H44").update(rank=2)
        Publication.objects.filter(pk=second.pk).update(reason="khác", previous_fingerprint="0")
        found = [flaw for flaw in flaws() if not flaw.startswith("trigger")]
        assert found == [
            "2026-M03-v1: its results were changed",
            "2026-M03-v2 does not follow the one before it",
            "2026-M03-v2: its statement was changed",
        ]
        with pytest.raises(CommandError):
            call_command("verify_publications")
        first.scorecards.all().delete()
        first.delete()
        assert "number 1 is missing before 2026-M03-v2" in list(flaws())
    finally:
        connection.check_constraints()
        publication_guard.install(connection)
