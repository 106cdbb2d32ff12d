"""One code, one check and one record, however many windows ask; against the real locks."""

import pytest

from accounts.actions import callers, contacts
from accounts.models import CallerCheck, Complaint, Erasure, SupportContact
from tests.accounts import call_kit as kit
from tests.accounts.inbox import last_code
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def names(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_a_code_read_out_once_proves_once(merchant, reviewer):
    desk = kit.desk(reviewer)
    challenge = callers.ask(phone=kit.PHONE, desk=desk)
    code = last_code()

    outcomes = at_once(
        *[lambda: callers.prove(challenge_id=challenge.pk, code=code, desk=desk) for _ in range(2)]
    )

    assert names(outcomes) == ["CallerCheck", "CodeRefused"]
    assert CallerCheck.objects.count() == 1


def test_the_code_of_a_page_read_out_to_two_desks_proves_at_one(
    merchant, reviewer, second_reviewer
):
    code, _phrase = callers.show_code(person=merchant)

    outcomes = at_once(
        *[
            lambda by=by: callers.prove_by_page(phone=kit.PHONE, code=code, desk=kit.desk(by))
            for by in (reviewer, second_reviewer)
        ]
    )

    assert names(outcomes) == ["CallerCheck", "NotProven"]


def test_a_conversation_saved_in_two_windows_is_one_record(merchant, reviewer):
    check = kit.proven(reviewer)

    outcomes = at_once(
        *[
            lambda: contacts.record(check=check, said=kit.said(), by=reviewer, session=kit.SESSION)
            for _ in range(2)
        ]
    )

    assert names(outcomes) == ["AlreadyRecorded", "SupportContact"]
    assert SupportContact.objects.count() == 1


def test_a_record_registered_in_two_windows_is_one_complaint(merchant, reviewer):
    contact = kit.recorded(reviewer)

    outcomes = at_once(
        *[
            lambda: contacts.take_in(
                contact=contact, topic="service", by=reviewer, session=kit.SESSION
            )
            for _ in range(2)
        ]
    )

    assert names(outcomes) == ["AlreadyTakenIn", "Complaint"]
    assert Complaint.objects.count() == 1


def test_an_account_closed_in_two_windows_is_closed_once(merchant, reviewer):
    contact = kit.recorded(reviewer)
    asked = contacts.ask_to_close(contact=contact, by=reviewer, session=kit.SESSION)
    code = last_code()

    outcomes = at_once(
        *[
            lambda: contacts.close(
                contact=contact,
                challenge_id=asked.pk,
                code=code,
                by=reviewer,
                session=kit.SESSION,
            )
            for _ in range(2)
        ]
    )

    assert names(outcomes) == ["CodeRefused", "Erasure"]
    assert Erasure.objects.count() == 1
