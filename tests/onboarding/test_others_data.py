"""Data of somebody else are stored once the merchant declared that they were told."""

import dataclasses

import pytest
from django.db import DatabaseError, transaction

from accounts.models import LedgerEntry
from accounts.personal.holders import Fate
from consent.actions.declarations import OthersNotTold
from consent.holders import Declarations
from consent.models import OthersDeclared, Wording
from consent.notices import others as notices
from onboarding import others, steps
from onboarding.actions import application as applications
from onboarding.models import Application, Role
from tests import factories

pytestmark = pytest.mark.django_db

CONTACT = {"contact_name": "诸葛晓敏", "contact_phone": "13757912345"}
TOLD = {"told": notices.CONTACT.sha256}
OWN_PHONE = "13800138000"


@pytest.fixture
def browser(merchant):
    factories.started(merchant)
    return factories.signed_in(merchant)


def send(browser, step="contact", **values):
    return browser.post(f"/apply/{step}/", values)


@pytest.mark.clause("B37", "A31")
@pytest.mark.parametrize(
    ("step", "values"),
    [
        ("contact", CONTACT),
        ("legal", {"legal_representative": "欧阳建国", "legal_id_number": "330702198503121239"}),
    ],
)
def test_nothing_of_somebody_else_is_stored_without_the_tick(browser, step, values):
    page = send(browser, step, **values)

    assert page.status_code == 422
    text = page.content.decode()
    assert "请先告诉对方、得到同意，再勾选" in text
    assert all(f'value="{value}"' in text for value in values.values())
    stored = Application.objects.get()
    assert [getattr(stored, name) for name in values] == [None, None]
    assert not OthersDeclared.objects.exists()


@pytest.mark.clause("B37", "A31")
def test_the_tick_is_kept_with_the_very_words_beside_it(browser, merchant):
    page = browser.get("/apply/contact/").content.decode()

    sent = send(browser, **CONTACT, **TOLD)

    assert sent.status_code == 302
    assert notices.CONTACT.label in page
    assert notices.CONTACT.fate in page
    assert "checked" not in page[page.index('name="told"') :].partition(">")[0]
    row = OthersDeclared.objects.get()
    assert (row.person, row.code) == (merchant.pk, "others:contact")
    words = Wording.objects.get(sha256=row.sha256).text
    assert words == f"{notices.CONTACT.label}\n{notices.CONTACT.fate}"
    assert row.sha256 in LedgerEntry.objects.get(verb="others_declared").body


@pytest.mark.parametrize("told", ["", "on", notices.LEGAL.sha256])
def test_other_words_or_none_do_not_count(browser, told):
    assert send(browser, **CONTACT, told=told).status_code == 422
    assert Application.objects.get().contact_name is None


def test_what_is_right_beside_a_mistake_is_kept_only_with_the_tick(browser):
    send(browser, contact_name="诸葛晓敏", contact_phone="1380")
    without = Application.objects.get().contact_name
    send(browser, contact_name="诸葛晓敏", contact_phone="1380", **TOLD)

    assert without is None
    assert Application.objects.get().contact_name.clear == "诸葛晓敏"


def test_whoever_gives_the_accounts_own_number_speaks_of_themselves(browser):
    sent = send(browser, contact_name="诸葛晓敏", contact_phone=OWN_PHONE)

    assert sent.status_code == 302
    assert not OthersDeclared.objects.exists()


def test_an_agent_who_is_the_contact_speaks_of_themselves(merchant):
    factories.started(merchant, Role.AGENT)
    browser = factories.signed_in(merchant)
    browser.post("/apply/subject/", factories.answers(Role.AGENT))

    sent = browser.post("/apply/contact/", factories.answers(Role.AGENT))

    assert sent.status_code == 302
    assert not OthersDeclared.objects.exists()


def test_saving_the_same_again_asks_for_nothing(browser):
    send(browser, **CONTACT, **TOLD)

    again = send(browser, **CONTACT)

    assert again.status_code == 302
    assert OthersDeclared.objects.count() == 1


@pytest.mark.clause("B37")
def test_another_person_is_declared_anew(browser):
    send(browser, **CONTACT, **TOLD)

    page = send(browser, contact_name="令狐冲", contact_phone="13757912345")

    assert page.status_code == 422
    assert Application.objects.get().contact_name.clear == "诸葛晓敏"


@pytest.mark.clause("B37", "A31")
def test_another_purpose_asks_again_before_anything_is_handed_in(merchant, monkeypatch):
    application = factories.filled_in(merchant)
    before = applications.missing(application)
    wider = dataclasses.replace(notices.CONTACT, version="2", fate="还用来介绍新的服务。")
    monkeypatch.setattr(others, "CONTACT", wider)
    monkeypatch.setattr(others, "DECLARED", {**others.DECLARED, "contact": wider})

    with pytest.raises(applications.Incomplete) as refused:
        factories.hand_in(application)

    assert before == []
    assert [step.code for step in refused.value.missing] == ["contact"]


def test_the_action_itself_refuses(merchant):
    application = factories.started(merchant)
    step = steps.named(application.role, "contact")

    with pytest.raises(OthersNotTold):
        applications.save_step(application=application, step=step, values=CONTACT, by=merchant)


def test_a_declaration_cannot_be_changed_or_removed(browser):
    send(browser, **CONTACT, **TOLD)

    for act in (
        lambda: OthersDeclared.objects.update(code="x"),
        OthersDeclared.objects.all().delete,
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_it_is_listed_exported_and_stays_as_evidence_about_nobody(browser, merchant):
    send(browser, **CONTACT, **TOLD)
    holder = Declarations()

    (line,) = holder.inventory(merchant.pk)
    exported = str(holder.export(merchant.pk))
    outcome = holder.erase(merchant.pk, merchant.pk)

    assert line.count == 1
    assert notices.CONTACT.sha256 in exported
    assert outcome.fate == Fate.ANONYMISED
    row = OthersDeclared.objects.get()
    assert CONTACT["contact_name"] not in str(vars(row))


@pytest.mark.clause("B37")
def test_a_correction_of_the_contact_asks_too(merchant):
    application = factories.submitted(merchant)
    new = {"contact_name": "令狐冲", "contact_phone": "13611112222"}

    with pytest.raises(OthersNotTold):
        applications.correct_contact(application=application, values=new, by=merchant)

    assert Application.objects.get().contact_name.clear == CONTACT["contact_name"]
