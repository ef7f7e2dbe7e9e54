"""What handling came to: Decision 766, criteria 2.1 and 2.2, rule by rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from procedures.handling import Handling, Limit, Step, derive, version_of
from procedures.models import NO_MONTH, STILL_OPEN
from procedures.records import DossierRecord
from tests.procedures.conftest import AS_OF, at

FIVE_WORKING_DAYS = Limit(5, "working_day")


def told(status: int, **values: Any) -> DossierRecord:
    return DossierRecord(code="H44.01-260305-00001", procedure_code="1.001193", status=status, **values)


def handled(
    status: int, steps: tuple[Step, ...] = (), limit: Limit | None = FIVE_WORKING_DAYS, **values: Any
) -> Handling:
    record = told(status, **values)
    version = version_of(record, AS_OF)
    assert version is not None
    return derive(record, version.at, steps, limit)


def pair(requested: str, answered: str | None) -> tuple[int, int | None]:
    return int(at(requested).timestamp()), int(at(answered).timestamp()) if answered else None


RECEIVED = {"received_at": at("03-02")}


class TestStart:
    def test_month_of_reception(self) -> None:
        assert handled(4, submitted_at=at("02-27"), **RECEIVED).started_month == 202603

    def test_month_of_submission_without_a_date_of_reception(self) -> None:
        assert handled(4, submitted_at=at("02-27")).started_month == 202602

    def test_month_is_vietnams(self) -> None:
        # 28 February, 18:30 in London's winter, is March in Hà Nội.
        assert handled(4, received_at=at("03-01", 1, 30)).started_month == 202603

    def test_ended_without_either_starts_when_it_ended(self) -> None:
        handling = handled(10, returned_at=at("03-05"))
        assert (handling.started_month, handling.ended_month) == (202603, 202603)

    def test_open_without_either_starts_with_its_first_step(self) -> None:
        steps = (Step(at("02-10"), 2), Step(at("03-01"), 4))
        handling = handled(4, steps, refused_at=at("03-01"))
        assert handling.started_month == 202602

    def test_registered_only_has_not_started(self) -> None:
        record = told(1)
        handling = derive(record, AS_OF)
        assert (handling.started_month, handling.in_handling) == (NO_MONTH, False)
        assert handling.ended_month == STILL_OPEN


class TestWhetherHandled:
    @pytest.mark.parametrize("status", [1, 5, 6, 7])
    def test_never_received_is_not_handled(self, status: int) -> None:
        handling = handled(status, submitted_at=at("03-02"), due_at=at("03-09"))
        assert not handling.in_handling
        assert handling.deadline_at is None

    @pytest.mark.parametrize("status", [2, 3, 4, 8, 9, 10])
    def test_statuses_that_speak_of_handling(self, status: int) -> None:
        assert handled(status, submitted_at=at("03-02")).in_handling

    def test_withdrawn_after_reception_is_handled(self) -> None:
        handling = handled(7, refused_at=at("03-04"), **RECEIVED)
        assert handling.in_handling
        assert handling.ended_at == at("03-04")

    def test_reception_may_be_told_by_a_step(self) -> None:
        assert handled(7, (Step(at("03-03"), 2),), submitted_at=at("03-02")).in_handling


class TestEnd:
    def test_done_is_the_end_of_handling_not_the_return(self) -> None:
        handling = handled(10, finished_at=at("03-05"), returned_at=at("03-18"), **RECEIVED)
        assert handling.ended_at == at("03-05")

    def test_done_without_its_date_ends_with_the_return(self) -> None:
        assert handled(9, returned_at=at("03-06"), **RECEIVED).ended_at == at("03-06")

    def test_done_told_by_a_step_only(self) -> None:
        handling = handled(10, (Step(at("03-05"), 9),), returned_at=at("03-18"), **RECEIVED)
        assert handling.ended_at == at("03-05")

    @pytest.mark.parametrize("status", [3, 7, 8])
    def test_called_off_ends_with_the_refusal(self, status: int) -> None:
        assert handled(status, refused_at=at("03-04"), **RECEIVED).ended_at == at("03-04")

    @pytest.mark.parametrize("status", [3, 7, 8, 9, 10])
    def test_without_a_date_the_end_is_the_latest_moment_told(self, status: int) -> None:
        assert handled(status, submitted_at=at("03-01"), **RECEIVED).ended_at == at("03-02")

    def test_a_step_gives_the_end_the_record_does_not_know_of(self) -> None:
        handling = handled(4, (Step(at("03-04"), 4), Step(at("03-06"), 9)), **RECEIVED)
        assert (handling.status, handling.ended_at) == (9, at("03-06"))

    def test_the_first_report_of_an_end_counts_unless_it_was_opened_again(self) -> None:
        twice = handled(4, (Step(at("03-06"), 9), Step(at("03-07"), 9)), **RECEIVED)
        reopened = handled(4, (Step(at("03-06"), 9), Step(at("03-07"), 4), Step(at("03-10"), 9)), **RECEIVED)
        assert twice.ended_at == at("03-06")
        assert reopened.ended_at == at("03-10")

    def test_an_older_step_does_not_end_what_the_record_says_is_open(self) -> None:
        handling = handled(
            4,
            (Step(at("03-03"), 8),),
            supplements=(pair("03-04", "03-05"),),
            **RECEIVED,
        )
        assert (handling.status, handling.ended_month) == (4, STILL_OPEN)

    def test_never_ends_in_a_month_before_it_started(self) -> None:
        handling = handled(10, returned_at=at("02-20"), **RECEIVED)
        assert (handling.started_month, handling.ended_month) == (202603, 202603)


class TestSupplements:
    def test_one_request_and_nothing_after_it_is_the_end(self) -> None:
        handling = handled(5, supplements=(pair("03-04", None),), **RECEIVED)
        assert handling.ended_at == at("03-04")
        assert (handling.status, handling.late_by_rule) == (5, False)

    def test_an_answered_request_is_not_the_end(self) -> None:
        handling = handled(4, supplements=(pair("03-04", "03-06"),), **RECEIVED)
        assert handling.ended_month == STILL_OPEN

    def test_two_requests_are_late_by_rule(self) -> None:
        twice = (pair("03-04", "03-05"), pair("03-09", None))
        assert handled(5, supplements=twice, **RECEIVED).late_by_rule
        assert handled(5, supplements=twice, **RECEIVED).ended_at is None
        assert handled(10, supplements=twice, returned_at=at("03-10"), **RECEIVED).late_by_rule

    def test_the_citizens_time_is_added_to_the_deadline(self) -> None:
        handling = handled(4, supplements=(pair("03-04", "03-06"),), due_at=at("03-09", 17), **RECEIVED)
        assert handling.deadline_at == at("03-11", 17)

    def test_requests_are_read_from_steps_when_the_record_lists_none(self) -> None:
        steps = (Step(at("03-04"), 5), Step(at("03-06"), 4))
        handling = handled(4, steps, due_at=at("03-09", 17), **RECEIVED)
        assert handling.deadline_at == at("03-11", 17)

    def test_steps_add_nothing_to_the_requests_the_record_lists(self) -> None:
        steps = (Step(at("03-03"), 5), Step(at("03-04"), 4), Step(at("03-05"), 5), Step(at("03-06"), 4))
        handling = handled(4, steps, supplements=(pair("03-05", "03-06"),), **RECEIVED)
        assert not handling.late_by_rule

    def test_a_request_reported_twice_running_is_one(self) -> None:
        steps = (Step(at("03-04"), 5), Step(at("03-05"), 5))
        handling = handled(4, steps, **RECEIVED)
        assert (handling.late_by_rule, handling.ended_at) == (False, at("03-04"))

    def test_status_alone_is_a_request_at_the_latest_moment_told(self) -> None:
        assert handled(5, **RECEIVED).ended_at == at("03-02")


class TestDeadline:
    def test_due_date_as_sent(self) -> None:
        assert handled(4, due_at=at("03-30"), **RECEIVED).deadline_at == at("03-30")

    def test_by_the_procedures_working_days_to_the_end_of_the_last(self) -> None:
        deadline = handled(4, **RECEIVED).deadline_at
        assert deadline == at("03-09", 23, 59) + timedelta(seconds=59)

    @pytest.mark.parametrize(
        ("limit", "deadline"),
        [
            (Limit(8, "hour"), at("03-02", 16)),
            (Limit(5, "day"), at("03-07", 23, 59) + timedelta(seconds=59)),
            (Limit(1, "month"), at("04-01", 23, 59) + timedelta(seconds=59)),
            (Limit(None, "day"), None),
            (Limit(10**9, "month"), None),
            (None, None),
        ],
    )
    def test_by_the_procedures_limit(self, limit: Limit | None, deadline: Any) -> None:
        assert handled(4, limit=limit, **RECEIVED).deadline_at == deadline

    def test_the_pause_moves_a_derived_deadline_too(self) -> None:
        handling = handled(4, limit=Limit(8, "hour"), supplements=(pair("03-03", "03-05"),), **RECEIVED)
        assert handling.deadline_at == at("03-04", 16)


class TestHandlingTime:
    @pytest.mark.parametrize(
        ("limit", "hundredths"),
        [
            (Limit(5, "working_day"), 500),  # Monday to Monday, 8:00
            (Limit(5, "day"), 700),
            (None, 700),
            (Limit(5, "hour"), 16800),
            (Limit(5, "month"), 23),
        ],
    )
    def test_in_hundredths_of_the_procedures_unit(self, limit: Limit | None, hundredths: int) -> None:
        handling = handled(9, limit=limit, finished_at=at("03-09"), **RECEIVED)
        assert handling.handling_hundredths == hundredths

    def test_less_the_citizens_time(self) -> None:
        pause = (pair("03-04", "03-06"),)
        in_days = handled(9, limit=None, supplements=pause, finished_at=at("03-09"), **RECEIVED)
        in_working_days = handled(9, supplements=pause, finished_at=at("03-09"), **RECEIVED)
        assert in_days.handling_hundredths == 500
        assert in_working_days.handling_hundredths == 300

    @pytest.mark.parametrize("status", [3, 4, 7, 8])
    def test_only_of_what_was_completed(self, status: int) -> None:
        assert handled(status, refused_at=at("03-05"), **RECEIVED).handling_hundredths is None

    def test_never_below_zero(self) -> None:
        assert handled(10, returned_at=at("02-20"), **RECEIVED).handling_hundredths == 0


class TestVersion:
    def test_is_the_latest_event_not_the_due_date(self) -> None:
        version = version_of(told(4, due_at=at("03-30"), **RECEIVED), AS_OF)
        assert version == (at("03-02"), 3)

    def test_an_event_still_to_come_does_not_count(self) -> None:
        slip = told(10, returned_at=at("03-05") + timedelta(days=365 * 36), **RECEIVED)
        corrected = told(10, returned_at=at("03-05"), **RECEIVED)
        assert version_of(slip, AS_OF) < version_of(corrected, AS_OF)  # type: ignore[operator]

    def test_of_one_moment_the_status_further_along_is_newer(self) -> None:
        order = [1, 2, 4, 6, 5, 3, 7, 8, 9, 10]
        versions = [version_of(told(status, **RECEIVED), AS_OF) for status in order]
        assert versions == sorted(versions)  # type: ignore[type-var]
        assert len(set(versions)) == len(order)

    def test_nothing_told_is_no_version(self) -> None:
        assert version_of(told(4, due_at=at("03-30")), AS_OF) is None
