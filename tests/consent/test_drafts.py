"""The publisher's desk: two people, the linter between them, and the way back before effect."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from accounts.models import LedgerEntry
from accounts.transitions import MoveRefused
from consent import policytext
from consent.actions import drafts, findings, policies, publishing
from consent.models import ConsentEvent, PolicyDraft, PolicyVersion, PolicyWithdrawal
from consent.states import PolicyDraftState
from tests import factories
from tests.conftest import make_staff
from tests.consent.policy_kit import (
    EFFECTIVE,
    in_force,
    publish,
    shipped_text,
    submitted,
    wording,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped(db):
    factories.publish_policies()


def codes(draft: PolicyDraft, now=None) -> list[str]:
    return [finding.code for finding in findings.of(draft, now)]


def begun(by, **changed) -> PolicyDraft:
    return drafts.begin(wording=wording(**changed), by=by)


# Two people


def test_what_one_publisher_wrote_another_publishes(publisher, second_publisher):
    draft = submitted(publisher)

    version = drafts.publish(draft=draft, seen_round=1, by=second_publisher)

    draft.refresh_from_db()
    assert (version.author, version.approver) == (publisher.pk, second_publisher.pk)
    assert (version.body, version.effective_at) == (draft.body, EFFECTIVE)
    assert version.sha256 == policytext.fingerprint(draft.body)
    assert (draft.state, draft.version) == (PolicyDraftState.PUBLISHED, version)
    assert PolicyVersion.objects.upcoming("privacy") == version


def test_nobody_publishes_or_sends_back_what_they_wrote_themselves(publisher):
    draft = submitted(publisher)

    with pytest.raises(drafts.SamePerson, match="另一位发布人"):
        drafts.publish(draft=draft, seen_round=1, by=publisher)
    with pytest.raises(drafts.SamePerson):
        drafts.send_back(draft=draft, seen_round=1, remark="x", by=publisher)

    assert PolicyVersion.objects.filter(number="2.0").count() == 0


def test_the_database_itself_refuses_one_person_twice(publisher):
    draft = submitted(publisher)
    version = in_force()

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyDraft.objects.filter(pk=draft.pk).update(approver=publisher.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(
            kind="privacy",
            number="3.0",
            title="x",
            body="x",
            sha256="0" * 64,
            published_at=version.published_at,
            effective_at=version.effective_at,
            author=publisher.pk,
            approver=publisher.pk,
        )


def test_only_the_author_changes_hands_in_recalls_or_discards_a_draft(publisher, second_publisher):
    draft = begun(publisher)

    for act in (drafts.submit, drafts.discard):
        with pytest.raises(drafts.NotTheAuthor):
            act(draft=draft, by=second_publisher)
    with pytest.raises(drafts.NotTheAuthor):
        drafts.rewrite(draft=draft, wording=wording(), by=second_publisher)
    drafts.submit(draft=draft, by=publisher)
    with pytest.raises(drafts.NotTheAuthor):
        drafts.recall(draft=draft, by=second_publisher)


def test_a_text_handed_in_cannot_be_changed_under_the_other_publishers_eyes(
    publisher, second_publisher
):
    draft = submitted(publisher)

    with pytest.raises(MoveRefused):
        drafts.rewrite(draft=draft, wording=wording(extra="又一句"), by=publisher)
    drafts.send_back(draft=draft, seen_round=1, remark="写清楚期限", by=second_publisher)
    drafts.rewrite(draft=draft, wording=wording(extra="又一句。"), by=publisher)
    drafts.submit(draft=draft, by=publisher)

    with pytest.raises(MoveRefused):
        drafts.publish(draft=draft, seen_round=1, by=second_publisher)
    assert drafts.publish(draft=draft, seen_round=2, by=second_publisher).body.endswith(
        "又一句。\n"
    )


def test_every_step_is_a_ledger_entry_that_names_both(publisher, second_publisher):
    draft = submitted(publisher)
    drafts.publish(draft=draft, seen_round=1, by=second_publisher)

    moves = LedgerEntry.objects.filter(stream="system", verb="moved").order_by("seq")
    published = LedgerEntry.objects.filter(stream="system", verb="published").latest("seq")
    assert [entry.actor for entry in moves] == [publisher.pk, second_publisher.pk]
    assert published.actor == second_publisher.pk
    assert str(publisher.pk) in published.body
    assert '"major_changes":["recipients"]' in published.body


@pytest.mark.django_db(transaction=True)
def test_of_two_publishers_at_once_one_publishes_and_the_other_is_told():
    author = make_staff("author", "publisher")
    others = [make_staff(name, "publisher") for name in ("second", "third")]
    draft = submitted(author)
    start = threading.Barrier(2)
    told: list[PolicyVersion | str] = []

    def approve(person):
        start.wait()
        try:
            told.append(drafts.publish(draft=draft, seen_round=1, by=person))
        except MoveRefused as refused:
            told.append(refused.current)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=[person]) for person in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    versions = [one for one in told if isinstance(one, PolicyVersion)]
    assert len(versions) == 1
    assert PolicyDraftState.PUBLISHED in told
    assert PolicyVersion.objects.filter(number="2.0").get() == versions[0]


# What stands in the way


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": ""}, "number_missing"),
        ({"number": "1.0"}, "number_taken"),
        ({"effective_at": None}, "effective_missing"),
        ({"summary": ""}, "summary_missing"),
        ({"major_changes": None}, "major_changes_unanswered"),
        ({"extra": "您继续使用本平台，视为您已接受新政策。"}, "deemed_consent"),
        ({"text": shipped_text(number="9.9")}, "number_differs"),
        ({"effective_at": EFFECTIVE + timedelta(days=1)}, "effective_differs"),
    ],
)
def test_what_is_not_in_order_is_named_and_cannot_be_handed_in(publisher, changed, code):
    text = shipped_text() if changed.get("number") in ("", "1.0") else None
    draft = begun(
        publisher, **({"text": text} if text and "text" not in changed else {}), **changed
    )

    with pytest.raises(drafts.Unfinished) as refused:
        drafts.submit(draft=draft, by=publisher)

    assert code in [finding.code for finding in refused.value.findings]
    assert all(finding.advice_zh for finding in refused.value.findings)


def test_a_draft_in_order_has_no_findings(publisher):
    assert codes(begun(publisher)) == []


@pytest.mark.clause("B99", "B100", "B101", "B102", "B103", "B104")
def test_a_change_answers_all_six_questions_of_a_major_change_or_says_none_applies(
    publisher, second_publisher
):
    six = ("service_model", "control", "recipients", "rights", "department", "high_risk")
    none = begun(publisher, number="2.0", major_changes=())
    draft = submitted(publisher, number="3.0", major_changes=six)

    version = drafts.publish(draft=draft, seen_round=1, by=second_publisher)

    assert codes(none) == []
    assert version.major_changes == list(six)
    assert version.major_change_labels == [
        "我们的服务方式变了",
        "经营者或者控制权变了",
        "主要的接收方变了",
        "您的权利或者行使办法变了",
        "负责部门、联系方式或者投诉渠道变了",
        "影响评估显示风险较高",
    ]


def test_effect_before_publication_is_refused_naming_the_rule(publisher, second_publisher):
    draft = submitted(publisher)
    late = EFFECTIVE + timedelta(minutes=1)

    with pytest.raises(publishing.PublishRefused, match="早于公布时间（《个人信息保护法》第17条"):
        drafts.publish(draft=draft, seen_round=1, by=second_publisher, now=late)

    assert PolicyVersion.objects.filter(number="2.0").count() == 0


def test_a_linter_finding_refuses_publishing_too(publisher, second_publisher):
    """Whatever a draft was when it was handed in: the gate stands before publication."""
    draft = submitted(publisher)
    PolicyDraft.objects.filter(pk=draft.pk).update(
        body=draft.body.replace("未成年人", "小孩").replace("周岁", "岁")
    )

    with pytest.raises(drafts.Unfinished, match="没有写明未成年人的规则"):
        drafts.publish(draft=draft, seen_round=1, by=second_publisher)


@pytest.mark.parametrize(
    ("kind", "code", "blocks"),
    [("store_agreement", "notice_too_short", True), ("privacy", "notice_short", False)],
)
def test_short_notice_refuses_an_agreement_and_warns_of_a_policy(publisher, kind, code, blocks):
    draft = begun(publisher, kind=kind)
    late = EFFECTIVE - timedelta(days=6)

    found = [finding for finding in findings.of(draft, late) if finding.code == code]

    assert [finding.blocks for finding in found] == [blocks]
    assert "7 天" in found[0].message_zh


def test_a_version_to_come_does_not_take_the_notice_from_one_before_it(publisher, second_publisher):
    drafts.publish(
        draft=submitted(publisher, kind="store_agreement"), seen_round=1, by=second_publisher
    )
    sooner = begun(
        publisher,
        kind="store_agreement",
        number="1.5",
        effective_at=timezone.now() + timedelta(days=1),
    )

    assert "notice_too_short" in codes(sooner)


def test_the_day_of_publication_the_text_states_must_be_the_day_it_is_published(publisher):
    today = timezone.localdate()
    said = {
        day: shipped_text().markdown.replace(
            "版本号：2.0　", f"版本号：2.0　公布日期：{day.year} 年 {day.month} 月 {day.day} 日　"
        )
        for day in (today - timedelta(days=1), today, today + timedelta(days=2))
    }
    past, now, later = (begun(publisher, text=policytext.parse(body)) for body in said.values())
    drafts.submit(draft=later, by=publisher)
    later.refresh_from_db()

    assert codes(past) == ["published_differs"]
    assert codes(now) == []
    assert codes(later) == ["published_not_yet"]


# Translations


@pytest.fixture
def english(publisher, second_publisher):
    draft = submitted(
        publisher,
        number="1.0",
        language="en",
        text=policytext.parse("# Privacy policy\n\n## 1. What we collect\n\nYour number.\n"),
        effective_at=None,
        summary="",
        major_changes=None,
    )
    return drafts.publish(draft=draft, seen_round=1, by=second_publisher)


def test_a_translation_belongs_to_the_version_it_translates(english):
    original = in_force()

    assert (english.number, english.effective_at) == (original.number, original.effective_at)
    assert list(PolicyVersion.objects.translations(original)) == [english]
    assert in_force() == original


@pytest.mark.clause("A90")
def test_a_translation_can_never_be_agreed_to(english, merchant):
    with pytest.raises(policies.WrongVersion):
        policies.agree(person=merchant, version=english, sha256=english.sha256, way="button")
    with pytest.raises(policies.WrongVersion):
        policies.agree(person=merchant, version=in_force(), sha256=english.sha256, way="button")

    assert ConsentEvent.objects.count() == 0


def test_a_translation_waits_for_its_original(publisher):
    draft = begun(publisher, number="7.0", language="en", text=policytext.parse("# P\n\nx"))

    assert codes(draft) == ["original_missing"]


# Withdrawing before effect


def test_a_version_withdrawn_before_effect_never_takes_effect(publisher):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7))

    publishing.withdraw(version=coming, reason="写错了保存期限", by=publisher)

    assert PolicyVersion.objects.upcoming("privacy") is None
    assert in_force().number == "1.0"
    assert policies.in_force("privacy", coming.effective_at).number == "1.0"
    assert LedgerEntry.objects.filter(verb="policy_withdrawn", actor=publisher.pk).count() == 1


def test_a_version_in_effect_or_withdrawn_already_is_not_withdrawn(publisher):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7))
    publishing.withdraw(version=coming, reason="x", by=publisher)

    with pytest.raises(publishing.WithdrawalRefused, match="已经生效"):
        publishing.withdraw(version=in_force(), reason="x", by=publisher)
    with pytest.raises(publishing.WithdrawalRefused, match="已经撤回"):
        publishing.withdraw(version=coming, reason="x", by=publisher)

    assert PolicyWithdrawal.objects.count() == 1


@pytest.mark.parametrize("change", [{"reason": "另一个"}, None])
def test_the_database_itself_refuses_to_change_or_delete_a_withdrawal(publisher, change):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7))
    taken = publishing.withdraw(version=coming, reason="x", by=publisher)
    rows = PolicyWithdrawal.objects.filter(pk=taken.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()


def test_the_number_of_a_withdrawn_version_stays_used(publisher):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7))
    publishing.withdraw(version=coming, reason="x", by=publisher)

    assert "number_taken" in codes(begun(publisher))
