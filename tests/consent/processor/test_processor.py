"""The reference processor over real HTTP and a real file: what it holds, deletes and reports."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from consent.protocol import opendsr, webhooks
from consent.protocol.outcomes import Outcome
from consent.protocol.webhooks import Signer, Verifier
from tests.consent.processor.partner_kit import (
    DOMAIN,
    LI,
    SECRET,
    ZHANG,
    bytes_of,
    erase,
    outcome_of,
    wait_for,
)


def test_discovery_offers_what_the_portal_needs(client):
    reply = client.send("GET", "/v1/discovery")

    Verifier(SECRET).verify(reply.headers, reply.raw)
    assert opendsr.parse_discovery(reply.raw) == opendsr.Discovery(
        erasure=True, customer_id=True, pipl=True, most_in_batch=1000
    )


def test_a_shared_contact_is_stored(client, tmp_path):
    reply = client.share(uuid4(), ZHANG)

    assert (reply.code, reply.body["stored"]) == (200, True)
    assert "张三丰".encode() in bytes_of(tmp_path)


def test_the_same_message_is_stored_once(client):
    person = uuid4()

    client.share(person, ZHANG, message_id="msg_1")
    again = client.share(person, LI, message_id="msg_1")

    page_shown = client.send("GET", "/").raw.decode()
    assert again.body["stored"] is True
    assert ("<strong>1</strong>" in page_shown, "李" in page_shown) == (True, False)


def test_an_erasure_is_accepted_deleted_and_reported(client, portal, tmp_path):
    zhang, li = uuid4(), uuid4()
    client.share(zhang, ZHANG)
    client.share(li, LI)

    request_id, sent, reply = erase(client, zhang)

    accepted = opendsr.parse_accepted(
        reply.raw, subject_request_id=request_id, sent_sha256=opendsr.request_sha256(sent)
    )
    assert (reply.code, reply.headers["X-OpenDSR-Processor-Domain"]) == (201, DOMAIN)
    assert accepted.proven_by(Verifier(SECRET)) == Signer(SECRET).key_id
    wait_for(lambda: portal.calls)
    status = outcome_of(portal.calls[0], portal)
    assert (status.subject_request_id, status.outcome) == (request_id, Outcome.COMPLETED)
    assert client.status(request_id) == "completed"
    left = bytes_of(tmp_path)
    assert [trace.encode() in left for trace in (*ZHANG.values(), str(zhang))] == [False] * 3
    assert [trace.encode() in left for trace in (*LI.values(), str(li))] == [True] * 3


def test_a_person_it_never_held_is_no_match(client, portal):
    request_id, _sent, _reply = erase(client, uuid4())

    wait_for(lambda: portal.calls)

    status = outcome_of(portal.calls[0], portal)
    assert (status.subject_request_id, status.outcome) == (request_id, Outcome.NO_MATCH)


def test_a_repeated_request_gets_the_same_answer_and_is_done_once(client, portal):
    person = uuid4()
    client.share(person, ZHANG)
    request_id, sent, first = erase(client, person)
    wait_for(lambda: portal.calls)

    again = client.signed("POST", "/v1/requests", sent)

    assert (again.code, again.body) == (201, first.body)
    assert client.status(request_id) == "completed"
    time.sleep(0.7)
    assert len(portal.calls) == 1


def test_one_request_id_cannot_name_two_people(client):
    request_id, _sent, _reply = erase(client, uuid4())

    reply = client.signed("POST", "/v1/requests", client.erasure(request_id, uuid4()))

    assert reply.code == 400
    assert opendsr.parse_error(reply.raw)[0].reason == "already_exists"


def test_an_erased_person_does_not_come_back_by_a_late_delivery(client, portal, tmp_path):
    person = uuid4()
    erase(client, person)
    wait_for(lambda: portal.calls)

    reply = client.share(person, ZHANG, shared_at=datetime.now(UTC) + timedelta(days=1))

    assert (reply.code, reply.body["stored"]) == (200, False)
    assert "张三丰".encode() not in bytes_of(tmp_path)


def test_who_withdrew_can_share_again_but_not_by_an_old_message(client, portal):
    person, now = uuid4(), datetime.now(UTC)
    erase(client, person, cause="withdrawal", submitted_at=now)
    wait_for(lambda: portal.calls)

    old = client.share(person, ZHANG, shared_at=now - timedelta(hours=1))
    new = client.share(person, ZHANG, shared_at=now + timedelta(hours=1))

    assert (old.body["stored"], new.body["stored"]) == (False, True)


def test_a_pending_request_can_be_withdrawn(patient):
    person = uuid4()
    patient.share(person, ZHANG)
    request_id, _sent, _reply = erase(patient, person)

    reply = patient.signed("DELETE", f"/v1/requests/{request_id}")

    assert reply.code == 202
    assert opendsr.parse_cancelled(reply.raw, subject_request_id=request_id) <= datetime.now(UTC)
    assert patient.status(request_id) == "cancelled"
    assert "<strong>1</strong>" in patient.send("GET", "/").raw.decode()


def test_a_finished_request_cannot_be_withdrawn(client, portal):
    request_id, _sent, _reply = erase(client, uuid4())
    wait_for(lambda: portal.calls)

    reply = client.signed("DELETE", f"/v1/requests/{request_id}")

    assert reply.code == 400
    assert opendsr.parse_error(reply.raw)[0].reason == "not_pending"


def test_a_batch_is_answered_and_done_item_by_item(client, portal):
    people = [uuid4() for _ in range(20)]
    ids = [uuid4() for _ in people]
    for person in people[:10]:
        client.share(person, ZHANG)
    wrong = uuid4()
    bodies = [client.erasure(each, person) for each, person in zip(ids, people, strict=True)]
    bodies.append(client.erasure(wrong, uuid4(), callback_url="http://elsewhere.example/"))
    batch = opendsr.batch_body(bodies)

    reply = client.signed("POST", "/v1/requests/batch", batch)

    found = opendsr.parse_batch_answer(
        reply.raw, batch_sha256=opendsr.request_sha256(batch), sent=[*ids, wrong]
    )
    assert all(isinstance(found[each], opendsr.Accepted) for each in ids)
    assert found[wrong] == (opendsr.Problem("not_allowed", "status_callback_urls"),)
    wait_for(lambda: len(portal.calls) == 20)
    told = {s.subject_request_id: s.outcome for s in (outcome_of(c, portal) for c in portal.calls)}
    assert told == dict.fromkeys(ids[:10], Outcome.COMPLETED) | dict.fromkeys(
        ids[10:], Outcome.NO_MATCH
    )


def test_a_thousand_fit_in_a_batch_and_one_more_does_not(patient):
    bodies = [patient.erasure(uuid4(), uuid4()) for _ in range(1001)]
    too_many = b'{"requests":[' + b",".join(bodies) + b"]}"

    full = patient.signed("POST", "/v1/requests/batch", opendsr.batch_body(bodies[:1000]))
    refused = patient.signed("POST", "/v1/requests/batch", too_many)

    assert (full.code, len(full.body["results"])) == (200, 1000)
    assert (refused.code, opendsr.parse_error(refused.raw)[0].reason) == (400, "too_many")


def test_with_a_key_of_its_own_its_word_is_provable_to_others(start, portal):
    private, public = webhooks.new_key_pair()
    client = start(signing_key=private)
    body = client.erasure(uuid4(), uuid4())

    reply = client.send("POST", "/v1/requests", body, **Signer(SECRET).headers("msg_1", body))
    wait_for(lambda: portal.calls)

    assert reply.code == 201
    assert Verifier(public).verify(reply.headers, reply.raw).message_id == "msg_1"
    assert Verifier(public).verify(*portal.calls[0]).key_id == Signer(private).key_id
