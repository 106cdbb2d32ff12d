"""How an erasure ends: answers, certificate, reply, what the law keeps, and nothing else left."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from accounts import certificate, ledger, signing
from accounts.actions import erasure
from accounts.models import Certificate, DataKey, Erasure, LedgerEntry, SealedRecord
from accounts.personal import KeyGone, open_bytes
from accounts.personal.holders import Fate, Outcome
from accounts.ports import sms
from tests.accounts.drawers import LATER, SUNDAY, partner, verbs
from tests.accounts.inbox import messages

pytestmark = pytest.mark.django_db


def test_that_nobody_received_anything_is_stated_not_assumed(asked):
    erasure.run(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    stated = json.loads(LedgerEntry.objects.get(verb="erasure_awaits").body)
    assert asked.awaited == "[]"
    assert stated["count"] == 0


def test_it_waits_for_every_partner_and_completes_with_the_last(asked, house):
    house["partners"].outside = [partner("partner:1"), partner("partner:2", closed=True)]
    erasure.run(erasure_id=asked.pk, now=LATER)
    asked.refresh_from_db()
    before = asked.state
    house["partners"].outside[0] = partner("partner:1", closed=True)

    done = erasure.settle(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    assert (before, done, asked.state) == ("awaiting", True, "completed")


def test_an_answer_without_evidence_closes_nothing(asked, house):
    house["partners"].outside = [partner(closed=True, evidence="")]

    erasure.run(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    assert asked.state == "awaiting"


def test_a_partner_that_disappears_from_the_books_does_not_complete_it(asked, house):
    house["partners"].outside = [partner()]
    erasure.run(erasure_id=asked.pk, now=LATER)
    house["partners"].outside = []

    with pytest.raises(erasure.PlanBroken):
        erasure.settle(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    assert asked.state == "awaiting"


def test_a_plan_that_is_broken_keeps_nobody_waiting_for_their_reply(asked, house):
    house["partners"].outside = [partner()]
    erasure.run(erasure_id=asked.pk, now=LATER)
    Erasure.objects.filter(pk=asked.pk).update(replied_at=None, lease_until=None)
    house["partners"].outside = []

    with pytest.raises(erasure.PlanBroken):
        erasure.run(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    assert (asked.state, asked.replied_at) == ("awaiting", LATER)
    assert erasure.due(LATER + timedelta(minutes=1)) == []


def test_a_changed_plan_does_not_complete_it(asked, house):
    house["partners"].outside = [partner()]
    erasure.run(erasure_id=asked.pk, now=LATER)
    house["partners"].outside = [partner(closed=True)]
    Erasure.objects.filter(pk=asked.pk).update(plan='{"holders":[]}')

    with pytest.raises(erasure.PlanBroken):
        erasure.settle(erasure_id=asked.pk, now=LATER)


def test_a_certificate_is_issued_with_our_part_and_a_final_one_at_the_end(asked, house):
    house["partners"].outside = [partner()]
    erasure.run(erasure_id=asked.pk, now=LATER)
    house["partners"].outside = [partner(closed=True)]
    erasure.settle(erasure_id=asked.pk, now=LATER)

    trusted = signing.trusted()
    issued = {
        made.is_final: certificate.verify(bytes(made.file), trusted=trusted).payload
        for made in Certificate.objects.all()
    }
    assert [issued[final]["final"] for final in (False, True)] == [False, True]
    assert issued[True]["plan_sha256"] == Erasure.objects.get().plan_sha256
    assert [holder["name"] for holder in issued[True]["holders"]] == [
        "partners",
        "papers",
        "account",
    ]


def test_a_partners_odd_name_holds_no_erasure_up(asked, house):
    odd = "某某　汽车公司\n（编号20261123001）\u202e"
    house["partners"].outside = [replace(partner(closed=True), label=odd)]

    erasure.run(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    made = Certificate.objects.get(is_final=True)
    payload = certificate.verify(bytes(made.file), trusted=signing.trusted()).payload
    assert asked.state == "completed"
    assert [found["label"] for found in payload["partners"]] == ["某某 汽车公司 （编号…）"]


@pytest.mark.clause("C151")
def test_the_result_is_sent_once_to_a_number_that_is_then_forgotten(asked):
    erasure.run(erasure_id=asked.pk, now=LATER)
    erasure.run(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    told = [message for message in messages() if "已注销" in message["text"]]
    reply_key = DataKey.objects.get(person=asked.pk)
    assert [message["phone"] for message in told] == ["13800138000"]
    assert asked.code in told[0]["text"]
    assert asked.sealed_phone is None
    assert reply_key.destroyed_at is not None


def test_a_reply_that_could_not_be_sent_is_tried_again(asked, monkeypatch):
    def refuse(_phone, _text, _key):
        raise sms.SmsFailed

    with monkeypatch.context() as wire:
        wire.setitem(sms.SENDERS, "outbox", refuse)
        erasure.run(erasure_id=asked.pk, now=LATER)
    soon = LATER + timedelta(minutes=11)

    found = erasure.due(soon)
    erasure.run(erasure_id=asked.pk, now=soon)

    assert found == [asked.pk]
    assert len(messages()) == 1


def test_a_reply_nobody_takes_for_a_week_is_given_up_and_its_number_forgotten(asked, monkeypatch):
    def refuse(_phone, _text, _key):
        raise sms.SmsFailed

    monkeypatch.setitem(sms.SENDERS, "outbox", refuse)
    erasure.run(erasure_id=asked.pk, now=LATER)

    erasure.run(erasure_id=asked.pk, now=LATER + timedelta(days=8))

    assert verbs(asked.person)[-1] == "reply_failed"
    assert Erasure.objects.get().sealed_phone is None


def test_what_the_law_keeps_is_sealed_until_its_end_and_then_gone(asked, house):
    until = (SUNDAY + timedelta(days=3 * 365)).date()
    house["papers"].outcome = Outcome(Fate.SEALED, 1, law="网络交易监督管理办法第31条", until=until)
    erasure.seal_away(
        erasure_id=asked.pk,
        person_id=asked.person,
        holder="papers",
        law="网络交易监督管理办法第31条",
        until=until,
        fields={"name": "张三丰"},
    )
    erasure.run(erasure_id=asked.pk, now=LATER)
    record = SealedRecord.objects.get()
    place = f"accounts.SealedRecord:{asked.pk}:papers"
    readable = json.loads(
        open_bytes(
            person=asked.person, retention="sealed", context=place, sealed=bytes(record.sealed)
        )
    )

    kept = erasure.erase_expired(now=SUNDAY + timedelta(days=3 * 365))
    gone = erasure.erase_expired(now=SUNDAY + timedelta(days=3 * 365 + 1))

    assert readable == {"name": "张三丰"}
    assert (kept, gone) == (0, 1)
    with pytest.raises(KeyGone):
        open_bytes(
            person=asked.person, retention="sealed", context=place, sealed=bytes(record.sealed)
        )


def test_the_whole_ledger_still_verifies_and_names_nobody(asked):
    erasure.run(erasure_id=asked.pk, now=LATER)

    bodies = " ".join(LedgerEntry.objects.values_list("body", flat=True))
    assert ledger.verify() is None
    assert "13800138000" not in bodies


def test_no_table_of_either_database_holds_the_number_in_plain(asked):
    for moment in ("before", "after"):
        if moment == "after":
            erasure.run(erasure_id=asked.pk, now=LATER)
        for alias in ("default", "vault"):
            assert b"13800138000" not in _dump(alias)


def _dump(alias):
    """Every value of every table, as a thief of the database would read it."""
    with connections[alias].cursor() as cursor:
        found = []
        for table in connections[alias].introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [_raw(value) for value in row]
    return b"\n".join(found)


def _raw(value):
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
