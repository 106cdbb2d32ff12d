"""第三方清单: public, true to the registry, and silent about nobody."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent import sdks
from consent.actions import partners
from consent.models import Partner
from consent.states import PartnerState
from tests import factories
from tests.consent import assessment_kit
from tests.consent.sharing_kit import partner_at, registered

pytestmark = pytest.mark.django_db
PAGE = reverse("consent:recipients")


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture(autouse=True)
def policies(db):
    factories.publish_policies()


@pytest.mark.clause("A3", "A63", "B6", "B56", "C113", "C116", "C118")
def test_a_stranger_reads_who_receives_what_for_what_and_how_to_reach_them(db):
    bank = registered(
        "bank", kind="finance", legal_name="某银行", policy_url="https://bank.example/p"
    )
    assessment_kit.in_force("share:bank")
    partners.activate(partner=bank, by=None)
    registered("supplier", kind="supplier", legal_name="某服务商")

    page = Client().get(PAGE)
    words = text(page)

    in_use, _, rest = words.partition("登记了、没有启用的")
    assert "某银行 类型 合作金融机构 用来做什么 介绍购车线索合作" in in_use
    assert "哪几种信息 联系人姓名、联系人手机号码 怎样提供 加密接口 联系方式 400-166-5151" in in_use
    assert "通讯地址 浙江省金华市婺城区双龙南街801号" in in_use
    assert "（对方的网站，适用对方的政策）" in in_use
    assert "某服务商 类型 供应商与服务商" in rest
    assert "第三方违反它自己的政策，由第三方承担责任" in rest
    assert f'href="{reverse("consent:leave")}?to=' in page.content.decode()
    assert 'href="https://bank.example' not in page.content.decode()


@pytest.mark.clause("B55", "C119")
def test_every_sdk_is_listed_as_not_used_by_the_web_edition(db):
    page = text(Client().get(PAGE))

    assert "下面 31 项" in page
    assert "网页版未使用" in page
    assert [sdk.name for sdk in sdks.shipped() if sdk.name not in page] == []


@pytest.mark.clause("C89")
def test_each_affiliate_the_policy_names_is_a_recipient_of_its_own_and_gets_nothing_yet(db):
    first, second = partners.register_shipped(), partners.register_shipped()

    affiliates = Partner.objects.filter(kind=Partner.Kind.AFFILIATE)
    assert (first, second) == (3, 0)
    assert {partner.legal_name for partner in affiliates} == {"51车俱乐部", "51车驾考"}
    assert set(Partner.objects.values_list("state", flat=True)) == {PartnerState.DRAFT}


def test_the_chat_service_is_a_draft_dealt_with_by_hand_and_says_what_it_lacks(db):
    partners.register_shipped()

    chat = Partner.objects.get(slug="53kf")

    assert (chat.is_manual, chat.contact, chat.state) == (True, "bd@53KF.com", PartnerState.DRAFT)
    assert "交接密码" in partners.missing(chat)


def test_an_authority_is_no_entry_of_this_list(db):
    partners.authority(legal_name="某某市公安局", contact="110")

    assert "某某市公安局" not in text(Client().get(PAGE))


@pytest.mark.parametrize("name", ["consent:policies", "consent:policy"])
def test_the_policies_lead_to_it(db, name):
    address = reverse(name, args=["privacy"] if name == "consent:policy" else [])

    assert f'href="{PAGE}"' in Client().get(address).content.decode()


def test_the_list_costs_the_same_for_one_partner_and_three(db):
    browser, counts = Client(), []
    browser.get(PAGE)
    for slug in ("one", "two", "three"):
        partner_at("http://127.0.0.1:9", slug)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]
