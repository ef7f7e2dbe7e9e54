"""Refused records: kept without personal data, tried again, mended, let go."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from procedures.inbox import dismiss, mend, retry, retry_all, waiting
from procedures.models import Dossier, DossierStep, InboxItem
from procedures.progress import sync_steps
from procedures.refusals import Reason, Refusal
from procedures.sync import sync_dossiers
from tests.factories import AgencyFactory
from tests.procedures.conftest import AS_OF, World
from tests.procedures.sending import CODE, dossier, step

pytestmark = pytest.mark.django_db


def unreadable(code: str = CODE) -> Refusal:
    """A record whose date of reception could not be read."""
    plain = {"code": code, "procedure_code": "1.001193", "status": "4", "received_at": "31/02/2026"}
    return Refusal(0, code, "received_at", Reason.MALFORMED_DATE, "31/02/2026", plain)


@pytest.fixture
def item(world: World) -> InboxItem:
    sync_dossiers([dossier(4, "H44.01-9"), unreadable()], client=world.client, as_of=AS_OF)
    return InboxItem.objects.get()


def test_a_refused_record_says_where_and_why(item: InboxItem, world: World) -> None:
    assert (item.agency, item.client, item.kind) == (world.h44, world.client, "dossier")
    assert (item.dossier_code, item.position, item.field) == (CODE, 1, "received_at")
    assert "31/02/2026" in item.reason
    assert (item.state, item.times, item.received_at) == ("waiting", 1, AS_OF)


def test_refused_again_it_is_one_item_that_counts(item: InboxItem, world: World) -> None:
    later = AS_OF.replace(hour=20)
    sync_dossiers([unreadable(), unreadable()], client=world.client, as_of=later)

    item.refresh_from_db()
    assert InboxItem.objects.count() == 1
    assert (item.times, item.position, item.received_at, item.last_at) == (3, 0, AS_OF, later)


def test_two_agencies_have_an_item_each(item: InboxItem, world: World) -> None:
    sync_dossiers([unreadable()], client=world.stranger, as_of=AS_OF)
    assert set(InboxItem.objects.values_list("agency__code", flat=True)) == {"H44", "H21"}


def test_mending_the_field_at_fault_takes_it(item: InboxItem) -> None:
    assert mend(item, {"received_at": "2026-03-05T08:00:00"}, AS_OF)

    item.refresh_from_db()
    assert item.state == InboxItem.State.RETRIED
    assert Dossier.objects.get(code=CODE).started_month == 202603


def test_mended_wrongly_it_stays_with_the_new_reason(item: InboxItem) -> None:
    assert not mend(item, {"received_at": "20260305080000", "status": "77"}, AS_OF)

    item.refresh_from_db()
    assert (item.state, item.field, item.times) == ("waiting", "status", 2)
    assert item.record["received_at"] == "20260305080000"


def test_only_fields_of_such_a_record_can_be_mended(item: InboxItem) -> None:
    with pytest.raises(ValidationError) as refused:
        mend(item, {"agency": 3}, AS_OF)
    assert "agency" in refused.value.message_dict


def test_what_no_longer_waits_cannot_be_mended(item: InboxItem) -> None:
    dismiss([item], AS_OF)
    item.refresh_from_db()
    with pytest.raises(ValidationError):
        mend(item, {"status": 4}, AS_OF)


def test_mended_into_another_waiting_record_only_one_remains(item: InboxItem, world: World) -> None:
    sync_dossiers([unreadable("H44.01-other")], client=world.client, as_of=AS_OF)
    other = InboxItem.objects.get(dossier_code="H44.01-other")

    mend(other, {"code": CODE}, AS_OF)

    other.refresh_from_db()
    assert other.state == InboxItem.State.DISMISSED
    assert [found.pk for found in waiting()] == [item.pk]


def test_retry_takes_what_can_be_taken_now(world: World) -> None:
    sync_dossiers([dossier(4, "H99.05-1")], client=world.client, as_of=AS_OF)
    assert Dossier.objects.get().agency == world.h44
    sync_dossiers([dossier(4, "H21.05-1"), unreadable()], client=world.client, as_of=AS_OF)
    world.client.agency = world.nation
    world.client.save()

    assert retry(waiting(), AS_OF) == 1

    assert Dossier.objects.filter(code="H21.05-1").exists()
    assert [found.dossier_code for found in waiting()] == [CODE]


def test_retry_of_a_record_whose_system_is_gone_is_for_its_agency(item: InboxItem) -> None:
    InboxItem.objects.update(client=None)
    item.refresh_from_db()
    assert mend(item, {"received_at": "20260305080000"}, AS_OF)
    assert Dossier.objects.get(code=CODE).client is None


def test_dismissed_records_are_not_tried_again(item: InboxItem) -> None:
    assert dismiss([item], AS_OF) == 1
    assert dismiss([item], AS_OF) == 0
    assert retry([item], AS_OF) == 0


def test_the_same_record_may_come_again_after_it_was_dismissed(item: InboxItem, world: World) -> None:
    dismiss([item], AS_OF)
    sync_dossiers([unreadable()], client=world.client, as_of=AS_OF)
    assert InboxItem.objects.count() == 2


def test_dossiers_and_their_steps_are_retried_together(world: World) -> None:
    sync_steps([step(9, "03-09")], client=world.client, as_of=AS_OF)
    sync_dossiers([unreadable()], client=world.client, as_of=AS_OF)
    broken = InboxItem.objects.get(kind="dossier")
    InboxItem.objects.filter(pk=broken.pk).update(record={**broken.record, "received_at": "20260305080000"})

    assert retry_all(AS_OF) == 2

    assert Dossier.objects.get().status == 9
    assert DossierStep.objects.count() == 1
    assert not waiting().exists()


def test_the_command_tries_all(item: InboxItem, world: World) -> None:
    AgencyFactory(code="H44.10", parent=world.h44)
    InboxItem.objects.update(record={**item.record, "received_at": "20260305080000"})
    out = StringIO()

    call_command("retry_inbox", stdout=out)

    assert out.getvalue() == "1 taken, 0 still waiting.\n"
