"""What the top floor lists, exports and erases of a person."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Erasure, SealedRecord
from accounts.personal import holders, keys
from accounts.personal.holders import Fate
from onboarding.holders import LAW, ApplicationHolder, PaperHolder
from onboarding.models import Application, Discard, Paper, Remark, Role
from onboarding.risk_holder import RiskHolder
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def erasure(merchant):
    now = timezone.now()
    return Erasure.objects.create(
        person=merchant.pk, starts_at=now, due_at=now + timedelta(days=3)
    ).pk


def erase_what_goes_before_the_application(person, erasure):
    PaperHolder().erase(person.pk, erasure)
    RiskHolder().erase(person.pk, erasure)


def test_papers_are_erased_before_the_application_and_both_before_the_account():
    order = [holder.name for holder in holders.downward()]

    assert order[:4] == ["real_names", "papers", "risk", "application"]


@pytest.mark.clause("C129")
@pytest.mark.parametrize(("role", "lines"), [(Role.FOUR_S, 11), (Role.AGENT, 8)])
def test_the_inventory_names_everything_that_was_given(merchant, role, lines):
    factories.filled_in(merchant, role)

    held = ApplicationHolder().inventory(merchant.pk)

    assert len(held) == lines
    assert all(line.label and line.purpose and line.count == 1 for line in held)


def test_a_reviewers_decision_is_not_taken_for_collecting(merchant, reviewer):
    application = factories.approved(merchant, reviewer)

    held = ApplicationHolder().inventory(merchant.pk)

    assert {line.last_at for line in held} == {application.submitted_at}


def test_the_inventory_of_papers_tells_sensitive_ones(merchant):
    factories.filled_in(merchant)

    held = PaperHolder().inventory(merchant.pk)

    assert [(line.label, line.level) for line in held] == [
        ("营业执照照片", "general"),
        ("身份证人像面照片", "sensitive"),
        ("身份证国徽面照片", "sensitive"),
    ]


def test_nothing_is_listed_of_somebody_who_gave_nothing(merchant, stranger):
    factories.filled_in(merchant)

    assert ApplicationHolder().inventory(stranger.pk) == []
    assert PaperHolder().inventory(stranger.pk) == []


@pytest.mark.clause("C129")
def test_the_export_holds_every_value_whole_and_leads_to_every_picture(merchant, settings):
    factories.filled_in(merchant)

    exported: Any = ApplicationHolder().export(merchant.pk)
    pictures: Any = PaperHolder().export(merchant.pk)

    (application,) = exported["applications"]
    assert set(factories.answers(Role.FOUR_S).values()) <= set(application.values())
    browser = factories.signed_in(merchant)
    links = [picture["链接"].removeprefix(settings.PORTAL_URL) for picture in pictures["papers"]]
    assert [browser.get(link).content[:3] for link in links] == [b"\xff\xd8\xff"] * 3


def test_erasing_a_draft_leaves_nothing(merchant, erasure, files):
    factories.filled_in(merchant)

    papers = PaperHolder().erase(merchant.pk, erasure)
    application = ApplicationHolder().erase(merchant.pk, erasure)

    assert (papers.fate, papers.count) == (Fate.ERASED, 3)
    assert (application.fate, application.count) == (Fate.ERASED, 1)
    assert (Application.objects.count(), Paper.objects.count(), files()) == (0, 0, [])
    assert SealedRecord.objects.count() == 0


def test_of_an_approved_merchant_only_identity_and_contact_are_sealed_for_three_years(
    merchant, reviewer, erasure
):
    factories.approved(merchant, reviewer)
    erase_what_goes_before_the_application(merchant, erasure)

    outcome = ApplicationHolder().erase(merchant.pk, erasure)

    record = SealedRecord.objects.get()
    assert (outcome.fate, outcome.law, outcome.until) == (Fate.SEALED, LAW, record.until)
    assert record.fields == "contact_name,contact_phone,credit_code,name"
    assert record.until.year == timezone.localdate().year + 3
    assert Application.objects.count() == 0


def test_erasing_again_finds_nothing_new_and_remembers_what_was_sealed(merchant, reviewer, erasure):
    factories.approved(merchant, reviewer)
    erase_what_goes_before_the_application(merchant, erasure)
    first = ApplicationHolder().erase(merchant.pk, erasure)

    again = ApplicationHolder().erase(merchant.pk, erasure)

    assert PaperHolder().erase(merchant.pk, erasure).fate == Fate.NOTHING
    assert (again.fate, again.law, again.until) == (first.fate, first.law, first.until)
    assert SealedRecord.objects.count() == 1


def test_remarks_go_with_the_application(merchant, reviewer, erasure):
    factories.sent_back(merchant, reviewer)
    erase_what_goes_before_the_application(merchant, erasure)

    ApplicationHolder().erase(merchant.pk, erasure)

    assert Remark.objects.count() == 0


def test_a_picture_that_was_never_named_is_erased_too(merchant, erasure, stored, files):
    key = uuid4().hex
    (stored / key[:2]).mkdir(parents=True)
    (stored / key[:2] / key).write_bytes(b"sealed")
    Discard.objects.create(person=merchant.pk, storage_key=key, due_at=timezone.now())

    PaperHolder().erase(merchant.pk, erasure)

    assert (files(), Discard.objects.count()) == ([], 0)


def test_an_erasure_that_died_between_picture_and_row_goes_on(merchant, erasure, files):
    factories.filled_in(merchant)
    files()[0].unlink()

    outcome = PaperHolder().erase(merchant.pk, erasure)

    assert (outcome.count, files(), Paper.objects.count()) == (3, [], 0)


def test_a_stranger_keeps_everything(merchant, stranger, erasure):
    factories.filled_in(merchant)
    theirs = factories.filled_in(stranger, Role.AGENT)

    PaperHolder().erase(merchant.pk, erasure)
    ApplicationHolder().erase(merchant.pk, erasure)

    assert list(Application.objects.all()) == [theirs]
    assert Paper.objects.kinds_of(theirs) == {"id_front", "id_back"}


def test_rows_that_a_restored_backup_brought_back_are_erased_unread(merchant, reviewer, erasure):
    factories.approved(merchant, reviewer)
    keys.destroy(merchant.pk)
    erase_what_goes_before_the_application(merchant, erasure)

    outcome = ApplicationHolder().erase(merchant.pk, erasure)

    assert outcome.fate == Fate.ERASED
    assert not Application.objects.filter(person_id=merchant.pk).exists()
    assert not SealedRecord.objects.filter(person=merchant.pk).exists()
