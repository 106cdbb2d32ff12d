"""Nobody under eighteen applies, nothing of them is kept, and their guardians have a way to us."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from onboarding.models import Application, Role
from tests import factories
from tests.onboarding.test_numbers import with_id_check

pytestmark = pytest.mark.django_db


def id_of_somebody_aged(years):
    """A right number of somebody who had that birthday yesterday at the latest."""
    today = timezone.localdate()
    born = date(today.year - years, 1, 1)
    return with_id_check(f"330702{born:%Y%m%d}122")


@pytest.mark.clause("A83", "B96")
@pytest.mark.parametrize("years", [3, 13, 16])
def test_the_number_of_a_child_is_refused_and_not_kept(merchant, years):
    browser = factories.signed_in(merchant)
    browser.post("/apply/role/", {"role": Role.AGENT})
    number = id_of_somebody_aged(years)

    answer = browser.post("/apply/subject/", factories.answers(Role.AGENT) | {"id_number": number})

    assert answer.status_code == 422
    assert "须年满18周岁才能办理" in answer.content.decode()
    assert Application.objects.get(person=merchant).id_number is None


@pytest.mark.clause("A83", "B96")
def test_a_shop_cannot_be_represented_by_a_child(merchant):
    browser = factories.signed_in(merchant)
    browser.post("/apply/role/", {"role": Role.FOUR_S})
    number = id_of_somebody_aged(13)
    for path in ("/apply/subject/", "/apply/legal/"):
        browser.post(path, factories.typed("legal") | {"legal_id_number": number})

    assert Application.objects.get(person=merchant).legal_id_number is None


@pytest.mark.clause("A83", "B97")
def test_guardians_are_told_how_to_reach_us_without_an_account():
    factories.publish_policies()

    complaints = Client().get("/complaints/").content.decode()
    policy = Client().get("/policies/privacy/").content.decode()

    assert "我是监护人" in complaints
    assert 'href="tel:4001665151"' in complaints
    assert "监护人发现这种情况，请拨打 400-166-5151" in policy
