"""The screens and what each role must supply, as data."""

import pytest

from onboarding import roles, steps
from onboarding.forms import STEP_FORMS
from onboarding.models import Application
from onboarding.roles import REQUIREMENTS, Role

INDIVIDUAL = "92330702MA28TYWA4X"
ENTERPRISE = "91330702MA28TYWA41"


@pytest.mark.clause("C16", "C17", "C18")
def test_every_role_has_its_requirements():
    assert set(REQUIREMENTS) == set(Role.values)


@pytest.mark.parametrize("role", Role.values)
def test_every_required_thing_is_asked_on_exactly_one_screen(role):
    needs = REQUIREMENTS[role]

    asked = [item for step in steps.of_role(role) for item in step.asks(role)]

    assert sorted(asked) == sorted([*needs.fields, *needs.papers])


@pytest.mark.clause("C22", "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30")
def test_a_store_is_asked_what_the_policy_names_and_an_agent_only_what_a_person_has():
    store, agent = REQUIREMENTS[Role.FOUR_S], REQUIREMENTS[Role.AGENT]

    assert store.fields == {
        "name",
        "credit_code",
        "registered_date",
        "address",
        "legal_representative",
        "legal_id_number",
        "contact_name",
        "contact_phone",
        "bank_name",
        "bank_account_name",
        "bank_account",
    }
    assert agent.fields == {
        "name",
        "id_number",
        "address",
        "contact_name",
        "contact_phone",
        "bank_name",
        "bank_account_name",
        "bank_account",
    }
    assert store.papers == {"licence", "id_front", "id_back"}
    assert agent.papers == {"id_front", "id_back"}


def test_every_required_field_is_declared_personal():
    declared = {field.name for field in Application.personal_fields()}

    assert set().union(*(needs.fields for needs in REQUIREMENTS.values())) == declared


def test_every_screen_without_a_paper_has_a_form_with_its_fields():
    asking = {step.code: step.fields for step in steps.STEPS if not step.paper}

    assert {code: tuple(form.base_fields) for code, form in STEP_FORMS.items()} == asking


def test_every_field_that_needs_a_consent_stands_on_a_screen_that_asks_for_it():
    consents = {field.name: field.consent for field in Application.personal_fields()}

    for step in steps.STEPS:
        needed = {consents[name] for name in step.fields} - {""}
        assert needed <= {step.consent}


def test_the_screens_follow_one_another_to_the_end():
    first = steps.of_role(Role.AGENT)[0].code

    walked = [first]
    while follows := steps.after(Role.AGENT, walked[-1]):
        walked.append(follows.code)

    assert walked == ["subject", "contact", "bank", "id-front", "id-back"]


def test_a_screen_of_another_role_does_not_exist():
    assert steps.named(Role.AGENT, "licence") is None


@pytest.mark.parametrize(
    ("role", "licence", "expected"),
    [
        (Role.FOUR_S, ENTERPRISE, ("星辰公司",)),
        (Role.SPECIALITY, INDIVIDUAL, ("星辰公司", "欧阳")),
        (Role.AGENT, "", ("星辰公司",)),
        (Role.SPECIALITY, "nonsense", ("星辰公司",)),
    ],
)
def test_money_goes_to_the_applicant_or_a_sole_traders_owner(role, licence, expected):
    holders = roles.account_holders(
        role, name="星辰公司", licence_number=licence, legal_representative="欧阳"
    )

    assert holders == expected
