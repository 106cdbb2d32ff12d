"""Pop-ups: told once, one at a time, the weightiest first; closed by any way, answered by none."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent import announcements
from consent.actions import consents, endings, transfers
from consent.models import ConsentEvent, PolicyVersion, PolicyWithdrawal, Served, Wording
from consent.popups import COOKIE, Popup
from tests import factories
from tests.conftest import make_staff
from tests.consent.policy_kit import publish
from tests.consent.test_served import shown, writes
from tests.consent.test_transfers import FACTS, far_ahead

pytestmark = pytest.mark.django_db

Kind = PolicyVersion.Kind
SEEN = reverse("consent:popup_seen")
SOON = timedelta(days=8)
SCRIPT = {"Accept": "application/json"}


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


def coming(kind: str, **said: str) -> PolicyVersion:
    """A version of this kind to come, with words of its own."""
    return publish(
        "2.0",
        kind=kind,
        effective_at=timezone.now() + SOON,
        extra=f"{kind}的新写法。",
        **{"summary": f"{kind}改短了"} | said,
    )


def takeover(officers, **changes):
    notice = transfers.draft(by=officers[0], effect_date=far_ahead(), **FACTS | changes)
    transfers.publish(notice=notice, by=officers[1])
    return notice


def end(officers, merchants=1):
    today = timezone.localdate()
    ending = endings.propose(
        by=officers[0],
        reason="公司不再经营这项业务。",
        stop_date=today + timedelta(days=5),
        erase_date=today + timedelta(days=60),
    )
    endings.announce(ending=ending, merchants=merchants, by=officers[1])
    return ending


def popup(client: Client, path: str = "/") -> str:
    """The dialog a page carries; "" when it carries none."""
    return (
        client.get(path).content.decode().partition('id="policy-popup"')[2].partition("</dialog")[0]
    )


def title(dialog: str) -> str:
    found = re.search(r"<h2[^>]*>([^<]*)</h2>", dialog)
    return found[1].strip() if found else ""


def mark(dialog: str) -> str:
    found = re.search(r'name="popup" value="(\w+)"', dialog)
    assert found is not None
    return found[1]


def told_in_turn(client: Client) -> list[str]:
    """The titles of everything told, each closed before the next."""
    titles = []
    while dialog := popup(client):
        titles.append(title(dialog))
        client.post(SEEN, {"popup": mark(dialog)}, headers=SCRIPT)
    return titles


# What is told, to whom, and in which order


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


def test_pages_ask_the_database_no_more_for_six_kinds_than_for_one(browser, officers):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert popup(browser)
        return len(queries)

    coming(Kind.LEADS)
    popup(browser)
    one = cost()
    for kind in (Kind.COOKIES, Kind.STORE_AGREEMENT, Kind.AGENT_AGREEMENT, Kind.PRIVACY):
        coming(kind)
    popup(browser)

    assert cost() == one


# The record


@pytest.mark.clause("A65")
@pytest.mark.parametrize("way", ["takeover", "end"])
def test_an_announcement_shown_is_recorded_in_its_very_words(browser, merchant, officers, way):
    made = takeover(officers) if way == "takeover" else end(officers)
    of = announcements.of_transfer if way == "takeover" else announcements.of_ending
    announced = of(made)

    dialog = popup(browser)

    row = Served.objects.get()
    assert (row.code, row.asking) == (announced.code, "popup")
    assert row.version == timezone.localdate().isoformat()
    kept = Wording.objects.get(pk=row.sha256).text
    assert row.sha256 == hashlib.sha256(kept.encode()).hexdigest()
    text = re.sub(r"<[^>]*>|\s", "", dialog)
    for label, words in announced.lines:
        assert f"{label}{words}".replace(" ", "") in text
    assert kept.splitlines()[0] == title(dialog)


def test_a_transfer_with_another_purpose_says_that_it_must_ask_anew(browser, officers):
    takeover(officers, new_purpose="推荐保险")

    dialog = popup(browser)

    assert "推荐保险。您以前的同意不会转过去，它必须重新问您。" in dialog
    assert FACTS["contact"] in dialog


def test_looking_again_writes_nothing_and_heads_and_strangers_never(browser, client, officers):
    takeover(officers)
    popup(browser)
    before = Served.objects.count()

    with CaptureQueriesContext(connection) as queries:
        popup(browser)
        browser.head("/")
        popup(client)

    assert writes(queries) == []
    assert Served.objects.count() == before == 1


def test_only_what_is_in_front_is_recorded_as_shown(browser, merchant, officers):
    coming(Kind.STORE_AGREEMENT)
    takeover(officers)

    first = popup(browser)
    before = shown(merchant)
    browser.post(SEEN, {"popup": mark(first)}, headers=SCRIPT)
    popup(browser)

    assert [code.partition(":")[0] for code, _ in before] == ["transfer"]
    assert shown(merchant)[1:] == [("policy:store_agreement", "popup")]


# Closing


def test_a_script_that_closes_it_is_answered_with_the_cookie_alone(client, db):
    factories.publish_policies()
    told = mark(popup(client))

    closed = client.post(SEEN, {"popup": told, "next": "/"}, headers=SCRIPT)

    assert (closed.status_code, closed.content) == (204, b"")
    assert client.cookies[COOKIE].value == told
    assert client.cookies[COOKIE]["httponly"]
    assert popup(client) == ""
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("words", ["", "<script>", "0" * 13])
def test_a_script_cannot_put_anything_else_into_it(client, db, words):
    assert client.post(SEEN, {"popup": words}, headers=SCRIPT).status_code == 204
    assert client.cookies == {}


def test_what_was_closed_stays_closed_when_everything_is_announced_at_once(browser, officers):
    for kind in Kind.values:
        coming(kind)
    for number in range(4):
        takeover(officers, successor=f"第{number}家公司")
    end(officers)

    titles = told_in_turn(browser)

    assert len(titles) == 9
    assert popup(browser) == ""


def test_every_pop_up_says_how_its_own_button_and_any_closing_are_the_same(browser, officers):
    takeover(officers)

    dialog = popup(browser)

    assert re.search(
        rf'<form class="actions"\s+method="post"\s+action="{SEEN}"\s+data-remember>', dialog
    )
    assert "data-dialog-close" in dialog
