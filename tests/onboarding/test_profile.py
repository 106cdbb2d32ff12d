"""我的资料: masked until a code, the contact corrected at any time, the rest locked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import erasure
from accounts.actions.erasure import carrying_out
from accounts.models import BeingErased, LedgerEntry
from consent.actions import consents
from consent.actions import sharing as disclosures
from consent.models import Disclosure
from onboarding import steps
from onboarding.actions import application as applications
from onboarding.actions import review, sharing
from onboarding.models import Application, LeadsPreference
from onboarding.permissions import NotAllowed
from tests import factories
from tests.accounts.inbox import last_code
from tests.conftest import make_staff
from tests.consent import sharing_kit
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db

PAGE, CONTACT = "/me/profile/", "/me/profile/contact/"
NEW = {"contact_name": "端木青", "contact_phone": "13611112222"}
TOLD = {"told": factories.told("contact")}
WAS = {name: factories.STORE_ANSWERS[name] for name in NEW}


def prove(browser):
    browser.post(PAGE)
    return browser.post("/me/profile/code/", {"code": last_code()}, follow=True)


def correct(application, by, **values):
    return applications.correct_contact(
        application=application, values=NEW | values, by=by, told=TOLD["told"]
    )


@pytest.fixture
def shared(merchant, reviewer):
    """An approved merchant who let the demo partner have the contact."""
    application = factories.approved(merchant, reviewer)
    partner = sharing_kit.demo_partner()
    sharing_kit.agree(merchant, partner)
    sharing.share_contact(application=application, partner=partner, by=merchant)
    return application, partner


@pytest.mark.clause("C130")
def test_everything_is_masked_until_a_code_and_again_after_some_minutes(merchant, monkeypatch):
    factories.filled_in(merchant)
    browser = factories.signed_in(merchant)

    home = browser.get("/me/").content.decode()
    masked = browser.get(PAGE).content.decode()
    whole = prove(browser).content.decode()
    later = timezone.now() + timedelta(minutes=10, seconds=1)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: later)
        after = browser.get(PAGE).content.decode()

    assert f'href="{PAGE}"' in home
    for text in (masked, after):
        assert "137****2345" in text
        assert "138****8000" in text
        assert WAS["contact_phone"] not in text
        assert factories.STORE_ANSWERS["legal_id_number"] not in text
    assert "13800138000" in whole
    assert WAS["contact_phone"] in whole
    assert "1208 0141 0920 0098 765" in whole


def test_one_tap_masks_it_at_once(merchant):
    factories.filled_in(merchant)
    browser = factories.signed_in(merchant)
    prove(browser)

    page = browser.post(PAGE, {"hide": "1"}, follow=True)

    assert WAS["contact_phone"] not in page.content.decode()


def test_who_has_no_application_sees_the_account_and_that_nothing_else_is_there(merchant):
    page = factories.signed_in(merchant).get(PAGE)

    assert "我们不收集头像和昵称" in page.content.decode()
    assert factories.signed_in(merchant).get(CONTACT).status_code == 404


def made(state, merchant, reviewer):
    if state in ("sent_back", "approved"):
        return getattr(factories, state)(merchant, reviewer)
    return getattr(factories, state)(merchant)


@pytest.mark.clause("C134", "A85")
@pytest.mark.parametrize("state", ["filled_in", "submitted", "sent_back", "approved"])
def test_the_contact_is_corrected_in_every_state_and_nothing_else_is(state, merchant, reviewer):
    application = made(state, merchant, reviewer)
    browser = factories.signed_in(merchant)
    prove(browser)

    page = browser.post(
        CONTACT, NEW | TOLD | {"name": "别的公司", "bank_account": "1"}, follow=True
    )

    found = Application.objects.get(pk=application.pk)
    assert "联系人已更正" in page.content.decode()
    assert (found.contact_name.clear, found.contact_phone.clear) == tuple(NEW.values())
    assert found.name.clear == factories.STORE_ANSWERS["name"]
    assert found.bank_account.clear == factories.STORE_ANSWERS["bank_account"]
    assert found.state == application.state
    assert (found.contact_changed_at is None) == (state == "filled_in")


def test_the_ledger_names_the_fields_and_no_value_and_the_old_one_is_gone(merchant):
    application = factories.submitted(merchant)

    correct(application, merchant, contact_name=WAS["contact_name"])

    entry = LedgerEntry.objects.get(verb="corrected")
    assert entry.body == (
        f'{{"fields":["contact_phone"],"id":"{application.pk}","row":"onboarding.Application"}}'
    )
    fresh = Application.objects.get(pk=application.pk)
    values = {
        str(getattr(fresh, f.name).clear) for f in fresh.personal_fields() if getattr(fresh, f.name)
    }
    assert WAS["contact_phone"] not in values


def test_what_is_the_same_as_before_writes_nothing(merchant):
    application = factories.submitted(merchant)

    assert not applications.correct_contact(application=application, values=WAS, by=merchant)

    assert not LedgerEntry.objects.filter(verb="corrected").exists()
    assert Application.objects.get(pk=application.pk).contact_changed_at is None


def test_it_is_checked_like_the_first_time_and_nothing_typed_is_lost(merchant):
    factories.submitted(merchant)
    browser = factories.signed_in(merchant)
    prove(browser)

    page = browser.post(CONTACT, {"contact_name": "端木青", "contact_phone": "0571-123"})

    assert page.status_code == 422
    assert "请填写能收短信的11位手机号码" in page.content.decode()
    assert "端木青" in page.content.decode()


def test_without_a_code_nothing_is_shown_or_changed(merchant):
    application = factories.submitted(merchant)
    browser = factories.signed_in(merchant)

    answers = [browser.get(CONTACT), browser.post(CONTACT, NEW | TOLD)]

    assert [answer.headers["Location"] for answer in answers] == [PAGE] * 2
    assert Application.objects.get(pk=application.pk).contact_phone.clear == WAS["contact_phone"]


@pytest.mark.parametrize(
    ("state", "said"),
    [("submitted", "审核人员会退回给您修改"), ("approved", "核实身份和事实后更正")],
)
def test_what_is_locked_says_what_to_do(state, said, merchant, reviewer):
    made(state, merchant, reviewer)

    text = factories.signed_in(merchant).get(PAGE).content.decode()

    locked = [step for step in steps.STEPS if not step.paper and step.code != steps.CONTACT]
    assert text.count("已锁定</p>") == len(locked)
    assert said in text
    assert "15 天内答复" in text


def test_the_reviewer_sees_when_it_was_corrected(merchant, reviewer):
    application = factories.submitted(merchant)
    desk = factories.signed_in(reviewer)
    address = f"/desk/applications/{application.pk}/"
    before = desk.get(address).content.decode()

    correct(application, merchant)

    at = timezone.localtime(Application.objects.get(pk=application.pk).contact_changed_at)
    assert "更正过" not in before
    assert f"商家 {at.month}月{at.day}日 {at:%H:%M} 更正过" in desk.get(address).content.decode()


def test_nobody_corrects_what_is_anothers(merchant, stranger):
    application = factories.submitted(merchant)

    with pytest.raises(NotAllowed):
        correct(application, stranger)


def test_a_closing_account_still_shows_what_we_hold_and_lets_nothing_be_changed(merchant):
    application = factories.submitted(merchant)
    browser = factories.signed_in(merchant)
    erasure.request(person=merchant)

    whole = prove(browser)
    refused = browser.post(CONTACT, NEW)

    assert WAS["contact_phone"] in whole.content.decode()
    assert f'href="{CONTACT}"' not in whole.content.decode()
    assert refused.headers["Location"] == "/me/"
    assert Application.objects.get(pk=application.pk).contact_phone.clear == WAS["contact_phone"]


def test_nothing_is_corrected_while_the_account_closes_or_is_erased(merchant):
    application = factories.submitted(merchant)
    asked = erasure.request(person=merchant)

    with pytest.raises(NotAllowed):
        correct(application, merchant)
    carrying_out.claim(asked.pk, asked.starts_at)
    with pytest.raises(BeingErased):
        correct(application, merchant)


def test_a_partner_that_holds_the_old_contact_is_named_and_gets_the_new_one_with_one_tap(
    merchant, shared
):
    application, partner = shared
    browser = factories.signed_in(merchant)
    before = browser.get(PAGE).content.decode()
    correct(application, merchant)

    named = browser.get(PAGE).content.decode()
    for _ in range(2):
        sent = browser.post(f"{CONTACT}{partner.slug}/", follow=True)

    newest, oldest = Disclosure.objects.of(merchant.pk)
    assert "手里还是旧的联系方式" not in before
    assert f"{CONTACT}{partner.slug}/" in named
    assert "正在发给" in sent.content.decode()
    assert "手里还是旧的联系方式" not in sent.content.decode()
    assert newest.consent_event == oldest.consent_event
    assert NEW["contact_phone"] in newest.content.values.clear


def test_nothing_new_goes_out_once_the_consent_is_withdrawn(merchant, shared):
    application, partner = shared
    correct(application, merchant)
    consents.withdraw(person=merchant, code=f"share:{partner.slug}")
    fresh = Application.objects.get(pk=application.pk)

    with pytest.raises(disclosures.NoConsent):
        sharing.renew_contact(application=fresh, partner=partner, by=merchant)

    assert sharing.outdated(fresh) == []
    assert Disclosure.objects.of(merchant.pk).count() == 1


def test_a_partner_that_got_it_after_the_correction_holds_the_right_one(merchant, reviewer):
    application = factories.approved(merchant, reviewer)
    correct(application, merchant)
    partner = sharing_kit.demo_partner()
    sharing_kit.agree(merchant, partner)
    fresh = Application.objects.get(pk=application.pk)

    sharing.share_contact(application=fresh, partner=partner, by=merchant)

    assert sharing.outdated(fresh) == []


def test_the_page_costs_the_same_for_one_partner_as_for_three(merchant, shared):
    application, _partner = shared
    browser = factories.signed_in(merchant)
    correct(application, merchant)
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as of_one:
        browser.get(PAGE)
    for slug in ("second", "third"):
        other = sharing_kit.partner_at("http://127.0.0.1:9", slug)
        sharing_kit.shared(merchant, other)
    Application.objects.update(contact_changed_at=timezone.now() + timedelta(seconds=1))
    with CaptureQueriesContext(connection) as of_three:
        page = browser.get(PAGE)

    assert len(page.context["outdated"]) == 3
    assert len(of_three) == len(of_one)


@pytest.mark.clause("A21")
def test_phone_name_and_region_are_changed_by_the_merchant(merchant):
    """The firm's name while it is the merchant's turn; the phone and the region at any time."""
    factories.filled_in(merchant)
    browser = factories.signed_in(merchant)
    factories.give_consent(merchant, "leads")
    prove(browser)

    browser.post(CONTACT, NEW | TOLD)
    browser.post("/apply/subject/", {**factories.STORE_ANSWERS, "name": "金华星辰二手车有限公司"})
    browser.post("/me/leads/region/", {"province": "浙江省", "city": "金华市"})

    found = Application.objects.get(person=merchant)
    assert found.contact_phone.clear == NEW["contact_phone"]
    assert found.name.clear == "金华星辰二手车有限公司"
    assert LeadsPreference.objects.of(merchant.pk).region.clear == "浙江省 金华市"


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_both_are_written_down_and_the_last_stands(merchant):
    application = factories.submitted(merchant)
    phones = ("13611112222", "13611113333")

    at_once(
        *[
            lambda number=number: correct(application, merchant, contact_phone=number)
            for number in phones
        ]
    )

    assert Application.objects.get(pk=application.pk).contact_phone.clear in phones
    assert LedgerEntry.objects.filter(verb="corrected").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_correction_and_an_approval_at_once_lose_neither(merchant):
    reviewer = make_staff("reviewer", "reviewer")
    application = factories.submitted(merchant)

    at_once(
        lambda: correct(application, merchant),
        lambda: review.approve(application=application, seen_round=1, by=reviewer),
    )

    found = Application.objects.get(pk=application.pk)
    assert (found.state, found.contact_phone.clear) == ("approved", NEW["contact_phone"])
