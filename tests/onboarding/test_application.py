"""Starting, filling in, submitting and withdrawing an application."""

import json

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import LedgerEntry
from accounts.personal import ConsentMissing
from accounts.transitions import MoveRefused, move
from consent.actions import consents, policies
from consent.models import ConsentEvent
from onboarding import steps
from onboarding.actions import application as applications
from onboarding.actions import papers
from onboarding.models import Application, Discard, Paper, Remark, Role
from onboarding.models.application import party
from onboarding.permissions import NotAllowed
from tests import factories

pytestmark = pytest.mark.django_db


def save(application, code, **changes):
    step = steps.named(application.role, code)
    values = factories.answers(application.role) | changes
    return applications.save_step(
        application=application,
        step=step,
        values=values,
        by=application.person,
        told=factories.told(code),
    )


@pytest.mark.clause("C16", "C17", "C18")
@pytest.mark.parametrize("role", Role.values)
def test_starting_makes_one_draft_of_the_chosen_role(merchant, role):
    application = applications.start(person=merchant, role=role)

    assert (application.role, application.state) == (role, "draft")


def test_starting_twice_gives_the_same_application(merchant):
    first = applications.start(person=merchant, role=Role.FOUR_S)

    second = applications.start(person=merchant, role=Role.FOUR_S)

    assert first == second
    assert Application.objects.count() == 1


def test_the_database_keeps_one_live_application_per_person(merchant):
    factories.started(merchant)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(person=merchant, role=Role.AGENT)


def test_staff_cannot_start_one(reviewer):
    with pytest.raises(NotAllowed):
        applications.start(person=reviewer, role=Role.AGENT)


def test_a_changed_role_keeps_what_still_fits_and_empties_the_rest(merchant):
    factories.filled_in(merchant, Role.FOUR_S)

    changed = applications.start(person=merchant, role=Role.AGENT)

    stored = Application.objects.get(pk=changed.pk)
    assert stored.role == Role.AGENT
    assert stored.contact_name.clear == "诸葛晓敏"
    assert (stored.name, stored.credit_code, stored.legal_id_number) == (None, None, None)
    assert Paper.objects.kinds_of(stored) == {"id_front", "id_back"}


def test_the_role_cannot_change_after_submitting(merchant):
    factories.submitted(merchant)

    with pytest.raises(NotAllowed, match="审核期间不能修改"):
        applications.start(person=merchant, role=Role.AGENT)


@pytest.mark.clause("C19", "C22", "C23", "C26")
def test_a_screen_stores_what_it_asks_and_nothing_else(merchant):
    application = factories.started(merchant)

    save(application, "subject")

    stored = Application.objects.get(pk=application.pk)
    assert stored.name.clear == "金华婺城星辰汽车销售有限公司"
    assert stored.address.clear == "浙江省金华市婺城区宾虹西路1999号"
    assert stored.registered_date.clear == "2018-05-20"
    assert stored.contact_name is None


@pytest.mark.clause("C64")
def test_a_bank_account_is_not_stored_without_its_consent(merchant):
    application = factories.started(merchant)

    with pytest.raises(ConsentMissing):
        save(application, "bank")

    assert Application.objects.get(pk=application.pk).bank_account is None


@pytest.mark.clause("A86")
def test_a_withdrawn_consent_takes_the_bank_account_with_it(merchant):
    application = factories.filled_in(merchant)

    consents.withdraw(person=merchant, code="bank_account")

    stored = Application.objects.get(pk=application.pk)
    assert (stored.bank_name, stored.bank_account_name, stored.bank_account) == (None, None, None)
    assert stored.contact_name.clear == "诸葛晓敏"


def test_a_stranger_cannot_write_in_it(merchant, stranger):
    application = factories.started(merchant)
    step = steps.named(application.role, "contact")

    with pytest.raises(NotAllowed):
        applications.save_step(
            application=application, step=step, values={"contact_name": "x"}, by=stranger
        )


@pytest.mark.clause("C19")
def test_submitting_tells_which_screens_are_missing(merchant):
    application = factories.started(merchant)
    factories.publish_policies()
    save(application, "contact")

    with pytest.raises(applications.Incomplete) as refused:
        factories.hand_in(application)

    assert [step.code for step in refused.value.missing] == [
        "subject",
        "legal",
        "bank",
        "licence",
        "id-front",
        "id-back",
    ]


def test_a_name_changed_after_the_account_makes_the_account_screen_missing(merchant):
    application = factories.filled_in(merchant)

    changed = save(application, "subject", name="金华另一家汽车有限公司")

    assert [step.code for step in applications.missing(changed)] == ["bank"]


@pytest.mark.clause("C36")
def test_submitting_concludes_exactly_the_agreement_shown(merchant):
    application = factories.filled_in(merchant)

    submitted = factories.hand_in(application)

    event = ConsentEvent.objects.filter(code="policy:store_agreement").get()
    agreement = policies.in_force("store_agreement")
    assert (event.sha256, event.decision, event.way) == (agreement.sha256, "agreed", "checkbox")
    assert (submitted.state, submitted.round) == ("submitted", 1)


def test_another_version_of_the_agreement_is_not_concluded_unseen(merchant):
    application = factories.filled_in(merchant)

    with pytest.raises(policies.WrongVersion):
        applications.submit(
            application=application, agreement_sha256="0" * 64, by=merchant, address=""
        )

    assert Application.objects.get(pk=application.pk).state == "draft"


def test_submitting_twice_is_refused_and_changes_nothing(merchant):
    application = factories.submitted(merchant)

    with pytest.raises(NotAllowed):
        factories.hand_in(application)

    assert Application.objects.get(pk=application.pk).round == 1


def test_every_move_is_in_the_ledger_without_a_word_of_content(merchant):
    application = factories.submitted(merchant)

    moves = LedgerEntry.objects.filter(stream=str(merchant.pk), verb="moved")

    assert [json.loads(entry.body) for entry in moves] == [
        {
            "row": "onboarding.Application",
            "id": str(application.pk),
            "from": "draft",
            "to": "submitted",
        }
    ]


def test_an_application_sent_back_is_handed_in_again_once_the_item_was_changed(merchant, reviewer):
    application = factories.sent_back(merchant, reviewer)

    with pytest.raises(applications.Incomplete) as refused:
        factories.hand_in(application)
    save(application, "subject", address="浙江省金华市婺城区宾虹西路1999号2楼")
    again = factories.hand_in(application)

    assert [step.code for step in refused.value.missing] == ["subject"]
    assert (again.state, again.round) == ("submitted", 2)


def test_withdrawing_empties_the_application_and_deletes_its_papers(
    merchant, files, django_capture_on_commit_callbacks
):
    application = factories.submitted(merchant)

    with django_capture_on_commit_callbacks():
        applications.withdraw(application=application, by=merchant)
    papers.sweep()

    stored = Application.objects.get(pk=application.pk)
    assert stored.state == "withdrawn"
    assert [getattr(stored, f.name) for f in Application.personal_fields()] == [None] * 12
    assert (Paper.objects.count(), Discard.objects.count(), files()) == (0, 0, [])


def test_after_withdrawing_a_new_one_may_be_started(merchant):
    first = factories.started(merchant)
    applications.withdraw(application=first, by=merchant)

    second = factories.started(merchant, Role.AGENT)

    assert second != first


def test_an_approved_application_cannot_be_withdrawn(merchant, reviewer):
    application = factories.approved(merchant, reviewer)

    with pytest.raises(NotAllowed):
        applications.withdraw(application=application, by=merchant)


@pytest.mark.parametrize(
    "lie",
    [
        "state = 'approved', submitted_at = CURRENT_TIMESTAMP, round = 1",
        "decided_at = CURRENT_TIMESTAMP",
        "state = 'submitted'",
        "role = 'emperor'",
    ],
)
def test_the_database_refuses_an_application_that_cannot_be_true(merchant, lie):
    factories.started(merchant)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE onboarding_application SET {lie}")


def test_a_decided_application_moves_nowhere_else(merchant, reviewer):
    application = factories.approved(merchant, reviewer)

    with pytest.raises(MoveRefused):
        move(application, "submitted", by=merchant)


def test_saving_an_item_answers_its_remark(merchant, reviewer):
    application = factories.sent_back(merchant, reviewer)

    save(application, "subject")

    assert Remark.objects.open_on(application).count() == 0


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("金华婺城星辰汽车销售有限公司", "金华婺城星辰汽车销售有限公司"),
        ("星辰汽车（金华分公司）", "星辰汽车（金华分公司）"),
        ("老王修车行", "老王修车行"),
        ("司马秀英", "司***"),
        ("陈知行", "陈**"),
        ("欧阳景行", "欧***"),
    ],
)
def test_a_firms_name_is_shown_whole_and_a_persons_masked_whatever_it_ends_in(whole, shown):
    assert party(whole) == shown
