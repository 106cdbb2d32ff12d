"""Asking a verifier: on a live consent only, once for the same values, in nobody's way."""

import json
import logging
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.actions import erasure
from accounts.models import LedgerEntry
from consent.actions import consents, partners, sharing
from consent.bases import Basis
from consent.models import Disclosure, Obligation, Partner, PartnerIdentity
from onboarding import steps, tasks
from onboarding.actions import application as applications
from onboarding.actions import real_names, review
from onboarding.models import Application, RealNameCheck, Remark
from onboarding.ports import identity
from onboarding.roles import Role
from onboarding.states import ApplicationState, RealNameState
from tests import factories
from tests.onboarding.verifier_kit import (
    CODE,
    REFERENCE,
    active_verifier,
    listening,
    registered_verifier,
)

pytestmark = pytest.mark.django_db
NAME, NUMBER = factories.AGENT_ANSWERS["name"], factories.AGENT_ANSWERS["id_number"]
Reason = RealNameCheck.Reason


@pytest.fixture
def script():
    with listening() as told, override_settings(IDENTITY_URL=told.url):
        yield told


@pytest.fixture
def verifier(script):
    return active_verifier()


def handed_in(person, *, agreed=True, role=Role.AGENT):
    """An application handed in by somebody who agreed, or did not, to have the verifier asked."""
    application = factories.filled_in_without_id_photos(person, role)
    if agreed:
        factories.give_consent(person, CODE)
    return factories.hand_in(application)


def run_due(**later):
    now = timezone.now() + timedelta(**later)
    for check_id in real_names.due(now):
        real_names.run(check_id=check_id, now=now)


def only():
    return RealNameCheck.objects.get()


# The door


@pytest.mark.clause("B10", "C20")
def test_with_consent_the_body_is_asked_and_its_answer_kept_as_a_code(merchant, verifier, script):
    handed_in(merchant)

    run_due()

    ((_path, _headers, body),) = script.asked
    assert json.loads(body) == {"Name": NAME, "IdCard": NUMBER}
    assert (only().state, only().verdict) == (RealNameState.DONE, "match")


@pytest.mark.clause("B10")
def test_of_a_firm_its_legal_representative_is_asked_about(merchant, verifier, script):
    handed_in(merchant, role=Role.FOUR_S)

    run_due()

    answers = factories.STORE_ANSWERS
    asked = json.loads(script.asked[0][2])
    assert asked == {"Name": answers["legal_representative"], "IdCard": answers["legal_id_number"]}


@pytest.mark.clause("B10")
def test_every_asking_is_a_line_of_the_sharing_ledger_before_it_leaves(merchant, verifier, script):
    handed_in(merchant)
    run_due()

    row = Disclosure.objects.get()
    assert (row.partner, row.basis, row.scale) == (verifier, "consent", 2)
    assert json.loads(row.categories) == {"identity": ["id_number", "real_name"]}
    assert row.purpose == verifier.purpose
    assert only().disclosure == row
    assert not hasattr(row, "content")
    assert not hasattr(row, "delivery")


def silent(script):
    return script.asked == [] and not Disclosure.objects.exists()


@pytest.mark.clause("B10", "B11")
def test_without_consent_nothing_leaves_and_the_review_goes_on(
    merchant, reviewer, verifier, script
):
    application = handed_in(merchant, agreed=False)

    run_due()
    review.approve(application=application, seen_round=1, saw_originals=True, by=reviewer)

    assert silent(script)
    assert not RealNameCheck.objects.exists()
    assert Application.objects.get().state == ApplicationState.APPROVED


@pytest.mark.clause("B11")
def test_a_refusal_is_no_reason_to_wait_longer(merchant, stranger, verifier, script):
    first = factories.filled_in_without_id_photos(merchant, Role.AGENT)
    factories.refuse_consent(merchant, CODE)
    second = factories.filled_in_without_id_photos(stranger, Role.AGENT)
    factories.give_consent(stranger, CODE)
    factories.hand_in(first)
    factories.hand_in(second)

    queue = Application.objects.queue(ApplicationState.SUBMITTED)

    assert list(queue) == [first, second]


def test_no_law_lets_a_verifier_be_asked_without_consent(merchant, verifier):
    by_law = sharing.ByLaw(Basis.LEGAL_DUTY, "反电信网络诈骗法第21条")
    content = {"identity": {"real_name": NAME, "id_number": NUMBER}}

    with pytest.raises(sharing.NoGround):
        sharing.share(
            person_id=merchant.pk,
            partner=verifier,
            purpose=verifier.purpose,
            content=content,
            by=merchant,
            by_law=by_law,
        )
    with pytest.raises(sharing.NoConsent):
        sharing.consult(person_id=merchant.pk, partner=verifier, content=content)

    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("lacking", ["nobody", "draft", "off", "another class", "contract"])
def test_without_a_recipient_that_may_receive_nothing_leaves(merchant, officer, script, lacking):
    if lacking == "draft":
        registered_verifier()
    elif lacking != "nobody":
        verifier = active_verifier()
        application = factories.filled_in_without_id_photos(merchant, Role.AGENT)
        factories.give_consent(merchant, CODE)
        if lacking == "off":
            partners.switch_off(partner=verifier, by=officer)
        elif lacking == "contract":
            yesterday = timezone.localdate() - timedelta(days=1)
            Partner.objects.update(contract_until=yesterday)
        else:
            Partner.objects.update(purpose_class="customer_service")
        factories.hand_in(application)
    else:
        handed_in(merchant, agreed=False)

    run_due()

    assert silent(script)


def test_a_consent_taken_back_before_the_asking_stops_it(merchant, verifier, script):
    handed_in(merchant)

    consents.withdraw(person=merchant, code=CODE)
    run_due()

    assert silent(script)
    assert not RealNameCheck.objects.exists()


def test_a_partner_switched_off_before_the_asking_stops_it(merchant, officer, verifier, script):
    handed_in(merchant)

    partners.switch_off(partner=verifier, by=officer)
    run_due()

    assert silent(script)
    assert only().reason == Reason.NOT_PERMITTED


def test_another_recipient_than_the_one_agreed_to_is_never_asked(merchant, verifier, script):
    handed_in(merchant)

    with override_settings(IDENTITY_URL=script.url.replace("/verifier", "/other")):
        run_due()

    assert silent(script)
    assert only().reason == Reason.NOT_PERMITTED


def test_after_a_withdrawal_answers_go_and_the_verifier_must_delete(merchant, verifier, script):
    handed_in(merchant)
    run_due()

    consents.withdraw(person=merchant, code=CODE)

    duty = Obligation.objects.get()
    assert not RealNameCheck.objects.exists()
    assert (duty.partner, duty.kind) == (verifier, Obligation.Kind.WITHDRAWAL)
    assert str(duty.identity) == REFERENCE


def test_a_deactivation_erases_the_answer_and_obliges_the_verifier(merchant, verifier, script):
    handed_in(merchant)
    run_due()
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))

    erasure.run(erasure_id=asked.pk)

    assert not RealNameCheck.objects.exists()
    assert Obligation.objects.get().partner == verifier


# Once, and durably


def test_the_same_name_and_number_are_not_asked_about_again(merchant, reviewer, verifier, script):
    application = handed_in(merchant)
    run_due()
    sent_back(application, reviewer)

    factories.hand_in(Application.objects.get())
    run_due()

    assert len(script.asked) == 1
    assert Application.objects.get().round == 2


def test_another_name_is_asked_about_in_the_next_round(merchant, reviewer, verifier, script):
    application = handed_in(merchant)
    run_due()
    sent_back(application, reviewer, name="司马秀云")

    factories.hand_in(Application.objects.get())
    script.says("-1")
    run_due()

    rows = RealNameCheck.objects.order_by("round").values_list("round", "verdict")
    assert list(rows) == [(1, "match"), (2, "mismatch")]


def sent_back(application, reviewer, **changed):
    """Sent back for the name, which the merchant then types again."""
    review.send_back(
        application=application,
        seen_round=application.round,
        remarks={"name": (Remark.Reason.MISMATCH, "")},
        by=reviewer,
    )
    fresh = Application.objects.get(pk=application.pk)
    values = factories.answers(fresh.role) | changed
    for code, typed in (
        ("subject", values),
        ("contact", values),
        ("bank", values | {"bank_account_name": values["name"]}),
    ):
        step = steps.named(fresh.role, code)
        applications.save_step(
            application=fresh,
            step=step,
            values=typed,
            by=fresh.person,
            told=factories.told(step.code),
        )


def test_what_was_sent_back_before_it_was_asked_about_is_not_asked(
    merchant, reviewer, verifier, script
):
    application = handed_in(merchant)
    sent_back(application, reviewer)

    run_due()

    assert silent(script)
    assert only().reason == Reason.OVERTAKEN


@pytest.mark.parametrize(
    ("fault", "reason"), [("-4", Reason.UNAVAILABLE), ("-7", Reason.OVER_QUOTA)]
)
def test_no_answer_is_tried_again_later_and_given_up_in_the_end(
    merchant, verifier, script, fault, reason
):
    script.says(fault)
    handed_in(merchant)

    run_due()
    first = only()
    for days in range(1, 10):
        run_due(days=days)

    assert (first.state, first.attempts) == (RealNameState.PLANNED, 1)
    assert first.next_at > timezone.now() + timedelta(seconds=20)
    assert (only().state, only().reason) == (RealNameState.UNAVAILABLE, reason)
    assert len(script.asked) == len(real_names.WAITS) + 1
    assert Disclosure.objects.count() == 1


def test_an_answer_after_all_counts(merchant, verifier, script):
    script.status = 503
    handed_in(merchant)
    run_due()
    script.says("-5")

    run_due(hours=1)

    assert (only().verdict, only().attempts) == ("not_found", 2)


def test_what_the_verifier_refuses_is_not_tried_again(merchant, verifier, script):
    script.fails("AuthFailure.SecretIdNotFound")
    handed_in(merchant)

    run_due()
    run_due(days=1)

    assert only().reason == Reason.REFUSED
    assert len(script.asked) == 1


def test_a_row_somebody_holds_is_not_taken_until_the_lease_is_over(
    merchant, verifier, script, monkeypatch
):
    handed_in(merchant)
    check = only()
    monkeypatch.setattr(identity.Tencent, "ask", die)
    with pytest.raises(KeyboardInterrupt):
        real_names.run(check_id=check.pk)
    monkeypatch.undo()

    run_due()
    held = only()
    run_due(minutes=2)

    assert held.state == RealNameState.RUNNING
    assert (only().verdict, only().attempts) == ("match", 2)
    assert len(script.asked) == 1


def die(*_args):
    raise KeyboardInterrupt


def test_a_late_writer_is_fenced_off_by_its_token(merchant, verifier, script, monkeypatch):
    handed_in(merchant)
    check, ask = only(), identity.Tencent.ask

    def overtaken(self, subject):
        """While this one waits, its lease runs out and another takes the row."""
        monkeypatch.setattr(identity.Tencent, "ask", ask)
        run_due(minutes=2)
        script.says("-1")
        return ask(self, subject)

    monkeypatch.setattr(identity.Tencent, "ask", overtaken)
    real_names.run(check_id=check.pk)

    assert only().verdict == "match"
    assert len(script.asked) == 2


def test_a_number_the_verifier_gives_twice_stands_for_nobody_else(
    merchant, stranger, verifier, script
):
    handed_in(merchant)
    handed_in(stranger)

    run_due()

    known = PartnerIdentity.objects.values_list("identity", flat=True)
    assert sorted(RealNameCheck.objects.values_list("verdict", flat=True)) == ["match", "match"]
    assert [str(identity) for identity in known].count(REFERENCE) == 1


def test_the_sweep_finds_what_the_message_missed(merchant, verifier, script):
    handed_in(merchant)

    tasks.sweep_real_names()
    tasks.check_real_name(check_id=str(only().pk))

    assert only().state == RealNameState.DONE


@pytest.mark.clause("B10")
@pytest.mark.parametrize("code", ["-1", "-5", "-4"])
def test_whatever_the_answer_a_person_decides(merchant, reviewer, verifier, script, code):
    script.says(code)
    application = handed_in(merchant)
    run_due()

    waiting = Application.objects.get().state
    review.approve(application=application, seen_round=1, saw_originals=True, by=reviewer)

    assert waiting == ApplicationState.SUBMITTED
    assert Application.objects.get().state == ApplicationState.APPROVED


def test_ledger_and_rows_say_codes_and_nothing_of_the_person(merchant, verifier, script):
    handed_in(merchant)
    run_due()

    said = " ".join(LedgerEntry.objects.values_list("body", flat=True))
    row = " ".join(str(value) for value in RealNameCheck.objects.values_list()[0])
    assert NAME not in said + row
    assert NUMBER not in said + row
    assert '"note":"match"' in said
    assert only().fingerprint not in said
    assert str(PartnerIdentity.objects.get().identity) == REFERENCE


@pytest.mark.parametrize("fault", ["", "AuthFailure.SecretIdNotFound", "gone"])
def test_no_log_line_and_no_argument_says_who_was_asked_about(
    merchant, verifier, script, caplog, fault
):
    caplog.set_level(logging.DEBUG)
    if fault:
        script.fails(fault)
    script.status = 503 if fault == "gone" else 200
    handed_in(merchant)

    tasks.sweep_real_names()
    tasks.check_real_name(check_id=str(only().pk))

    assert script.asked
    said = caplog.text + " ".join(str(record.args) for record in caplog.records)
    assert [value for value in (NAME, NUMBER, "s3cr3t") if value in said] == []


def test_a_withdrawn_application_leaves_no_answer(merchant, verifier, script):
    application = handed_in(merchant)
    run_due()

    applications.withdraw(application=application, by=merchant)

    assert not RealNameCheck.objects.exists()
