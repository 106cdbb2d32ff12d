"""Our own texts say what they must, in the form the old policy promised."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage

from consent import lint, notices, popups
from consent.policytext import PolicyText, contents, parse, render

TEXTS = Path(__file__).resolve().parents[2] / "consent" / "texts"
# The three in eight parts; a notice and a special policy are short and stand beside them.
KINDS = ("privacy", "store_agreement", "agent_agreement")
SHORT = ("cookies", "leads")
ALL = KINDS + SHORT
REFUSAL_GROUNDS = 8


def _policy(kind: str) -> PolicyText:
    return parse((TEXTS / f"{kind}.zh.md").read_text(encoding="utf-8"))


def _section(policy: PolicyText, number: str) -> str:
    """The words under the heading with this number, up to the next heading of its level."""
    level = "#" * (2 if number.endswith(".") else 3)
    pattern = rf"^{level} {re.escape(number)} .*?(?=^#{{2,{len(level)}}} |\Z)"
    found = re.search(pattern, policy.markdown, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no section {number}"
    return found.group()


@pytest.mark.parametrize("kind", ALL)
def test_our_text_passes_the_linter(kind):
    policy = _policy(kind)

    assert lint.problems(policy.markdown, policy.kind) == []


@pytest.mark.parametrize("kind", ALL)
def test_front_matter_names_the_text_and_its_dates(kind):
    policy = _policy(kind)

    assert (policy.kind, policy.language, policy.notes) == (kind, "zh-Hans", ())
    assert policy.markdown.startswith(f"# {policy.title}\n")
    assert policy.summary
    assert policy.published_date is not None
    assert policy.effective_date is not None
    assert policy.effective_date - policy.published_date >= timedelta(days=7)


@pytest.mark.clause("C1", "B1")
@pytest.mark.parametrize("kind", ALL)
def test_version_and_dates_stand_at_the_head_of_the_text(kind):
    policy = _policy(kind)

    dates = [
        f"{day.year} 年 {day.month} 月 {day.day} 日"
        for day in (policy.published_date, policy.effective_date)
        if day is not None
    ]
    assert policy.markdown.split("\n")[2] == (
        f"版本号：{policy.number}　公布日期：{dates[0]}　生效日期：{dates[1]}"
    )


@pytest.mark.clause("C3")
@pytest.mark.parametrize("kind", ALL)
def test_the_operator_is_named_before_anything_else(kind):
    opening = _policy(kind).markdown.split("\n")[4]

    assert f"**{notices.OPERATOR}**" in opening
    assert notices.ADDRESS in opening
    assert notices.HOTLINE in opening


@pytest.mark.clause("C4")
def test_the_policy_says_whom_it_is_for():
    opening = _policy("privacy").markdown.split("## 1.")[0]

    assert "申请成为合作商（**合作4S店、合作专营店**）" in opening
    assert "申请成为**业务代理人**的个人" in opening


@pytest.mark.clause("C8")
@pytest.mark.parametrize("kind", KINDS)
def test_eight_parts_are_listed_at_the_top_and_lead_to_their_sections(kind):
    policy = _policy(kind)

    html = render(policy.markdown)
    listed = re.findall(r'<li><a href="#(s-\d)">(.+?)</a></li>', html)
    parts = [(h.id, h.text) for h in contents(policy.markdown) if h.level == 2]
    assert [(name, f"{n}. {words}") for n, (name, words) in enumerate(listed, 1)] == parts
    assert len(parts) == 8


@pytest.mark.parametrize("kind", ALL)
def test_every_section_is_numbered_in_order(kind):
    chapter = section = 0

    for heading in contents(_policy(kind).markdown)[1:]:
        if heading.level == 2:
            chapter, section = chapter + 1, 0
            expected = f"s-{chapter}"
        else:
            section += 1
            expected = f"s-{chapter}-{section}"
        assert (heading.level in {2, 3}, heading.id) == (True, expected)


@pytest.mark.parametrize("kind", ALL)
def test_links_inside_the_text_lead_somewhere(kind):
    policy = _policy(kind)

    targets = set(re.findall(r'href="#([^"]+)"', render(policy.markdown)))
    assert targets <= {heading.id for heading in policy.headings}


@pytest.mark.clause("C10")
@pytest.mark.parametrize(
    ("kind", "weighty"),
    [
        ("privacy", "银行账户：户名、账号、开户银行【敏感】"),
        ("privacy", "身份证照片：人像面、国徽面【敏感】"),
        ("privacy", "账号随时可以注销，3 个工作日内办完，并给您一张任何人都能验证真假的凭证。"),
        ("store_agreement", "限制使用账户的部分功能"),
        ("agent_agreement", "您应当年满 18 周岁，具有完全民事行为能力"),
    ],
)
def test_weighty_and_sensitive_terms_are_bold_on_the_page(kind, weighty):
    html = render(_policy(kind).markdown)

    assert f"<strong>{weighty}</strong>" in html
    assert "**" not in html


def test_every_sensitive_mark_is_bold():
    html = render(_policy("privacy").markdown)

    bold = "".join(re.findall(r"<strong>(.*?)</strong>", html))
    assert bold.count("【敏感】") == html.count("【敏感】") - 1  # one explains the mark itself


def test_what_a_web_page_cannot_and_does_not_collect_is_said_in_one_sentence():
    section = _section(_policy("privacy"), "1.6")

    assert (
        "**网页版不收集：IMEI、IMSI、MAC、应用列表、通话状态、短信内容、通讯录、后台位置。**"
        in section
    )
    assert "不收集人脸" in section


@pytest.mark.parametrize(
    "number",
    [str(part) + "." for part in range(1, 9)] + [f"5.{part}" for part in range(1, 11)],
)
def test_no_part_of_the_policy_is_empty(number):
    section = _section(_policy("privacy"), number)

    assert len(section.split("\n", 1)[1].strip()) > 30


def test_every_collected_item_has_purpose_basis_and_retention():
    table = [line for line in _section(_policy("privacy"), "1.3").split("\n") if line[:1] == "|"]

    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]
    assert table[0] == "| 收集什么 | 为什么需要 | 依据 | 存多久 |"
    assert [len(row) for row in cells] == [4] * 10
    assert all(all(row) for row in cells)


def test_every_retention_row_names_what_happens_after_the_account_is_closed():
    table = [line for line in _section(_policy("privacy"), "3.2").split("\n") if line[:1] == "|"]

    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]
    assert [len(row) for row in cells] == [5] * 14
    kept = [row for row in cells if row[2] != "删除"]
    assert all(re.search(r"《.+?》第\d+条", row[3]) for row in kept)
    assert all(row[4] != "–" for row in kept)


def test_consent_bound_items_have_a_notice_of_their_own():
    table = [line for line in _section(_policy("privacy"), "1.3").split("\n") if line[:1] == "|"]

    consented = [line for line in table if "**您的单独同意**" in line]
    assert [line.split("：")[0] for line in consented] == ["| **银行账户", "| **身份证照片"]
    assert {"bank_account", "id_photo"} < set(notices.NOTICES)


@pytest.mark.clause("C107", "A82", "B66")
def test_the_policy_does_not_promise_perfect_security():
    assert "没有绝对安全的网络" in _section(_policy("privacy"), "3.4")


@pytest.mark.clause("C172")
def test_a_department_for_personal_information_is_named():
    assert "我们设有信息保护专职部门" in _section(_policy("privacy"), "7.")


def test_phone_post_and_addressee_are_given_and_outside_bodies_named():
    section = _section(_policy("privacy"), "7.")

    letter = "| 信件 | 浙江省金华市金东区光南路8号51车总部大楼，信息保护专员（收），邮编 321000 |"
    assert "| 电话 | 400-166-5151 |" in section
    assert letter in section
    assert "核对身份后 15 天内答复" in section
    assert [number for number in ("12377", "12315", "12321") if number in section] == [
        "12377",
        "12315",
        "12321",
    ]


def test_closing_the_account_is_promised_in_the_product_and_by_phone_in_3_working_days():
    section = _section(_policy("privacy"), "5.5")

    assert "“我的-设置-账号注销”" in section
    assert notices.HOTLINE in section
    assert "3 个工作日内办完并告诉您结果" in section


def test_all_grounds_for_refusing_a_request_are_listed():
    section = _section(_policy("privacy"), "5.7")

    assert len(re.findall(r"^\d\. ", section, re.MULTILINE)) == REFUSAL_GROUNDS


@pytest.mark.clause("C176", "A92")
@pytest.mark.parametrize("kind", KINDS)
def test_mainland_law_applies(kind):
    assert "适用中华人民共和国大陆地区法律" in _section(_policy(kind), "8.")


@pytest.mark.clause("C177")
@pytest.mark.parametrize("kind", KINDS)
def test_the_place_of_signing_is_named(kind):
    assert "签订地为浙江省金华市金东区光南路8号" in _section(_policy(kind), "8.")


@pytest.mark.clause("C178")
@pytest.mark.parametrize("kind", KINDS)
def test_disputes_are_talked_over_first_then_go_to_the_court_there(kind):
    section = _section(_policy(kind), "8.")

    assert "先协商；协商不成，**可以向签订地有管辖权的人民法院起诉**" in section


@pytest.mark.parametrize("kind", KINDS[1:])
def test_the_agreement_lists_four_sanctions_and_a_notice_before_them(kind):
    policy = _policy(kind)

    assert len(re.findall(r"^\d\. ", _section(policy, "6.2"), re.MULTILINE)) == 4
    assert "处理以前，我们书面告诉您事实、证据、拟采取的措施和依据" in _section(policy, "6.3")
    assert "15 个工作日内答复" in _section(policy, "6.4")


@pytest.mark.parametrize("kind", KINDS[1:])
def test_the_agreement_forbids_passing_on_customer_information(kind):
    section = _section(_policy(kind), "5.2")

    assert "不得把客户个人信息交给第三方" in section
    assert "不得非法收集、编辑、出售、传播客户个人信息" in section


# The cookie notice


def _named_cookies() -> dict[str, str]:
    """Name and lifetime of every cookie the notice lists."""
    rows = [line for line in _section(_policy("cookies"), "2.").split("\n") if line[:1] == "|"]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
    return {cell[0]: cell[3] for cell in cells}


@pytest.mark.clause("A54", "B45")
def test_the_cookie_notice_names_every_cookie_the_portal_sets_and_how_long_it_lives():
    named = _named_cookies()

    day = 60 * 60 * 24
    assert set(named) == {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        popups.COOKIE,
        CookieStorage.cookie_name,
    }
    assert f"{settings.SESSION_COOKIE_AGE // day} 天" in named["portal_session"]
    assert f"{settings.CSRF_COOKIE_AGE // day} 天" in named["portal_csrf"]
    assert f"{popups.REMEMBERED // day} 天" in named["portal_seen"]


@pytest.mark.clause("A56", "B46")
def test_the_cookie_notice_tells_how_to_refuse_and_what_then_happens():
    section = _section(_policy("cookies"), "4.")

    assert "在浏览器设置里选择“阻止 Cookie”" in section
    assert "禁止以后，您仍然可以浏览首页、阅读和下载各项政策；但无法登录、无法提交申请" in section


@pytest.mark.clause("A55", "A57")
def test_the_cookie_notice_says_there_are_no_beacons_pixels_or_flash_cookies():
    section = _section(_policy("cookies"), "3.")

    assert "没有网络信标、像素标签；没有 Flash Cookie，也不使用浏览器的本地存储" in section


# The special policy of leads


@pytest.mark.clause("A91")
def test_the_special_policy_prevails_in_its_function_and_the_privacy_policy_says_so_too():
    assert "本政策优先于[《51车商家端隐私政策》]" in _policy("leads").markdown
    assert "**在那项功能里，专项政策优先；它没有写到的，按本政策办。**" in _section(
        _policy("privacy"), "6."
    )


def test_personalised_leads_are_off_by_default_and_everything_they_use_is_listed():
    policy = _policy("leads")
    rows = [line for line in _section(policy, "2.").split("\n") if line[:1] == "|"]

    used = [row.strip("|").split("|")[0].strip() for row in rows[2:]]
    assert used == ["您选择的地区", "**一次大致位置【敏感】**", "申请的角色"]
    assert "**个性化线索默认关闭。**" in _section(policy, "1.")
    assert "**不按个人特征排列，只按发布时间，新的在前**" in _section(policy, "3.")


@pytest.mark.clause("A90")
def test_chinese_prevails_over_every_translation():
    assert "有其他语言译文的，译文只供阅读，**以中文为准**" in _section(_policy("privacy"), "6.")
