"""Keys shared with partners: made here, exchanged with an overlap, and never told twice."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import LedgerEntry
from accounts.personal import seal_system
from consent.actions import partner_keys, partners
from consent.courier import letters
from consent.models import Partner
from consent.protocol import webhooks
from tests.consent.manual_kit import PASSPHRASE, manual_partner
from tests.consent.sharing_kit import SECRET, registered

pytestmark = pytest.mark.django_db
RAW = b'{"status":"ok"}'


def exchanged(partner, by, **more):
    return partner_keys.exchange(partner=partner, seen=partner_keys.mark(partner), by=by, **more)


def secrets_at(now):
    return [key.secret for key in partner_keys.of(Partner.objects.get(), now)]


def believes(secret):
    """Whether a partner's message signed with this key alone is believed today."""
    headers = webhooks.Signer(secret).headers("m_1", RAW)
    try:
        webhooks.Verifier(*partners.secrets_of(Partner.objects.get())).verify(headers, RAW)
    except webhooks.SignatureRefused:
        return False
    return True


def test_for_a_week_both_keys_count_and_then_only_the_new_one(officer):
    now = timezone.now()

    new = exchanged(registered(), officer, now=now)

    assert secrets_at(now + timedelta(days=6)) == [new, SECRET]
    assert secrets_at(now + timedelta(days=7)) == [new]
    assert (believes(new), believes(SECRET)) == (True, True)


def test_messages_to_the_partner_are_signed_with_both_while_both_count(officer):
    new = exchanged(registered(), officer)

    headers = letters.signer(Partner.objects.get()).headers("m_1", RAW)

    assert [webhooks.Verifier(key).verify(headers, RAW).message_id for key in (new, SECRET)] == [
        "m_1",
        "m_1",
    ]


def test_a_key_that_may_have_leaked_counts_no_longer_at_once(officer):
    new = exchanged(registered(), officer, is_leaked=True)

    assert (believes(new), believes(SECRET)) == (True, False)


def test_every_older_key_keeps_the_end_it_was_given(officer):
    now = timezone.now()
    partner = registered()
    second = exchanged(partner, officer, now=now)
    partner.refresh_from_db()
    third = exchanged(partner, officer, now=now + timedelta(days=5))

    assert secrets_at(now + timedelta(days=6)) == [third, second, SECRET]
    assert secrets_at(now + timedelta(days=8)) == [third, second]
    assert secrets_at(now + timedelta(days=12)) == [third]


def test_a_new_passphrase_is_the_only_one(officer):
    partner = manual_partner()

    new = exchanged(partner, officer)

    assert new != PASSPHRASE
    assert partners.secrets_of(Partner.objects.get()) == (new,)


def test_an_exchange_is_in_the_ledger_and_no_key_is(officer):
    now = timezone.now()

    new = exchanged(registered(), officer, now=now)

    entry = LedgerEntry.objects.get(verb="partner_key_exchanged")
    assert (entry.stream, entry.actor) == ("partner:demo", officer.pk)
    assert json.loads(entry.body) == {"old_until": [(now + timedelta(days=7)).isoformat()]}
    assert new not in entry.body
    assert new not in repr(partner_keys.of(Partner.objects.get()))


def test_keys_sealed_before_they_could_end_still_count(db):
    partner = registered()
    old = seal_system("partner demo", json.dumps([SECRET]).encode())
    Partner.objects.update(sealed_secrets=old)
    partner.refresh_from_db()

    assert partners.secrets_of(partner) == (SECRET,)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_exchanges_and_the_other_is_told(officer, second_officer):
    partner = registered()
    seen, start, ends = partner_keys.mark(partner), threading.Barrier(2), []

    def exchange(by):
        start.wait()
        try:
            ends.append(partner_keys.exchange(partner=partner, seen=seen, by=by))
        except partner_keys.Exchanged:
            ends.append("told")
        finally:
            connections.close_all()

    racing = [threading.Thread(target=exchange, args=(by,)) for by in (officer, second_officer)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()

    (won,) = [end for end in ends if end != "told"]
    assert len(ends) == 2
    assert partners.secrets_of(Partner.objects.get()) == (won, SECRET)
