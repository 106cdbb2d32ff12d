"""An author takes back what was handed in, as long as nobody decided on it."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from accounts.models import LedgerEntry
from accounts.transitions import MoveRefused
from consent.actions import drafts
from consent.models import PolicyDraft, PolicyVersion
from consent.states import PolicyDraftState
from tests import factories
from tests.consent.policy_kit import submitted, wording

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped(db):
    factories.publish_policies()


def to(name, draft):
    return reverse(f"consent:{name}", args=[draft.pk])


def state():
    return PolicyDraft.objects.get().state


def test_a_recalled_draft_can_be_changed_and_handed_in_again(publisher, second_publisher):
    draft = submitted(publisher)

    recalled = drafts.recall(draft=draft, by=publisher)
    drafts.rewrite(draft=draft, wording=wording(extra="又一句。"), by=publisher)
    drafts.submit(draft=draft, by=publisher)

    assert recalled.submitted_at is None
    with pytest.raises(MoveRefused):
        drafts.publish(draft=draft, seen_round=1, by=second_publisher)
    version = drafts.publish(draft=draft, seen_round=2, by=second_publisher)
    assert version.body.endswith("又一句。\n")


def test_nothing_recalled_is_published_or_sent_back(publisher, second_publisher):
    draft = submitted(publisher)
    drafts.recall(draft=draft, by=publisher)

    with pytest.raises(MoveRefused):
        drafts.publish(draft=draft, seen_round=1, by=second_publisher)
    with pytest.raises(MoveRefused):
        drafts.send_back(draft=draft, seen_round=1, remark="x", by=second_publisher)

    assert state() == PolicyDraftState.DRAFT
    assert not PolicyVersion.objects.filter(number="2.0").exists()


@pytest.mark.parametrize("decided", ["draft", "sent_back", "published", "discarded"])
def test_only_what_waits_for_another_is_recalled(publisher, second_publisher, decided):
    draft = drafts.begin(wording=wording(), by=publisher)
    if decided in ("sent_back", "published"):
        drafts.submit(draft=draft, by=publisher)
    if decided == "sent_back":
        drafts.send_back(draft=draft, seen_round=1, remark="x", by=second_publisher)
    elif decided == "published":
        drafts.publish(draft=draft, seen_round=1, by=second_publisher)
    elif decided == "discarded":
        drafts.discard(draft=draft, by=publisher)

    with pytest.raises(MoveRefused):
        drafts.recall(draft=draft, by=publisher)

    assert state() == decided


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("decision", ["publish", "send_back"])
def test_of_author_and_approver_at_once_one_wins_and_the_other_is_told(
    publisher, second_publisher, decision
):
    draft = submitted(publisher)
    start, ends = threading.Barrier(2), {}
    decide = {
        "publish": lambda: drafts.publish(draft=draft, seen_round=1, by=second_publisher),
        "send_back": lambda: drafts.send_back(
            draft=draft, seen_round=1, remark="x", by=second_publisher
        ),
    }[decision]

    def act(name, does):
        start.wait()
        try:
            does()
            ends[name] = "done"
        except MoveRefused:
            ends[name] = "told"
        finally:
            connections.close_all()

    racing = [
        threading.Thread(
            target=act, args=("author", lambda: drafts.recall(draft=draft, by=publisher))
        ),
        threading.Thread(target=act, args=("approver", decide)),
    ]
    for one in racing:
        one.start()
    for one in racing:
        one.join()

    assert sorted(ends.values()) == ["done", "told"]
    recalled = ends["author"] == "done"
    over = PolicyDraftState.PUBLISHED if decision == "publish" else PolicyDraftState.SENT_BACK
    assert state() == (PolicyDraftState.DRAFT if recalled else over)
    published = PolicyVersion.objects.filter(number="2.0").exists()
    assert published == (decision == "publish" and not recalled)


# At the desk


def test_the_author_recalls_at_the_desk_and_goes_on_writing(publisher):
    draft, browser = submitted(publisher), factories.signed_in(publisher)

    offered = browser.get(to("desk_draft", draft)).content.decode()
    page = browser.post(to("desk_recall", draft), follow=True).content.decode()

    assert f'action="{to("desk_recall", draft)}"' in offered
    assert "已收回，可以接着修改" in page
    assert to("desk_draft_edit", draft) in page
    assert LedgerEntry.objects.filter(verb="moved", actor=publisher.pk).count() == 2


def test_whoever_approves_first_is_not_undone_and_the_author_is_told(publisher, second_publisher):
    draft, browser = submitted(publisher), factories.signed_in(publisher)
    drafts.publish(draft=draft, seen_round=1, by=second_publisher)

    page = browser.post(to("desk_recall", draft), follow=True).content.decode()

    assert "刚刚有变化" in page
    assert state() == PolicyDraftState.PUBLISHED


def test_nobody_else_is_offered_it_or_can_do_it(publisher, second_publisher, officer):
    draft = submitted(publisher)
    second, watcher = (factories.signed_in(one) for one in (second_publisher, officer))

    pages = [one.get(to("desk_draft", draft)).content.decode() for one in (second, watcher)]
    refused = second.post(to("desk_recall", draft), follow=True).content.decode()

    assert [to("desk_recall", draft) in page for page in pages] == [False, False]
    assert "只有起草人能这样做。" in refused
    assert watcher.post(to("desk_recall", draft)).status_code == 403
    assert state() == PolicyDraftState.SUBMITTED
