"""One recipient at the desk: facts, what is missing, the switch, the warning before a change."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent.actions import partners
from consent.models import Partner
from consent.states import PartnerState
from tests import factories
from tests.conftest import make_staff
from tests.consent import assessment_kit
from tests.consent.sharing_kit import agree, partner_at, registered, shared

pytestmark = pytest.mark.django_db
PAGE, EDIT, ON, OFF = (
    reverse(f"consent:{name}", args=["demo"])
    for name in ("partner", "partner_edit", "partner_on", "partner_off")
)
LIST = reverse("consent:partners")


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def facts(**changes):
    stored = {
        "legal_name": "51车俱乐部",
        "contact": "400-166-5151",
        "address": "浙江省金华市婺城区双龙南街801号",
        "purpose": "介绍购车线索合作",
        "purpose_class": "marketing",
        "method": "加密接口",
        "contract": "C-1",
        "contract_until": "2028-01-01",
        "sub_processing": "不得再委托",
        "security_by": "安全组",
        "security_on": timezone.localdate().isoformat(),
        "security_result": "passed",
        "domain": "demo-partner.localhost",
        "endpoint": "http://127.0.0.1:9",
        "scope": ["contact.contact_name", "contact.contact_phone"],
    }
    return stored | changes


def test_the_page_says_everything_that_is_missing_and_offers_no_switch(officer):
    registered(contract="", security_on=None)

    page = factories.signed_in(officer).get(PAGE).content.decode()

    lacking = re.findall(r'<a class="cells__link"\s+href="([^"]+)">([^<]+)</a>', page)
    assert "启用以前还缺 3 项" in page
    assert lacking[:3] == [
        (EDIT, "合同编号"),
        (EDIT, "安全评估（谁、哪天、结论）"),
        (reverse("consent:assessment_write", args=["share:demo"]), "个人信息保护影响评估"),
    ]
    assert "在双方签好的合同里；还没有签的，先请法务签。" in page
    assert ON not in page


def test_an_officer_completes_a_partner_and_switches_it_on_and_off(officer):
    browser = factories.signed_in(officer)
    registered(contract="", security_on=None)
    assessment_kit.in_force("share:demo")

    browser.post(EDIT, facts())
    browser.post(ON)
    on = Partner.objects.get().state
    browser.post(OFF)

    assert (on, Partner.objects.get().state) == (PartnerState.ACTIVE, PartnerState.OFF)


@pytest.mark.parametrize("address", [ON, OFF])
def test_the_switch_asks_on_a_page_of_its_own_before_it_turns(officer, address):
    partner_at("http://127.0.0.1:9")

    page = factories.signed_in(officer).get(address)

    assert page.status_code == 200
    assert Partner.objects.get().state == PartnerState.ACTIVE


def test_switching_on_what_lacks_something_says_what(officer):
    registered(contract="")

    answer = factories.signed_in(officer).post(ON, follow=True)

    assert "不能启用，还缺：合同编号、个人信息保护影响评估。" in text(answer)
    assert Partner.objects.get().state == PartnerState.DRAFT


@pytest.mark.clause("A60")
def test_before_saving_the_page_says_how_many_must_be_asked_again(merchant, stranger, officer):
    partner = partner_at("http://127.0.0.1:9")
    agree(merchant, partner)
    agree(stranger, partner)
    partners.switch_off(partner=partner, by=officer)
    browser = factories.signed_in(officer)

    warned = browser.post(EDIT, facts(purpose="向您推荐保险"))
    unsaved = Partner.objects.get().purpose
    browser.post(EDIT, facts(purpose="向您推荐保险", understood="on"))

    assert "2 位商家原来的同意不再有效，要重新征求" in text(warned)
    assert "向您推荐保险" in warned.content.decode()
    assert (unsaved, Partner.objects.get().purpose) == ("介绍购车线索合作", "向您推荐保险")


def test_an_active_partner_has_no_form(officer):
    partner_at("http://127.0.0.1:9")

    answer = factories.signed_in(officer).get(EDIT, follow=True)

    assert "合作中的资料不能改，请先停用。" in text(answer)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("endpoint", "http://example.com/", "接口地址必须以 https:// 开头。"),
        ("scope", ["bank.bank_account"], "不在可用的选项中"),
        ("scope", [], "请至少勾一种"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(officer, field, value, words):
    registered()

    answer = factories.signed_in(officer).post(EDIT, facts(**{field: value}))

    assert words in text(answer)
    assert Partner.objects.get().changed_at is None


def test_a_manual_partner_is_asked_for_a_passphrase_instead_of_an_address(officer):
    registered(protocol="manual", secrets=[], endpoint="", domain="")
    browser = factories.signed_in(officer)

    page = browser.get(EDIT).content.decode()
    browser.post(EDIT, facts(secret="春风 又绿 江南岸 0517"))

    assert 'name="endpoint"' not in page
    assert partners.secrets_of(Partner.objects.get()) == ("春风 又绿 江南岸 0517",)


@pytest.mark.parametrize(
    ("role", "looks", "changes"),
    [("officer", 200, 200), ("ops", 200, 403), ("auditor", 200, 403), ("reviewer", 403, 403)],
)
def test_officers_change_and_switch_others_look(role, looks, changes):
    registered()
    browser = factories.signed_in(make_staff("wang", role))

    assert browser.get(PAGE).status_code == looks
    assert browser.get(EDIT).status_code == changes
    assert browser.get(ON).status_code == changes
    assert browser.post(OFF).status_code == (302 if changes == 200 else 403)


@pytest.mark.clause("C127")
def test_the_list_shows_in_red_what_an_active_partner_no_longer_has(officer):
    partner_at("http://127.0.0.1:9")
    ago = timezone.localdate() - timedelta(days=400)
    Partner.objects.update(contract_until=ago, security_on=ago, address="")

    page = factories.signed_in(officer).get(LIST).content.decode()

    overdue = re.findall(r'tag--error">([^<]+)<', page)
    assert overdue == ["没有通讯地址", "合同已到期", "安全评估超过一年"]


def test_the_page_costs_the_same_for_one_disclosure_and_three(merchant, officer):
    partner = partner_at("http://127.0.0.1:9")
    browser = factories.signed_in(officer)
    browser.get(PAGE)
    counts = []
    for _ in range(3):
        shared(merchant, partner)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_an_authority_is_not_in_this_registry(officer):
    authority = partners.authority(legal_name="某某市公安局", contact="110")
    browser = factories.signed_in(officer)

    assert authority.legal_name not in browser.get(LIST).content.decode()
    assert browser.get(reverse("consent:partner", args=[authority.slug])).status_code == 404
