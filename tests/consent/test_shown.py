"""Words that came up in a dialog or a row and were left: told all the same, and recorded once."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import ledger
from accounts.actions import erasure
from consent import notices
from consent.models import ConsentEvent, Served
from tests import factories
from tests.consent.sharing_kit import demo_partner, partner_at
from tests.consent.test_served import entries, shown, writes

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"
CAMERA = reverse("consent:shown", args=["camera"])
WORDS = {"sha256": notices.CAMERA.sha256, "asking": "dialog"}
BOX = re.compile(r'data-shown="([^"]+)"\s+data-sha256="([^"]+)"\s+data-asking="([^"]+)"')
BACKEND = "accounts.sign_in_backends.MerchantBackend"


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


# The record


@pytest.mark.parametrize("asking", ["dialog", "list"])
def test_words_that_came_up_are_recorded_and_answer_nothing(browser, merchant, asking):
    before = ConsentEvent.objects.count()

    told = browser.post(CAMERA, WORDS | {"asking": asking}, REMOTE_ADDR=ADDRESS)

    row = Served.objects.get()
    assert (told.status_code, told.content) == (204, b"")
    assert (row.person, row.code, row.version) == (merchant.pk, "camera", "1")
    assert (row.sha256, row.language) == (notices.CAMERA.sha256, "zh-Hans")
    assert (row.asking, row.address_prefix) == (asking, "203.0.113.0/24")
    assert [body["asking"] for body in entries(merchant)] == [asking]
    assert ledger.verify() is None
    assert ConsentEvent.objects.count() == before


@pytest.mark.parametrize("times", [1, 3])
def test_however_often_it_comes_up_it_is_written_once(browser, merchant, times):
    browser.post(CAMERA, WORDS)

    with CaptureQueriesContext(connection) as queries:
        for _ in range(times):
            browser.post(CAMERA, WORDS)

    assert writes(queries) == []
    assert shown(merchant) == [("camera", "dialog")]


def test_an_answer_after_it_finds_the_record_of_the_first_look(browser, merchant):
    browser.post(CAMERA, WORDS)

    browser.post(reverse("consent:ask", args=["camera"]), WORDS | {"answer": "refuse"})

    event = ConsentEvent.objects.of(merchant.pk)[0]
    assert shown(merchant) == [("camera", "dialog")]
    assert (event.code, event.sha256) == ("camera", Served.objects.get().sha256)
    assert Served.objects.get().at <= event.at


def test_a_recipient_that_came_up_is_recorded_with_its_own_words(browser, merchant):
    demo_partner()
    page = browser.get(reverse("consent:mine")).content.decode()
    (box,) = [found for found in BOX.findall(page) if "share:demo" in found[0]]

    told = browser.post(box[0], {"sha256": box[1], "asking": box[2]})

    assert told.status_code == 204
    assert shown(merchant) == [("share:demo", "list")]


@pytest.mark.django_db(transaction=True)
def test_two_pages_telling_it_at_once_leave_one_record(merchant):
    browsers = [factories.signed_in(merchant) for _ in range(4)]
    ready = threading.Barrier(len(browsers))
    answers = []

    def tell(client: Client) -> None:
        try:
            ready.wait()
            answers.append(client.post(CAMERA, WORDS).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tell, args=(client,)) for client in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [204] * len(browsers)
    assert shown(merchant) == [("camera", "dialog")]
    assert len(entries(merchant)) == 1


# What is refused, and writes nothing


@pytest.mark.parametrize(
    "sent",
    [
        WORDS | {"sha256": notices.ALBUM.sha256},
        WORDS | {"sha256": "0" * 64},
        WORDS | {"sha256": notices.CAMERA.sha256.upper()},
        WORDS | {"asking": "page"},
        WORDS | {"asking": "popup"},
        WORDS | {"asking": "telepathy"},
        {"asking": "dialog"},
        {"sha256": notices.CAMERA.sha256},
        {},
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}, {"HX-Request": "true"}])
def test_a_forged_showing_is_refused_and_nothing_written(browser, sent, headers):
    assert browser.post(CAMERA, sent, headers=headers).status_code == 400

    assert not Served.objects.exists()


@pytest.mark.parametrize(
    "code", ["face", "first_visit", "policy:privacy", "share:nobody", "nothing"]
)
def test_what_nobody_is_asked_cannot_have_come_up(browser, code):
    known = notices.NOTICES.get(code, notices.CAMERA)

    told = browser.post(reverse("consent:shown", args=[code]), WORDS | {"sha256": known.sha256})

    assert told.status_code == 400
    assert not Served.objects.exists()


def test_one_call_is_about_one_code(browser, merchant):
    sent = {"sha256": [notices.ALBUM.sha256, notices.CAMERA.sha256], "code": ["album", "leads"]}

    browser.post(CAMERA, WORDS | sent)

    assert shown(merchant) == [("camera", "dialog")]


def test_words_of_yesterday_are_not_what_is_shown_today(browser):
    partner = partner_at("http://127.0.0.1:9")
    page = browser.get(reverse("consent:mine")).content.decode()
    (box,) = [found for found in BOX.findall(page) if "share:demo" in found[0]]
    partner.purpose = "另一个目的"
    partner.save(update_fields=["purpose"])

    assert browser.post(box[0], {"sha256": box[1], "asking": box[2]}).status_code == 400
    assert not Served.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_nothing_but_telling_it_writes(browser, method):
    assert getattr(browser, method)(CAMERA, WORDS).status_code == 405

    assert not Served.objects.exists()


def test_of_strangers_and_staff_there_is_no_record(client, reviewer):
    assert client.post(CAMERA, WORDS).url.startswith(reverse("consent:sign_in"))
    assert factories.signed_in(reviewer).post(CAMERA, WORDS).status_code == 403

    assert not Served.objects.exists()


def test_another_site_cannot_tell_it(merchant):
    factories.agree_to_privacy(merchant)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(merchant, backend=BACKEND)

    assert strict.post(CAMERA, WORDS).status_code == 403
    assert not Served.objects.exists()


def test_of_somebody_being_erased_nothing_is_written(browser, merchant):
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))
    erasure.run(erasure_id=asked.pk)

    browser.post(CAMERA, WORDS)

    assert not Served.objects.exists()


# Where it comes up


def test_opening_the_list_shows_names_and_not_yet_the_words(browser, merchant):
    browser.get(reverse("consent:mine"))

    assert not Served.objects.exists()


@pytest.mark.parametrize(
    ("path", "asking", "codes"),
    [
        ("/me/consents/", "list", set(notices.OFFERED)),
        ("/apply/contact/", "dialog", {"service_contact"}),
        ("/apply/licence/", "dialog", {"camera", "album"}),
        ("/me/leads/", "dialog", {"location"}),
    ],
)
def test_a_page_names_what_may_come_up_in_the_words_it_holds(
    browser, merchant, path, asking, codes
):
    factories.started(merchant)
    factories.give_consent(merchant, "leads")

    boxes = BOX.findall(browser.get(path).content.decode())

    assert [browser.post(to, {"sha256": of, "asking": by}).status_code for to, of, by in boxes] == [
        204
    ] * len(boxes)
    assert set(shown(merchant)) == {(code, asking) for code in codes}
    assert {of for _, of, _ in boxes} == {notices.OFFERED[code].notice.sha256 for code in codes}


def test_without_a_script_the_same_button_leads_to_a_page_that_records(browser, merchant):
    factories.started(merchant)
    page = browser.get("/apply/contact/").content.decode()
    (address,) = set(re.findall(r'href="(/consents/service_contact/[^"]*)"', page))

    browser.get(address)

    assert shown(merchant) == [("service_contact", "page")]
