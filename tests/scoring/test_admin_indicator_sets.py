"""Indicator sets in the admin: drafted with checked formulas, approved once, then only read."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from agencies import roles
from agencies.granting import grant
from agencies.models import Agency, User
from scoring.models import Criterion, DirtyMonth, Group, IndicatorSet
from tests.admin_people import People, in_english, people_at_the_door, signed_in, small_country  # noqa: F401  (fixtures)
from tests.factories import ScorecardFactory, indicator_set
from tests.people import LET_IN, account, role
from tests.scoring.country import Country


@pytest.fixture
def approved(country: Country) -> IndicatorSet:
    return indicator_set()


@pytest.fixture
def draft(approved: IndicatorSet, people: People) -> IndicatorSet:
    """A new version of the approved set, made by its button."""
    page = reverse("admin:scoring_indicatorset_copy_to_draft", args=[approved.pk])
    people.operator.post(page, {"confirmed": "yes"})
    return IndicatorSet.objects.get(code=approved.code, version=2)


def page_of(record: Any) -> str:
    return reverse(f"admin:scoring_{record._meta.model_name}_change", args=[record.pk])


def criterion_values(criterion: Criterion, **changes: Any) -> dict[str, Any]:
    """The form of a group's page with its one criterion."""
    values = {
        name: getattr(criterion, name)
        for name in ("id", "position", "code", "name", "max_points", "threshold", "zero_rule")
    }
    values |= {"numerator": criterion.numerator, "denominator": criterion.denominator, **changes}
    group = criterion.group
    return {
        "position": group.position,
        "code": group.code,
        "name": group.name,
        "criteria-TOTAL_FORMS": "1",
        "criteria-INITIAL_FORMS": "1",
        "criteria-0-group": group.pk,
        **{f"criteria-0-{name}": value for name, value in values.items()},
    }


def test_a_new_version_begins_as_a_copy(approved: IndicatorSet, draft: IndicatorSet) -> None:
    assert draft.status == IndicatorSet.Status.DRAFT

    def told(indicator_set: IndicatorSet) -> list[Any]:
        return list(
            Criterion.objects.filter(group__indicator_set=indicator_set).values_list(
                "group__code", "code", "numerator", "denominator", "max_points"
            )
        )

    assert told(draft) == told(approved) != []
    assert draft.bands.count() == approved.bands.count() == 5


def test_a_formula_is_checked_as_it_is_saved(people: People, draft: IndicatorSet) -> None:
    criterion = Criterion.objects.get(group__indicator_set=draft, code="2.1")
    wrong = criterion_values(criterion, numerator="ended_on_tme + open_on_time")
    answer = people.operator.post(page_of(criterion.group), wrong)
    errors = answer.context["inline_admin_formsets"][0].formset.errors[0]
    assert "ended_on_time" in str(errors["numerator"]), "the closest name is suggested"
    right = criterion_values(criterion, numerator="ended_on_time", threshold="0.8")
    assert people.operator.post(page_of(criterion.group), right).status_code == 302
    criterion.refresh_from_db()
    assert (criterion.numerator, str(criterion.threshold)) == ("ended_on_time", "0.8000")


def test_a_set_is_read_in_plain_words(people: People, approved: IndicatorSet) -> None:
    text = in_english(people.officer).get(page_of(approved)).content.decode()
    assert "dossiers handled early or on time + dossiers still open within their deadline" in text
    assert "Waits for its data" in text


def test_approving_asks_another_person_then_marks_the_months_it_scores(
    people: People, country: Country, approved: IndicatorSet, draft: IndicatorSet
) -> None:
    IndicatorSet.objects.filter(pk=draft.pk).update(valid_from=202603)
    for period in ("2026-M02", "2026-M03", "2026-Q1"):
        ScorecardFactory(agency=country.north, indicator_set=approved, period=period)

    def page(act: str) -> str:
        return reverse(f"admin:scoring_indicatorset_{act}_set", args=[draft.pk])

    yes = {"confirmed": "yes"}
    assert people.reviewer.post(page("approve"), yes).status_code == 403, "a draft is proposed first"
    people.reviewer.post(page("propose"), yes)
    draft.refresh_from_db()
    assert draft.status == IndicatorSet.Status.DRAFT, "without a reason nothing is proposed"
    people.reviewer.post(page("propose"), {**yes, "reason": "theo góp ý"})
    draft.refresh_from_db()
    assert draft.status == IndicatorSet.Status.PROPOSED
    assert people.reviewer.post(page("approve"), yes).status_code == 403, "who proposed it"
    assert people.operator.post(page("approve"), yes).status_code == 403, "who made it"
    assert people.operator.post(page_of(draft), {"name": "Other"}).status_code == 403
    people.operator.post(page("give_back"), {**yes, "reason": "xem lại"})
    people.operator.post(page("propose"), {**yes, "reason": "theo góp ý"})
    IndicatorSet.objects.filter(pk=draft.pk).update(edited_by=None)
    asked = people.reviewer.get(page("approve"))
    assert any("2" in str(text) for text in asked.context["consequences"])
    people.reviewer.post(page("approve"), yes)
    draft.refresh_from_db()
    assert draft.status == IndicatorSet.Status.APPROVED
    assert set(DirtyMonth.objects.values_list("agency__code", "month")) == {("H44", 202603)}


def test_who_saves_last_is_noted(people: People, draft: IndicatorSet) -> None:
    criterion = Criterion.objects.get(group__indicator_set=draft, code="2.1")
    assert people.reviewer.post(page_of(criterion.group), criterion_values(criterion)).status_code == 302
    draft.refresh_from_db()
    assert draft.edited_by is not None and draft.edited_by.username == "reviewer"
    assert people.reviewer.get(page_of(draft)).status_code == 200


def test_an_approved_set_is_only_read(people: People, approved: IndicatorSet) -> None:
    group = Group.objects.get(indicator_set=approved, code="TDGQ")
    criterion = group.criteria.get()
    assert people.operator.get(page_of(approved)).status_code == 200
    assert people.operator.post(page_of(approved), {"name": "Changed"}).status_code == 403
    answer = people.operator.post(page_of(group), criterion_values(criterion, max_points="1"))
    assert answer.status_code == 403
    page = reverse("admin:scoring_indicatorset_approve_set", args=[approved.pk])
    assert people.operator.post(page, {"confirmed": "yes"}).status_code == 403
    criterion.refresh_from_db()
    assert criterion.max_points == 20


def test_the_national_set_is_not_a_provinces_to_change(people: People, draft: IndicatorSet) -> None:
    page = reverse("admin:scoring_indicatorset_approve_set", args=[draft.pk])
    for client in (people.administrator, people.officer):
        shown = client.get(page_of(draft))
        assert shown.status_code == 200 and f"/{draft.pk}/copy/" not in shown.content.decode()
        assert client.post(page_of(draft), {"name": "Ours"}).status_code == 403
        assert client.post(page, {"confirmed": "yes"}).status_code == 403
    assert f"/{draft.pk}/copy/" in people.operator.get(page_of(draft)).content.decode()
    draft.refresh_from_db()
    assert draft.status == IndicatorSet.Status.DRAFT


def test_a_province_drafts_a_set_of_its_own(people: People, country: Country) -> None:
    keeper = account("keeper")
    operator = User.objects.get(username="operator")
    grant(operator, keeper, role(roles.REVIEWER), country.north, reason="its own set", as_of=LET_IN)
    client = signed_in(keeper)
    values: dict[str, Any] = {
        "name": "Bộ chỉ số của tỉnh",
        "code": "h44",
        "version": 1,
        "valid_from": 202601,
        "minimum_dossiers": 10,
        "ties": "shared",
        "departments_within": "system",
        "communes_within": "system",
        "units_within": "parent",
        **{f"{name}-{form}": 0 for name in ("groups", "bands") for form in ("TOTAL_FORMS", "INITIAL_FORMS")},
    }
    page = reverse("admin:scoring_indicatorset_add")

    def draft_for(agency: Agency | None) -> int:
        chosen = {"agency": agency.pk} if agency else {}
        return client.post(page, {**values, **chosen}).status_code

    assert draft_for(country.south) == 200, "refused at the field"
    assert draft_for(None) == 200, "the national set is not theirs to write"
    assert not IndicatorSet.objects.exists()
    assert draft_for(country.north) == 302
    assert IndicatorSet.objects.get().agency == country.north
    assert people.administrator.get(page).status_code == 200, "for their own province"
    assert people.officer.get(page).status_code == 403, "no role to keep indicators"
