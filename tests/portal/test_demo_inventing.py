"""What the demo invents, before anything of it is sent."""

from collections import Counter
from datetime import datetime
from random import Random
from statistics import mean

import orjson
import pytest

from portal.demo import people
from portal.demo.character import character, characters
from portal.demo.descriptions import fields, local, national
from portal.demo.letters import LAST_WEEK, Declaration, Desk, Letter, Plan, letters
from portal.demo.lives import DONE, NEVER, Life, Office, Service, lives
from portal.demo.tables import expanded, populations
from portal.demo.telling import NEWER, record, steps
from portal.demo.timeline import Timeline
from procedures.months import VIETNAM, start_of

NOW = datetime(2026, 11, 21, 19, 0, tzinfo=VIETNAM)
TIMELINE = Timeline(NOW)


def service(**values: object) -> Service:
    """A birth registration, or another service."""
    usual: dict[str, object] = {
        "code": "1.001193",
        "name": "Đăng ký khai sinh",
        "field_code": "G15-TP07",
        "field_name": "Hộ tịch",
        "time": 5,
        "unit": "w",
        "fee": 8000,
        "subject": 1,
        "online": True,
        "paying": True,
        "charging": True,
        "linked": True,
        "weight": 1.0,
    }
    return Service(**(usual | values))  # type: ignore[arg-type]


def office(**values: object) -> Office:
    """An office with one service."""
    usual: dict[str, object] = {
        "agency_id": 7,
        "prefix": "H44.07900",
        "told_as": "Phường Việt Trì",
        "weight": 1.0,
        "lateness": 1.0,
        "services": (service(),),
    }
    return Office(**(usual | values))  # type: ignore[arg-type]


def some_lives(count: int = 4000, **values: object) -> list[Life]:
    """Lives at an office of average habits."""
    return list(lives(office(**values), count, character(0.0, Random(1)), TIMELINE, Random(2)))


def test_a_pattern_stands_for_every_combination_and_an_escaped_comma_for_itself() -> None:
    assert expanded(r"{Cấp,Cấp lại} thẻ {A\, B,C}") == [
        "Cấp thẻ A, B",
        "Cấp thẻ C",
        "Cấp lại thẻ A, B",
        "Cấp lại thẻ C",
    ]


def test_the_catalogue_is_large_and_every_procedure_has_a_code_of_its_own() -> None:
    procedures = [*national(), *local({"H44": "Tỉnh Phú Thọ", "H19": "Tỉnh Đồng Nai"}, 766)]
    assert len(national()) >= 300
    assert max(Counter(procedure.code for procedure in procedures).values()) == 1
    assert {procedure.level for procedure in procedures} == {"ministry", "province", "commune"}
    assert all(
        procedure.field.unit or procedure.field.departments or procedure.level != "province"
        for procedure in procedures
    )
    assert {procedure.announced_by for procedure in procedures} >= {"H44", "H19", "G15"}


def test_every_province_has_a_size_and_every_field_a_ministry() -> None:
    assert len(populations()) == 34
    assert all(field.code.startswith(field.ministry) for field in fields().values())


def test_habits_range_from_bad_to_good_and_depend_on_the_seed_alone() -> None:
    codes = [f"H{number:02}" for number in range(34)]
    habits = characters(codes, 766)
    assert habits == characters(reversed(codes), 766)  # type: ignore[arg-type]
    assert habits != characters(codes, 767)
    lateness = sorted(one.lateness for one in habits.values())
    assert lateness[-1] > 1.8 * lateness[0]


def test_the_window_is_the_twelve_months_up_to_now() -> None:
    assert TIMELINE.first_month == 202512
    assert TIMELINE.moment(TIMELINE.end) == NOW
    assert TIMELINE.text(0) == "20251201000000"
    assert TIMELINE.month(TIMELINE.end) == 202611


def test_no_life_begins_in_the_future_or_goes_backwards() -> None:
    for life in some_lives():
        assert 0 <= life.submitted <= TIMELINE.end
        assert life.received == NEVER or life.submitted <= life.received < life.due
        assert life.ended == NEVER or life.ended >= life.submitted
        assert life.returned == NEVER or life.returned >= life.ended


def test_early_months_are_worse_and_old_files_are_cleared_by_the_middle() -> None:
    ended = [life for life in some_lives(20_000) if life.outcome == DONE and life.answered == NEVER]

    def share_on_time(first: int, last: int) -> float:
        begin, end = (TIMELINE.minute(start_of(month)) for month in (first, last))
        inside = [life for life in ended if begin <= life.ended < end]
        return mean(life.ended <= life.due for life in inside)

    assert share_on_time(202512, 202606) < 0.72 < share_on_time(202607, 202612)


def test_a_record_tells_only_what_had_happened_by_then() -> None:
    life = next(
        life for life in some_lives() if life.returned < TIMELINE.end and life.received > life.submitted
    )
    before = record(life, life.submitted, TIMELINE)
    assert (before["TrangThaiHoSo"], before["NgayTiepNhan"], before["NgayKetThucXuLy"]) == ("1", "", "")
    after = record(life, TIMELINE.end, TIMELINE)
    assert after["TrangThaiHoSo"] == "10"
    assert after["NgayTra"] == TIMELINE.text(life.returned)


def test_the_oldest_systems_know_none_of_the_newer_fields() -> None:
    told = [record(life, TIMELINE.end, TIMELINE) for life in some_lives(50, oldest=True)]
    assert not any(NEWER & one.keys() for one in told)


def test_steps_are_told_once_in_the_span_they_fall_in() -> None:
    life = next(life for life in some_lives() if life.returned < TIMELINE.end and life.requested == NEVER)
    middle = life.received + 1
    first, second = (
        steps(life, since, until, TIMELINE) for since, until in ((0, middle), (middle, TIMELINE.end))
    )
    assert [step["TrangThai"] for step in first + second] == ["2", "4", "9", "10"]
    assert [step["TrangThai"] for step in first] == ["2"]


def plan(silent: int = 0) -> Plan:
    """One desk with three thousand dossiers."""
    habits = character(0.0, Random(1))
    return Plan([Desk("H44", habits, [(office(), 3000)], "H19.01", silent)], TIMELINE, 766)


def test_the_same_plan_gives_the_same_letters() -> None:
    assert list(letters(plan())) == list(letters(plan()))


def test_first_comes_all_up_to_a_week_ago_then_what_moved_since() -> None:
    sent = list(letters(plan()))
    week_ago = TIMELINE.end - LAST_WEEK
    assert [one.at for one in sent] == sorted(one.at for one in sent)
    before, since = (
        [
            told
            for one in sent
            if isinstance(one, Letter) and not one.of_steps and one.at == at
            for told in orjson.loads(one.body)
        ]
        for at in (week_ago, TIMELINE.end)
    )
    assert max(told["NgayNopHoSo"] for told in before) <= TIMELINE.text(week_ago)
    assert 0 < len(since) < len(before) / 10
    assert len(before) + len(since) > 2900


def test_a_silent_system_tells_nothing_of_its_last_days() -> None:
    silent = max(one.at for one in letters(plan(silent=5000)))
    assert silent == TIMELINE.end - 5000


def test_agencies_declare_more_than_they_send() -> None:
    declared = [one for one in letters(plan()) if isinstance(one, Declaration)]
    assert sum(volume.dossiers for volume in declared[-1].volumes) > 3000


@pytest.mark.parametrize("number", [0, 1, 999_999, 123_456_789])
def test_nobody_has_these_numbers(number: int) -> None:
    assert people.phone(number).startswith("0900")
    assert len(people.phone(number)) == 10
    assert people.identity(number).startswith("000")
    assert len(people.identity(number)) == 12
