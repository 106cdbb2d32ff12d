"""认定方法 第一条：未公开收集使用规则. 1.4 is about what is seen: tests/journeys."""

import pytest
from django.urls import reverse

from accounts.models import Challenge, Person, Session
from consent import lint
from tests.consent.policy_kit import in_force
from tests.regulator.reading import clicks, words

pytestmark = pytest.mark.django_db

PRIVACY = reverse("consent:policy", args=["privacy"])


def test_1_1_the_rules_of_collection_can_be_read_by_anybody(visitor):
    page = visitor.get(PRIVACY)

    text = words(page.content.decode())
    assert page.status_code == 200
    assert lint.problems(in_force().body) == []
    assert all(said in text for said in ("大盛融资租赁有限公司", "身份证", "银行账户", "注销"))


@pytest.mark.parametrize("path", ["/", "/sign-in/"])
def test_1_2_a_first_visit_is_told_before_anything_is_collected(visitor, settings, path):
    page = visitor.get(path)

    dialog = page.content.decode().partition("<dialog")[2].partition("</dialog>")[0]
    assert "继续浏览" in dialog
    assert f'href="{PRIVACY}"' in dialog
    assert set(page.cookies) <= {settings.CSRF_COOKIE_NAME}


@pytest.mark.parametrize(
    ("path", "sent"),
    [("/sign-in/", {"phone": "13700137000"}), ("/apply/role/", {"role": "four_s"})],
)
def test_1_2_before_a_choice_every_place_that_collects_is_shut(visitor, path, sent):
    answer = visitor.post(path, sent)

    assert answer.status_code in (302, 400)
    assert not Person.objects.exists()
    assert not Challenge.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("start", ["/", "/sign-in/", "/complaints/"])
def test_1_3_the_policy_is_at_most_two_clicks_from_the_main_pages(visitor, start):
    assert clicks(visitor, start, PRIVACY) <= 2


@pytest.mark.parametrize("start", ["/me/", "/me/settings/", "/apply/role/"])
def test_1_3_nor_from_a_merchants_own_pages(browser, start):
    assert clicks(browser, start, PRIVACY) <= 2


def test_1_4_the_rules_are_in_simplified_chinese(visitor):
    page = visitor.get(PRIVACY).content.decode()

    assert '<html lang="zh-CN"' in page
    assert in_force().language == "zh-Hans"
