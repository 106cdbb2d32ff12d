"""What is to come is told at home: to whom it concerns, one at a time, the weightiest first."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent.actions import consents
from consent.models import PolicyVersion, PolicyWithdrawal, Served
from consent.popups import Popup
from tests import factories
from tests.conftest import make_staff
from tests.consent.policy_kit import publish
from tests.consent.popup_kit import (
    SEEN,
    SOON,
    coming,
    end,
    mark,
    popup,
    takeover,
    title,
    told_in_turn,
)  # fmt: skip
from tests.consent.test_served import shown

pytestmark = pytest.mark.django_db

Kind = PolicyVersion.Kind


@pytest.fixture
def merchant(merchant):
    """A merchant bound by the agreement of stores, with the leads switched on."""
    factories.submitted(merchant)
    factories.give_consent(merchant, "leads")
    return merchant


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


@pytest.fixture
def officers(db):
    return make_staff("officer1", "officer"), make_staff("officer2", "officer")


@pytest.mark.clause("C170", "A65", "B98")
def test_everything_to_come_is_told_one_at_a_time_the_weightiest_first(browser, officers):
    for kind in reversed(Kind.values):
        coming(kind)
    takeover(officers)
    end(officers)

    assert told_in_turn(browser) == [
        "您的信息将由别的公司接手",
        "51车商家端将停止运营",
        "隐私政策将要更新",
        "51车商家合作协议将要更新",
        "Cookie 说明将要更新",
        "线索推荐专项政策将要更新",
    ]


def test_whoever_opens_nothing_but_their_own_page_is_told_there(browser, merchant, officers):
    takeover(officers)

    told = popup(browser, "/me/")
    browser.post(SEEN, {"popup": mark(told), "next": "/me/"})

    assert title(told) == "您的信息将由别的公司接手"
    assert [asking for code, asking in shown(merchant) if code.startswith("transfer:")] == ["popup"]
    assert popup(browser, "/me/") == popup(browser) == ""


def test_whoever_concluded_nothing_and_uses_no_leads_is_told_of_neither(stranger):
    browser = factories.signed_in(stranger)
    for kind in Kind.values:
        coming(kind)

    assert told_in_turn(browser) == ["隐私政策将要更新", "Cookie 说明将要更新"]


def test_a_visitor_is_told_what_concerns_visitors_after_the_welcome(client, db):
    factories.publish_policies()
    for kind in Kind.values:
        coming(kind)

    assert told_in_turn(client) == [
        "欢迎来到 51车商家端",
        "隐私政策将要更新",
        "Cookie 说明将要更新",
    ]


def test_an_agent_is_told_of_the_agreement_of_agents_and_no_other(stranger):
    factories.submitted(stranger, "agent")
    for kind in (Kind.STORE_AGREEMENT, Kind.AGENT_AGREEMENT):
        coming(kind)

    assert told_in_turn(factories.signed_in(stranger)) == ["业务代理人服务协议将要更新"]


def test_whoever_switched_the_leads_off_is_not_told_of_their_policy(browser, merchant):
    coming(Kind.LEADS)
    consents.withdraw(person=merchant, code="leads")

    assert popup(browser) == ""


@pytest.mark.clause("C170")
@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Kind.PRIVACY, "不点同意就不按新办法处理"),
        (Kind.STORE_AGREEMENT, "您没有同意，就继续按您同意过的版本办"),
        (Kind.COOKIES, "要增加不是必需的 Cookie，会先逐项问您"),
        (Kind.LEADS, "不点同意就停用这项功能"),
    ],
)
def test_each_says_in_plain_words_what_changes_and_what_happens_at_effect(browser, kind, promise):
    publish("1.5", kind=kind)
    version = coming(kind, summary="日志少存一个月。")

    dialog = popup(browser)

    day = timezone.localtime(version.effective_at)
    assert f"{day.year}年{day.month}月{day.day}日" in dialog
    assert "日志少存一个月。" in dialog
    assert promise in dialog
    assert f"{kind}的新写法。" in "".join(re.findall(r"<ins[^>]*>([^<]*)</ins>", dialog))
    for page in ("policy_changes", "policy_version"):
        assert f'href="{reverse(f"consent:{page}", args=[kind, "2.0"])}"' in dialog
    assert browser.get(reverse("consent:policy_changes", args=[kind, "2.0"])).status_code == 200


def test_the_changes_begin_with_what_changed_and_not_with_the_line_of_days():
    head, body = "版本号：{}　生效日期：2026 年 {} 月 1 日", "第 {} 条写短了。"
    texts = [f"# 说明\n\n{head.format(n, n)}\n\n## 1. 一\n\n{body.format(n)}\n" for n in (2, 3)]
    before, after = (PolicyVersion(kind=Kind.COOKIES, body=text) for text in texts)

    told = Popup("", version=after, before=before)

    assert [change.heading for change in told.changes] == ["1. 一"]
    assert told.more == 0


def test_a_kind_that_had_no_version_is_not_called_an_update(client, db):
    publish("1.0", kind="privacy", effective_at=timezone.now() + SOON)
    client.post(SEEN, {"popup": mark(popup(client))})

    assert title(popup(client)) == "隐私政策将要生效"


def test_a_version_withdrawn_before_effect_is_told_no_more(browser, officers):
    version = coming(Kind.COOKIES)
    told = title(popup(browser))
    PolicyWithdrawal.objects.create(version=version, by=officers[0].pk, reason="写错了日期")

    assert told == "Cookie 说明将要更新"
    assert popup(browser) == ""


def test_a_translation_to_come_is_nothing_to_tell_of(browser):
    PolicyVersion.objects.create(
        kind=Kind.PRIVACY,
        number="2.0",
        language="en",
        title="Privacy policy",
        body="# Privacy policy",
        sha256="e" * 64,
        published_at=timezone.now(),
        effective_at=timezone.now() + SOON,
    )

    assert popup(browser) == ""
    assert not Served.objects.exists()


def test_at_effect_an_agreement_gates_nobody_and_is_asked_on_the_own_page(browser):
    publish("2.0", kind=Kind.STORE_AGREEMENT, extra="新的结算办法。")

    assert popup(browser) == ""
    assert "协议更新了，请您回答" in browser.get("/me/").content.decode()


# What it costs


@pytest.mark.parametrize("path", ["/", "/me/"])
def test_pages_ask_the_database_no_more_for_five_kinds_than_for_one(browser, path):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert popup(browser, path)
        return len(queries)

    coming(Kind.STORE_AGREEMENT)
    popup(browser, path)
    one = cost()
    for kind in (Kind.COOKIES, Kind.LEADS, Kind.AGENT_AGREEMENT, Kind.PRIVACY):
        coming(kind)
    popup(browser, path)

    assert cost() == one
