"""A WeChat account and a person: bound once, found by a keyed hash, forgotten with the consent."""

from typing import cast

import pytest
from django.db import connection

from accounts.actions import wechat
from accounts.models import LedgerEntry, WechatBinding
from accounts.personal import holders
from accounts.personal.guard import ConsentMissing
from consent.actions import consents
from tests import factories
from tests.accounts.drawers import verbs
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db

OPENID, OTHER = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc", "oLVPpjqs9BhvzwPj5A-another"


def bind(person, openid=OPENID, app="chat"):
    if not consents.is_live(person.pk, "wechat"):
        factories.give_consent(person, "wechat")
    wechat.bind(person=person, app=app, openid=openid)


def test_a_bound_account_leads_to_its_person_and_no_other_does(merchant):
    bind(merchant)

    assert wechat.person_of(OPENID) == merchant
    assert wechat.person_of(OTHER) is None


def test_without_the_consent_not_a_byte_is_stored(merchant):
    with pytest.raises(ConsentMissing):
        wechat.bind(person=merchant, app="chat", openid=OPENID)

    assert not WechatBinding.objects.exists()
    assert "wechat_bound" not in verbs(merchant.pk)


def test_the_row_holds_no_openid_in_plain(merchant):
    bind(merchant)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_wechatbinding")
        (row,) = cursor.fetchall()
    stored = b"".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
    )
    assert OPENID.encode() not in stored
    assert str(WechatBinding.objects.get().openid) != OPENID


def test_binding_again_changes_nothing(merchant):
    for _ in range(2):
        bind(merchant)

    assert WechatBinding.objects.count() == 1
    assert verbs(merchant.pk).count("wechat_bound") == 1


def test_one_account_signs_one_person_in(merchant, stranger):
    bind(merchant)

    with pytest.raises(wechat.BoundElsewhere):
        bind(stranger)

    assert wechat.person_of(OPENID) == merchant


def test_one_person_has_one_account_of_each_app(merchant):
    bind(merchant)
    bind(merchant, "of-the-website-app", "site")

    with pytest.raises(wechat.HasAnother):
        bind(merchant, OTHER)

    assert WechatBinding.objects.of(merchant.pk).count() == 2


def test_a_refused_binding_shows_nothing_of_the_account(merchant, stranger):
    bind(merchant)

    with pytest.raises(wechat.BoundElsewhere) as refused:
        bind(stranger)

    assert (str(refused.value), refused.value.__cause__) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_binding_one_account_at_once_one_gets_it(merchant, stranger):
    for person in (merchant, stranger):
        factories.give_consent(person, "wechat")

    outcomes = at_once(lambda: bind(merchant), lambda: bind(stranger))

    assert WechatBinding.objects.count() == 1
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BoundElsewhere", "NoneType"]
    assert LedgerEntry.objects.filter(verb="wechat_bound").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_binding_to_one_person_at_once_one_does(merchant):
    factories.give_consent(merchant, "wechat")

    outcomes = at_once(lambda: bind(merchant), lambda: bind(merchant, OTHER))

    assert WechatBinding.objects.count() == 1
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["HasAnother", "NoneType"]


# What stands on the consent goes with it


def test_withdrawing_the_consent_forgets_every_account(merchant, stranger):
    bind(merchant)
    bind(merchant, "of-the-website-app", "site")
    bind(stranger, OTHER)

    consents.withdraw(person=merchant, code="wechat")

    assert list(WechatBinding.objects.values_list("person", flat=True)) == [stranger.pk]
    assert verbs(merchant.pk)[-2:] == ["withdrawn", "wechat_unbound"]


def test_withdrawing_something_else_forgets_nothing(merchant):
    bind(merchant)
    factories.give_consent(merchant, "marketing")

    consents.withdraw(person=merchant, code="marketing")

    assert wechat.person_of(OPENID) == merchant


@pytest.mark.clause("A45")
def test_the_account_is_on_the_list_and_in_the_copy_and_nothing_else_of_wechat(merchant):
    bind(merchant)

    holder = holders.named("wechat")
    (line,) = holder.inventory(merchant.pk)
    (copied,) = cast(list[dict[str, str]], holder.export(merchant.pk)["wechat"])
    assert (line.label, line.count) == ("微信账号编码", 1)
    assert set(copied) == {"在哪里用", "绑定时间", "微信账号编码"}
    assert copied["微信账号编码"] == OPENID
    assert [field.name for field in WechatBinding.personal_fields()] == ["openid"]


def test_nobody_else_sees_it(merchant, stranger):
    bind(merchant)

    holder = holders.named("wechat")
    assert holder.inventory(stranger.pk) == []
    assert holder.export(stranger.pk) == {"wechat": []}


def test_erasing_is_safe_to_repeat(merchant):
    bind(merchant)
    holder = holders.named("wechat")

    fates = [str(holder.erase(merchant.pk, merchant.pk).fate) for _ in range(2)]

    assert fates == ["erased", "nothing"]
    assert not WechatBinding.objects.exists()
