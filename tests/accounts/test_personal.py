"""The personal-data kernel: what a declaration alone makes true."""

import base64
import pickle
from io import StringIO
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import DataKey, Person
from accounts.personal import BlindIndex, KeyGone, keys, open_bytes, seal_bytes
from accounts.personal.classes import Retention
from accounts.staff_sign_in import StaffMFAAdapter
from consent.actions import partners
from consent.models import Partner
from tests.conftest import make_staff
from tests.consent.sharing_kit import SECRET, partner_at

pytestmark = pytest.mark.django_db


def test_a_personal_value_prints_masked_and_opens_only_on_request(merchant):
    stored = Person.objects.get(pk=merchant.pk)

    assert str(stored.phone) == "138****8000"
    assert f"{stored.phone}" == "138****8000"
    assert repr(stored.phone) == "<personal>"
    assert stored.phone.clear == "13800138000"


def test_a_personal_value_is_never_serialised(merchant):
    with pytest.raises(TypeError):
        pickle.dumps(merchant.phone)


@pytest.mark.parametrize("is_stored", [True, False])
def test_an_instance_gives_away_nothing_when_printed_or_serialised(merchant, is_stored):
    person = merchant if is_stored else Person(kind=Person.Kind.MERCHANT, phone="13800138000")

    assert "13800138000" not in repr(vars(person))
    with pytest.raises(TypeError):
        pickle.dumps(person)


def test_a_personal_field_cannot_be_updated_past_its_instance(merchant):
    with pytest.raises(TypeError):
        Person.objects.filter(pk=merchant.pk).update(phone="13700137000")


def test_the_stored_bytes_hold_no_plain_text(merchant):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM accounts_person")
        sealed, index = cursor.fetchone()

    assert b"13800138000" not in bytes(sealed)
    assert "13800138000" not in index


def test_the_same_value_never_gives_the_same_bytes(merchant):
    first = seal_bytes(person=merchant.pk, retention="account", context="x", plain=b"1")
    second = seal_bytes(person=merchant.pk, retention="account", context="x", plain=b"1")

    assert first != second


def test_the_blind_index_finds_a_number_however_it_is_written(merchant):
    assert Person.objects.with_phone(" 13800138000 ").get() == merchant
    assert BlindIndex.of(Person, "phone", "13800138000") != "13800138000"


def test_bytes_moved_to_another_row_are_refused(merchant, stranger):
    sealed = seal_bytes(person=merchant.pk, retention="papers", context="a", plain=b"1")

    with pytest.raises(InvalidTag):
        open_bytes(person=merchant.pk, retention="papers", context="b", sealed=sealed)


def test_destroying_a_key_makes_the_value_unreadable_for_ever(merchant):
    stored = Person.objects.get(pk=merchant.pk)

    died = keys.destroy(merchant.pk, [Retention.ACCOUNT])

    assert died == 1
    assert str(stored.phone) == "(已删除)"
    with pytest.raises(KeyGone):
        _ = Person.objects.get(pk=merchant.pk).phone.clear


def test_nothing_can_be_written_after_the_keys_are_destroyed(merchant):
    keys.destroy(merchant.pk)

    with pytest.raises(KeyGone):
        seal_bytes(person=merchant.pk, retention="bank", context="x", plain=b"1")


def test_destroying_keys_twice_destroys_nothing_more(merchant):
    keys.destroy(merchant.pk)

    assert keys.destroy(merchant.pk) == 0


def test_a_new_key_version_keeps_old_values_readable(merchant):
    keys.renew(merchant.pk, Retention.ACCOUNT)
    stored = Person.objects.get(pk=merchant.pk)
    old = stored.phone.clear
    stored.phone = "13700137000"
    stored.save()

    assert old == "13800138000"
    assert Person.objects.get(pk=merchant.pk).phone.clear == "13700137000"
    assert DataKey.objects.filter(person=merchant.pk, retention="account").count() == 2


def test_a_new_wrapping_key_rewraps_data_keys_without_touching_values(merchant, settings):
    settings.KMS_KEYS = ["2:" + base64.b64encode(b"n" * 32).decode(), *settings.KMS_KEYS]

    assert keys.rewrap() == 1

    settings.KMS_KEYS = settings.KMS_KEYS[:1]
    assert Person.objects.get(pk=merchant.pk).phone.clear == "13800138000"


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_people_fetches_its_keys_in_one_query(db, count, django_assert_num_queries):
    for number in range(count):
        Person.objects.create(kind="merchant", phone=f"1380013800{number}")

    with (
        django_assert_num_queries(1),
        django_assert_num_queries(1, using="vault"),
    ):
        shown = [str(person.phone) for person in Person.objects.all()]

    assert len(shown) == count


def test_a_list_that_opens_nothing_asks_the_vault_nothing(merchant, django_assert_num_queries):
    with django_assert_num_queries(0, using="vault"):
        assert [person.pk for person in Person.objects.all()] == [merchant.pk]


def test_refreshing_a_row_keeps_its_value_sealed(merchant):
    stored = Person.objects.get(pk=merchant.pk)

    with CaptureQueriesContext(connection):
        stored.refresh_from_db()

    assert stored.phone.clear == "13800138000"


def test_two_people_never_share_a_key(merchant, stranger):
    sealed = seal_bytes(person=merchant.pk, retention="account", context="x", plain=b"1")

    with pytest.raises(InvalidTag):
        open_bytes(person=stranger.pk, retention="account", context="x", sealed=sealed)


def test_a_person_nobody_knows_has_no_key_to_read_with(db):
    sealed = b"\x01\x00\x01" + b"\0" * 40

    with pytest.raises(KeyGone):
        open_bytes(person=uuid4(), retention="account", context="x", sealed=sealed)


def test_after_a_rewrap_the_old_wrapping_key_can_be_taken_away(merchant, settings):
    """Data keys, partners' secrets and second factors all follow to the new key."""
    partner = partner_at("http://127.0.0.1:9")
    factor = Authenticator.objects.create(
        user=make_staff("alice", "ops"),
        type=Authenticator.Type.TOTP,
        data={"secret": StaffMFAAdapter().encrypt("JBSWY3DPEHPK3PXP")},
    )
    settings.KMS_KEYS = ["2:" + base64.b64encode(b"n" * 32).decode(), *settings.KMS_KEYS]

    call_command("keys", "rewrap", stdout=StringIO())

    settings.KMS_KEYS = settings.KMS_KEYS[:1]
    factor.refresh_from_db()
    assert Person.objects.get(pk=merchant.pk).phone.clear == "13800138000"
    assert partners.secrets_of(Partner.objects.get(pk=partner.pk)) == (SECRET,)
    assert StaffMFAAdapter().decrypt(factor.data["secret"]) == "JBSWY3DPEHPK3PXP"
