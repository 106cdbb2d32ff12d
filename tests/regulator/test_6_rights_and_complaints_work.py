"""认定方法 第六条：未按法律规定提供删除或更正个人信息功能，或未公布投诉、举报方式."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import complaints, erasure
from accounts.clocks import SHANGHAI, add_working_days
from accounts.models import Complaint, DataKey, Erasure, Person
from consent.actions import consents
from consent.models import Obligation
from onboarding.models import Application, Paper
from tests import factories
from tests.accounts.inbox import last_code
from tests.consent.page_forms import forms_of
from tests.consent.sharing_kit import shared

pytestmark = pytest.mark.django_db

LONGEST_DAYS = 15
EVES = [datetime(2026, month, 28, 17, 0, tzinfo=SHANGHAI) for month in range(1, 13)]


def test_6_1_what_was_given_can_be_corrected(browser, merchant):
    factories.filled_in(merchant)

    new = {"contact_name": "欧阳修远", "contact_phone": "13957998765"}
    browser.post("/apply/contact/", new | {"told": factories.told("contact")})

    kept = Application.objects.get()
    assert (kept.contact_name.clear, kept.contact_phone.clear) == ("欧阳修远", "13957998765")


def test_6_1_what_was_given_can_be_deleted(browser, merchant, files):
    factories.filled_in(merchant)

    for code in ("id_photo", "bank_account"):
        browser.post("/me/consents/", {"code": code})

    assert set(Paper.objects.values_list("kind", flat=True)) == {"licence"}
    assert Application.objects.get().bank_account is None


def test_6_1_an_account_can_be_closed_by_its_owner_and_is_gone(browser, merchant):
    factories.filled_in(merchant)

    browser.post("/me/deactivate/")
    browser.post("/me/deactivate/code/", {"code": last_code()})
    browser.post("/me/deactivate/confirm/", {"understood": "on"})
    erasure.run(erasure_id=Erasure.objects.get().pk, now=timezone.now() + timedelta(days=2))

    assert not Person.objects.filter(pk=merchant.pk).exists()
    assert not Application.objects.exists()


def test_6_2_closing_asks_for_nothing_but_the_phone_the_account_was_opened_with(browser):
    begin = browser.get("/me/deactivate/").content.decode()
    browser.post("/me/deactivate/")
    code = browser.get("/me/deactivate/code/").content.decode()
    browser.post("/me/deactivate/code/", {"code": last_code()})
    confirm = browser.get("/me/deactivate/confirm/").content.decode()

    asked = {
        name
        for page in (begin, code, confirm)
        for form in forms_of(page)
        if not form.action.startswith("/consents/")
        for name in (*form.fields, *form.boxes)
    }
    assert asked - {"csrfmiddlewaretoken", "next"} == {"code", "understood"}


@pytest.mark.parametrize("asked_at", EVES, ids=lambda at: f"{at:%m-%d}")
def test_6_3_the_promised_time_is_three_working_days_and_never_past_fifteen(merchant, asked_at):
    asked = erasure.request(person=merchant, now=asked_at)

    due = asked.due_at.astimezone(SHANGHAI).date()
    assert due == add_working_days(asked_at.date(), 3)
    assert due <= add_working_days(asked_at.date(), LONGEST_DAYS)


def test_6_4_it_is_not_called_done_while_a_partner_still_holds_something(merchant, partner):
    factories.agree_to_privacy(merchant)
    shared(merchant, partner)
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))

    erasure.run(erasure_id=asked.pk)

    asked.refresh_from_db()
    page = Client().get(f"/receipt/{asked.code}/").content.decode()
    assert asked.state == "awaiting"
    assert Obligation.objects.get(cause=asked.pk).settled_at is None
    assert "0 / 1 家已确认" in page


def test_6_4_when_it_is_called_done_the_back_end_is_done_too(merchant, files):
    factories.filled_in(merchant)
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))

    erasure.run(erasure_id=asked.pk)

    asked.refresh_from_db()
    assert asked.state == "completed"
    assert files() == []
    left = DataKey.objects.filter(person=merchant.pk, destroyed_at=None)
    assert set(left.values_list("retention", flat=True)) <= {"reply"}


def test_6_5_anybody_can_complain_and_is_told_by_when_an_answer_comes(visitor):
    sent = visitor.post("/complaints/", {"topic": "leak", "words": "有人冒充客服。", "contact": ""})

    found = Complaint.objects.get()
    page = visitor.get(sent["Location"])
    assert page.status_code == 200
    assert found.due_at - found.received_at <= timedelta(days=LONGEST_DAYS + 1)


def test_6_5_a_complaint_is_answered_and_the_answer_can_be_read(visitor, officer):
    found = complaints.take_in(
        topic="leak", words="有人冒充客服。", contact="", address="203.0.113.9", by=None
    )

    complaints.answer(complaint=found, words="已核实，不是我们的员工。", by=officer)

    page = visitor.get(f"/complaints/{found.code}/").content.decode()
    assert "已核实，不是我们的员工。" in page


def test_6_5_withdrawing_is_no_reason_to_be_heard_less(browser, merchant):
    consents.withdraw(person=merchant, code="policy:privacy")

    assert browser.get("/complaints/").status_code == 200
