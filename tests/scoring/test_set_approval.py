"""An indicator set gets into force by two people, with a reason, and what was published stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from agencies import roles
from agencies.granting import grant
from agencies.models import EventLog, User
from scoring.drafting import new_draft
from scoring.indicator_sets import install, set_in_force
from scoring.models import Criterion, DirtyMonth, IndicatorSet
from scoring.regrading import touched
from scoring.set_approval import approve, content_of, give_back, note_edit, propose
from tests.admin_people import in_english, signed_in
from tests.factories import ScorecardFactory, indicator_set
from tests.people import LET_IN, FourPeople, account, let_in, role
from tests.scoring.country import NOW, Country
from tests.scoring.publishing import Results, make_results, published
from tests.scoring.test_indicators_approval import make_draft

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def people(country: Country) -> FourPeople:
    return let_in()


@pytest.fixture
def second(people: FourPeople) -> User:
    """Another reviewer."""
    found = account("second-reviewer")
    grant(people.operator, found, role(roles.REVIEWER), people.nation, reason="hai người", as_of=LET_IN)
    return found


@pytest.fixture
def proposed(people: FourPeople) -> IndicatorSet:
    draft = make_draft()
    note_edit(draft.pk, by=people.operator, as_of=NOW)
    propose(draft, by=people.reviewer, reason="Theo góp ý của các tỉnh", as_of=NOW)
    return draft


def test_one_proposes_another_approves(proposed: IndicatorSet, people: FourPeople, second: User) -> None:
    for hand in (people.reviewer, people.operator):
        with pytest.raises(PermissionDenied, match="another person"):
            approve(proposed, by=hand, as_of=LATER)
    approve(proposed, by=second, as_of=LATER)
    proposed.refresh_from_db()
    assert (proposed.status, proposed.approved_by, proposed.approved_at) == ("approved", second, LATER)
    events = list(EventLog.objects.filter(verb__startswith="indicators.").order_by("number"))
    assert [(event.verb, event.actor) for event in events] == [
        ("indicators.proposed", people.reviewer),
        ("indicators.approved", second),
    ]
    assert {event.reason for event in events} == {"Theo góp ý của các tỉnh"}
    assert events[0].after["content"] == events[1].after["content"] == content_of(proposed)


@pytest.mark.parametrize("who", ["administrator", "officer", "stranger"])
def test_the_national_set_is_not_for_those_of_a_province(
    proposed: IndicatorSet, people: FourPeople, who: str
) -> None:
    for verb in (
        lambda: approve(proposed, by=people[who], as_of=LATER),
        lambda: give_back(proposed, by=people[who], reason="không", as_of=LATER),
        lambda: propose(make_draft("other"), by=people[who], reason="thử", as_of=LATER),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_what_is_proposed_does_not_change(proposed: IndicatorSet, people: FourPeople, second: User) -> None:
    criteria = Criterion.objects.filter(group__indicator_set=proposed)
    for change in (
        lambda: criteria.update(max_points=99),
        lambda: criteria.get().save(),
        lambda: proposed.bands.get().delete(),
        lambda: proposed.groups.create(code="N", name="New", position=5),
    ):
        with pytest.raises(ValidationError, match="another person"):
            change()
    # Behind all guards, as by hand in the database.
    IndicatorSet.objects.filter(pk=proposed.pk).update(minimum_dossiers=0)
    with pytest.raises(ValidationError, match="not what was proposed"):
        approve(proposed, by=second, as_of=LATER)
    give_back(proposed, by=second, reason="Số hồ sơ tối thiểu đã bị sửa", as_of=LATER)
    proposed.refresh_from_db()
    assert (proposed.status, proposed.proposed_by, proposed.reason) == ("draft", None, "")
    criteria.update(max_points=12)
    with pytest.raises(ValidationError, match="by now"):
        approve(proposed, by=second, as_of=LATER)


def test_a_draft_that_could_not_be_graded_by_is_not_proposed(people: FourPeople) -> None:
    empty = IndicatorSet.objects.create(code="empty", name="Empty", valid_from=202601)
    with pytest.raises(ValidationError, match="no criterion"):
        propose(empty, by=people.reviewer, reason="thử", as_of=NOW)
    with pytest.raises(ValidationError, match="Say why"):
        propose(make_draft(), by=people.reviewer, reason="  ", as_of=NOW)


def test_one_from_the_future_changes_no_score_now(country: Country, people: FourPeople, second: User) -> None:
    old = indicator_set()
    ScorecardFactory(agency=country.north, indicator_set=old, period="2026-M04")
    draft = new_draft(old, 202701)
    propose(draft, by=people.reviewer, reason="năm sau", as_of=NOW)
    assert approve(draft, by=second, as_of=LATER) == 0
    assert touched(draft) == [] and not DirtyMonth.objects.exists()
    assert (set_in_force(202612), set_in_force(202701)) == (old, draft)


def test_periods_that_end_later_are_graded_anew_whole(
    country: Country, people: FourPeople, second: User
) -> None:
    """A set from June on scores the first half-year and the year, for who has scores in January only too."""
    old = indicator_set()
    for office, period in (
        (country.north, "2026-M01"), (country.north, "2026-Q1"), (country.north, "2026-H1"),
        (country.south, "2026-M05"), (country.south, "2026"),
    ):  # fmt: skip
        ScorecardFactory(agency=office, indicator_set=old, period=period)
    draft = new_draft(old, 202606)
    assert [(one.period.code, one.scorecards) for one in touched(draft)] == [("2026-H1", 1), ("2026", 1)]
    propose(draft, by=people.reviewer, reason="từ tháng 6", as_of=NOW)
    assert approve(draft, by=second, as_of=NOW) == 2
    assert set(DirtyMonth.objects.values_list("agency__code", "month")) == {("H44", 202605), ("H19", 202605)}


@pytest.fixture
def results(db: None) -> Results:
    return make_results()


def test_what_was_published_is_told_to_stay(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    published(results)
    old = set_in_force(202603)
    draft = new_draft(old, 202603)
    assert {one.period.code: one.published for one in touched(draft)}["2026-M03"] == 1
    propose(draft, by=results.proposer, reason="sửa ngưỡng", as_of=NOW)

    monkeypatch.setattr(settings, "SECOND_FACTOR", "off")
    client = in_english(signed_in(results.approver))
    page = reverse("admin:scoring_indicatorset_approve_set", args=[draft.pk])
    told = " ".join(str(text) for text in client.get(page).context["consequences"])
    assert "What was published stays as it is" in told and "March 2026" in told and "sửa ngưỡng" in told


def test_setting_the_portal_up_needs_no_two_people(country: Country) -> None:
    draft = make_draft()
    install(draft, NOW)
    assert (draft.status, draft.approved_by, draft.approved_at) == ("approved", None, NOW)
    with pytest.raises(ValidationError):
        note_edit(draft.pk, by=account("late"), as_of=NOW)
