"""Somebody else takes over: announced thirty working days ahead, by two officers, everywhere."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from consent.actions import consents, partners, sharing, transfers
from consent.actions.officers import NotAnOfficer
from consent.models import Consent, TransferNotice
from consent.states import TransferState
from tests import factories
from tests.consent.sharing_kit import CONTACT, agree, partner_at

pytestmark = pytest.mark.django_db
DESK = "/desk/transfers/"
SHANGHAI = ZoneInfo("Asia/Shanghai")
# 30 working days after 23 November 2026, New Year's Day between them: the last is 5 January 2027.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
FACTS = {
    "successor": "杭州之江汽车服务有限公司",
    "contact": "0571-88880000",
    "why": "merger",
    "passes": "账号信息、入驻申请资料、证件照片",
}


def far_ahead():
    return timezone.localdate() + timedelta(days=90)


def drafted(by, **changes):
    return transfers.draft(by=by, **{"effect_date": far_ahead()} | FACTS | changes)


def published(by, second, **changes):
    notice = drafted(by, **changes)
    transfers.publish(notice=notice, by=second)
    return notice


def form(**changes):
    return FACTS | {"effect_date": far_ahead().isoformat()} | changes


# Thirty working days


@pytest.mark.clause("A65", "B60")
def test_thirty_chinese_working_days_lie_between_the_notice_and_its_effect(officer):
    first = transfers.earliest(MONDAY).at.date()

    with pytest.raises(transfers.TooSoon) as refused:
        transfers.draft(by=officer, effect_date=first - timedelta(days=1), now=MONDAY, **FACTS)
    notice = transfers.draft(by=officer, effect_date=first, now=MONDAY, **FACTS)

    assert notice.effect_date == first
    assert first > date(2026, 11, 23) + timedelta(days=40)
    assert f"{first:%Y-%m-%d}" in refused.value.message_zh
    assert "个人信息保护法第22条" in refused.value.message_zh
    assert "30个工作日" in refused.value.message_zh


def test_the_days_are_counted_from_the_day_it_becomes_public(officer, second_officer):
    first = transfers.earliest(MONDAY).at.date()
    notice = transfers.draft(by=officer, effect_date=first, now=MONDAY, **FACTS)

    with pytest.raises(transfers.TooSoon):
        transfers.publish(notice=notice, by=second_officer, now=MONDAY + timedelta(days=7))

    notice.refresh_from_db()
    assert notice.state == TransferState.DRAFT


def test_the_form_names_the_rule_and_the_earliest_day(officer):
    answer = factories.signed_in(officer).post(
        DESK, form(effect_date=timezone.localdate().isoformat())
    )

    (words,) = answer.context["form"].errors["effect_date"]
    assert answer.status_code == 422
    assert f"{transfers.earliest().at.date():%Y-%m-%d}" in words
    assert "第22条" in words
    assert TransferNotice.objects.count() == 0


@pytest.mark.parametrize("passes", ["账号信息等", "账号信息等信息。"])
def test_what_passes_is_a_closed_list(officer, passes):
    answer = factories.signed_in(officer).post(DESK, form(passes=passes))

    assert "passes" in answer.context["form"].errors


# Two people


@pytest.mark.clause("A65", "B60")
def test_whoever_wrote_it_does_not_publish_it(officer, second_officer):
    notice = drafted(officer)

    with pytest.raises(transfers.SamePerson):
        transfers.publish(notice=notice, by=officer)
    transfers.publish(notice=notice, by=second_officer)

    assert list(TransferNotice.objects.public()) == [notice]


def test_nobody_but_officers_may(officer, ops, reviewer, merchant):
    notice = drafted(officer)

    for somebody in (ops, reviewer, merchant):
        with pytest.raises(NotAnOfficer):
            drafted(somebody)
        with pytest.raises(NotAnOfficer):
            transfers.publish(notice=notice, by=somebody)
        assert factories.signed_in(somebody).get(DESK).status_code == 403


def test_the_database_refuses_one_person(officer):
    notice = drafted(officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        TransferNotice.objects.filter(pk=notice.pk).update(
            published_at=timezone.now(), published_by=officer, state="published"
        )


def test_it_is_published_once(officer, second_officer):
    notice = published(officer, second_officer)

    with pytest.raises(transfers.NotWaiting):
        transfers.publish(notice=notice, by=second_officer)
    with pytest.raises(transfers.NotWaiting):
        transfers.discard(notice=notice, by=officer)


def test_the_desk_publishes_by_the_second_officer_and_tells_the_first(officer, second_officer):
    first, second = factories.signed_in(officer), factories.signed_in(second_officer)
    first.post(DESK, form())
    notice = TransferNotice.objects.get()

    said = first.post(f"{DESK}{notice.pk}/publish/", follow=True).content.decode()
    second.post(f"{DESK}{notice.pk}/publish/")

    notice.refresh_from_db()
    assert "起草的人不能批准" in said
    assert notice.state == TransferState.PUBLISHED


# Shown until it takes effect


@pytest.mark.clause("A65", "B60")
def test_everybody_is_told_at_home_and_every_merchant_on_their_own_page(
    merchant, officer, second_officer
):
    notice = published(officer, second_officer)
    browser = factories.signed_in(merchant)

    own, home = browser.get("/me/").content.decode(), Client().get("/").content.decode()

    for page in (own, home):
        assert notice.successor in page
        assert f"/transfers/{notice.pk}/" in page


@pytest.mark.clause("A65")
def test_a_merchant_is_told_by_a_pop_up_until_it_was_closed(merchant, officer, second_officer):
    published(officer, second_officer)
    browser = factories.signed_in(merchant)
    popped = browser.get("/").content.decode()
    mark = popped.split('name="popup" value="')[1][:12]

    browser.post("/policies/seen/", {"popup": mark, "next": "/"})

    assert "policy-popup" in popped
    assert "policy-popup" not in browser.get("/").content.decode()


@pytest.mark.clause("A65")
def test_the_standing_page_says_who_what_why_when_and_what_to_do(officer, second_officer):
    notice = published(officer, second_officer)

    page = Client().get(f"/transfers/{notice.pk}/").content.decode()

    for told in (*FACTS.values(), f"{notice.effect_date:%-d}日"):
        assert told == "merger" or told in page
    assert "公司合并" in page
    for way in ("/me/export/", "/me/consents/", "/me/deactivate/"):
        assert f'href="{way}"' in page


def test_a_draft_and_what_was_taken_back_is_nobodys_business(merchant, officer, second_officer):
    draft, taken_back = drafted(officer), published(officer, second_officer, successor="乙公司")
    transfers.withdraw(notice=taken_back, by=officer)

    pages = factories.signed_in(merchant).get("/me/").content.decode()
    pages += Client().get("/transfers/").content.decode()

    assert draft.successor not in pages
    assert "乙公司" not in pages
    assert Client().get(f"/transfers/{draft.pk}/").status_code == 404
    assert Client().get(f"/transfers/{taken_back.pk}/").status_code == 404


def test_from_its_effect_on_it_is_history(officer, second_officer):
    first = transfers.earliest(MONDAY).at.date()
    notice = transfers.draft(by=officer, effect_date=first, now=MONDAY, **FACTS)
    transfers.publish(notice=notice, by=second_officer, now=MONDAY)

    assert list(TransferNotice.objects.coming(first - timedelta(days=1))) == [notice]
    assert list(TransferNotice.objects.coming(first)) == []
    with pytest.raises(transfers.NotWaiting):
        transfers.withdraw(
            notice=notice,
            by=officer,
            now=datetime(first.year, first.month, first.day, 9, tzinfo=SHANGHAI),
        )


# A successor with another purpose


@pytest.mark.clause("A47", "A65", "B60")
def test_no_consent_passes_to_a_successor_for_another_purpose(merchant):
    partner = partner_at("http://127.0.0.1:9")
    agree(merchant, partner)
    partner.legal_name, partner.purpose = "杭州之江汽车服务有限公司", "推销保险"
    partner.save(update_fields=["legal_name", "purpose"])

    with pytest.raises(sharing.NoConsent):
        sharing.share(
            person_id=merchant.pk,
            partner=partner,
            purpose=partner.purpose,
            content=CONTACT,
            by=merchant,
        )

    assert not consents.is_live(merchant.pk, partners.consent_code(partner))


@pytest.mark.clause("A65")
@pytest.mark.parametrize(
    "changed", [{"processor": "杭州之江汽车服务有限公司"}, {"purpose": "推销"}]
)
def test_a_consent_is_bound_to_who_asked_and_what_for(merchant, changed):
    factories.give_consent(merchant, "bank_account")
    asked = consents.notice_for("bank_account")
    theirs = replace(asked, **changed)

    live = Consent.objects.agreed_to(merchant.pk, [theirs.sha256])

    assert not live.exists()
    assert Consent.objects.agreed_to(merchant.pk, [asked.sha256]).exists()


@pytest.mark.clause("A65")
def test_a_notice_with_another_purpose_says_that_consent_is_asked_anew(officer, second_officer):
    notice = published(officer, second_officer, new_purpose="推荐保险")

    page = Client().get(f"/transfers/{notice.pk}/").content.decode()

    assert "推荐保险" in page
    assert "重新征求您的同意" in page
