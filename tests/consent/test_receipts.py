"""Receipts as the person reads them: the words of then, in words of today."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent import receipts
from consent.actions import consents
from consent.models import ConsentEvent
from tests import factories
from tests.consent.policy_kit import publish
from tests.consent.receipt_kit import DCT, DPV, expanded, missing, value
from tests.consent.sharing_kit import partner_at

pytestmark = pytest.mark.django_db

CREATED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


@pytest.fixture
def demo_partner(db):
    return partner_at("http://127.0.0.1:9")


def last(person) -> ConsentEvent:
    return ConsentEvent.objects.of(person.pk)[0]


def written(person) -> str:
    """The receipt file of this person's last answer."""
    return receipts.document(last(person), CREATED)


def record_of(text):
    (record,) = expanded(text)[f"{DPV}hasRecordOfActivity"]
    return record


# The words


def test_cr_4_the_hash_is_that_of_the_text_served_at_that_moment(browser, merchant, demo_partner):
    page = browser.get("/consents/share:demo/").content.decode()
    shown = re.sub(r"<[^>]+>", "", page)
    old = consents.notice_for("share:demo")
    factories.give_consent(merchant, "share:demo")
    demo_partner.purpose = "后来改过的目的"
    demo_partner.save(update_fields=["purpose"])

    (told,) = record_of(written(merchant))[f"{DPV}hasNotice"]

    text = value(told, "https://schema.org/text")
    assert value(told, f"{DCT}identifier") == f"sha256:{old.sha256}"
    assert hashlib.sha256(text.encode()).hexdigest() == old.sha256
    assert [said for line in text.split("\n") if (said := line.split("：")[-1]) not in shown] == []
    assert consents.notice_for("share:demo").sha256 != old.sha256


def test_the_page_shows_what_was_agreed_to_and_not_what_is_asked_today(
    browser, merchant, demo_partner
):
    factories.give_consent(merchant, "share:demo")
    demo_partner.purpose = "后来改过的目的"
    demo_partner.save(update_fields=["purpose"])

    page = browser.get(f"/me/consents/receipts/{last(merchant).pk}/").content.decode()

    assert "介绍购车线索合作" in page
    assert "后来改过的目的" not in page
    assert last(merchant).sha256 in page


def test_an_answer_from_before_words_were_kept_says_so(browser, merchant):
    event = ConsentEvent.objects.create(
        person=merchant.pk,
        kind="notice",
        code="id_photo",
        version="0",
        sha256="0" * 64,
        language="zh-Hans",
        decision="agreed",
        way="button",
    )

    page = browser.get(f"/me/consents/receipts/{event.pk}/")

    assert "早于我们开始留存说明的全文" in page.content.decode()
    assert missing(receipts.document(event, CREATED)) == []


# The page


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("policy:privacy", "《51车商家端隐私政策》"),
        ("id_photo", "是否同意我们收集身份证照片？"),
    ],
)
def test_the_receipt_says_in_words_what_was_asked_how_and_when(merchant, kind, asked):
    browser = factories.signed_in(merchant)
    factories.give_consent(merchant, "id_photo")
    event = ConsentEvent.objects.of(merchant.pk).filter(code=kind)[0]

    page = browser.get(f"/me/consents/receipts/{event.pk}/").content.decode()

    at = timezone.localtime(event.at)
    for said in ("您同意了", asked, "单独一页", event.get_way_display(), f"{at:%H:%M}"):
        assert said in page


def test_the_receipt_of_a_policy_leads_to_the_version_that_was_agreed_to(merchant):
    browser = factories.signed_in(merchant)
    old = last(merchant)
    publish("9.0", effective_at=timezone.now() - timedelta(seconds=1))

    page = browser.get(f"/me/consents/receipts/{old.pk}/").content.decode()

    assert f'href="/policies/privacy/{old.version}/"' in page
    assert old.version != "9.0"


def test_the_file_is_one_download_of_json_ld(browser, merchant):
    event = last(merchant)

    response = browser.get(f"/me/consents/receipts/{event.pk}/file/")

    assert response["Content-Type"] == "application/ld+json; charset=utf-8"
    assert (
        response["Content-Disposition"] == f'attachment; filename="51che-consent-{event.pk}.jsonld"'
    )
    assert missing(response.content.decode()) == []


def test_cr_3_after_withdrawing_the_receipt_is_one_step_away(browser, merchant):
    factories.give_consent(merchant, "id_photo")

    after = browser.post("/me/consents/", {"code": "id_photo"}, follow=True).content.decode()

    assert f'href="/me/consents/receipts/{last(merchant).pk}/"' in after
    assert last(merchant).decision == "withdrawn"


@pytest.mark.parametrize("path", ["", "file/"])
def test_somebody_elses_receipt_is_not_there(browser, stranger, path):
    factories.agree_to_privacy(stranger)

    assert browser.get(f"/me/consents/receipts/{last(stranger).pk}/{path}").status_code == 404
    assert browser.get(f"/me/consents/receipts/{2**70}/{path}").status_code == 404


def test_a_receipt_costs_the_same_after_one_answer_as_after_three(browser, merchant):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(f"/me/consents/receipts/{last(merchant).pk}/")
        assert page.status_code == 200
        return len(queries)

    factories.give_consent(merchant, "id_photo")
    cost()
    one = cost()
    consents.withdraw(person=merchant, code="id_photo")
    factories.give_consent(merchant, "id_photo")

    assert cost() == one


def test_every_line_of_the_history_has_its_receipt(browser, merchant):
    factories.give_consent(merchant, "id_photo")

    page = browser.get("/me/consents/").content.decode()

    links = set(re.findall(r'href="/me/consents/receipts/(\d+)/"', page))
    assert links == {str(event.pk) for event in ConsentEvent.objects.of(merchant.pk)}
