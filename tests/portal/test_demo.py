"""`manage.py demo`: a whole country, small, brought up once and looked at from several sides."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import Count, F

from agencies.models import Agency, HeadOfAgency, IntegrationClient, User
from agencies.tree import flaws
from portal.demo import people
from portal.demo.accounts import ACCOUNTS, PASSWORD
from portal.demo.stages import EXAMPLE
from procedures.applicants import proves
from procedures.models import (
    AgencyProcedure,
    Announcement,
    Dossier,
    DossierStep,
    InboxItem,
    LocalName,
    Procedure,
)
from scoring.models import ClockTick, DirtyMonth, Scorecard, ScoreSnapshot

DOSSIERS = 3000


@dataclass
class Shown:
    """What the command printed."""

    text: str


def run(**options: Any) -> str:
    """Run the command and return what it printed."""
    said = io.StringIO()
    call_command("demo", stdout=said, **options)
    return said.getvalue()


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shown]:
    """The country, for this module: bringing it up takes a while."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Shown(run(dossiers=DOSSIERS, allow_production=True))
        transaction.set_rollback(True)


def latest_year() -> str:
    """The year under way."""
    years = Scorecard.objects.exclude(period__contains="-").values_list("period", flat=True)
    return max(years)


def test_dossiers_of_the_size_asked_for_arrive(country: Shown) -> None:
    assert 0.95 * DOSSIERS < Dossier.objects.count() < 1.02 * DOSSIERS
    assert DossierStep.objects.exists()


def test_every_province_has_a_scorecard_and_the_totals_spread(country: Shown) -> None:
    totals = list(
        Scorecard.objects.filter(period=latest_year(), peer_class="provinces").values_list("total", flat=True)
    )
    assert len(totals) == 34
    assert all(0 < total < 100 for total in totals)
    assert max(totals) - min(totals) > 8
    nation = Scorecard.objects.get(period=latest_year(), peer_class="nation")
    assert Decimal(45) < nation.total < Decimal(75)


def test_every_province_and_most_ministries_have_a_connected_system(country: Shown) -> None:
    assert IntegrationClient.objects.filter(agency__kind=Agency.Kind.PROVINCE).count() == 34
    assert IntegrationClient.objects.filter(agency__kind=Agency.Kind.MINISTRY).count() == 14
    assert HeadOfAgency.objects.filter(agency__kind=Agency.Kind.PROVINCE).count() == 34


def test_the_tree_and_the_catalogue_are_sound(country: Shown) -> None:
    assert flaws() == []
    assert Procedure.objects.count() >= 300
    assert Procedure.objects.filter(is_complete=False).exists()
    assert Procedure.objects.filter(announcing_agency__kind=Agency.Kind.PROVINCE).exists()
    assert AgencyProcedure.objects.filter(agency__kind=Agency.Kind.COMMUNE).exists()
    late = Announcement.objects.filter(decided_on__gt=F("announce_by")).count()
    assert 0.5 < late / Announcement.objects.count() < 0.98


def test_there_is_work_to_do(country: Shown) -> None:
    assert InboxItem.objects.filter(state=InboxItem.State.WAITING).exists()
    kinds = LocalName.objects.filter(agency=None, procedure=None).values_list("kind", flat=True)
    assert set(kinds) <= {"unit", "procedure"} and kinds
    unplaced = Dossier.objects.filter(placement=Dossier.Placement.DEFAULT)
    assert unplaced.exists() or Dossier.objects.filter(procedure=None).exists()


def test_what_moved_since_last_week_is_known(country: Shown) -> None:
    before = {
        snapshot.agency_id: snapshot.total for snapshot in ScoreSnapshot.objects.filter(period=latest_year())
    }
    after = Scorecard.objects.filter(period=latest_year(), peer_class="provinces")
    assert any(card.total != before[card.agency_id] for card in after)


def test_nothing_is_left_to_recount_and_the_clock_goes_on_from_here(country: Shown) -> None:
    assert not DirtyMonth.objects.exists()
    assert ClockTick.objects.count() == 1


def test_nothing_personal_is_kept(country: Shown) -> None:
    forbidden = (*people.GIVEN_NAMES, "Làm Mẫu", people.phone(0)[:6], people.identity(0)[:9])
    with connection.cursor() as cursor:
        for model in (Dossier, DossierStep, InboxItem, LocalName):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            for row in cursor.fetchall():
                texts = [value for value in row if isinstance(value, str)]
                assert not [text for text in texts for part in forbidden if part in text]


def test_an_applicant_proves_a_dossier_by_the_digits_its_code_ends_in(country: Shown) -> None:
    dossiers = Dossier.objects.order_by("id")[:50]
    assert dossiers
    assert all(proves(dossier, dossier.code[-4:]) for dossier in dossiers)


def test_only_the_example_system_can_sign_in_until_others_get_a_password(country: Shown) -> None:
    clients = IntegrationClient.objects.all()
    usable = [c.agency.code for c in clients.select_related("agency") if is_password_usable(c.password_hash)]
    assert usable == [EXAMPLE]


def test_only_the_reviewer_may_do_everything(country: Shown) -> None:
    users = {user.username: user for user in User.objects.filter(username__in=[a.username for a in ACCOUNTS])}
    assert len(users) == len(ACCOUNTS)
    assert {name for name, user in users.items() if user.is_superuser} == {"reviewer"}
    assert all(user.is_staff and user.check_password(PASSWORD) for user in users.values())
    assert Agency.objects.filter(code__in=[a.agency for a in ACCOUNTS]).count() == len(ACCOUNTS)


def test_the_command_shows_accounts_credentials_and_addresses(country: Shown) -> None:
    for account in ACCOUNTS:
        assert f"{account.username} " in country.text
    client = IntegrationClient.objects.get(agency__code=EXAMPLE)
    assert f"{client.username} / " in country.text
    assert "http://127.0.0.1:8000/admin/" in country.text


def test_a_second_run_adds_nothing_and_still_shows_the_accounts(country: Shown) -> None:
    before = (Dossier.objects.count(), Scorecard.objects.count(), User.objects.count())
    assert PASSWORD in run(dossiers=DOSSIERS, allow_production=True, if_empty=True)
    with pytest.raises(CommandError, match="needs an empty one"):
        run(dossiers=DOSSIERS, allow_production=True)
    assert (Dossier.objects.count(), Scorecard.objects.count(), User.objects.count()) == before


def test_dossiers_spread_over_the_country_by_size(country: Shown) -> None:
    counts = dict(
        Dossier.objects.filter(client__agency__kind=Agency.Kind.PROVINCE)
        .values_list("client__agency__code")
        .annotate(n=Count("id"))
    )
    assert counts["H29"] > 5 * counts["H14"]


@pytest.mark.django_db
def test_it_refuses_to_put_known_passwords_into_production() -> None:
    before = User.objects.count()
    with pytest.raises(CommandError, match="allow-production"):
        run(dossiers=10)
    assert User.objects.count() == before


@pytest.mark.django_db
def test_it_refuses_a_country_without_dossiers() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        run(dossiers=0, allow_production=True)
