"""Showing a masked value whole: for a reason, to somebody, in the ledger."""

import pytest

from accounts import ledger
from accounts.actions import reveal as reveals
from accounts.models import LedgerEntry, Person
from accounts.personal import KeyGone, keys

pytestmark = pytest.mark.django_db


def test_a_revealed_value_is_ledgered_with_who_and_what(merchant, reviewer):
    shown = reveals.reveal(merchant, "phone", by=reviewer, reason="核对联系电话")

    entry = LedgerEntry.objects.get(verb="revealed")
    assert shown == "13800138000"
    assert (entry.stream, entry.actor) == (str(merchant.pk), reviewer.pk)
    assert reveals.reason_of(entry) == "核对联系电话"


def test_neither_the_value_nor_the_reason_is_in_the_ledger_in_plain(merchant, reviewer):
    reveals.reveal(merchant, "phone", by=reviewer, reason="张三要求核对13800138000")

    body = LedgerEntry.objects.get(verb="revealed").body
    assert "13800138000" not in body
    assert "张三" not in body


def test_nothing_is_revealed_without_a_reason(merchant, reviewer):
    with pytest.raises(reveals.ReasonMissing):
        reveals.reveal(merchant, "phone", by=reviewer, reason="  ")

    assert not LedgerEntry.objects.exists()


def test_an_absent_value_reveals_as_nothing(reviewer):
    person = Person.objects.create(kind="merchant", phone=None)

    assert reveals.reveal(person, "phone", by=reviewer, reason="核对") == ""


def test_the_reason_goes_with_the_person_and_the_ledger_still_verifies(merchant, reviewer):
    reveals.reveal(merchant, "phone", by=reviewer, reason="核对")
    keys.destroy(merchant.pk)

    with pytest.raises(KeyGone):
        reveals.reason_of(LedgerEntry.objects.get(verb="revealed"))
    assert ledger.verify() is None
