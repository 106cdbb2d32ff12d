"""Whoever asked to leave: nothing is written behind the deactivation, and nobody judges them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.actions.erasure import carrying_out
from accounts.models import BeingErased, Erasure, Person
from consent.actions import policies
from consent.holders import Consents
from consent.models import Consent, Disclosure
from onboarding.actions import application as applications
from onboarding.actions import papers, review, sharing
from onboarding.holders import PaperHolder
from onboarding.models import Application, Discard, Paper, Remark, Role
from onboarding.permissions import NotAllowed
from onboarding.ports import storage
from onboarding.steps import named
from tests import factories
from tests.consent import sharing_kit

LEAVING = "商家正在注销账号，这份申请不能再查看和审核；商家撤回注销后可以继续。"

pytestmark = pytest.mark.django_db


def before_leaving(person):
    """The person as a request that began a moment earlier still knows them; then they leave."""
    known = Person.objects.get(pk=person.pk)
    erasures.request(person=person)
    return known


def test_nothing_is_begun_by_a_request_older_than_the_deactivation(merchant):
    known = before_leaving(merchant)

    with pytest.raises(NotAllowed):
        applications.start(person=known, role=Role.AGENT)

    assert Application.objects.count() == 0


def test_nothing_is_filled_in_by_a_request_older_than_the_deactivation(merchant):
    application = factories.started(merchant)
    known = before_leaving(merchant)

    with pytest.raises(NotAllowed):
        applications.save_step(
            application=application,
            step=named(application.role, "contact"),
            values={"contact_name": "诸葛晓敏"},
            by=known,
        )

    assert Application.objects.get().contact_name is None


def test_nothing_is_handed_in_by_a_request_older_than_the_deactivation(merchant):
    application = factories.filled_in(merchant)
    application.person = before_leaving(merchant)

    with pytest.raises(NotAllowed):
        factories.hand_in(application)

    assert Application.objects.get().state == "draft"


def test_a_photo_sent_before_the_deactivation_is_named_by_no_paper(merchant, files):
    application = factories.started(merchant)
    known = before_leaving(merchant)

    with pytest.raises(NotAllowed):
        papers.attach(application=application, kind="licence", raw=factories.photo(), by=known)
    papers.sweep(now=timezone.now() + papers.PATIENCE)

    assert (Paper.objects.count(), Discard.objects.count(), files()) == (0, 0, [])


def test_a_photo_written_behind_the_erasure_is_swept(merchant, files):
    key, due = storage.new_key(), timezone.now() + papers.PATIENCE
    Discard.objects.create(person=merchant.pk, storage_key=key, due_at=due)

    PaperHolder().erase(merchant.pk, merchant.pk)
    storage.default().put(key, b"sealed")
    papers.sweep(now=due + timedelta(seconds=1))

    assert (files(), Discard.objects.count()) == ([], 0)


def test_nothing_is_shared_by_a_request_older_than_the_deactivation(merchant, reviewer):
    application = factories.approved(merchant, reviewer)
    partner = sharing_kit.partner_at("http://127.0.0.1:9")
    sharing_kit.agree(merchant, partner)
    known = before_leaving(merchant)

    with pytest.raises(NotAllowed):
        sharing.share_contact(application=application, partner=partner, by=known)

    assert Disclosure.objects.count() == 0


def test_nobody_judges_a_merchant_who_is_leaving(merchant, reviewer):
    application = factories.submitted(merchant)
    erasures.request(person=merchant)

    with pytest.raises(NotAllowed, match=LEAVING):
        review.approve(application=application, seen_round=1, by=reviewer)
    with pytest.raises(NotAllowed, match=LEAVING):
        review.send_back(
            application=application,
            seen_round=1,
            remarks={"name": (Remark.Reason.MISMATCH, "")},
            by=reviewer,
        )

    assert Application.objects.get().state == "submitted"


def test_nobody_looks_at_the_papers_of_a_merchant_who_is_leaving(merchant, reviewer):
    application = factories.submitted(merchant)
    desk, page = factories.signed_in(reviewer), f"/desk/applications/{application.pk}/"
    licence = Paper.objects.get(kind="licence")
    erasures.request(person=merchant)

    picture = desk.get(f"{page}papers/{licence.pk}/")
    revealed = desk.post(f"{page}reveal/", {"field": "legal_id_number", "reason": "compare"})
    approved = desk.post(f"{page}approve/", {"seen_round": "1"})

    statuses = [picture.status_code, revealed.status_code, approved.status_code]
    assert statuses == [404, 409, 409]
    assert approved.context["conflict"] == LEAVING
    assert "330702198503121239" not in revealed.content.decode()


def test_a_merchant_who_stays_after_all_is_judged_again(merchant, reviewer):
    application = factories.submitted(merchant)
    erasures.cancel(erasure=erasures.request(person=merchant), by=merchant)

    judged = review.approve(application=application, seen_round=1, by=reviewer)

    assert judged.state == "approved"


def test_once_the_erasure_runs_no_answer_is_kept_any_more(merchant):
    factories.give_consent(merchant, "id_photo")
    browser = factories.signed_in(merchant)
    asked = erasures.request(person=merchant)
    carrying_out.claim(asked.pk, asked.starts_at)
    Consents().erase(merchant.pk, asked.pk)
    version = policies.in_force("privacy")

    answer = browser.post(
        "/policies/privacy/answer/",
        {"answer": "agree", "version": version.pk, "sha256": version.sha256},
    )

    assert answer.status_code == 409
    assert "账号正在删除，不能再办理" in answer.content.decode()
    assert Consent.objects.of(merchant.pk).count() == 0


def test_whoever_is_gone_is_written_about_by_no_request_that_began_before(merchant):
    known = before_leaving(merchant)
    erasures.run(erasure_id=Erasure.objects.get().pk, now=timezone.now() + timedelta(days=2))

    with pytest.raises(BeingErased):
        factories.give_consent(known, "id_photo")

    assert Consent.objects.count() == 0
