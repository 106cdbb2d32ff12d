"""Impact assessments: two people, unchangeable once approved, and nothing of the kind without."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.clocks import SHANGHAI
from accounts.models import LedgerEntry
from accounts.personal import ConsentMissing, guard
from accounts.transitions import MoveRefused
from consent import assessmenttext, notices, purposes
from consent.actions import assessments, consents, partners, sharing
from consent.models import Consent, Disclosure, ImpactAssessment
from consent.states import AssessmentState
from tests import factories
from tests.conftest import make_staff
from tests.consent.assessment_kit import WORDS, in_force
from tests.consent.sharing_kit import CONTACT, agree, partner_at, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessed():
    """Here nothing is assessed until somebody does it."""


def written(by, purpose="id_photo", **changes):
    contents = {**WORDS, "valid_until": assessments.latest_day(), **changes}
    return assessments.write(purpose=purpose, by=by, contents=contents)


def submitted(by, purpose="id_photo", **changes):
    paper = written(by, purpose, **changes)
    assessments.submit(assessment=paper, by=by)
    return ImpactAssessment.objects.get(pk=paper.pk)


def approved(by, second, purpose="id_photo", **changes):
    paper = submitted(by, purpose, **changes)
    assessments.approve(assessment=paper, seen_sha256=paper.sha256, by=second)
    return ImpactAssessment.objects.get(pk=paper.pk)


def test_a_purpose_is_covered_once_a_second_person_approved(officer, second_officer):
    paper = submitted(officer)
    before = assessments.covers("id_photo")

    assessments.approve(assessment=paper, seen_sha256=paper.sha256, by=second_officer)

    assert (before, assessments.covers("id_photo")) == (False, True)
    assert not assessments.covers("bank_account")


def test_the_author_cannot_approve_what_they_wrote(officer):
    paper = submitted(officer)

    with pytest.raises(assessments.SamePerson):
        assessments.approve(assessment=paper, seen_sha256=paper.sha256, by=officer)

    assert not assessments.covers("id_photo")


def test_the_database_itself_refuses_one_person_in_both_parts(officer):
    paper = submitted(officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        ImpactAssessment.objects.filter(pk=paper.pk).update(
            approver=officer.pk, approved_at=timezone.now(), state="approved"
        )


def test_only_the_words_that_were_read_are_approved(officer, second_officer):
    paper = submitted(officer)

    with pytest.raises(assessments.WrongText):
        assessments.approve(assessment=paper, seen_sha256="0" * 64, by=second_officer)

    assert ImpactAssessment.objects.get().state == AssessmentState.SUBMITTED


@pytest.mark.parametrize("days", [0, 366])
def test_it_holds_from_tomorrow_at_the_earliest_and_a_year_at_the_longest(officer, days):
    paper = written(officer, valid_until=timezone.localdate() + timedelta(days=days))

    with pytest.raises(assessments.Incomplete):
        assessments.submit(assessment=paper, by=officer)


def test_none_of_the_three_contents_may_be_missing(officer):
    paper = written(officer, influence=" ")

    with pytest.raises(assessments.Incomplete) as refused:
        assessments.submit(assessment=paper, by=officer)

    assert refused.value.missing == ("对个人权益的影响和安全风险",)


def test_what_was_sent_back_is_rewritten_by_its_author_and_approved(officer, second_officer):
    paper = submitted(officer)
    assessments.send_back(assessment=paper, remark="写清保存多久", by=second_officer)

    assessments.rewrite(assessment=paper, by=officer, contents={"measures": "一年后删除。"})
    assessments.submit(assessment=paper, by=officer)
    fresh = ImpactAssessment.objects.get()
    assessments.approve(assessment=fresh, seen_sha256=fresh.sha256, by=second_officer)

    assert fresh.sha256 not in {"", paper.sha256}
    assert assessments.covers("id_photo")


def test_what_is_submitted_is_not_rewritten_meanwhile(officer, second_officer):
    paper = submitted(officer)

    with pytest.raises(assessments.NotYours):
        assessments.rewrite(assessment=paper, by=officer, contents={"measures": "别的"})
    with pytest.raises(assessments.NotYours):
        assessments.rewrite(assessment=paper, by=second_officer, contents={"measures": "别的"})


def test_an_approved_one_is_not_sent_back(officer, second_officer):
    paper = approved(officer, second_officer)

    with pytest.raises(MoveRefused):
        assessments.send_back(assessment=paper, remark="晚了", by=make_staff("third", "officer"))


def test_the_database_refuses_to_change_an_approved_one(officer, second_officer):
    approved(officer, second_officer)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ImpactAssessment.objects.update(measures="改过")


@pytest.mark.parametrize("make", [written, submitted])
def test_the_database_refuses_to_delete_one_in_any_state(officer, make):
    make(officer)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ImpactAssessment.objects.all().delete()


def test_it_is_kept_three_years_from_its_approval(officer, second_officer):
    paper = approved(officer, second_officer)

    kept, made = paper.kept_until.astimezone(SHANGHAI), timezone.localtime(paper.approved_at)

    assert (kept - made).days in {3 * 365, 3 * 365 + 1}


def test_the_ledger_has_the_hash_of_what_was_approved_and_no_words(officer, second_officer):
    paper = approved(officer, second_officer)

    entries = LedgerEntry.objects.filter(stream="assessments").order_by("seq")

    assert [entry.actor for entry in entries] == [officer.pk, second_officer.pk]
    assert all(paper.sha256 in entry.body for entry in entries)


def test_the_last_day_counts_and_the_day_after_does_not(officer, second_officer):
    paper = approved(officer, second_officer)
    last = timezone.localtime().replace(
        year=paper.valid_until.year, month=paper.valid_until.month, day=paper.valid_until.day
    )

    assert assessments.covers("id_photo", last)
    assert not assessments.covers("id_photo", last + timedelta(days=1))


@pytest.mark.parametrize("code", ["id_photo", "bank_account"])
def test_a_sensitive_category_is_not_asked_for_before_it_is_assessed(merchant, code):
    with pytest.raises(consents.NotOpen):
        consents.notice_for(code)
    with pytest.raises(consents.NotOpen):
        consents.give(person=merchant, code=code, sha256=consents.words_of(code).sha256)

    assert Consent.objects.count() == 0


def test_every_sensitive_notice_is_a_purpose_that_must_be_assessed():
    sensitive = {
        notice.code
        for notice in notices.NOTICES.values()
        if any("【敏感】" in category for category in notice.categories)
    }

    assert sensitive
    assert all(purposes.reasons(code) for code in sensitive)


def test_the_page_says_it_is_not_open_and_names_the_other_way(merchant):
    browser = factories.signed_in(merchant)
    notice = consents.words_of("id_photo")

    page = browser.get(reverse("consent:ask", args=["id_photo"]))
    sent = browser.post(
        reverse("consent:ask", args=["id_photo"]), {"answer": "agree", "sha256": notice.sha256}
    )

    assert (page.status_code, sent.status_code) == (200, 403)
    assert "这一项暂未开放" in page.content.decode()
    assert notice.alternative in page.content.decode()
    assert not Consent.objects.filter(code="id_photo").exists()


def test_a_step_that_needs_it_answers_the_same_on_every_method(merchant):
    browser = factories.signed_in(merchant)
    factories.started(merchant)

    answers = [browser.get("/apply/id-front/"), browser.post("/apply/id-front/", {})]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert all("这一项暂未开放" in answer.content.decode() for answer in answers)


def test_a_consent_given_before_it_expired_stands_and_can_be_withdrawn(merchant):
    in_force("id_photo")
    factories.give_consent(merchant, "id_photo")
    later = timezone.now() + timedelta(days=400)

    assert consents.is_live(merchant.pk, "id_photo")
    with pytest.raises(consents.NotOpen):
        consents.notice_for("id_photo", later)
    consents.withdraw(person=merchant, code="id_photo", now=later)
    with pytest.raises(ConsentMissing):
        guard.require(merchant.pk, "id_photo")


def test_saying_no_is_always_taken(merchant):
    sha256 = consents.words_of("id_photo").sha256

    consents.refuse(person=merchant, code="id_photo", sha256=sha256)

    assert Consent.objects.get().decision == "refused"


@pytest.mark.clause("C121")
def test_a_partner_is_not_activated_before_it_is_assessed(db, officer, second_officer):
    in_draft = registered("bank")

    with pytest.raises(partners.Incomplete) as refused:
        partners.activate(partner=in_draft, by=officer)
    approved(officer, second_officer, purpose="share:bank")
    partners.activate(partner=in_draft, by=officer)

    assert refused.value.missing == ("个人信息保护影响评估",)
    assert in_draft.state == "active"


@pytest.mark.clause("C121")
def test_nothing_is_shared_with_a_partner_whose_assessment_expired(merchant):
    partner = partner_at("http://127.0.0.1:9")
    agree(merchant, partner)

    with pytest.raises(sharing.NotAssessed):
        sharing.share(
            person_id=merchant.pk,
            partner=partner,
            purpose=partner.purpose,
            content=CONTACT,
            by=merchant,
            now=timezone.now() + timedelta(days=400),
        )

    assert Disclosure.objects.count() == 0
    assert consents.is_live(merchant.pk, "share:demo")


def test_no_purpose_is_invented(officer):
    with pytest.raises(assessments.UnknownPurpose):
        written(officer, purpose="share:nobody")


def test_what_ships_is_whole_and_about_a_purpose_that_must_be_assessed():
    shipped = assessmenttext.shipped()

    assert {"id_photo", "bank_account", "share:demo"} <= {paper.purpose for paper in shipped}
    assert all(purposes.reasons(paper.purpose) for paper in shipped)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "purpose: id_photo\nhigh_risk: perhaps\n\n# 标题\n",
        "purpose: id_photo\nhigh_risk: no\n\n# 标题\n## 目的和方式是否合法、正当、必要\n是。\n",
    ],
)
def test_a_file_without_its_chapters_is_refused(raw):
    with pytest.raises(assessmenttext.Unreadable):
        assessmenttext.parse(raw)


def test_the_demo_adopts_what_ships_once(officer, second_officer):
    first = assessments.adopt_shipped(author=officer, approver=second_officer)
    second = assessments.adopt_shipped(author=officer, approver=second_officer)

    assert first >= 2
    assert second == 0
    assert assessments.covers("id_photo")
    assert not assessments.covers("share:demo"), "that partner was never registered"
