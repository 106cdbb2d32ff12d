"""The rules themselves: pure, public, and never a score."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from onboarding import risk
from onboarding.models import Role
from onboarding.risk import Facts, Weight

TODAY = date(2026, 11, 23)
QUIET = Facts(role=Role.FOUR_S, today=TODAY)


def codes(**facts):
    return [signal.code for signal in risk.look(replace(QUIET, **facts))]


def test_of_a_quiet_application_nothing_is_said():
    assert risk.look(QUIET) == []


@pytest.mark.clause("C82", "A50")
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"same_credit_code": True}, "same_credit_code"),
        ({"role": Role.AGENT, "same_id_number": True}, "same_id_number"),
        ({"same_legal_id_number": True}, "same_legal_id_number"),
        ({"founded": TODAY - timedelta(days=89)}, "young_firm"),
        ({"same_contact_phone": True}, "same_contact_phone"),
        ({"contact_is_another_account": True}, "contact_is_another_account"),
        ({"role": Role.AGENT, "contact_is_own": False}, "contact_is_not_own"),
        ({"segments": frozenset({"170", "138"})}, "virtual_number"),
        ({"neighbours": risk.NEIGHBOURS}, "busy_network"),
        ({"wrong_codes": risk.WRONG_CODES}, "wrong_codes"),
        ({"took": timedelta(seconds=119)}, "quick"),
    ],
)
def test_each_rule_speaks_for_itself(facts, code):
    assert codes(**facts) == [code]


@pytest.mark.parametrize(
    "facts",
    [
        {"founded": TODAY - timedelta(days=90)},
        {"founded": None},
        {"contact_is_own": False},
        {"role": Role.AGENT, "founded": TODAY},
        {"segments": frozenset({"138", "199"})},
        {"neighbours": risk.NEIGHBOURS - 1},
        {"wrong_codes": risk.WRONG_CODES - 1},
        {"took": timedelta(minutes=2)},
    ],
)
def test_just_below_its_threshold_a_rule_is_silent(facts):
    assert codes(**facts) == []


def test_only_who_may_be_somebody_else_must_be_checked():
    assert {signal.code for signal in risk.RULES if signal.weight == Weight.CHECK} == {
        "same_credit_code",
        "same_id_number",
    }


def test_every_rule_has_its_words_and_nothing_is_told_that_concerns_others():
    for signal in risk.RULES:
        assert signal.looks_at
        assert signal.rule
        assert signal.for_reviewer
        assert bool(signal.for_merchant) == (not signal.concerns_others)


def test_no_rule_looks_at_what_was_given_for_another_purpose():
    looked_at = "".join(word for signal in risk.RULES for word in signal.looks_at)

    assert [word for word in ("账号", "照片", "位置", "浏览") if word in looked_at] == []


def test_what_is_sealed_is_never_empty_and_reads_back():
    spoken = risk.look(Facts(role=Role.FOUR_S, today=TODAY, same_credit_code=True, neighbours=9))

    assert risk.read(risk.written(spoken)) == spoken
    assert risk.written([]) == f"{risk.RULESET}:"
    assert risk.read(risk.written([])) == []
    assert risk.read("0:a_rule_of_long_ago") == []


def test_changed_rules_are_a_new_version():
    # Whoever changes a rule or its words raises RULESET and has it assessed again, then this line.
    assert (risk.RULESET, risk.fingerprint()[:16]) == ("1", "c194b14db708c811")
