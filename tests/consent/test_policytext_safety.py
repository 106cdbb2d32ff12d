"""Nothing in a policy's text can run on the page, call another site, or vouch for one."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import leaving
from consent.policytext import render

ALLOWED = {
    "a": {"href", "rel", "title"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "td": {"data-label"},
    "th": {"scope"},
    "code": {"class"},
    "ol": {"start"},
} | {f"h{level}": {"id"} for level in range(1, 7)}
PLAIN_TAGS = {"p", "strong", "em", "ul", "li", "table", "thead", "tbody", "tr", "pre"} | {
    "blockquote",
    "hr",
    "br",
}


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.odd: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        if tag not in PLAIN_TAGS and tag not in ALLOWED:
            self.odd.append(tag)
        self.odd += sorted(names - ALLOWED.get(tag, set()))
        self.links += [value for name, value in attrs if name == "href"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "# <b onclick=alert(1)>题</b>",
        "[点](javascript:alert(1))",
        "[点](JaVaScRiPt&colon;alert(1))",
        "[点](data:text/html;base64,PHNjcmlwdD4=)",
        "[点](vbscript:x)",
        "[点](//evil.example/x)",
        "[点](/\\evil.example)",
        "[点](mailto:a@b.cn)",
        "<javascript:alert(1)>",
        "[点][1]\n\n[1]: javascript:alert(1)",
        "![图](https://evil.example/track.gif)",
        '[点](https://a.cn "x\\" onclick=\\"alert(1)")',
        '```js" onload="alert(1)\nx\n```',
        "| a |\n| :-: |\n| <svg onload=alert(1)> |",
        "<!-- x --><style>*{}</style>",
        "<iframe src=//evil.example></iframe>",
    ],
)
def test_nothing_in_a_policy_runs_or_calls_out(text):
    page = _Page(render(text))

    assert page.odd == []
    assert [link for link in page.links if not link.startswith("/leave/?to=")] == []


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                *("[a](", "javascript:", "data:", "<", ">", "script", "![", "](", ")", "|", "\n"),
                *("---", "**", "`", '"', "on=", "#", "&lt;", "http://a.cn/", " ", "\\", "[a]:"),
            )
        ),
        max_size=30,
    ).map("".join)
)
def test_no_mix_of_markdown_and_html_gets_through(text):
    page = _Page(render(text))

    assert page.odd == []
    assert [
        link for link in page.links if re.match(r"(?i)\s*(javascript|data|vbscript):", link)
    ] == []


def test_links_to_other_sites_do_not_vouch_for_them_and_inner_links_stay_plain():
    html = render("[外](https://www.12377.cn/) [内](/policies/privacy/) [段](#s-1)")

    assert html == (
        f'<p><a href="{leaving.address("https://www.12377.cn/")}" '
        'rel="noopener nofollow external">外</a> '
        '<a href="/policies/privacy/">内</a> <a href="#s-1">段</a></p>\n'
    )
