"""What was shown before anybody answered: one record per person, text and way of asking."""

import hashlib
import json
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import ledger
from accounts.actions import erasure
from accounts.models import LedgerEntry
from accounts.personal import holders
from consent import notices
from consent.actions import consents, serving
from consent.models import ConsentEvent, Served, Wording
from tests import factories
from tests.consent.policy_kit import in_force, publish
from tests.consent.sharing_kit import partner_at

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"
ID_PHOTO = reverse("consent:ask", args=["id_photo"])
HOLDER = "served"


@pytest.fixture
def browser(merchant):
    """The merchant's phone, past the policy; whatever was shown on the way is not counted here."""
    return factories.signed_in(merchant)


def shown(person) -> list[tuple[str, str]]:
    """Code and way of everything this person was shown, oldest first."""
    return list(Served.objects.of(person.pk).reverse().values_list("code", "asking"))


def entries(person, verb="served") -> list[dict[str, object]]:
    """The bodies of this person's ledger entries with one verb."""
    rows = LedgerEntry.objects.filter(stream=str(person.pk), verb=verb).order_by("seq")
    return [json.loads(row.body) for row in rows]


def writes(queries) -> list[str]:
    return [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


# The record


def test_a_notice_shown_is_recorded_with_hash_language_way_network_and_time(browser, merchant):
    before = timezone.now()

    browser.get(ID_PHOTO, REMOTE_ADDR=ADDRESS)

    row = Served.objects.get()
    assert (row.person, row.code, row.version) == (merchant.pk, "id_photo", "1")
    assert row.sha256 == notices.ID_PHOTO.sha256
    assert (row.language, row.asking, row.address_prefix) == ("zh-Hans", "page", "203.0.113.0/24")
    assert before <= row.at <= timezone.now()


def test_it_is_a_ledger_entry_too(browser, merchant):
    browser.get(ID_PHOTO, REMOTE_ADDR=ADDRESS)

    assert entries(merchant) == [
        {
            "asking": "page",
            "code": "id_photo",
            "language": "zh-Hans",
            "network": "203.0.113.0/24",
            "served": Served.objects.get().pk,
            "sha256": notices.ID_PHOTO.sha256,
            "version": "1",
        }
    ]
    assert ledger.verify() is None


def test_a_separate_consent_asked_in_place_of_a_page_is_shown_as_a_gate(browser, merchant):
    factories.started(merchant)

    browser.get("/apply/bank/")

    assert shown(merchant) == [("bank_account", "gate")]


def test_a_new_version_is_shown_as_a_popup_then_as_a_page_then_as_a_gate(browser, merchant):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=3))
    browser.get("/")
    browser.get("/policies/privacy/2.0/")
    publish("3.0", effective_at=timezone.now())
    browser.get("/me/")

    assert shown(merchant) == [("policy:privacy", way) for way in ("popup", "page", "gate")]
    assert Served.objects.of(merchant.pk).filter(sha256=coming.sha256).count() == 2
    assert Served.objects.of(merchant.pk).filter(sha256=in_force().sha256).get().asking == "gate"


def test_a_gate_in_answer_to_something_sent_was_shown_as_well(browser, merchant):
    publish("2.0", effective_at=timezone.now())

    assert browser.post("/apply/submit/").status_code == 403

    assert shown(merchant) == [("policy:privacy", "gate")]


@pytest.mark.parametrize("again", range(3))
def test_looking_again_writes_nothing(browser, merchant, again):
    pages = (ID_PHOTO, "/", "/policies/privacy/")
    publish("2.0", effective_at=timezone.now() + timedelta(days=3))
    for page in pages:
        browser.get(page)
    before = shown(merchant)

    with CaptureQueriesContext(connection) as queries:
        for page in pages[: again + 1]:
            browser.get(page)

    assert writes(queries) == []
    assert shown(merchant) == before
    assert len(before) == len(pages)


@pytest.mark.django_db(transaction=True)
def test_two_pages_opened_at_once_leave_one_record(merchant):
    browsers = [factories.signed_in(merchant) for _ in range(4)]
    ready = threading.Barrier(len(browsers))
    answers = []

    def look(client: Client) -> None:
        try:
            ready.wait()
            answers.append(client.get(ID_PHOTO).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look, args=(client,)) for client in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * len(browsers)
    assert shown(merchant) == [("id_photo", "page")]
    assert len(entries(merchant)) == 1


@pytest.mark.parametrize("change", [{"asking": "popup"}, None])
def test_the_database_itself_refuses_to_change_or_delete_a_record(browser, change):
    browser.get(ID_PHOTO)
    rows = Served.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()

    assert Served.objects.get().asking == "page"


# What is no showing


def test_what_is_not_put_before_a_merchants_eyes_is_no_showing(browser, merchant, client, officer):
    factories.started(merchant)

    browser.head(ID_PHOTO)
    browser.get("/apply/bank/", headers={"Accept": "application/json"})
    client.get("/")
    client.get("/policies/privacy/")
    factories.signed_in(officer).get("/policies/privacy/")

    assert not Served.objects.exists()


def test_reading_a_version_of_the_past_is_nobodys_business(browser):
    publish("0.1", effective_at=timezone.now() - timedelta(days=4000))

    assert browser.get("/policies/privacy/0.1/").status_code == 200

    assert not Served.objects.exists()


def test_of_somebody_being_erased_nothing_is_written(browser, merchant):
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))
    erasure.run(erasure_id=asked.pk)

    question = consents.question(notices.ID_PHOTO)
    told = serving.record(person_id=merchant.pk, question=question, asking="page")

    assert told is None
    assert not Served.objects.exists()


# The words


def test_the_words_shown_are_kept_under_their_own_fingerprint(browser):
    browser.get(ID_PHOTO)

    kept = Wording.objects.get()
    assert kept.text == notices.ID_PHOTO.text
    assert hashlib.sha256(kept.text.encode()).hexdigest() == kept.sha256


def test_the_words_of_an_old_notice_stay_when_the_partner_changes(browser, merchant):
    partner = partner_at("http://127.0.0.1:9")
    old = consents.notice_for("share:demo")
    factories.give_consent(merchant, "share:demo")
    partner.purpose = "另一个目的"
    partner.save(update_fields=["purpose"])

    browser.get(reverse("consent:ask", args=["share:demo"]))

    new = consents.notice_for("share:demo")
    assert old.sha256 != new.sha256
    assert {row.sha256: row.text for row in Wording.objects.all()} == {
        old.sha256: old.text,
        new.sha256: new.text,
    }


@pytest.mark.parametrize("change", [{"text": "别的"}, None])
def test_the_database_itself_refuses_to_change_or_delete_the_words(browser, change):
    browser.get(ID_PHOTO)
    rows = Wording.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()

    assert Wording.objects.get().text == notices.ID_PHOTO.text


# The answer


@pytest.mark.parametrize("asking", ["page", "gate", "dialog"])
def test_an_answer_says_how_it_was_asked_and_how_it_was_given(browser, merchant, asking):
    sha256 = notices.ID_PHOTO.sha256

    browser.post(ID_PHOTO, {"answer": "agree", "sha256": sha256, "asking": asking})

    event = ConsentEvent.objects.of(merchant.pk).get(code="id_photo")
    body = entries(merchant, "agreed")[-1]
    assert (event.asking, event.way) == (asking, "button")
    assert (body["asking"], body["way"], body["code"]) == (asking, "button", "id_photo")


@pytest.mark.parametrize("decision", ["agree", "refuse"])
def test_the_gate_tells_the_answer_that_it_was_a_gate(browser, merchant, decision):
    publish("2.0", effective_at=timezone.now())
    page = browser.get("/me/").content.decode()
    version = in_force()

    assert '<input type="hidden" name="asking" value="gate">' in page
    sent = {"answer": decision, "version": version.pk, "sha256": version.sha256}
    browser.post("/policies/privacy/answer/", sent | {"asking": "gate"})

    assert ConsentEvent.objects.of(merchant.pk)[0].asking == "gate"


def test_a_made_up_way_of_asking_is_refused_and_nothing_written(browser, merchant):
    sent = {"answer": "agree", "sha256": notices.ID_PHOTO.sha256, "asking": "telepathy"}

    assert browser.post(ID_PHOTO, sent).status_code == 400

    assert not ConsentEvent.objects.of(merchant.pk).filter(code="id_photo").exists()


# The person's rights over it


def test_the_list_and_the_export_name_what_was_shown(browser, merchant):
    browser.get(ID_PHOTO)
    browser.get("/policies/privacy/")
    holder = holders.named(HOLDER)

    (line,) = holder.inventory(merchant.pk)
    told = json.loads(json.dumps(holder.export(merchant.pk)))

    assert (line.label, line.count) == ("向您出示政策和告知的记录", 2)
    assert line.last_at == Served.objects.latest("id").at
    assert [(row["what"], row["asking"]) for row in told["notices"]] == [
        ("id_photo", "page"),
        ("policy:privacy", "page"),
    ]


def test_with_the_account_gone_the_record_is_evidence_about_nobody(browser, merchant):
    browser.get(ID_PHOTO)
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))

    erasure.run(erasure_id=asked.pk)

    outcome = holders.named(HOLDER).erase(merchant.pk, asked.pk)
    assert (outcome.fate, outcome.count) == ("anonymised", 1)
    assert "个人信息保护法第69条" in outcome.law
    assert shown(merchant) == [("id_photo", "page")]


def test_nothing_personal_is_in_the_record(browser):
    browser.get(ID_PHOTO, REMOTE_ADDR=ADDRESS)

    with connection.cursor() as cursor:
        dump = ""
        for table in ("consent_served", "consent_wording", "accounts_ledgerentry"):
            cursor.execute(f"SELECT * FROM {table}")
            dump += str(cursor.fetchall())
    assert "id_photo" in dump
    assert "13800138000" not in dump
    assert ADDRESS not in dump
