"""Links elsewhere: through a page that says so, to places we linked to and no others."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core import signing
from django.test import Client

from consent import leaving, policytext

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = "https://www.12377.cn/report?id=1&x=报"


@pytest.mark.django_db
@pytest.mark.clause("A63", "B6")
def test_the_page_names_the_site_and_says_that_our_policy_ends_here():
    page = Client().get(leaving.address(ELSEWHERE, "举报中心")).content.decode()

    assert "举报中心" in page
    assert "www.12377.cn" in page
    assert "我们的隐私政策在那里不适用" in page
    assert 'href="https://www.12377.cn/report?id=1&amp;x=报"' in page
    assert 'rel="noopener noreferrer nofollow external"' in page


@pytest.mark.django_db
@pytest.mark.clause("A63")
@pytest.mark.parametrize(
    "to",
    [
        "",
        "https://evil.example/",
        "//evil.example/",
        quote(signing.Signer(salt="another").sign_object(["https://evil.example/", ""])),
        quote(signing.Signer(salt="consent.leaving").sign_object(["javascript:alert(1)", ""])),
        quote(signing.Signer(salt="consent.leaving").sign_object(["https://a@evil.example/", ""])),
        quote(signing.Signer(salt="consent.leaving").sign_object({"to": "https://evil.example"})),
    ],
)
def test_what_we_never_linked_to_leads_nowhere(to):
    answer = Client().get(f"/leave/?to={to}")

    assert answer.status_code == 404
    assert "evil.example" not in answer.content.decode()


@pytest.mark.django_db
def test_a_signed_address_cannot_be_bent():
    address = leaving.address("https://www.12377.cn/")

    for place in range(len(address) - 20, len(address)):
        bent = address[:place] + ("A" if address[place] != "A" else "B") + address[place + 1 :]
        assert Client().get(bent).status_code == 404


@pytest.mark.parametrize(
    "url", ["", "/me/", "javascript:alert(1)", "ftp://a.example", "https://", "https://a@b.example"]
)
def test_no_link_is_made_to_what_is_no_site(url):
    with pytest.raises(ValueError, match="not the address"):
        leaving.address(url)


def test_a_name_in_other_letters_is_shown_as_browsers_resolve_it():
    address = leaving.address("https://аpple.example/")  # the first letter is Cyrillic

    signed = address.split("to=")[1].replace("%3A", ":")
    assert leaving.destination(signed).host == "xn--pple-43d.example"


def test_a_policys_links_elsewhere_go_through_the_page_too():
    shown = policytext.render("[外](https://partner.example/privacy) [内](/me/)")

    assert 'href="/leave/?to=' in shown
    assert 'href="https://' not in shown
    assert 'href="/me/"' in shown


@pytest.mark.clause("A63")
def test_no_page_links_straight_to_another_site():
    straight = re.compile(r"href=\"(?:https?:)?//")
    offenders = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if straight.search(path.read_text())
    ]

    assert offenders == []
