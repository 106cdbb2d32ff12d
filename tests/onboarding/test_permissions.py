"""Who may do what, and that check_can_x and can_x never disagree."""

from uuid import uuid4

import pytest

from onboarding import permissions
from onboarding.models import Application, Role
from onboarding.permissions import NotAllowed
from onboarding.states import ApplicationState

pytestmark = pytest.mark.django_db

PAIRS = [
    (permissions.check_can_edit, permissions.can_edit),
    (permissions.check_can_withdraw, permissions.can_withdraw),
    (permissions.check_can_look_into, permissions.can_look_into),
    (permissions.check_can_share, permissions.can_share),
]


def application_of(person, state):
    return Application(id=uuid4(), person=person, role=Role.FOUR_S, state=state)


@pytest.mark.parametrize(("check", "can"), PAIRS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("state", ApplicationState.values)
@pytest.mark.parametrize("who", ["merchant", "stranger", "reviewer", "officer"])
def test_a_pair_of_check_and_can_never_disagrees(check, can, state, who, merchant, request):
    person, application = request.getfixturevalue(who), application_of(merchant, state)

    try:
        check(person, application)
        is_allowed = True
    except NotAllowed:
        is_allowed = False

    assert can(person, application) == is_allowed


@pytest.mark.parametrize(
    ("state", "who"), [("draft", ["merchant"]), ("sent_back", ["merchant"]), ("submitted", [])]
)
def test_only_its_merchant_edits_an_application_and_only_in_turn(
    state, who, merchant, stranger, reviewer
):
    cast = {"merchant": merchant, "stranger": stranger, "reviewer": reviewer}
    application = application_of(merchant, state)

    editors = [name for name, person in cast.items() if permissions.can_edit(person, application)]

    assert editors == who


def test_reviewers_look_into_an_application_only_while_it_is_in_review(merchant, reviewer):
    states = [
        state
        for state in ApplicationState.values
        if permissions.can_look_into(reviewer, application_of(merchant, state))
    ]

    assert states == ["submitted"]


def test_papers_open_for_their_owner_and_reviewers_alone(
    merchant, stranger, reviewer, officer, ops
):
    application = application_of(merchant, ApplicationState.SUBMITTED)
    permissions.check_can_open_paper(merchant, application)
    permissions.check_can_open_paper(reviewer, application)

    for person in (stranger, officer, ops):
        with pytest.raises(NotAllowed):
            permissions.check_can_open_paper(person, application)


def test_staff_cannot_apply(reviewer):
    with pytest.raises(NotAllowed, match="只有商家账号可以申请合作"):
        permissions.check_can_apply(reviewer)


def test_contact_data_are_shared_only_after_approval(merchant, stranger):
    permissions.check_can_share(merchant, application_of(merchant, ApplicationState.APPROVED))

    for person, state in ((merchant, "submitted"), (stranger, "approved")):
        with pytest.raises(NotAllowed, match="审核通过后"):
            permissions.check_can_share(person, application_of(merchant, state))
