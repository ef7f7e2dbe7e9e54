"""Counting dossiers by month: what each measure counts, and how counts add up the tree."""

from datetime import timedelta

import pytest
from django.db import transaction

from procedures.models import Announcement, Dossier, ReportedVolume
from scoring.measures import DOSSIER_COLUMNS, MEASURES, Column
from scoring.models import Tally
from scoring.models.tally import Scope
from scoring.tally import behind, recount_month
from tests.scoring.country import NOW, Country, make_dossier, on


def recount(*months: int) -> None:
    with transaction.atomic():
        for month in months:
            recount_month(month, None, NOW)


def subtree(agency, month, *names):
    rows = Tally.objects.filter(agency=agency, month=month, scope__in=[Scope.SUBTREE, Scope.BOTH])
    return tuple(sum(values) for values in zip(*rows.values_list(*names), strict=True)) or (0,) * len(names)


HANDLING = ("ended_on_time", "ended_late", "open_on_time", "open_late")


def test_a_dossier_is_open_then_late_then_ended_late(country: Country) -> None:
    commune = country.north_communes[0]
    make_dossier(commune, country.marriage, on(1, 25), ended_at=on(3, 2))
    recount(*range(202601, 202606))
    assert subtree(commune, 202601, *HANDLING) == (0, 0, 1, 0)
    assert subtree(commune, 202602, *HANDLING, "carried_over") == (0, 0, 0, 1, 1)
    assert subtree(commune, 202603, *HANDLING, "carried_over") == (0, 1, 0, 0, 1)
    assert subtree(commune, 202604, *HANDLING) == (0, 0, 0, 0)


def test_the_stock_of_the_month_under_way_is_taken_now(country: Country) -> None:
    commune = country.south_commune
    make_dossier(commune, country.marriage, on(5, 12), deadline_at=NOW + timedelta(hours=1))
    make_dossier(commune, country.marriage, on(5, 12), deadline_at=NOW - timedelta(hours=1))
    recount(202605)
    assert subtree(commune, 202605, *HANDLING) == (0, 0, 1, 1)


def test_counts_add_up_to_the_nation_and_a_leaf_has_one_row(country: Country) -> None:
    first, second = country.north_communes
    make_dossier(first, country.marriage, on(4, 1), ended_at=on(4, 5))
    make_dossier(second, country.marriage, on(4, 1), ended_at=on(4, 25))
    make_dossier(country.north, country.licence, on(4, 2), ended_at=on(4, 3))
    make_dossier(country.ministry, None, on(4, 2), ended_at=on(4, 3))
    recount(202604)
    assert subtree(country.north, 202604, "received", "ended_on_time", "ended_late") == (3, 2, 1)
    assert subtree(country.nation, 202604, "received", "ended_on_time", "ended_late") == (4, 3, 1)
    assert list(Tally.objects.filter(agency=first).values_list("scope", flat=True)) == [Scope.BOTH]
    scopes = Tally.objects.filter(agency=country.north).order_by("scope", "procedure")
    assert [row.scope for row in scopes] == [Scope.OWN, Scope.SUBTREE, Scope.SUBTREE]


def test_counting_again_replaces_and_counting_one_agency_leaves_the_others(country: Country) -> None:
    first, second = country.north_communes
    for commune in (first, second):
        make_dossier(commune, country.marriage, on(4, 1), ended_at=on(4, 5))
    recount(202604)
    before = sorted(Tally.objects.values_list("agency", "scope", "received"))
    recount(202604)
    assert sorted(Tally.objects.values_list("agency", "scope", "received")) == before
    make_dossier(first, country.marriage, on(4, 9), ended_at=on(4, 10))
    with transaction.atomic():
        touched = recount_month(202604, [first.pk], NOW)
    assert touched == {first.pk, country.north.pk, country.nation.pk}
    assert subtree(country.nation, 202604, "received") == (3,)
    assert subtree(second, 202604, "received") == (1,)


def test_registered_but_not_received_counts_only_as_an_online_service_used(country: Country) -> None:
    commune = country.south_commune
    make_dossier(
        commune,
        country.marriage,
        None,
        submitted_at=on(3, 3),
        started_month=202603,
        status=Dossier.Status.REGISTERED,
        in_handling=False,
        deadline_at=None,
        version_at=on(3, 3),
        channel=Dossier.Channel.ONLINE,
    )
    recount(202603, 202604)
    assert subtree(commune, 202603, "online_service_dossiers", "received", *HANDLING) == (1, 0, 0, 0, 0, 0)
    assert not Tally.objects.filter(month=202604).exists()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"fee_total": 0, "payment": 1}, {"fee_dossiers": 0, "paid_online": 0}),
        ({"fee_total": None, "payment": 1}, {"fee_dossiers": 1, "paid_online": 1, "offered_fee_recorded": 0}),
        ({"fee_total": 5000, "payment": 3}, {"fee_dossiers": 1, "paid_online": 0, "offered_fee_recorded": 1}),
        ({"has_attachment": True, "has_result_file": False}, {"digitised_ended": 0, "result_due_ended": 1}),
        ({"has_attachment": True, "has_result_file": True}, {"digitised_ended": 1, "result_filed_ended": 1}),
        ({"channel": 2, "has_result_file": False}, {"received_online": 1, "received_online_settled": 0}),
        ({"channel": 3}, {"received_by_post": 1, "received_online": 0}),
        ({"reuses_data": True, "from_personal_store": True}, {"reusing_data": 1, "offered_person_linked": 1}),
        ({"uses_population_data": True}, {"population_ended": 1, "offered_person_linked": 1}),
        ({"late_by_rule": True}, {"ended_on_time": 0, "ended_late": 1}),
        ({"handling_hundredths": 350}, {"completed": 1, "handling_hundredths": 350}),
    ],
)
def test_what_a_measure_counts(country: Country, facts: dict, expected: dict) -> None:
    make_dossier(country.south_commune, country.marriage, on(4, 1), ended_at=on(4, 5), **facts)
    recount(202604)
    counted = Tally.objects.get(agency=country.south_commune, month=202604)
    assert {name: getattr(counted, name) for name in expected} == expected


def test_an_agency_that_does_not_offer_the_procedure_has_no_service_in_use(country: Country) -> None:
    make_dossier(country.south_commune, country.licence, on(4, 1), ended_at=on(4, 5), channel=2)
    recount(202604)
    counted = Tally.objects.get(agency=country.south_commune)
    assert (counted.received_online, counted.online_service_dossiers) == (1, 0)


def test_announcements_and_declared_volumes(country: Country) -> None:
    day = NOW.date()
    Announcement.objects.create(
        agency=country.north,
        procedure=country.licence,
        change="new",
        decision_number="12/QD",
        decided_on=day,
        effective_on=day,
        announce_by=day - timedelta(days=1),
        publish_by=day - timedelta(days=1),
        decided_month=202605,
        publish_month=202605,
    )
    ReportedVolume.objects.create(agency=country.north, month=202503, dossiers=120)
    ReportedVolume.objects.create(agency=country.north, month=202605, dossiers=7)
    recount(202605)
    names = ("announced", "announced_late", "publication_due", "publication_late")
    assert subtree(country.north, 202605, *names) == (1, 1, 1, 1)
    assert subtree(country.nation, 202605, "declared", "declared_last_year") == (7, 120)


def test_the_very_dossiers_behind_each_count(country: Country) -> None:
    commune = country.south_commune
    make_dossier(commune, country.marriage, on(3, 1), ended_at=on(3, 5), channel=2, fee_total=9, payment=1)
    make_dossier(commune, country.licence, on(3, 1), ended_at=on(4, 5), has_attachment=True)
    make_dossier(commune, None, on(3, 1), uses_population_data=True)
    recount(202603)
    totals = dict(
        zip(
            [c.name for c in DOSSIER_COLUMNS],
            subtree(commune, 202603, *[c.name for c in DOSSIER_COLUMNS]),
            strict=True,
        )
    )
    for column in DOSSIER_COLUMNS:
        if not column.summed:
            assert behind(column, 202603, NOW).count() == totals[column.name], column.name


def test_every_measure_has_one_name_and_a_label() -> None:
    assert len(MEASURES) >= 30
    for name, measure in MEASURES.items():
        assert name.isidentifier() and str(measure.label)
        assert not isinstance(measure, Column) or name in {f.name for f in Tally._meta.fields}
