"""Without an assessment of this purpose nothing is looked at, and both sides are told in words."""

import pytest

from onboarding.actions import risk
from onboarding.models import RiskLook
from onboarding.views import desk_risk
from onboarding.views import risk as pages
from tests import factories
from tests.consent import assessment_kit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def assessed(db):
    """Every purpose but this one."""
    assessment_kit.in_force(*[code for code in assessment_kit.ASSESSED if code != "risk"])


def test_nothing_is_looked_at_and_both_sides_are_told(merchant, reviewer):
    application = factories.submitted(merchant)

    risk.look(look_id=RiskLook.objects.get().pk)

    assert RiskLook.objects.get().looked_at is None
    at_desk = factories.signed_in(reviewer).get(f"/desk/applications/{application.pk}/")
    assert desk_risk.NOT_ASSESSED in at_desk.content.decode()
    mine = factories.signed_in(merchant).get("/me/risk/")
    assert pages.NOT_ASSESSED in mine.content.decode()


def test_applications_are_judged_all_the_same(merchant, reviewer):
    assert factories.approved(merchant, reviewer).state == "approved"


def test_what_waited_is_looked_at_once_it_is_assessed(merchant):
    factories.submitted(merchant)
    before = risk.waiting()

    assessment_kit.in_force("risk")

    assert (before, len(risk.waiting())) == ([], 1)
