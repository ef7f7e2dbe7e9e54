"""The workshop's trial runs on pages: asked for, waited for, read, filtered, taken out; by who may."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from agencies.models import EventLog
from scoring.drafting import new_draft
from scoring.indicator_sets import set_in_force
from scoring.models import Criterion, IndicatorSet, WhatIf
from scoring.recount import recount_all
from tests.admin_people import People, in_english, people_at_the_door, small_country  # noqa: F401  (fixtures)
from tests.scoring.country import NOW, Country, make_dossier, on


@pytest.fixture
def draft(country: Country) -> IndicatorSet:
    """A draft that weighs punctuality less, in a country whose March was counted."""
    call_command("load_indicators", verbosity=0)
    for number, office in enumerate(country.handling):
        for day in range(12):
            late = on(3, 28) if day < number * 2 else on(3, 3 + day)
            make_dossier(office, country.marriage, on(3, 2 + day), ended_at=late)
    recount_all(NOW)
    found = new_draft(set_in_force(202603), 202603)
    Criterion.objects.filter(group__indicator_set=found, code="2.1").update(max_points=10)
    return found


def test_a_reviewer_tries_a_draft_and_reads_who_gains(people: People, draft: IndicatorSet) -> None:
    page = reverse("set-what-if", args=[draft.pk])
    reviewer = in_english(people.reviewer)
    assert "March 2026" in reviewer.get(page).content.decode()
    answer = reviewer.post(page, {"period": "2026-M03", "baseline": ""}, follow=True)
    found = WhatIf.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("what-if", args=[found.pk])
    assert answer.context["summary"].offices == found.offices - 1, "the nation stands by itself"
    text = answer.content.decode()
    assert "in force nowhere" in text and "▼" in text and "earlier wording" not in text
    Criterion.objects.filter(group__indicator_set=draft, code="2.1").update(max_points=11)
    assert "earlier wording" in reviewer.get(reverse("what-if", args=[found.pk])).content.decode()
    assert "of an earlier wording" in reviewer.get(page).content.decode()


def test_the_address_narrows_page_and_file_alike(
    people: People, draft: IndicatorSet, country: Country
) -> None:
    reviewer = in_english(people.reviewer)
    reviewer.post(reverse("set-what-if", args=[draft.pk]), {"period": "2026-M03"})
    found = WhatIf.objects.get()
    asked = "peers=communes&under=h44&sort=loss"
    page = reviewer.get(f"{reverse('what-if', args=[found.pk])}?{asked}")
    codes = [row["office"].agency.code for row in page.context["rows"]]
    assert sorted(codes) == ["H44.101", "H44.102"]
    file = f"{reverse('what-if-file', args=[found.pk])}?{asked}"
    csv = b"".join(reviewer.get(f"{file}&form=csv")).decode("utf-8-sig")
    lines = [line for line in csv.splitlines() if not line.lstrip('"').startswith("#")]
    assert [line.split(",")[0] for line in lines[1:]] == codes
    assert "# Set tried" in csv and "a trial, in force nowhere" in csv
    book = load_workbook(BytesIO(b"".join(reviewer.get(f"{file}&form=xlsx"))))
    assert [row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == codes
    assert EventLog.objects.filter(verb="table.exported").count() == 2
    assert reviewer.get(f"{file}&form=exe").status_code == 404
    nobody = reviewer.get(f"{reverse('what-if', args=[found.pk])}?under=H00&moved=nonsense&page=x")
    assert nobody.context["rows"] == [] and "H00" in nobody.content.decode()


def test_a_provinces_people_do_not_try_the_national_set(people: People, draft: IndicatorSet) -> None:
    people.reviewer.post(reverse("set-what-if", args=[draft.pk]), {"period": "2026-M03"})
    found = WhatIf.objects.get()
    for client in (people.administrator, people.officer, people.neighbour):
        assert client.get(reverse("set-what-if", args=[draft.pk])).status_code == 404
        assert client.post(reverse("set-what-if", args=[draft.pk]), {"period": "2026-M03"}).status_code == 404
        assert client.get(reverse("what-if", args=[found.pk])).status_code == 404
        assert client.get(reverse("what-if-file", args=[found.pk]) + "?form=csv").status_code == 404
    assert WhatIf.objects.count() == 1


def test_while_it_waits_the_page_says_how_far_it_is(
    people: People, draft: IndicatorSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.sets.what_if_page.AT_ONCE", 0)
    reviewer = in_english(people.reviewer)
    page = reviewer.post(reverse("set-what-if", args=[draft.pk]), {"period": "2026-M03"}, follow=True)
    text = page.content.decode()
    assert "You may leave this page" in text
    job = page.context["job"]
    reviewer.post(reverse("job-stop", args=[job.pk]))
    text = reviewer.get(reverse("what-if", args=[WhatIf.objects.get().pk])).content.decode()
    assert "stopped before it ended" in text


@pytest.mark.parametrize("values", [{"period": "2026-M12"}, {}, {"period": "2026-M03", "baseline": "0"}])
def test_a_period_without_scores_is_no_choice(
    people: People, draft: IndicatorSet, values: dict[str, str]
) -> None:
    answer = people.reviewer.post(reverse("set-what-if", args=[draft.pk]), values)
    assert answer.status_code == 200 and not WhatIf.objects.exists()
