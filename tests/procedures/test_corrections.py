"""Corrections lie over what a system says, whatever it sends, until they are withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from agencies.models import EventLog
from procedures.corrections import Wanted, correct, in_force_on, moved_since, withdraw
from procedures.models import NO_MONTH, Correction, Dossier
from procedures.months import month_of
from procedures.progress import sync_steps
from procedures.rederiving import rederive
from procedures.sync import sync_dossiers
from tests.procedures.conftest import AS_OF, Heard, World, at
from tests.procedures.sending import dossier as told
from tests.procedures.sending import step

LATER = AS_OF + timedelta(hours=1)


def send(world: World, *records: Any) -> None:
    sync_dossiers(records, client=world.client, as_of=AS_OF)


def the_dossier() -> Dossier:
    return Dossier.objects.get()


def put_right(*facts: tuple[str, Any], as_of: Any = LATER) -> list[Correction]:
    pk = the_dossier().pk
    return correct(
        [Wanted(pk, name, value) for name, value in facts], by=None, reason="nhầm ngày", as_of=as_of
    )


@pytest.fixture
def sent(world: World) -> World:
    """A dossier of five working days received on 5 March, done on the 18th: late."""
    send(world, told(9, finished_at=at("03-18"), channel=1))
    return world


def test_a_correction_changes_what_handling_comes_to(sent: World, heard: Heard) -> None:
    (made,) = put_right(("finished_at", "2026-03-10T08:00:00+07:00"))

    dossier = the_dossier()
    assert dossier.ended_at == dossier.finished_at == at("03-10")
    assert dossier.ended_at <= dossier.deadline_at and dossier.corrected
    assert dossier.changed_at == LATER
    assert (made.said, made.value) == ("2026-03-18T01:00:00+00:00", "2026-03-10T01:00:00+00:00")
    assert (made.first_month, made.last_month) == (202603, 202603)
    assert heard.spans == {(sent.justice.pk, 202603, 202603)}
    event = EventLog.objects.get(verb="dossier.corrected")
    assert event.agency == sent.justice and event.reason == "nhầm ngày"
    assert event.after["H44.01-260305-00001 finished_at"] == made.value


def test_saying_it_twice_changes_nothing(sent: World, heard: Heard) -> None:
    put_right(("channel", 2))
    heard.spans.clear()
    assert put_right(("channel", "2"), ("has_result_file", False)) == []
    assert Correction.objects.count() == 1 and not heard.spans
    assert EventLog.objects.filter(verb="dossier.corrected").count() == 1


def test_what_the_system_sends_later_does_not_undo_it(sent: World) -> None:
    put_right(("finished_at", at("03-10")), ("channel", 2))
    send(sent, told(10, finished_at=at("03-18"), returned_at=at("03-19"), channel=3, has_result_file=True))

    dossier = the_dossier()
    assert dossier.status == Dossier.Status.RETURNED and dossier.has_result_file
    assert (dossier.finished_at, dossier.ended_at, dossier.channel) == (at("03-10"), at("03-10"), 2)
    said = dict(in_force_on(dossier).values_list("field", "said"))
    assert said["channel"] == 3 and dossier.corrected


def test_the_order_of_arrival_makes_no_difference(sent: World) -> None:
    newer = told(10, finished_at=at("03-18"), returned_at=at("03-19"), channel=1)
    send(sent, newer)
    put_right(("finished_at", at("03-10")))
    send(sent, told(4))
    send(sent, newer)

    dossier = the_dossier()
    assert (dossier.status, dossier.finished_at, dossier.ended_at) == (10, at("03-10"), at("03-10"))
    assert in_force_on(dossier).get().said == "2026-03-18T01:00:00+00:00"


def test_withdrawing_lets_what_the_system_said_last_stand_again(sent: World, heard: Heard) -> None:
    plain = Dossier.objects.values().get()
    made = put_right(("finished_at", at("03-10")), ("channel", 2), ("status", 10))
    heard.spans.clear()
    assert len(withdraw(made, by=None, reason="nhầm hồ sơ", as_of=LATER)) == 3
    assert Dossier.objects.values().get() == {**plain, "changed_at": LATER}
    assert heard.spans == {(sent.justice.pk, 202603, 202603)}
    assert withdraw(made, by=None, reason="lần nữa", as_of=LATER) == []
    assert EventLog.objects.get(verb="dossier.correction_withdrawn").reason == "nhầm hồ sơ"


def test_withdrawn_after_news_it_restores_the_news(sent: World) -> None:
    made = put_right(("finished_at", at("03-10")))
    send(sent, told(10, finished_at=at("03-17"), returned_at=at("03-19")))
    withdraw(made, by=None, reason="nhầm hồ sơ", as_of=LATER)
    dossier = the_dossier()
    assert dossier.finished_at == dossier.ended_at == at("03-17") and not dossier.corrected


def test_a_dossier_left_out_has_no_month_whatever_comes(sent: World, heard: Heard) -> None:
    made = put_right(("left_out", True))
    assert (made[0].first_month, made[0].last_month) == (202603, 202603)
    assert heard.spans == {(sent.justice.pk, 202603, 202603)}
    send(sent, told(10, finished_at=at("03-18"), returned_at=at("03-19")))
    sync_steps([step(4, "03-12")], client=sent.client, as_of=AS_OF)
    rederive([the_dossier().pk], LATER)
    dossier = the_dossier()
    assert dossier.started_month == NO_MONTH and not dossier.in_handling and dossier.deadline_at is None
    withdraw(made, by=None, reason="không trùng", as_of=LATER)
    assert the_dossier().ended_month == month_of(AS_OF)


def test_steps_do_not_move_a_corrected_status(world: World) -> None:
    send(world, told(4))
    put_right(("status", 9), ("finished_at", at("03-09")))
    sync_steps([step(4, "03-12")], client=world.client, as_of=AS_OF)
    dossier = the_dossier()
    assert (dossier.status, dossier.ended_at) == (Dossier.Status.DONE, at("03-09"))


def test_corrected_anew_and_back_to_what_the_system_says(sent: World) -> None:
    put_right(("channel", 2))
    put_right(("channel", 3))
    assert in_force_on(the_dossier()).get().value == 3
    assert Correction.objects.filter(withdrawn_at=None).count() == 1
    assert put_right(("channel", 1)) == []
    dossier = the_dossier()
    assert dossier.channel == 1 and not dossier.corrected


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("code", "H44", "code"),
        ("phone_hash", "x", "phone_hash"),
        ("status", 11, "status"),
        ("status", None, "status"),
        ("has_attachment", "có", "has_attachment"),
        ("fee_total", -1, "fee_total"),
        ("finished_at", "mai", "finished_at"),
        ("finished_at", "2026-04-20", "finished_at"),
        ("finished_at", "2026-03-01", "finished_at"),
        ("received_at", "0001-01-01", "received_at"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    sent: World, name: str, value: Any, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        put_right(("channel", 2), (name, value))
    assert list(refused.value.message_dict) == [field]
    assert the_dossier().channel == 1 and not Correction.objects.exists()


def test_a_reason_is_needed(sent: World) -> None:
    with pytest.raises(ValidationError):
        correct([Wanted(the_dossier().pk, "channel", 2)], by=None, reason=" ", as_of=LATER)


def test_corrections_since_a_moment_by_the_months_they_moved(sent: World) -> None:
    made = put_right(("left_out", True))
    assert moved_since(AS_OF, 202603, 202603).count() == 1
    assert not moved_since(AS_OF, 202604, 202606).exists()
    assert not moved_since(LATER, 202603, 202603).exists()
    withdraw(made, by=None, reason="nhầm", as_of=LATER + timedelta(days=1))
    assert moved_since(LATER, 202601, 202603).count() == 1
