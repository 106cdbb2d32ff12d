"""Looking at an application: assessed first, once a round, sealed, deciding nothing."""

import importlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.actions import codes, last_day
from accounts.models import Challenge, LedgerEntry, Person
from accounts.personal import holders, keys
from onboarding import states, tasks
from onboarding.actions import application as applications
from onboarding.actions import review, risk
from onboarding.models import Application, Remark, RiskLook, Role
from onboarding.permissions import NotAllowed
from onboarding.risk_holder import RiskHolder
from tests import factories
from tests.accounts.inbox import last_code
from tests.onboarding.risk_kit import codes as found_in
from tests.onboarding.risk_kit import double, looked_at

pytestmark = pytest.mark.django_db
MUST = {"same_credit_code", "same_id_number"}
HOW = "核对了执照原件和授权书，两份申请是同一家企业的两位经办人。"


@pytest.mark.clause("C82")
def test_the_same_firm_in_another_application_is_pointed_out(merchant, stranger):
    _application, look = double(merchant, stranger)

    assert {"same_credit_code", "same_legal_id_number", "same_contact_phone"} <= {*found_in(look)}


def test_the_same_id_number_of_an_agent_is_pointed_out(merchant, stranger):
    factories.submitted(merchant, Role.AGENT)

    look = looked_at(factories.submitted(stranger, Role.AGENT))

    assert "same_id_number" in found_in(look)


@pytest.mark.parametrize("reached", ["filled_in", "withdrawn"])
def test_a_draft_or_what_was_taken_back_says_nothing_of_anybody(merchant, stranger, reached):
    theirs = factories.filled_in(merchant)
    if reached == "withdrawn":
        applications.withdraw(application=theirs, by=merchant)

    look = looked_at(factories.submitted(stranger))

    assert set(found_in(look)) & {"same_credit_code", "same_contact_phone"} == set()


def test_a_contact_who_has_an_account_of_their_own_is_pointed_out(merchant):
    Person.objects.create(kind="merchant", phone=factories.STORE_ANSWERS["contact_phone"])

    look = looked_at(factories.submitted(merchant))

    assert "contact_is_another_account" in found_in(look)


def test_an_agent_reached_on_another_number_than_the_account_is_pointed_out(merchant):
    assert "contact_is_not_own" in found_in(looked_at(factories.submitted(merchant, Role.AGENT)))


def test_an_application_filled_in_within_two_minutes_is_pointed_out_once(merchant, reviewer):
    first = looked_at(factories.submitted(merchant))
    application = Application.objects.get()
    review.send_back(
        application=application, seen_round=1, remarks={"name": ("mismatch", "")}, by=reviewer
    )
    Remark.objects.update(answered_at=timezone.now())

    second = looked_at(factories.hand_in(application))

    assert ("quick" in found_in(first), "quick" in found_in(second)) == (True, False)
    assert RiskLook.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("A46", "C85")
def test_what_sign_in_counts_for_a_day_is_put_beside_what_was_filled_in(merchant):
    number = "13800138000"
    now = timezone.now()
    for minute in range(2):
        sent = send(number, now - timedelta(minutes=5 - minute * 2))
        for _ in range(3):
            with pytest.raises(codes.CodeRefused):
                codes.check(challenge_id=sent.pk, code="x", purpose="sign_in", bound_to="b")
    enter(number)
    for last in range(5):
        enter(f"1390000000{last}")

    day = last_day.of_number(number, timezone.now())
    look = looked_at(factories.submitted(merchant))

    assert (day.wrong, day.neighbours) == (6, 5)
    assert {"wrong_codes", "busy_network"} <= set(found_in(look))


def test_what_is_older_than_a_day_is_not_looked_at(merchant):
    Challenge.objects.create(
        purpose="sign_in",
        number_hash=codes.number_hash("13800138000"),
        attempts=9,
        created_at=timezone.now() - timedelta(hours=25),
        expires_at=timezone.now(),
    )

    assert last_day.of_number("13800138000", timezone.now()) == last_day.LastDay()


def send(number, now=None):
    return codes.send(purpose="sign_in", phone=number, bound_to="b", address="203.0.113.9", now=now)


def enter(number):
    """Somebody signs in from the network of the others."""
    sent = send(number)
    codes.check(challenge_id=sent.pk, code=last_code(), purpose="sign_in", bound_to="b")


# Assessed first


def test_once_the_assessment_ran_out_nothing_is_looked_at(merchant):
    look = RiskLook.objects.of_round(factories.submitted(merchant))
    after = timezone.now() + timedelta(days=400)

    risk.look(look_id=look.pk, now=after)

    assert risk.waiting(after) == []
    assert RiskLook.objects.get().looked_at is None
    assert not LedgerEntry.objects.filter(verb="risk_looked").exists()


def test_once_assessed_the_sweep_finds_what_still_waits_for_a_judgement(
    merchant, stranger, reviewer
):
    waiting = factories.submitted(merchant)
    factories.approved(stranger, reviewer)

    assert risk.waiting() == [RiskLook.objects.of_round(waiting).pk]


def test_the_sweep_hands_out_rows_and_the_task_looks(merchant, monkeypatch):
    look = RiskLook.objects.of_round(factories.submitted(merchant))
    handed_out = []
    monkeypatch.setattr(
        tasks.look_for_risk, "apply_async", lambda kwargs, **_: handed_out.append(kwargs)
    )

    tasks.sweep_risk()
    tasks.look_for_risk(**handed_out[0])

    assert handed_out == [{"look_id": str(look.pk)}]
    assert RiskLook.objects.get().looked_at is not None
    assert risk.waiting() == []


def test_an_account_that_is_leaving_is_not_looked_at(merchant):
    factories.submitted(merchant)
    look = RiskLook.objects.get()
    keys.destroy(merchant.pk)

    risk.look(look_id=look.pk)

    assert RiskLook.objects.get().looked_at is None


# Once, sealed, ledgered without content


def test_a_second_look_at_the_same_round_changes_nothing(merchant):
    first = looked_at(factories.submitted(merchant))

    risk.look(look_id=first.pk)

    assert RiskLook.objects.get().looked_at == first.looked_at
    assert LedgerEntry.objects.filter(verb="risk_looked").count() == 1


def test_what_was_pointed_out_is_sealed_and_the_ledger_only_counts(merchant, stranger):
    _application, look = double(merchant, stranger)

    with connection.cursor() as cursor:
        cursor.execute("SELECT signals FROM onboarding_risklook WHERE signals IS NOT NULL")
        raw = b"".join(bytes(row[0]) for row in cursor.fetchall())
    body = json.loads(LedgerEntry.objects.get(verb="risk_looked").body)
    assert b"same_credit_code" not in raw
    assert body == {
        "id": str(look.application_id),
        "round": 1,
        "ruleset": "1",
        "rules_sha256": body["rules_sha256"],
        "signals": len(look.found()),
    }


def test_an_application_taken_back_takes_its_look_along(merchant):
    application = factories.submitted(merchant)
    looked_at(application)

    applications.withdraw(application=application, by=merchant)

    assert not RiskLook.objects.exists()


def test_handing_in_only_writes_the_row_to_be_worked_off(merchant):
    assert factories.submitted(merchant).state == "submitted"
    assert RiskLook.objects.get().looked_at is None


# Informing, never deciding


@pytest.mark.clause("C38", "C82")
def test_what_must_be_checked_is_approved_only_by_who_says_how(merchant, stranger, reviewer):
    application, look = double(merchant, stranger)

    with pytest.raises(risk.NotChecked):
        review.approve(application=application, seen_round=1, by=reviewer, how_checked="  ")
    state_before = Application.objects.get(pk=application.pk).state
    review.approve(application=application, seen_round=1, by=reviewer, how_checked=HOW)

    look.refresh_from_db()
    assert state_before == "submitted"
    assert Application.objects.get(pk=application.pk).state == "approved"
    assert (look.how_checked.clear, look.checked_by) == (HOW, reviewer)
    assert LedgerEntry.objects.filter(verb="risk_checked", actor=reviewer.pk).count() == 1
    assert not LedgerEntry.objects.filter(body__contains="执照").exists()


def test_what_is_only_to_be_noted_asks_nothing_of_the_reviewer(merchant, reviewer):
    application = factories.submitted(merchant)
    look = looked_at(application)

    review.approve(application=application, seen_round=1, by=reviewer)

    assert "quick" in found_in(look)
    assert set(found_in(look)) & MUST == set()
    assert Application.objects.get().state == "approved"


def test_an_approval_does_not_wait_for_the_look(merchant, reviewer):
    application = factories.submitted(merchant)

    review.approve(application=application, seen_round=1, by=reviewer)
    risk.look(look_id=RiskLook.objects.get().pk)

    assert RiskLook.objects.get().looked_at is None


@pytest.mark.clause("C82")
def test_signals_change_neither_the_order_nor_the_state(merchant, stranger, db):
    first, look = double(merchant, stranger)
    last = factories.submitted(Person.objects.create(kind="merchant", phone="13700137007"))

    order = [row.pk for row in Application.objects.queue("submitted")]

    assert look.found()
    assert order.index(first.pk) < order.index(last.pk)
    assert {row.state for row in Application.objects.all()} == {"submitted"}


@pytest.mark.clause("C38")
@pytest.mark.parametrize("state", ["approved", "sent_back"])
def test_the_database_knows_no_judgement_without_a_person(merchant, state):
    application = factories.submitted(merchant)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state=state)


def test_only_people_judge(merchant):
    reached = states.APPLICATION_MOVES[states.ApplicationState.SUBMITTED]

    assert reached == {"approved", "sent_back", "withdrawn"}
    with pytest.raises(NotAllowed):
        review.approve(application=factories.submitted(merchant), seen_round=1, by=merchant)


# Listed, exported, erased


def test_that_something_is_held_says_nothing_of_what(merchant, stranger):
    quiet = looked_at(factories.submitted(merchant))
    flagged = looked_at(factories.submitted(stranger))

    assert (set(found_in(quiet)) & MUST, set(found_in(flagged)) & MUST) == (
        set(),
        {"same_credit_code"},
    )
    assert [line.label for line in RiskHolder().inventory(stranger.pk)] == ["业务风险提示"]
    assert [line.label for line in RiskHolder().inventory(merchant.pk)] == ["业务风险提示"]


@pytest.mark.clause("C153")
def test_the_export_explains_every_rule_and_tells_nothing_of_others(merchant, stranger):
    double(merchant, stranger)

    exported: Any = RiskHolder().export(stranger.pk)

    (told,) = exported["risk"]
    outcomes = told["每条规则的结果"]
    assert len(outcomes) == 9
    assert outcomes["从注册到提交是不是不到两分钟"].startswith("有提示：")
    assert outcomes["企业成立是不是不到 90 天"] == "没有提示"
    hidden = {v for k, v in outcomes.items() if k.startswith("别的账号")}
    assert len(hidden) == 1
    assert hidden.pop().startswith("不显示：")


def test_the_holder_erases_every_look(merchant, stranger, reviewer):
    double(merchant, stranger)

    outcome = RiskHolder().erase(stranger.pk, merchant.pk)

    assert (outcome.fate, outcome.count) == ("erased", 1)
    assert not RiskLook.objects.filter(person=stranger).exists()
    assert RiskLook.objects.filter(person=merchant).exists()
    assert RiskHolder().erase(stranger.pk, merchant.pk).fate == "nothing"
    assert "risk" in {holder.name for holder in holders.upward()}


# Numbers stored before their indexes were

NODE = ("onboarding", "0009_index_known_numbers")
NUMBERS = ("id_number_index", "legal_id_number_index", "contact_phone_index")


def test_numbers_stored_before_are_compared_after_the_migration(merchant, stranger):
    factories.submitted(merchant, Role.AGENT)
    factories.submitted(stranger)
    before = list(Application.objects.order_by("pk").values(*NUMBERS))
    Application.objects.update(**dict.fromkeys(NUMBERS))

    migration = importlib.import_module(".migrations.".join(NODE))
    migration.index_known(MigrationExecutor(connection).loader.project_state(NODE).apps, None)

    assert list(Application.objects.order_by("pk").values(*NUMBERS)) == before
    assert {name for row in before for name, value in row.items() if value} == set(NUMBERS)
