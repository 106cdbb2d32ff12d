"""The PDF of a policy has the words of its page, in their order, and no others."""

import re
from collections import Counter
from html import unescape

import pytest
from django.urls import reverse

from consent import policypdf, policytext
from consent.models import PolicyVersion
from tests import factories
from tests.consent.pdf_kit import drawn, pages
from tests.consent.policy_kit import in_force
from tests.consent.seeds import KUAISHOU, OLD_51, seed

FOOT = policypdf.Footer("隐私政策", "1.0", "2026年11月10日", "f" * 64)
BOLD = "STSong-Light,Bold"


@pytest.fixture
def shipped(db):
    factories.publish_policies()
    return in_force()


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def words_of(markdown: str) -> str:
    """All words of the PDF in a row; every page has its foot, which is taken off."""
    found = pages(policypdf.pdf(markdown, FOOT))
    rest = []
    for number, page in enumerate(found, start=1):
        foot = f"隐私政策　1.0 版　2026年11月10日起生效第 {number} 页，共 {len(found)} 页SHA-256 "
        body, mark, after = page.partition(foot + FOOT.sha256)
        assert mark, number
        rest.append(body + after)
    return squeezed("".join(rest)).replace(policypdf.BULLET, "")


def blocks_of(markdown: str) -> list[str]:
    """Headings, paragraphs, list items and cells, as the page shows them, in order."""
    pieces = re.split(r"</?(?:h\d|p|[uo]l|li|t[dhr]|pre)\b[^>]*>", policytext.render(markdown))
    texts = [squeezed(unescape(re.sub(r"<[^>]+>", "", piece))) for piece in pieces]
    return [text for text in texts if text]


def assert_same_words(markdown: str) -> None:
    found, at = words_of(markdown), 0
    for block in blocks_of(markdown):
        place = found.find(block, at)
        assert place >= 0, block
        at = place + len(block)
    heads = re.findall(r"<th[^>]*>(.*?)</th>", policytext.render(markdown))
    more = Counter(found) - Counter("".join(blocks_of(markdown)))
    # Only the numbers of a list, and the head of a table that goes on over the page.
    assert set(more) <= set("0123456789." + "".join(heads))


@pytest.mark.parametrize("kind", PolicyVersion.Kind)
def test_the_pdf_has_the_words_of_the_page_in_their_order_and_no_others(shipped, kind):
    assert_same_words(in_force(kind).body)


@pytest.mark.parametrize("name", [KUAISHOU, OLD_51])
def test_so_has_the_pdf_of_another_firms_policy(name):
    assert_same_words(policytext.parse(seed(name)).markdown)


@pytest.mark.clause("C10", "A4", "B2")
def test_weighty_clauses_are_bold_in_the_pdf_too():
    [page] = drawn(policypdf.pdf("# 题\n\n普通，**很重要**，普通。\n", FOOT))

    assert [words for font, words in page if font == BOLD] == ["题", "很重要"]


def test_script_and_marks_of_the_library_are_words_like_any_others():
    bad = '<script>alert(1)</script> <b>x</b> <img src="http://evil.example/"/> &amp;'

    raw = policypdf.pdf(f"# 题\n\n{bad}\n", FOOT)

    assert squeezed("<script>alert(1)</script> <b>x</b>") in squeezed("".join(pages(raw)))
    assert [kind for kind in (b"/JavaScript", b"/URI", b"/XObject") if kind in raw] == []


def test_the_pdf_is_the_same_bytes_whenever_it_is_asked_for(client, shipped):
    there = reverse("consent:policy_pdf", args=["privacy", "1.0"])

    first = client.get(there)
    policypdf.pdf.cache_clear()

    assert client.get(there).content == first.content
    assert first["Content-Type"] == "application/pdf"
    assert 'filename="51che-privacy-1.0.pdf"' in first["Content-Disposition"]
    assert shipped.sha256 in pages(first.content)[-1]


def test_a_row_longer_than_a_page_is_no_reason_to_fail():
    long = "很长的话。" * 2000

    raw = policypdf.pdf(f"# 题\n\n| 甲 | 乙 |\n| --- | --- |\n| {long} | 短 |\n", FOOT)

    assert len(pages(raw)) > 2
