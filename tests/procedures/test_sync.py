"""Taking dossiers in: new, newer, older, again; and what each batch announces."""

from __future__ import annotations

import pytest

from procedures.models import STILL_OPEN, Dossier, InboxItem
from procedures.refusals import Reason
from procedures.sync import sync_dossiers
from procedures.sync_report import Outcome, SyncReport
from tests.procedures.conftest import AS_OF, Heard, World, at
from tests.procedures.sending import CODE, dossier

pytestmark = pytest.mark.django_db


def send(world: World, *records: object, **options: object) -> SyncReport:
    return sync_dossiers(records, client=world.client, as_of=AS_OF, **options)  # type: ignore[arg-type]


def test_a_new_dossier_is_written_with_what_handling_came_to(world: World) -> None:
    report = send(world, dossier(10, finished_at=at("03-09"), returned_at=at("03-10"), fee_total=0))

    assert report.outcomes == [Outcome.ACCEPTED]
    found = Dossier.objects.get()
    assert (found.code, found.agency, found.procedure) == (CODE, world.justice, world.procedure)
    assert (found.status, found.started_month, found.ended_month) == (10, 202603, 202603)
    assert (found.ended_at, found.handling_hundredths) == (at("03-09"), 200)
    assert (found.in_handling, found.late_by_rule, found.fee_total) == (True, False, 0)
    assert (found.client, found.first_seen_at, found.changed_at) == (world.client, AS_OF, AS_OF)
    assert found.deadline_at is not None


def test_sent_again_nothing_changes(world: World, heard: Heard) -> None:
    send(world, dossier())
    heard.spans.clear()

    assert send(world, dossier()).outcomes == [Outcome.UNCHANGED]
    assert heard.spans == set()


def test_a_newer_state_overwrites(world: World) -> None:
    send(world, dossier(4))

    assert send(world, dossier(9, finished_at=at("03-09"))).outcomes == [Outcome.UPDATED]
    assert Dossier.objects.get().ended_at == at("03-09")


def test_an_older_state_does_not(world: World) -> None:
    send(world, dossier(9, finished_at=at("03-09")))

    assert send(world, dossier(4)).outcomes == [Outcome.STALE]
    assert Dossier.objects.get().status == 9


def test_a_correction_of_the_same_moment_does(world: World) -> None:
    send(world, dossier(9, finished_at=at("03-09"), fee_total=5))

    report = send(world, dossier(9, finished_at=at("03-09"), fee_total=50_000))

    assert report.outcomes == [Outcome.UPDATED]
    assert Dossier.objects.get().fee_total == 50_000


def test_first_seen_stays(world: World) -> None:
    send(world, dossier(4))
    later = AS_OF.replace(hour=20)

    sync_dossiers([dossier(9, finished_at=at("03-09"))], client=world.client, as_of=later)

    found = Dossier.objects.get()
    assert (found.first_seen_at, found.changed_at) == (AS_OF, later)


def test_of_several_states_in_one_batch_the_newest_wins(world: World) -> None:
    done = dossier(9, finished_at=at("03-09"))

    report = send(world, dossier(2), done, dossier(4), done)

    assert report.outcomes == [Outcome.STALE, Outcome.UNCHANGED, Outcome.STALE, Outcome.ACCEPTED]
    assert Dossier.objects.get().status == 9


def test_good_records_are_kept_beside_refused_ones(world: World) -> None:
    records = [
        dossier(4, "H44.01-1"),
        dossier(4, ""),
        dossier(4, "H44.01-2", received_at=None, due_at=at("03-09")),
        dossier(4, "H21-3"),
        dossier(4, "H44.01-4"),
    ]

    report = send(world, *records)

    assert [(r.position, r.field, r.reason) for r in report.refusals] == [
        (1, "code", Reason.MISSING),
        (2, "received_at", Reason.MISSING),
        (3, "code", Reason.OUTSIDE_SUBTREE),
    ]
    assert set(Dossier.objects.values_list("code", flat=True)) == {"H44.01-1", "H44.01-4"}
    assert (report.taken, report.count(Outcome.ACCEPTED)) == (2, 2)
    assert InboxItem.objects.count() == 3


def test_positions_count_through_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("procedures.sync.BATCH", 2)

    report = send(world, *[dossier(4, f"H44.01-{n}") for n in range(4)], dossier(4, ""))

    assert [refusal.position for refusal in report.refusals] == [4]
    assert report.count(Outcome.ACCEPTED) == 4


def test_only_new_refuses_what_exists_and_keeps_it_as_it_is(world: World) -> None:
    send(world, dossier(4))

    report = send(world, dossier(9, finished_at=at("03-09")), dossier(4, "H44.01-2"), only_new=True)

    assert report.outcomes == [Outcome.REJECTED, Outcome.ACCEPTED]
    assert report.refused_as_existing
    assert Dossier.objects.get(code=CODE).status == 4
    assert not InboxItem.objects.exists()


class TestWhoMaySend:
    """The system of H44, and that of H21, another province."""

    def test_another_province_cannot_create(self, world: World) -> None:
        report = sync_dossiers([dossier()], client=world.stranger, as_of=AS_OF)
        assert report.refusals[0].reason is Reason.OUTSIDE_SUBTREE
        assert not Dossier.objects.exists()

    def test_nor_overwrite(self, world: World) -> None:
        send(world, dossier(4, "LOCAL-1"))
        report = sync_dossiers(
            [dossier(9, "LOCAL-1", finished_at=at("03-09"))], client=world.stranger, as_of=AS_OF
        )
        assert report.refusals[0].reason is Reason.OF_ANOTHER_SYSTEM
        assert Dossier.objects.get().status == 4

    def test_a_file_is_sent_for_an_agency_without_a_system(self, world: World) -> None:
        report = sync_dossiers([dossier()], client=None, agency=world.justice, as_of=AS_OF)
        assert report.outcomes == [Outcome.ACCEPTED]
        assert Dossier.objects.get().client is None

    def test_someone_must_send(self) -> None:
        with pytest.raises(ValueError, match="by a client or by an agency"):
            sync_dossiers([dossier()], client=None, as_of=AS_OF)


class TestSpans:
    """Which agency-months a batch says no longer hold."""

    def test_ended_from_start_to_end(self, world: World, heard: Heard) -> None:
        send(world, dossier(10, received_at=at("01-05"), returned_at=at("02-09")))
        assert heard.spans == {(world.justice.pk, 202601, 202602)}

    def test_open_up_to_now(self, world: World, heard: Heard) -> None:
        send(world, dossier(4, received_at=at("01-05")))
        assert heard.spans == {(world.justice.pk, 202601, 202603)}

    def test_not_started_none(self, world: World, heard: Heard) -> None:
        send(world, dossier(1, received_at=None, refused_at=at("03-05")))
        assert Dossier.objects.get().started_month == 0
        assert heard.spans == set()

    def test_not_handled_only_the_month_it_was_submitted(self, world: World, heard: Heard) -> None:
        send(world, dossier(1, received_at=None, submitted_at=at("01-05")))
        assert heard.spans == {(world.justice.pk, 202601, 202601)}

    def test_a_change_covers_before_and_after(self, world: World, heard: Heard) -> None:
        send(world, dossier(4, received_at=at("02-05")))
        heard.spans.clear()
        send(world, dossier(9, received_at=at("01-05"), finished_at=at("02-09")))
        assert heard.spans == {(world.justice.pk, 202602, 202603), (world.justice.pk, 202601, 202602)}

    def test_moving_marks_both_agencies(self, world: World, heard: Heard) -> None:
        send(world, dossier(4, "LOCAL-1", unit_name="Sở Tư pháp"))
        heard.spans.clear()
        send(world, dossier(4, "LOCAL-1", unit_name="Phường Việt Trì"))
        assert heard.spans == {
            (world.justice.pk, 202603, 202603),
            (world.commune.pk, 202603, 202603),
        }


def test_one_signal_a_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr("procedures.sync.counts_changed.send", lambda **said: sent.append(said["spans"]))

    send(world, *[dossier(4, f"H44.0{n}-1") for n in (1, 7)], dossier(4, "H44-1"))

    assert len(sent) == 1
    assert {agency_id for agency_id, _first, _last in sent[0]} == {
        world.justice.pk,
        world.commune.pk,
        world.h44.pk,
    }


def test_queries_do_not_grow_with_the_batch(world: World, django_assert_max_num_queries: object) -> None:
    send(world, dossier(4, "H44.01-0"))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        send(world, *[dossier(4, f"H44.01-{n}") for n in range(1, 300)])
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        send(world, *[dossier(9, f"H44.01-{n}", finished_at=at("03-09")) for n in range(300)])

    assert Dossier.objects.filter(ended_month=STILL_OPEN).count() == 0
