"""Policies are read as they come, shown safely, and fingerprinted as shown."""

import hashlib
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.policytext import PolicyRefused, contents, fingerprint, parse, render
from tests.consent.seeds import FIRM_53, KUAISHOU, OLD_51, seed

OURS = """---
kind: privacy
number: 2.1
title: 某政策
published_at: 2026-01-01
effective_at: 2026-01-15
summary: 一句话
---

# 某政策

## 1. 第一部分

**重要。**请读。

### 1.1 小节

正文
"""


def _rows(markdown: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in markdown.split("\n")
        if line.startswith("| ") and not line.startswith("| ---")
    ]


def _words(text: str) -> str:
    return re.sub(r"\W", "", text.replace("(opens new window)", ""))


def test_front_matter_and_body_of_our_own_file_are_read():
    policy = parse(OURS)

    assert (policy.kind, policy.number, policy.title) == ("privacy", "2.1", "某政策")
    assert policy.published_date == date(2026, 1, 1)
    assert policy.effective_date == date(2026, 1, 15)
    assert policy.summary == "一句话"
    assert policy.markdown.startswith("# 某政策\n")
    assert [(h.level, h.id, h.text) for h in policy.headings] == [
        (1, "s-某政策", "某政策"),
        (2, "s-1", "1. 第一部分"),
        (3, "s-1-1", "1.1 小节"),
    ]


def test_bold_that_ends_in_a_full_stop_before_a_word_is_still_bold():
    policy = parse(OURS)

    assert "<p><strong>重要</strong>。请读。</p>" in render(policy.markdown)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "文件里没有正文"),
        ("---\nkind: privacy\n---\n \n", "文件里没有正文"),
        ("---\nkind: privacy\n# 标题\n", "文件头第 2 行看不懂：# 标题"),
        ("---\nkind: privacy\n", "文件头没有结束：缺少第二行“---”"),
        ("---\nowner: x\n---\n# 标题\n", "文件头第 1 行看不懂：owner: x"),
        ("---\nkind: a\nkind: b\n---\n# 标题\n", "文件头第 2 行看不懂：kind: b"),
        ("---\npublished_at: 2026-13-01\n---\n# 标题\n", "日期不对：2026-13-01"),
        ("只有一句话，没有标题。", "找不到标题：正文第一行应是“# 标题”"),
        ("长" * 500_001, "文件太长：最多 500000 字"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_the_reason(raw, reason):
    with pytest.raises(PolicyRefused) as refused:
        parse(raw)

    assert str(refused.value) == reason


def test_invisible_signs_and_windows_line_ends_are_taken_out():
    policy = parse("\ufeff# 标题\r\n\r\n## 一\u202e二\u200b三\x00\r\n正\u00a0文\r\n")

    assert policy.markdown == "# 标题\n\n## 一二三\n正 文\n"


def test_text_lines_are_never_taken_for_lists_or_headings_they_are_not():
    policy = parse("某某隐私政策\n\n2. 您理解并保证，资料真实。\n\n# 不是标题的井号，只是正文。\n")

    assert policy.headings[0].text == "某某隐私政策"
    assert "<ol>" not in render(policy.markdown)


@pytest.mark.parametrize("name", [FIRM_53, KUAISHOU, OLD_51])
def test_no_word_of_a_real_policy_is_lost_or_added(name):
    raw = seed(name)

    policy = parse(raw)

    title = _words(policy.title)
    assert _words(policy.markdown).replace(title, "", 1) == _words(raw).replace(title, "", 1)


@pytest.mark.parametrize(
    ("name", "title", "published", "effective"),
    [
        (FIRM_53, "用户信息保护及隐私政策", None, None),
        (KUAISHOU, "快手小店隐私政策", date(2022, 3, 4), None),
        (OLD_51, "51车商家端隐私政策", date(2024, 3, 4), date(2024, 3, 4)),
    ],
)
def test_title_and_dates_of_a_real_policy_are_found(name, title, published, effective):
    policy = parse(seed(name))

    assert (policy.title, policy.published_date, policy.effective_date) == (
        title,
        published,
        effective,
    )


def test_headings_all_at_one_level_get_the_level_their_number_tells():
    headings = parse(seed(OLD_51)).headings

    numbered = [(h.level, h.text) for h in headings if h.text[0].isdigit() and h.level > 1]
    assert numbered == [
        (2, "1.我们如何收集和使用信息"),
        (3, "1.1 您提供的信息。例如:"),
        (4, "1.1.1 注册51车商家端账户"),
        (4, "1.1.2 完成您相关的交易"),
        (3, "1.2 我们在您使用服务过程中收集的信息"),
        (3, "1.3 我们如何使用收集的信息"),
        (2, "2.信息披露"),
        (2, "3.信息存储和交换"),
        (2, "4.第三方服务"),
        (2, "5.您的权利"),
        (3, "5.1 访问您的信息"),
        (3, "5.2 更正或补充您的信息"),
        (3, "5.3 删除您的信息"),
        (3, "5.4 改变您授权同意的范围"),
        (3, "5.5.个人/公司信息主体注销账户"),
        (3, "5.6 约束信息系统自动决策"),
        (3, "5.7 响应您的上述请求"),
        (2, "6.本政策如何更新"),
        (2, "7.如何联系我们"),
        (2, "8.管辖与法律适用"),
    ]


def test_short_lines_ending_in_a_colon_become_headings_of_what_follows():
    headings = parse(seed(OLD_51)).headings

    named = [h.text for h in headings if h.level == 4 and h.text.endswith(":")]
    assert named == [
        "客户服务:",
        "设备信息:",
        "服务日志信息:",
        "位置信息:",
        "身份信息、银行信息:",
        "手机号码、通话状态:",
        "相册、摄像头权限:",
        "短信:",
        "后台状态下获取您的MAC信息:",
        "其他相关信息:",
    ]


def test_lines_a_pdf_broke_are_joined_and_its_headings_nested():
    policy = parse(seed(FIRM_53))

    assert (
        "1.53 快服旗下产品及服务：指 53 快服网络及技术服务提供者通过下述途径向您提供的产品及服务："
        "包括但不限于 53 快服网站、移动应用、客户端、相关微信开放平台账号或小程序以及供第三方网站"
        "和应用程序使用的 53 快服软件开发工具包（SDK）和应用程序编程接口（API）、未设独立隐私政策"
        "的 53 快服关联公司提供的产品及服务等。"
    ) in policy.markdown.split("\n")
    assert [(h.level, h.text) for h in policy.headings[4:9]] == [
        (2, "四、隐私政策"),
        (3, "（一）个人信息收集及使用"),
        (4, "1. 收集信息类型及用途"),
        (5, "1.3 为您提供安全保障"),
        (4, "2. 信息使用方式"),
    ]


def test_paragraphs_cut_by_a_page_break_are_joined_and_lists_stay_lists():
    policy = parse(seed(KUAISHOU))

    html = render(policy.markdown)
    assert "付款验证，您在使用第三方支付服务的时候请阅读该第三方机构的隐私政策" in policy.markdown
    assert "<li><strong>c.您撤回同意；</strong></li>" in html
    assert "**" not in html
    assert (3, "s-2-2", "2.2 快手小店购物功能开通") in contents(policy.markdown)


def test_the_sdk_table_is_rebuilt_with_all_31_rows():
    policy = parse(seed(OLD_51))

    rows = [row for row in _rows(policy.markdown) if len(row) == 4]
    assert rows[0] == ["SDK", "功能", "收集个人信息类型", "隐私政策链接"]
    assert [row[0] for row in rows[1:]] == [
        *("高德地图", "百度地图", "百度基础定位", "友盟+SDK", "支付宝 SDK", "华为推送 SDK"),
        *("小米开发平台 消息推送 SDK", "VIVO 消息推送 SDK", "OPPO 消息推送 SDK"),
        *("魅族 消息推送 SDK", "百度语音合成", "百度文字识别", "岳鹰全景监控", "腾讯 Bugly"),
        *("华为HMS核心功能sdk", "淘宝通道服务sdk", "银联手机支付控件", "微信 SDK", "腾讯QQ互联"),
        *("友盟智能认证 SDK", "腾讯浏览服务", "支付宝支付SDK", "阿里云HTTPDNSSDK"),
        *("移动一键登录SDK", "联通一键登录SDK", "电信一键登录SDK", "网易七鱼Android SDK"),
        *("声网SDK", "阿里一键登录SDK", "网易云信SDK", "53快服SDK"),
    ]
    assert rows[4][1] == "手机厂商 Push 推送、特定事件提醒、统计分析、社会化分享、性能监控"
    assert {row[3] for row in rows[1:]} == {"查看链接"}
    assert policy.notes == ("「SDK」表有 31 个“查看链接”在来源文件中没有网址",)


def test_the_framework_table_is_rebuilt_with_all_46_rows():
    policy = parse(seed(OLD_51))

    rows = [row for row in _rows(policy.markdown) if len(row) == 2]
    assert len(rows) == 47
    assert rows[0] == ["SDK 名称", "说明"]
    assert rows[2] == ["Okio", "Android Studio集成开发框架,以更方便的访问、存储及处理数据"]
    assert rows[5] == ["VK andriod", "Android 的集成开发框架之一"]
    assert rows[24] == ["Android Lifecycle 、ViewModel", "Android的集成开发框架之一"]
    assert rows[31] == ["Tweet Composer Android SDK", "Android的集成开发框架之一"]
    assert rows[46] == ["litepal_SQLite", "本地数据库"]


def test_tables_of_a_real_policy_are_tables_on_the_page():
    html = render(parse(seed(OLD_51)).markdown)

    assert html.count('<div class="table-scroll" role="region"') == 2
    assert html.count("<tr>") == 1 + 31 + 1 + 46
    assert '<th scope="col">SDK 名称</th>' in html


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_and_never_breaks(text):
    try:
        policy = parse(text)
    except PolicyRefused:
        return

    assert parse(policy.markdown).markdown  # what was read can be read again


def test_headings_with_the_same_number_get_different_ids():
    found = contents("## 1. 甲\n\n## 1. 乙\n\n### 1.2 丙\n\n## 1. 丁\n")

    assert [heading.id for heading in found] == ["s-1", "s-1--2", "s-1-2", "s-1--3"]


def test_the_fingerprint_is_of_the_bytes_shown():
    assert fingerprint("# 题\n") == hashlib.sha256("# 题\n".encode()).hexdigest()
    assert fingerprint("\n# 题\r\n\r\n") == fingerprint("# 题\n")
    assert fingerprint("# 题。\n") != fingerprint("# 题\n")


def test_texts_with_the_same_fingerprint_look_the_same():
    assert render("\r\n# 题\r\n\r\n文\r\n") == render("# 题\n\n文\n")
