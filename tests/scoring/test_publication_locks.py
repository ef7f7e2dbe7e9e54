"""No door changes what was published: not the models, not SQL, not a recount, not a cascade."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.moving import move
from scoring import publication_guard
from scoring.models import Publication, PublishedScorecard
from scoring.publication_text import content_hash
from scoring.published_versions import offices_told
from scoring.recount import recount_all
from tests.scoring.country import NOW
from tests.scoring.publishing import Results, make_results, published
from tests.worlds import built_once

ROW = f"INTO {publication_guard.SCORECARDS}"


built = built_once(make_results)


@pytest.fixture
def results(built: Results, db: None) -> Results:
    return deepcopy(built)


def orm_update(publication: Publication) -> None:
    publication.scorecards.filter(code="H44").update(total="99.00")


def orm_save(publication: Publication) -> None:
    row = publication.scorecards.get(code="H44")
    row.rank = 1
    row.save()


def orm_delete(publication: Publication) -> None:
    publication.scorecards.filter(code="H44").delete()


def orm_add(publication: Publication) -> None:
    row = publication.scorecards.get(code="H44")
    row.pk, row.code = None, "H99"
    row.save()


def orm_bulk(publication: Publication) -> None:
    row = publication.scorecards.get(code="H44")
    row.counts = {}
    PublishedScorecard.objects.bulk_update([row], ["counts"])


def reword(publication: Publication) -> None:
    publication.reason = "khác"
    publication.save()


def reopen(publication: Publication) -> None:
    Publication.objects.filter(pk=publication.pk).update(state="in_review")


def remove(publication: Publication) -> None:
    Publication.objects.filter(pk=publication.pk).delete()


def raw(statement: str) -> Callable[[Publication], None]:
    def door(publication: Publication) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(id=publication.pk))

    return door


DOORS = {
    "update": orm_update,
    "save": orm_save,
    "delete": orm_delete,
    "add": orm_add,
    "bulk_update": orm_bulk,
    "reword": reword,
    "reopen": reopen,
    "remove": remove,
    "sql update": raw(f"UPDATE {publication_guard.SCORECARDS} SET total = 99 WHERE publication_id = {{id}}"),
    "sql delete": raw(f"DELETE FROM {publication_guard.SCORECARDS} WHERE publication_id = {{id}}"),
    "sql state": raw(f"UPDATE {publication_guard.PUBLICATIONS} SET state = 'closed' WHERE id = {{id}}"),
    "sql fingerprint": raw(f"UPDATE {publication_guard.PUBLICATIONS} SET fingerprint = '' WHERE id = {{id}}"),
    "sql remove": raw(f"DELETE FROM {publication_guard.PUBLICATIONS} WHERE id = {{id}}"),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_changes_what_was_published(results: Results, door: str) -> None:
    publication = published(results)
    with pytest.raises(DatabaseError, match="new version"), transaction.atomic():
        DOORS[door](publication)
    publication = Publication.objects.get(pk=publication.pk)
    assert publication.state == "published"
    assert content_hash(publication.rules, offices_told(publication)) == publication.content


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's")
def test_replacing_a_row_is_refused_too(results: Results) -> None:
    publication = published(results)
    row = publication.scorecards.get(code="H44")
    columns = "id, publication_id, code, name, kind, parent, inherits_from, peer_class, public_class, band"
    with (
        pytest.raises(DatabaseError, match="new version"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT OR REPLACE {ROW} ({columns}, total, groups, criteria, counts, dossiers, ranked) "
            f"SELECT {row.pk}, publication_id + 1, code, name, kind, parent, inherits_from, peer_class, "
            f"public_class, band, 99, groups, criteria, counts, dossiers, ranked "
            f"FROM {publication_guard.SCORECARDS} WHERE id = {row.pk}"
        )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("table", [publication_guard.SCORECARDS, publication_guard.PUBLICATIONS])
def test_emptying_the_tables_is_refused(results: Results, table: str) -> None:
    published(results)
    with (
        pytest.raises(DatabaseError, match="new version"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # Else PostgreSQL would refuse for what this test's own transaction has left to check.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_a_recount_a_move_and_a_new_name_leave_it_alone(results: Results) -> None:
    publication = published(results)
    commune = results.country.north_communes[0]
    commune.name = "Tên mới"
    commune.save()
    move(commune, results.country.south, by=results.people.operator, reason="chuyển", as_of=NOW)
    recount_all(NOW)
    kept = publication.scorecards.get(code=commune.code)
    assert (kept.name, kept.parent) == ("Agency H44.101", "H44")
    assert content_hash(publication.rules, offices_told(publication)) == publication.content


def test_what_is_not_published_yet_can_still_be_given_up(results: Results) -> None:
    assert publication_guard.missing(connection) == []
    publication = published(results)
    draft = Publication.objects.create(
        period="2026-M02", version=1, closed_by_name="x", closed_at=NOW, reason=""
    )
    draft.delete()
    with connection.cursor() as cursor:
        name = publication_guard._NAMES[connection.vendor][0]
        on_table = f" ON {name[0]}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name[1]}{on_table}")
    assert publication_guard.missing(connection) == [name[1]]
    assert publication.is_published
