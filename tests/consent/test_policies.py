"""Policies: immutable versions, honest dates, one text that governs."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import LedgerEntry
from consent.actions import consents, policies
from consent.models import ConsentEvent, PolicyVersion
from tests import factories
from tests.consent.policy_kit import in_force, publish
from tests.consent.race_kit import overtaken

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db):
    factories.publish_policies()
    return in_force()


# Versions


@pytest.mark.parametrize("change", [{"body": "别的"}, {"effective_at": timezone.now()}, None])
def test_the_database_itself_refuses_to_change_or_delete_a_version(shipped, change):
    rows = PolicyVersion.objects.filter(pk=shipped.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()

    assert PolicyVersion.objects.get(pk=shipped.pk).sha256 == shipped.sha256


def test_the_database_refuses_effect_before_publication(db):
    now = timezone.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(
            kind="privacy",
            number="1",
            title="x",
            body="x",
            published_at=now,
            effective_at=now - timedelta(days=1),
        )


@pytest.mark.clause("C2")
def test_a_version_takes_effect_by_its_date_alone(shipped):
    tomorrow = timezone.now() + timedelta(days=1)
    coming = publish("2.0", effective_at=tomorrow)

    assert in_force() == shipped
    assert PolicyVersion.objects.upcoming("privacy") == coming
    assert PolicyVersion.objects.in_force("privacy", tomorrow) == coming
    assert PolicyVersion.objects.upcoming("privacy", tomorrow) is None


def test_a_translation_never_takes_the_place_of_the_prevailing_text(shipped):
    PolicyVersion.objects.create(
        kind="privacy",
        number="9.0",
        language="en",
        title="Privacy",
        body="x",
        sha256="0" * 64,
        published_at=shipped.published_at,
        effective_at=timezone.now(),
    )

    assert in_force() == shipped


def test_the_fingerprint_is_of_exactly_the_bytes_that_can_be_downloaded(client, shipped):
    response = client.get(reverse("consent:policy_text", args=["privacy", shipped.number]))

    assert hashlib.sha256(response.content).hexdigest() == shipped.sha256
    assert 'filename="51che-privacy-1.0.md"' in response["Content-Disposition"]


def test_publishing_is_a_ledger_entry(shipped):
    published = LedgerEntry.objects.filter(stream="system", verb="published")

    assert published.count() == len(PolicyVersion.Kind)


# Which text governs


@pytest.mark.clause("A91")
def test_a_special_policy_governs_its_function_and_the_privacy_policy_every_other(shipped):
    governed = [policies.governing(function).kind for function in ("leads", "cookies", "face")]

    assert governed == ["leads", "cookies", "privacy"]


@pytest.mark.clause("A91")
def test_before_its_special_policy_takes_effect_a_function_is_governed_by_the_general_one(db):
    general = publish("1.0")
    coming = publish("1.0", kind="leads", effective_at=timezone.now() + timedelta(days=7))

    assert policies.governing("leads") == general
    assert policies.governing("leads", coming.effective_at) == coming


def test_nothing_governs_before_there_is_any_policy(db):
    with pytest.raises(PolicyVersion.DoesNotExist):
        policies.governing("leads")


# Agreeing


def test_only_the_version_in_force_can_be_agreed_to(merchant, shipped):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=9))

    for version, sha256 in [(coming, coming.sha256), (shipped, "0" * 64), (999, shipped.sha256)]:
        with pytest.raises(policies.WrongVersion):
            policies.agree(person=merchant, version=version, sha256=sha256, way="button")

    assert ConsentEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_withdrawn_is_the_version_that_was_live(merchant):
    factories.publish_policies()
    factories.agree_to_privacy(merchant)
    coming = publish("2.0")

    overtaken(
        lambda: consents.withdraw(person=merchant, code="policy:privacy"),
        lambda: policies.agree(person=merchant, version=coming, sha256=coming.sha256, way="button"),
        before='SELECT "accounts_person"',
    )

    answers = ConsentEvent.objects.of(merchant.pk).values_list("version", "decision")[::-1]
    assert list(answers) in (
        [("1.0", "agreed"), ("2.0", "agreed"), ("2.0", "withdrawn")],
        [("1.0", "agreed"), ("1.0", "withdrawn"), ("2.0", "agreed")],
    )
