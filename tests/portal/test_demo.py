"""`manage.py demo`: a whole country, small, brought up once and looked at from several sides."""

import io
from collections import Counter
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
from django.utils import timezone

from agencies.access_review import overdue
from agencies.event_log import flaws as flaws_in_log
from agencies.models import Agency, EventLog, Grant, HeadOfAgency, IntegrationClient, Invitation, User
from agencies.tree import flaws
from agencies.visibility import paths_visible_to
from feedback.models import (
    Grievance,
    Petition,
    PetitionContact,
    PetitionStay,
    PetitionStep,
    Rating,
)
from portal.demo import people
from portal.demo.accounts import ACCOUNTS, PASSWORD, handed_out
from portal.demo.stages import EXAMPLE
from procedures.applicants import proves
from procedures.models import (
    AgencyProcedure,
    Announcement,
    Correction,
    Dossier,
    DossierStep,
    InboxItem,
    LocalName,
    Procedure,
)
from scoring.confirmations import progress_of_all
from scoring.models import ActionTask, ClockTick, DirtyMonth, Objection, Publication, Scorecard, ScoreSnapshot
from scoring.publication_flaws import flaws as changed_behind

# Each test leaves the country as it found it.
pytestmark = pytest.mark.django_db

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


def test_citizens_rate_and_send_petitions_that_are_in_every_state(country: Shown) -> None:
    ratings = Counter(Rating.objects.values_list("satisfaction", flat=True))
    assert ratings[3] + ratings[2] > 5 * ratings[1] > 0
    assert Grievance.objects.exists()
    states = set(Petition.objects.values_list("state", flat=True))
    assert states >= {"received", "processing", "answered", "published", "refused", "closed"}
    assert Petition.objects.filter(due_by__lt=timezone.now(), escalated_to__isnull=False).exists()
    assert PetitionStep.objects.filter(verb=PetitionStep.Verb.TRANSFERRED).exists()
    assert PetitionContact.objects.exists()
    late = PetitionStay.objects.filter(late_since__isnull=False).count()
    assert 0 < late < PetitionStay.objects.count() / 2


def test_agencies_object_and_are_answered(country: Shown) -> None:
    states = set(Objection.objects.values_list("state", flat=True))
    assert states & set(Objection.DECIDED) and states & set(Objection.UNDER_WAY)
    assert Correction.objects.filter(dossier__corrected=True).exists()


def test_what_moved_since_last_week_is_known(country: Shown) -> None:
    before = {
        snapshot.agency_id: snapshot.total for snapshot in ScoreSnapshot.objects.filter(period=latest_year())
    }
    after = Scorecard.objects.filter(period=latest_year(), peer_class="provinces")
    assert any(card.total != before[card.agency_id] for card in after)


def test_a_month_is_published_and_the_next_one_being_confirmed(country: Shown) -> None:
    published, asked = Publication.objects.order_by("period")
    assert published.is_published and published.proposed_by != published.approved_by
    assert not list(changed_behind())
    counts = progress_of_all(asked.confirmation_round)
    assert (counts.confirmed, counts.disputed) == (11, 1) and counts.missing > 100


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


def test_each_account_holds_its_role_by_a_chain_that_holds(country: Shown) -> None:
    people = {
        user.username: user for user in User.objects.filter(username__in=[a.username for a in ACCOUNTS])
    }
    assert len(people) == len(ACCOUNTS)
    assert all(user.is_staff and user.check_password(PASSWORD) for user in people.values())
    for account in ACCOUNTS:
        grant = Grant.objects.select_related("role", "agency", "granted_by").get(
            user=people[account.username]
        )
        assert (grant.role.code, grant.agency.code) == (account.role, account.agency)
        assert (grant.granted_by.username if grant.granted_by else "") == account.by
    may_see = {name: paths_visible_to(user) for name, user in people.items()}
    assert may_see["operator"] == may_see["reviewer"] == may_see["auditor"] == ["/"]
    assert may_see["viettri"][0].startswith(may_see["phutho"][0])
    assert not may_see["dongnai"][0].startswith(may_see["phutho"][0])
    assert may_see["tanhoa"] == []


def test_the_operator_of_last_resort_is_one_and_sealed(country: Shown) -> None:
    sealed = User.objects.get(is_superuser=True)
    assert not sealed.has_usable_password()
    assert sealed.username not in {account.username for account in ACCOUNTS}


def test_there_is_something_to_delegate(country: Shown) -> None:
    now = timezone.now()
    late = [(found.grant.user.username, [p.username for p in found.reviewers]) for found in overdue(now)]
    assert late == [("viettri", ["phutho"])]
    suspended = Grant.objects.open().filter(suspended_at__isnull=False)
    assert [grant.user.username for grant in suspended] == ["tanhoa"]
    invitation = Invitation.objects.pending(now).get()
    assert invitation.invited_by.username == "phutho" and invitation.agency.code.startswith("H44.")


def test_the_log_is_sound_and_in_the_order_of_time(country: Shown) -> None:
    assert list(flaws_in_log()) == []
    moments = list(EventLog.objects.order_by("number").values_list("at", flat=True))
    assert len(moments) >= 20 and moments == sorted(moments)


def test_offices_of_the_accounts_have_heads(country: Shown) -> None:
    for code in ("H44", "H44.03", "H44.07900"):
        assert HeadOfAgency.objects.filter(agency__code=code, until=None).count() == 1


def test_accounts_let_nobody_in_before_the_country_is_complete(country: Shown) -> None:
    assert handed_out()
    with transaction.atomic():
        User.objects.filter(username=ACCOUNTS[0].username).update(password="!")
        assert not handed_out()
        with pytest.raises(CommandError, match="interrupted"):
            run(dossiers=DOSSIERS, allow_production=True, if_empty=True)
        transaction.set_rollback(True)


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


@pytest.mark.django_db
def test_a_machine_only_reached_from_itself_is_no_production(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    with pytest.raises(CommandError, match="at least 1"):
        run(dossiers=0)


def test_a_province_asks_the_units_that_cost_it_most(country: Shown) -> None:
    tasks = list(ActionTask.objects.select_related("owner", "agency"))
    assert tasks
    for task in tasks:
        assert task.owner.code == "H44" and task.owner.contains(task.agency)
        assert task.start is None or task.start < task.target
    assert EventLog.objects.filter(verb="task.set").count() == len(tasks)
