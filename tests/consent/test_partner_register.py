"""Registering a recipient at the desk: a draft nothing goes to, and its key shown exactly once."""

import re
import threading

import pytest
from django.db import connections
from django.urls import reverse

from accounts.models import LedgerEntry
from consent.actions import partner_keys, partners
from consent.models import Mailbox, Partner
from consent.states import PartnerState
from tests import factories
from tests.conftest import make_staff
from tests.consent.sharing_kit import SECRET, registered

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("consent:partners"), reverse("consent:partner_register")
PAGE, KEY = (reverse(f"consent:{name}", args=["club"]) for name in ("partner", "partner_key"))
FACTS = {
    "slug": "club",
    "kind": "affiliate",
    "protocol": "opendsr",
    "legal_name": "某某汽车服务有限公司",
    "contact": "400-000-0000",
    "purpose": "向您介绍购车线索合作",
    "method": "加密后通过网络传送",
    "scope": ["contact.merchant_name", "contact.contact_phone"],
}


@pytest.fixture
def desk(officer):
    return factories.signed_in(officer)


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def shown_key(answer):
    return re.search(r'id="key">([^<]+)<', answer.content.decode())[1]


def errors_of(answer):
    return {name: "；".join(errors) for name, errors in answer.context["form"].errors.items()}


@pytest.mark.clause("C115", "C122")
def test_what_an_officer_registers_is_a_draft_that_says_all_it_lacks_and_where_to_get_it(desk):
    answer = desk.post(NEW, FACTS)

    partner = Partner.objects.get()
    assert (answer.status_code, partner.state) == (201, PartnerState.DRAFT)
    assert (partner.slug, partner.legal_name, partner.is_manual) == (
        "club",
        "某某汽车服务有限公司",
        False,
    )
    assert partner.allowed == {"contact": ["merchant_name", "contact_phone"]}
    assert [lack.words for lack in answer.context["lacks"]] == [
        "通讯地址",
        "用途类别",
        "合同编号",
        "再委托的约定",
        "域名",
        "接口地址",
        "合同到期日",
        "安全评估（谁、哪天、结论）",
        "个人信息保护影响评估",
    ]
    assert all(lack.source for lack in answer.context["lacks"])
    assert "启用以前还缺 9 项" in text(answer)
    assert Mailbox.objects.filter(partner=partner).exists()


def test_the_key_is_on_the_answer_and_nowhere_afterwards(desk):
    answer = desk.post(NEW, FACTS)

    key = shown_key(answer)
    assert partners.secrets_of(Partner.objects.get()) == (key,)
    assert key.startswith("whsec_")
    assert answer["Cache-Control"] == "no-store"
    later = (LIST, PAGE, KEY, reverse("consent:partner_edit", args=["club"]))
    assert [key in desk.get(page).content.decode() for page in later] == [False] * 4
    assert key not in str(dict(desk.session))
    assert "有" in text(desk.get(PAGE))


def test_a_partner_without_interface_gets_a_passphrase_and_no_mailbox(desk):
    answer = desk.post(NEW, FACTS | {"protocol": "manual", "kind": "supplier"})

    partner = Partner.objects.get()
    assert partners.secrets_of(partner) == (shown_key(answer),)
    assert re.fullmatch(r"(\w{5}-){4}\w{5}", shown_key(answer))
    assert "交接密码" in text(answer)
    assert not Mailbox.objects.exists()


def test_registering_is_in_the_ledger_and_the_key_is_not(desk, officer):
    key = shown_key(desk.post(NEW, FACTS))

    entry = LedgerEntry.objects.get(verb="partner_registered")
    assert (entry.stream, entry.actor) == ("partner:club", officer.pk)
    assert key not in "".join(LedgerEntry.objects.values_list("body", flat=True))


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"slug": "demo"}, "slug", "这个代号已经给了51车俱乐部，请换一个。"),
        ({"legal_name": "51车俱乐部"}, "legal_name", "51车俱乐部已经登记过，代号是 demo。"),
        ({"slug": "new"}, "slug", "这个代号系统自己要用，请换一个。"),
        ({"slug": "authority-1"}, "slug", "这个代号系统自己要用，请换一个。"),
        ({"slug": "Club 1"}, "slug", "代号只能用小写字母、数字和连字符"),
        ({"slug": ""}, "slug", "请填写代号。"),
        ({"kind": "authority"}, "kind", "请从列表里选择类型。"),
        ({"kind": ""}, "kind", "请选择类型。"),
        ({"protocol": ""}, "protocol", "请选择办理方式。"),
        ({"legal_name": ""}, "legal_name", "请填写名称。"),
        ({"contact": ""}, "contact", "请填写联系方式。"),
        ({"scope": ["bank.bank_account"]}, "scope", "bank.bank_account 不在可用的选项中"),
        ({"scope": []}, "scope", "请至少勾一种，否则没有什么可提供。"),
        ({"endpoint": "http://example.com/"}, "endpoint", "接口地址必须以 https:// 开头。"),
        ({"endpoint": "https://10.0.0.8/"}, "endpoint", "不能是内网或者本机的地址"),
        ({"endpoint": "https://example.com:8443/"}, "endpoint", "只能用 443 端口"),
        ({"endpoint": "https://me:pw@example.com/"}, "endpoint", "不能带用户名和密码"),
        ({"endpoint": "https://example.com/#a"}, "endpoint", "接口地址写得不对"),
        (
            {"protocol": "manual", "endpoint": "https://example.com/"},
            "endpoint",
            "人工办理的没有接口，请留空",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(desk, changed, field, words):
    registered()

    answer = desk.post(NEW, FACTS | {"contract": "HT-2026-018"} | changed)

    assert answer.status_code == 422
    assert words in errors_of(answer)[field]
    assert len(errors_of(answer)) == 1
    assert 'value="HT-2026-018"' in answer.content.decode()
    assert Partner.objects.get().slug == "demo"


def test_in_production_this_machine_is_no_partner(desk, settings):
    settings.DEVELOPMENT = False

    answer = desk.post(NEW, FACTS | {"endpoint": "https://localhost/"}, secure=True)

    assert errors_of(answer) == {"endpoint": "接口地址要能从公网访问，不能是内网或者本机的地址。"}


@pytest.mark.parametrize(
    ("role", "status"), [("officer", 200), ("ops", 403), ("auditor", 403), ("reviewer", 403)]
)
def test_only_officers_register_and_exchange_keys(role, status):
    registered("club")
    browser = factories.signed_in(make_staff("wang", role))

    assert [browser.get(page).status_code for page in (NEW, KEY)] == [status] * 2
    assert (NEW in browser.get(LIST).content.decode()) == (status == 200)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_registers_and_the_other_is_told(officer, second_officer):
    start, ends = threading.Barrier(2), []

    def register(by):
        browser = factories.signed_in(by)
        start.wait()
        try:
            ends.append(browser.post(NEW, FACTS).status_code)
        finally:
            connections.close_all()

    racing = [threading.Thread(target=register, args=(by,)) for by in (officer, second_officer)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()

    assert sorted(ends) == [201, 422]
    assert Partner.objects.count() == 1


# A new key


def test_a_new_key_is_shown_once_and_the_old_one_goes_on_for_a_week(desk):
    registered("club")
    seen = desk.get(KEY).context["seen"]

    answer = desk.post(KEY, {"seen": seen})

    new = shown_key(answer)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert partners.secrets_of(Partner.objects.get()) == (new, SECRET)
    assert "旧密钥用到" in text(answer)
    assert re.search(r"有；旧的用到 20\d\d-", text(desk.get(PAGE)))


def test_a_leaked_key_ends_at_once(desk):
    registered("club")

    answer = desk.post(KEY, {"seen": desk.get(KEY).context["seen"], "leaked": "on"})

    assert partners.secrets_of(Partner.objects.get()) == (shown_key(answer),)
    assert "旧密钥用到" not in text(answer)


@pytest.mark.parametrize("seen", ["", "0" * 16])
def test_a_page_that_is_out_of_date_exchanges_nothing(desk, seen):
    registered("club")

    answer = desk.post(KEY, {"seen": seen}, follow=True)

    assert "没有换：别人刚刚换过。" in text(answer)
    assert partners.secrets_of(Partner.objects.get()) == (SECRET,)


def test_sending_the_page_twice_makes_one_key(desk):
    registered("club")
    seen = desk.get(KEY).context["seen"]

    first = desk.post(KEY, {"seen": seen})
    second = desk.post(KEY, {"seen": seen})

    assert (first.status_code, second.status_code) == (201, 302)
    assert len(partner_keys.of(Partner.objects.get())) == 2
