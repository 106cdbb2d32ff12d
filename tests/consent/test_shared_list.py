"""我的 - 与第三方共享个人信息清单: who received what and when, from the registry and the ledger."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.transitions import move
from consent.actions import consents, partners, sharing
from consent.models import Delivery, Obligation
from consent.states import DeliveryState, ObligationState
from tests import factories
from tests.consent.policy_kit import publish
from tests.consent.sharing_kit import CONTACT, agree, partner_at, shared

pytestmark = pytest.mark.django_db

PAGE = "/me/shared/"
SUNDAY = datetime(2026, 11, 22, 21, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def partner(db):
    return partner_at("http://127.0.0.1:9")


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


def give(person, partner, at=SUNDAY):
    agree(person, partner)
    return sharing.share(
        person_id=person.pk,
        partner=partner,
        purpose=partner.purpose,
        content=CONTACT,
        by=person,
        now=at,
    )


def deliver(disclosure, at=SUNDAY + timedelta(minutes=1)):
    delivery = Delivery.objects.get(disclosure=disclosure)
    move(delivery, DeliveryState.DELIVERED, by=None, now=at, delivered_at=at)


def facts(recipient):
    return {fact["label"]: fact["value"] for fact in recipient.facts}


def test_it_says_so_when_nothing_was_ever_shared(browser):
    page = browser.get(PAGE)

    assert (page.context["received"], page.context["never"]) == ([], [])
    assert "没有任何一家公司从我们这里收到过您的信息" in page.content.decode()


def test_a_partner_that_received_nothing_is_listed_with_what_it_could_get(browser, partner):
    (one,) = browser.get(PAGE).context["never"]

    assert one.name == "51车俱乐部"
    assert one.tag == "从未提供"
    assert facts(one) == {
        "用来做什么": "介绍购车线索合作",
        "哪几种信息": "联系人姓名、联系人手机号码",
        "怎样提供": "加密接口",
        "联系方式": "400-166-5151",
        "最近一次": "从未提供",
    }


@pytest.mark.clause("C110")
def test_each_disclosure_is_listed_with_its_date_its_kinds_and_where_it_is(
    browser, merchant, partner
):
    give(merchant, partner)
    deliver(give(merchant, partner, SUNDAY + timedelta(days=1)), SUNDAY + timedelta(days=1))

    (one,) = browser.get(PAGE).context["received"]

    assert one.tag == "提供过 2 次"
    assert facts(one)["最近一次"] == "2026年11月23日 21:05"
    assert [(e["title"], e["at"], e["detail"]) for e in one.events] == [
        (
            "提供联系人姓名、联系人手机号码",
            SUNDAY + timedelta(days=1),
            "对方已收到 2026年11月23日 21:05",
        ),
        ("提供联系人姓名、联系人手机号码", SUNDAY, "等待发送"),
    ]


def test_only_kinds_that_were_given_are_named(browser, merchant, partner):
    agree(merchant, partner)
    sharing.share(
        person_id=merchant.pk,
        partner=partner,
        purpose="介绍购车线索合作",
        content={"contact": {"contact_phone": "13812345678"}},
        by=merchant,
    )

    (one,) = browser.get(PAGE).context["received"]

    assert facts(one)["哪几种信息"] == "联系人手机号码"


def test_the_values_themselves_are_not_shown(browser, merchant, partner):
    give(merchant, partner)

    text = browser.get(PAGE).content.decode()

    assert [value for value in CONTACT["contact"].values() if value in text] == []


def test_a_purpose_that_was_another_then_is_told(browser, merchant, partner):
    give(merchant, partner)
    partner.purpose = "另一个目的"
    partner.save(update_fields=["purpose"])

    (one,) = browser.get(PAGE).context["received"]

    assert one.events[0]["detail"] == "等待发送。当时的用途：介绍购车线索合作"


def test_a_live_consent_leads_to_where_it_is_withdrawn(browser, merchant, partner):
    give(merchant, partner)

    page = browser.get(PAGE)

    assert page.context["received"][0].can_withdraw
    assert 'href="/me/consents/">去撤回同意' in page.content.decode()


def test_after_a_withdrawal_the_duty_to_delete_and_its_outcome_are_listed(
    browser, merchant, partner
):
    deliver(give(merchant, partner))
    consents.withdraw(person=merchant, code="share:demo")
    asked = browser.get(PAGE).context["received"][0]

    duty = Obligation.objects.get()
    later = duty.asked_at + timedelta(hours=1)
    move(duty, ObligationState.COMPLETED, by=None, now=later, settled_at=later)
    deleted = browser.get(PAGE).context["received"][0]

    assert (asked.tag, asked.can_withdraw) == ("已撤回", False)
    assert [event["title"] for event in asked.events] == [
        "通知对方删除",
        "提供联系人姓名、联系人手机号码",
    ]
    assert asked.events[0]["detail"] == "等待发送"
    assert deleted.events[0]["detail"].startswith("对方已删除 ")
    assert deleted.events[0]["state"] == "done"


def test_what_was_never_sent_is_said_to_be_cancelled(browser, merchant, partner):
    delivery = Delivery.objects.get(disclosure=give(merchant, partner))
    move(delivery, DeliveryState.CANCELLED, by=None)

    (one,) = browser.get(PAGE).context["received"]

    assert (one.events[0]["state"], one.events[0]["detail"]) == ("stopped", "未发送，已取消")


def test_a_partner_switched_off_stays_listed_for_those_it_got_something_of(
    browser, merchant, stranger, partner
):
    give(merchant, partner)
    partners.switch_off(partner=partner, by=None)

    theirs = factories.signed_in(stranger).get(PAGE).context

    assert [one.name for one in browser.get(PAGE).context["received"]] == ["51车俱乐部"]
    assert (theirs["received"], theirs["never"]) == ([], [])


def test_a_stranger_sees_only_their_own(merchant, stranger, partner):
    give(merchant, partner)

    page = factories.signed_in(stranger).get(PAGE)

    assert page.context["received"] == []


def test_three_partners_take_as_many_queries_as_one(browser, merchant, partner):
    shared(merchant, partner)
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        browser.get(PAGE)
    for slug in ("second", "third"):
        shared(merchant, partner_at("http://127.0.0.1:9", slug=slug))

    with CaptureQueriesContext(connection) as three:
        browser.get(PAGE)

    assert len(three) == len(one)


def test_it_stays_open_to_whoever_has_yet_to_agree_to_the_policy(browser):
    publish("2.0")

    assert browser.get("/me/").templates[0].name == "consent/policy_gate.html"
    assert browser.get(PAGE).templates[0].name == "consent/shared.html"


def test_whoever_is_leaving_still_sees_it(browser, merchant, partner):
    give(merchant, partner)
    move(merchant, "closing", by=merchant)

    assert browser.get(PAGE).status_code == 200


def test_both_lists_are_one_tap_from_my_page_and_from_each_other(browser):
    pages = [browser.get(path).content.decode() for path in ("/me/", "/me/held/", PAGE)]

    assert 'href="/me/held/">已收集个人信息清单' in pages[0]
    assert [f'href="{PAGE}"' in page for page in pages] == [True, True, True]
    assert 'href="/me/held/"' in pages[2]
