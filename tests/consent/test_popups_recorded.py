"""A pop-up at home is recorded as shown, in its very words; that it was closed, over there."""

import hashlib
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent import announcements
from consent.models import ConsentEvent, PolicyVersion, Served, Wording
from consent.popups import COOKIE
from tests import factories
from tests.conftest import make_staff
from tests.consent.popup_kit import (
    SCRIPT,
    SEEN,
    coming,
    end,
    mark,
    popup,
    takeover,
    title,
    told_in_turn,
)  # fmt: skip
from tests.consent.test_served import shown, writes
from tests.consent.test_transfers import FACTS

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


# The record


@pytest.mark.clause("A65")
@pytest.mark.parametrize("way", ["takeover", "end"])
def test_an_announcement_shown_is_recorded_in_its_very_words(browser, merchant, officers, way):
    if way == "takeover":
        announced = announcements.of_transfer(takeover(officers))
    else:
        announced = announcements.of_ending(end(officers))

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
