"""The door in is closed: nobody gives us data about a merchant, and a callback carries none."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from accounts.personal import holders
from consent import sources
from consent.actions import consents
from consent.models import Receipt
from consent.protocol import messages
from consent.sources import NotAdmitted, Source
from tests import factories
from tests.consent.test_callback import body_of, obligation, post

pytestmark = pytest.mark.django_db
__all__ = ["obligation"]

BANK = Source(
    slug="bank",
    name="某银行",
    contact="95000",
    items=("合作状态",),
    purpose="核对合作是否有效",
    proof="《数据来源合法性承诺书》2026-7号",
    authorised="客户授权书第3条",
    checked_date=date(2026, 11, 1),
    retention="核对后 30 天删除",
)


@pytest.fixture
def open_door(monkeypatch):
    """A registry with one source in it, as a later release may have."""

    def register(source):
        monkeypatch.setattr(sources, "SOURCES", MappingProxyType({source.slug: source}))

    return register


@pytest.mark.clause("A44")
def test_today_nobody_may_give_us_anything(merchant):
    assert sources.SOURCES == {}
    with pytest.raises(NotAdmitted):
        sources.admit(person_id=merchant.pk, slug="bank", items=["合作状态"])


@pytest.mark.clause("A44")
@pytest.mark.parametrize(
    "lacking", [{"proof": ""}, {"authorised": ""}, {"checked_date": None}, {"items": ()}]
)
def test_a_source_that_was_not_checked_gives_nothing_and_asks_nothing(merchant, open_door, lacking):
    open_door(replace(BANK, **lacking))

    with pytest.raises(NotAdmitted):
        sources.admit(person_id=merchant.pk, slug="bank", items=[])
    with pytest.raises(consents.UnknownNotice):
        consents.words_of("source:bank")


@pytest.mark.clause("A44")
def test_a_checked_source_waits_for_the_persons_own_consent(merchant, stranger, open_door):
    open_door(BANK)
    with pytest.raises(NotAdmitted):
        sources.admit(person_id=merchant.pk, slug="bank", items=["合作状态"])

    factories.give_consent(merchant, "source:bank")

    assert sources.admit(person_id=merchant.pk, slug="bank", items=["合作状态"]) == BANK
    with pytest.raises(NotAdmitted):
        sources.admit(person_id=stranger.pk, slug="bank", items=["合作状态"])


def test_nothing_beyond_the_listed_items_comes_in(merchant, open_door):
    open_door(BANK)
    factories.give_consent(merchant, "source:bank")

    with pytest.raises(NotAdmitted):
        sources.admit(person_id=merchant.pk, slug="bank", items=["合作状态", "存款余额"])


@pytest.mark.clause("A44")
def test_the_pop_up_names_the_source_and_that_it_was_checked(open_door):
    open_door(BANK)

    told = consents.words_of("source:bank").text

    for words in ("某银行", "合作状态", "《数据来源合法性承诺书》2026-7号", "客户授权书第3条"):
        assert words in told


@pytest.mark.clause("A44")
def test_the_list_of_what_is_held_says_that_nothing_came_from_elsewhere(merchant):
    page = factories.signed_in(merchant).get("/me/held/").content.decode()

    assert "没有任何合作方向我们提供您的信息" in page


# Callbacks


def with_more(obligation, **more):
    body = messages.read(body_of(obligation))
    return messages.write(body | more)


@pytest.mark.clause("A44")
@pytest.mark.parametrize(
    "more",
    [
        {"phone": "13800138000"},
        {"results_url": "https://partner.example/13800138000"},
        {"extensions": {"other.example": {"phone": "13800138000"}}},
        {"extensions": {"demo-partner.localhost": {"outcome": "completed", "name": "欧阳明月"}}},
    ],
)
def test_a_callback_that_brings_anything_else_is_refused_and_not_kept(obligation, merchant, more):
    before = [holder.export(merchant.pk) for holder in holders.upward()]

    answer = post(with_more(obligation, **more))

    assert answer.status_code == 400
    assert b"13800138000" not in answer.content
    assert Receipt.objects.filter(kind="callback").count() == 0
    assert [holder.export(merchant.pk) for holder in holders.upward()] == before
