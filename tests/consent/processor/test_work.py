"""The work survives: killed, refused, restarted, it deletes, clears its file and reports."""

import random
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

from consent.processor.store import Store
from consent.protocol import answers, events
from consent.protocol.outcomes import Outcome
from tests.consent.processor.partner_kit import (
    CALLBACK_PATH,
    ZHANG,
    bytes_of,
    erase,
    outcome_of,
    wait_for,
)


def test_the_callback_is_repeated_under_one_id_until_the_portal_takes_it(client, portal):
    portal.code = 503
    person = uuid4()
    client.share(person, ZHANG)
    erase(client, person)
    wait_for(lambda: len(portal.calls) == 1)

    portal.code = 202
    wait_for(lambda: len(portal.calls) == 2)

    first, second = (headers["webhook-id"] for headers, _raw in portal.calls)
    assert first == second
    assert outcome_of(portal.calls[1], portal).outcome is Outcome.COMPLETED
    time.sleep(0.7)
    assert len(portal.calls) == 2


def test_a_redirect_is_no_receipt_and_is_not_followed(client, portal):
    portal.code = 302
    erase(client, uuid4())

    wait_for(lambda: len(portal.calls) == 2)

    assert "已送达" not in client.send("GET", "/").raw.decode()


def test_killed_between_deletion_and_callback_it_still_reports_after_a_restart(
    launch, portal, tmp_path
):
    portal.code = 503
    person = uuid4()
    first = launch("--delay", "0")
    first.client.share(person, ZHANG)
    request_id, _sent, _reply = erase(first.client, person)
    wait_for(lambda: portal.calls)
    assert first.client.status(request_id) == "completed"
    first.kill()
    portal.calls.clear()
    portal.code = 202

    launch("--delay", "0")

    wait_for(lambda: portal.calls)
    status = outcome_of(portal.calls[0], portal)
    assert (status.subject_request_id, status.outcome) == (request_id, Outcome.COMPLETED)
    assert ZHANG["contact_phone"].encode() not in bytes_of(tmp_path)


def test_killed_before_the_deletion_it_still_deletes_after_a_restart(launch, portal, tmp_path):
    person = uuid4()
    first = launch("--delay", "0.5")
    first.client.share(person, ZHANG)
    request_id, _sent, _reply = erase(first.client, person)
    first.kill()
    assert ZHANG["contact_phone"].encode() in bytes_of(tmp_path)

    second = launch()

    wait_for(lambda: portal.calls)
    assert outcome_of(portal.calls[0], portal).outcome is Outcome.COMPLETED
    assert second.client.status(request_id) == "completed"
    assert ZHANG["contact_phone"].encode() not in bytes_of(tmp_path)


def test_killed_between_deleting_and_clearing_the_file_it_reports_only_after_clearing(tmp_path):
    store = Store(tmp_path)
    person, request_id = uuid4(), uuid4()
    _give(store, person, "张三丰")
    store.enter(_erasure(request_id, person), delay=0)
    store.erase(wait_for(store.begin_erasing) or request_id)
    store.close()

    reopened = Store(tmp_path)

    assert (reopened.due_call(), reopened.begin_erasing()) == (None, None)
    assert reopened.finish_erasing() == 1
    owed = wait_for(reopened.due_call)
    assert owed is not None
    assert (owed.id, owed.status, owed.deleted) == (request_id, "completed", 1)
    reopened.close()


def test_no_byte_of_the_deleted_stays_in_the_file_however_rows_had_moved(tmp_path):
    store, dice = Store(tmp_path), random.Random(1)
    people = {
        UUID(int=dice.getrandbits(128)): f"{dice.getrandbits(128):032x}"
        + "x" * dice.randrange(3000)
        for _ in range(400)
    }
    with store.transaction():
        for person, name in people.items():
            _give(store, person, name, f"msg_{dice.getrandbits(64)}")
    gone = dice.sample(sorted(people), 300)
    with store.transaction():
        for person in gone:
            store.enter(_erasure(uuid4(), person), delay=0)
    with store.transaction():
        while (request_id := store.begin_erasing()) is not None:
            store.erase(request_id)

    assert store.finish_erasing() == 300

    store.close()
    left = bytes_of(tmp_path)
    assert [person for person in gone if people[person][:32].encode() in left] == []
    assert [person for person in gone if str(person).encode() in left] == []
    assert sum(name[:32].encode() in left for name in people.values()) == 100


def _give(store: Store, person: UUID, name: str, message_id: str = "msg_1") -> None:
    store.keep(message_id, events.Shared(uuid4(), person, datetime.now(UTC), {"name": name}))


def _erasure(request_id: UUID, person: UUID) -> answers.Erasure:
    address = "http://127.0.0.1" + CALLBACK_PATH
    return answers.Erasure(request_id, person, datetime.now(UTC), address, "deactivation")
