"""Who sent a petition: sealed, for the handling agency alone, deleted in time, in no log."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from agencies.models import EventLog
from feedback import contacts
from feedback import petition_work as work
from feedback.contacts import Contact, forget
from feedback.models import PetitionContact, PetitionStep
from tests.feedback.conftest import NOW, Staff, days, write
from tests.scoring.country import Country

WHO = Contact("Nguyễn Thị Hạnh", "0912 345 678", "hanh@example.vn")
PERSONAL = ("Hạnh", "0912 345", "345 678", "345678", "hanh@")


def everything_stored() -> str:
    rows: list[Any] = []
    for model in apps.get_models():
        kinds = models.CharField | models.TextField | models.JSONField | models.BinaryField
        columns = [f.attname for f in model._meta.concrete_fields if isinstance(f, kinds)]
        for row in model._default_manager.values_list(*columns) if columns else []:
            rows.append([bytes(value) if isinstance(value, memoryview) else value for value in row])
    return json.dumps(rows, ensure_ascii=False, default=str)


def test_it_is_nowhere_in_clear_and_in_no_log(
    commune, staff: Staff, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    petition = write(commune, contact=WHO, address="203.0.113.7").petition
    assert contacts.read(petition, by=staff.officer, as_of=NOW) == WHO
    printed = capsys.readouterr()
    told = everything_stored() + caplog.text + printed.out + printed.err + repr(WHO)
    assert petition.code in told
    assert [found for found in (*PERSONAL, "203.0.113") if found in told] == []


def test_the_handling_agency_reads_it_and_that_is_noted(country: Country, commune, staff: Staff) -> None:
    petition = write(commune, contact=WHO).petition
    for person in (staff.reviewer, staff.stranger):
        with pytest.raises(PermissionDenied):
            contacts.read(petition, by=person, as_of=NOW)
    assert contacts.read(petition, by=staff.administrator, as_of=NOW) == WHO
    work.transfer(petition, country.south_commune, by=staff.officer, reason="của họ", as_of=NOW)
    with pytest.raises(PermissionDenied):
        contacts.read(petition, by=staff.officer, as_of=NOW)
    assert contacts.read(petition, by=staff.stranger, as_of=NOW) == WHO
    readers = EventLog.objects.filter(verb="petition.contact_read").order_by("number")
    assert [event.actor for event in readers] == [staff.administrator, staff.stranger]
    assert PetitionStep.objects.filter(verb="contact_read", open_to_sender=False).count() == 2


def test_it_is_deleted_in_time(commune, staff: Staff) -> None:
    over, waiting = (write(commune, contact=WHO).petition for _ in range(2))
    work.refuse(over, "abusive", by=staff.officer, explanation="x", as_of=NOW)
    assert forget(NOW + days(179)) == 0
    assert forget(NOW + days(180)) == 1
    assert contacts.read(over, by=staff.officer, as_of=NOW) == Contact()
    assert contacts.read(waiting, by=staff.officer, as_of=NOW) == WHO
    assert forget(NOW + days(730)) == 1 and forget(NOW + days(731)) == 0
    assert PetitionStep.objects.filter(verb="contact_gone").count() == 2


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        (Contact(phone="12"), "phone"),
        (Contact(phone="số nhà tôi"), "phone"),
        (Contact(email="hanh"), "email"),
        (Contact(name="x" * 101), "name"),
    ],
)
def test_what_reaches_nobody_is_refused(commune, contact: Contact, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        write(commune, contact=contact)
    assert set(refused.value.message_dict) == {field}


def test_without_a_contact_nothing_is_sealed(commune) -> None:
    write(commune, contact=Contact(" "))
    assert not PetitionContact.objects.exists()


def test_a_lost_key_is_told_plainly(commune, staff: Staff) -> None:
    petition = write(commune, contact=WHO).petition
    PetitionContact.objects.update(sealed=Fernet(Fernet.generate_key()).encrypt(b"{}"))
    with pytest.raises(ValidationError) as refused:
        contacts.read(petition, by=staff.officer, as_of=NOW)
    assert refused.value.code == "sealed"
