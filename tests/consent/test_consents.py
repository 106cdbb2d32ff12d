"""Answers: one code per decision, append-only, the state always the last event."""

import threading
from itertools import product

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import ledger
from accounts.models import LedgerEntry, Person
from accounts.personal import ConsentMissing, guard, holders
from consent.actions import answers, consents, partners
from consent.models import Consent, ConsentEvent, Partner
from tests import factories
from tests.consent.sharing_kit import partner_at

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"
MINE = reverse("consent:mine")


def sha(code: str) -> str:
    return consents.notice_for(code).sha256


def give(person, code="id_photo"):
    return consents.give(person=person, code=code, sha256=sha(code), address=ADDRESS)


def refuse(person, code="id_photo"):
    return consents.refuse(person=person, code=code, sha256=sha(code), address=ADDRESS)


def withdraw(person, code="id_photo"):
    return consents.withdraw(person=person, code=code, address=ADDRESS)


def folded() -> dict[tuple[object, str], tuple[str, int]]:
    """What the events alone say."""
    events = ConsentEvent.objects.all().fold()
    return {key: (event.decision, event.pk) for key, event in events.items()}


def state() -> dict[tuple[object, str], tuple[str, int | None]]:
    """What the rows of the state say."""
    return {(row.person, row.code): (row.decision, row.event) for row in Consent.objects.all()}


def decisions(person) -> list[str]:
    return list(ConsentEvent.objects.of(person.pk).values_list("decision", flat=True))[::-1]


# The record


@pytest.mark.parametrize("change", [{"decision": "agreed"}, None])
def test_the_database_itself_refuses_to_change_or_delete_an_answer(merchant, change):
    refuse(merchant)
    rows = ConsentEvent.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()

    assert decisions(merchant) == ["refused"]


def test_every_answer_is_a_ledger_entry_with_the_hash_of_what_was_shown(merchant):
    give(merchant)
    refuse(merchant, "bank_account")
    withdraw(merchant)

    entries = LedgerEntry.objects.filter(stream=str(merchant.pk)).order_by("seq")
    assert list(entries.values_list("verb", flat=True)) == ["agreed", "refused", "withdrawn"]
    assert f'"sha256":"{sha("id_photo")}"' in entries[0].body
    assert ledger.verify() is None


def test_nothing_personal_is_in_an_answer_or_its_ledger_entry(merchant):
    give(merchant)

    with connection.cursor() as cursor:
        dump = ""
        for table in ("consent_consentevent", "consent_consent", "accounts_ledgerentry"):
            cursor.execute(f"SELECT * FROM {table}")
            dump += str(cursor.fetchall())
    assert "13800138000" not in dump
    assert ADDRESS not in dump
    assert ConsentEvent.objects.get().address_prefix == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("nonsense", "unknown"),
        ("", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(merchant, address, kept):
    consents.give(person=merchant, code="id_photo", sha256=sha("id_photo"), address=address)

    assert ConsentEvent.objects.get().address_prefix == kept


def test_an_answer_repeated_is_one_event(merchant):
    first, second = give(merchant), give(merchant)

    assert first is not None
    assert second is None
    assert decisions(merchant) == ["agreed"]


def test_refusing_what_was_agreed_to_is_withdrawing_it(merchant):
    give(merchant)
    refuse(merchant)
    refuse(merchant)

    assert decisions(merchant) == ["agreed", "withdrawn"]


def test_withdrawing_what_was_never_live_writes_nothing(merchant):
    refuse(merchant)

    assert withdraw(merchant) is None
    assert decisions(merchant) == ["refused"]


@pytest.mark.parametrize("code", ["first_visit", "everything", "share:", "share:nobody", ""])
def test_there_is_no_agreeing_to_a_question_nobody_asks(merchant, code):
    with pytest.raises(consents.UnknownNotice):
        consents.give(person=merchant, code=code, sha256="0" * 64)

    assert ConsentEvent.objects.count() == 0


def test_every_question_has_a_name_in_the_list():
    assert consents.LABELS.keys() == consents.ASKED.keys()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(taps=st.lists(st.sampled_from([*product(("id_photo", "bank_account"), "grw")]), max_size=8))
def test_the_state_is_always_the_last_event(merchant, taps):
    acts = {"g": give, "r": refuse, "w": withdraw}
    with transaction.atomic():
        for code, act in taps:
            try:
                acts[act](merchant, code)
            except consents.UnknownNotice:
                continue

        assert state() == folded()
        Consent.objects.all().delete()
        consents.rebuild(merchant.pk)
        assert state() == folded()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_answers_racing_leave_one_line_of_events_and_its_last_as_the_state(db):
    person = Person.objects.create(kind="merchant", phone="13800138000")
    failed = []

    def answer(act) -> None:
        try:
            for _ in range(5):
                act(person)
        except Exception as error:  # noqa: BLE001 - the test tells what it was
            failed.append(error)
        finally:
            connections.close_all()

    taps = [threading.Thread(target=answer, args=(act,)) for act in (give, refuse, give, refuse)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()

    assert failed == []
    assert state() == folded()
    assert LedgerEntry.objects.filter(stream=str(person.pk)).count() == ConsentEvent.objects.count()
    assert all(
        one != two for one, two in zip(decisions(person), decisions(person)[1:], strict=False)
    )


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_is_one_event(db):
    person = Person.objects.create(kind="merchant", phone="13800138000")

    def tap() -> None:
        give(person)
        connections.close_all()

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()

    assert ConsentEvent.objects.count() == Consent.objects.count() == 1


# What follows from it


def test_a_consent_lets_the_kernel_store_and_its_withdrawal_stops_that_at_once(merchant):
    give(merchant)
    guard.require(merchant.pk, "id_photo")
    withdraw(merchant)

    with pytest.raises(ConsentMissing):
        guard.require(merchant.pk, "id_photo")


def test_one_persons_consent_is_nobody_elses_and_for_nothing_else(merchant, stranger):
    give(merchant)

    assert consents.is_live(merchant.pk, "id_photo")
    assert not consents.is_live(merchant.pk, "bank_account")
    assert not consents.is_live(stranger.pk, "id_photo")


def test_agreeing_to_other_words_than_todays_is_no_consent_today(merchant):
    old = answers.Question(kind="notice", code="id_photo", version="0", sha256="0" * 64)
    answers.record(merchant.pk, old, "agreed", way="button")

    assert not consents.is_live(merchant.pk, "id_photo")
    assert Consent.objects.get().is_live


def test_agreeing_to_the_policy_is_no_separate_consent(merchant):
    factories.agree_to_privacy(merchant)

    assert not consents.is_live(merchant.pk, "id_photo")
    assert not consents.is_live(merchant.pk, "policy:privacy")


class _Keeper:
    """A holder that keeps something on the ground of a consent."""

    name = label = "keeper"

    def __init__(self):
        self.told = []

    def withdrawn(self, person, code):
        self.told.append((person, code))


@pytest.fixture
def keeper(monkeypatch):
    keeper = _Keeper()
    monkeypatch.setitem(holders._registered, "keeper", keeper)  # noqa: SLF001 - put back afterwards
    return keeper


def test_holders_are_told_of_a_withdrawal_once(merchant, keeper):
    give(merchant)
    refuse(merchant, "bank_account")
    withdraw(merchant)
    withdraw(merchant)
    give(merchant)
    refuse(merchant)

    assert keeper.told == [(merchant.pk, "id_photo")] * 2


# Pages


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


def ask(code: str) -> str:
    return reverse("consent:ask", args=[code])


@pytest.mark.clause("C67")
def test_the_notice_shows_its_every_word_and_two_equal_buttons(browser):
    page = browser.get(ask("id_photo")).content.decode()

    notice = consents.notice_for("id_photo")
    shown = strip_tags(page)
    assert [words for _, words in notice.lines if words not in shown] == []
    assert notice.title in page
    assert page.count('class="button pair__answer"') == 2
    assert page.index('value="refuse"') < page.index('value="agree"')


def test_looking_at_a_notice_is_no_answer(browser, merchant):
    browser.get(ask("id_photo"))
    browser.head(ask("id_photo"))

    assert Consent.objects.filter(code="id_photo").count() == 0


def test_agreeing_leads_back_and_refusing_leads_to_the_other_way(browser, merchant):
    agreed = browser.post(
        ask("id_photo"), {"answer": "agree", "sha256": sha("id_photo"), "next": "/apply/"}
    )
    refused = browser.post(
        ask("bank_account"),
        {"answer": "refuse", "sha256": sha("bank_account"), "next": "/apply/"},
        follow=True,
    )

    assert agreed.url == "/apply/"
    words = strip_tags(refused.content.decode())
    assert consents.notice_for("bank_account").alternative in words
    assert decisions(merchant)[1:] == ["agreed", "refused"]


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("id_photo", {"sha256": "0" * 64}),
        ("id_photo", {"sha256": ""}),
        ("id_photo", {"answer": ""}),
        ("id_photo", {"answer": "maybe"}),
        ("first_visit", {}),
        ("policy:privacy", {}),
        ("share:nobody", {}),
        ("everything", {}),
    ],
)
def test_a_forged_answer_is_refused_and_writes_nothing(browser, code, changed):
    before = ConsentEvent.objects.count()
    sent = {"answer": "agree", "sha256": sha("id_photo")} | changed

    response = browser.post(ask(code), sent)

    assert response.status_code == 400
    assert ConsentEvent.objects.count() == before


def test_one_answer_answers_one_question(browser, merchant):
    browser.post(ask("id_photo"), {"answer": "agree", "sha256": sha("id_photo"), "code": "all"})

    assert consents.is_live(merchant.pk, "id_photo")
    assert not consents.is_live(merchant.pk, "bank_account")


@pytest.mark.parametrize("path", [ask("id_photo"), MINE])
def test_strangers_and_staff_have_no_consents_here(client, reviewer, path):
    assert client.get(path).url.startswith(reverse("consent:sign_in"))
    assert factories.signed_in(reviewer).get(path).status_code == 403


def test_everything_answered_is_listed_with_its_date_and_version(browser, merchant):
    give(merchant)
    refuse(merchant, "bank_account")

    page = browser.get(MINE).content.decode()

    assert "收集身份证照片" in page
    assert "已同意" in page
    assert "未同意" in page
    assert page.count("1 版说明") >= 2
    assert "主动勾选并提交" in page


def test_withdrawing_takes_one_tap_and_counts_at_once(browser, merchant):
    give(merchant)

    response = browser.post(MINE, {"code": "id_photo"}, follow=True)

    assert not consents.is_live(merchant.pk, "id_photo")
    assert "已撤回，马上生效" in response.content.decode()


@pytest.mark.parametrize("code", ["bank_account", "everything", "", "policy:store_agreement"])
def test_what_was_never_agreed_to_cannot_be_withdrawn(browser, code):
    before = ConsentEvent.objects.count()

    assert browser.post(MINE, {"code": code}).status_code == 400
    assert ConsentEvent.objects.count() == before


def test_words_that_changed_are_asked_anew(browser, merchant):
    old = answers.Question(kind="notice", code="id_photo", version="0", sha256="0" * 64)
    answers.record(merchant.pk, old, "agreed", way="button")

    listed = browser.get(MINE).content.decode()
    asked = browser.get(ask("id_photo")).content.decode()

    assert "需要重新决定" in listed
    assert "对新的不算数" in asked


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_much_was_answered(
    browser, merchant, django_assert_num_queries, count
):
    for _ in range(count):
        give(merchant)
        withdraw(merchant)
    browser.get(MINE)

    with django_assert_num_queries(QUERIES_OF_MINE):
        browser.get(MINE)


# session and person; states, policies, partners, assessments; count and page of events
QUERIES_OF_MINE = 8


# Recipients


@pytest.fixture
def club(db):
    return partner_at("https://partner.example/opendsr", slug="club")


def test_every_recipient_is_a_question_of_its_own(merchant, browser, club):
    partner_at("https://other.example/opendsr", slug="other")
    give(merchant, "share:club")

    page = browser.get(MINE).content.decode()

    assert consents.is_live(merchant.pk, "share:club")
    assert not consents.is_live(merchant.pk, "share:other")
    assert page.count("提供给51车俱乐部") >= 2
    assert ConsentEvent.objects.get(code="share:club").kind == "share"


def test_a_recipient_whose_facts_changed_needs_a_new_consent(merchant, club):
    give(merchant, "share:club")
    Partner.objects.update(purpose="推荐贷款")

    assert not consents.is_live(merchant.pk, "share:club")


def test_a_recipient_no_longer_active_cannot_be_agreed_to_but_can_be_withdrawn_from(
    merchant, browser, club, ops
):
    give(merchant, "share:club")
    partners.switch_off(partner=club, by=ops)

    asked = browser.get(ask("share:club"))
    withdrawn = browser.post(MINE, {"code": "share:club"})

    assert asked.status_code == 404
    assert withdrawn.url == MINE
    assert decisions(merchant)[-1] == "withdrawn"


# The holder


def consents_holder():
    return holders.named("consents")


def test_answers_are_listed_and_exported(merchant):
    give(merchant)
    withdraw(merchant)

    (line,) = consents_holder().inventory(merchant.pk)
    exported = consents_holder().export(merchant.pk)["consents"]
    assert line.count == 2
    assert [row["decision"] for row in exported] == ["agreed", "withdrawn"]


def test_erasure_removes_the_state_and_leaves_events_about_nobody(merchant, stranger):
    give(merchant)
    give(stranger)

    outcome = consents_holder().erase(merchant.pk, merchant.pk)
    again = consents_holder().erase(merchant.pk, merchant.pk)

    assert (outcome.fate, outcome.count) == ("anonymised", 1)
    assert "第69条" in outcome.law
    assert again == outcome
    assert not consents.is_live(merchant.pk, "id_photo")
    assert consents.is_live(stranger.pk, "id_photo")
    assert ConsentEvent.objects.count() == 2


def test_somebody_who_answered_nothing_has_nothing_to_erase(merchant):
    assert consents_holder().inventory(merchant.pk) == []
    assert consents_holder().erase(merchant.pk, merchant.pk).fate == "nothing"
