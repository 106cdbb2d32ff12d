"""我的 - 设置 - 导出我的信息: a code to the phone, then one file with everything."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import erasure
from accounts.actions import export as exports
from accounts.models import Challenge, LedgerEntry
from accounts.personal import holders, keys
from tests import factories
from tests.accounts.conftest import browser_of
from tests.accounts.inbox import last_code

pytestmark = pytest.mark.django_db

FILE = "/me/export/file/"


@pytest.fixture
def owner(merchant):
    """The browser of a merchant who filled in everything."""
    factories.filled_in(merchant)
    return factories.signed_in(merchant)


def prove(browser):
    browser.post("/me/export/")
    return browser.post("/me/export/code/", {"code": last_code()})


def content(document, name):
    return next(holder["content"] for holder in document["holders"] if holder["name"] == name)


@pytest.mark.clause("C129", "B72", "A14")
def test_a_merchant_downloads_everything_in_the_clear_after_a_code(owner, merchant):
    proven = prove(owner)
    response = owner.post(FILE)

    document = response.json()
    (application,) = content(document, "application")["applications"]
    assert proven.url == FILE
    assert content(document, "account")["手机号"] == "13800138000"
    assert set(factories.STORE_ANSWERS.values()) <= set(application.values())
    assert document["person"] == str(merchant.pk)
    assert document["generated_at"].startswith(str(timezone.localdate()))


@pytest.mark.clause("B71")
def test_one_sees_corrects_withdraws_copies_and_deletes_without_asking_anybody(owner, merchant):
    seen = owner.get("/me/held/").context["sensitive"]
    new = {"contact_name": "令狐冲", "contact_phone": "13757912345"}
    owner.post("/apply/contact/", new | {"told": factories.told("contact")})
    owner.post("/me/consents/", {"code": "bank_account"})
    prove(owner)
    copy = owner.post(FILE)
    owner.post("/me/deactivate/")
    owner.post("/me/deactivate/code/", {"code": last_code()})
    owner.post("/me/deactivate/confirm/", {"understood": "on"})

    (application,) = content(copy.json(), "application")["applications"]
    merchant.refresh_from_db()
    assert seen == 7
    assert application["联系人姓名"] == "令狐冲"
    assert factories.STORE_ANSWERS["bank_account"] not in copy.content.decode()
    assert merchant.state == "closing"


def test_every_holder_has_its_part_in_the_file(owner):
    prove(owner)

    document = owner.post(FILE).json()

    named = [(holder.name, holder.label) for holder in holders.upward()]
    assert [(part["name"], part["label"]) for part in document["holders"]] == named


def test_papers_are_listed_by_links_that_open_them(owner, settings):
    prove(owner)

    papers = content(owner.post(FILE).json(), "papers")["papers"]

    links = [paper["链接"].removeprefix(settings.PORTAL_URL) for paper in papers]
    assert [owner.get(link).headers["Content-Type"] for link in links] == ["image/jpeg"] * 3


def test_it_is_one_json_attachment_that_nobody_caches(owner):
    prove(owner)

    response = owner.post(FILE)

    day = f"{timezone.localdate():%Y%m%d}"
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert (
        response.headers["Content-Disposition"]
        == f'attachment; filename="51che-my-data-{day}.json"'
    )


def test_the_ledger_notes_the_export_in_counts_alone(owner, merchant):
    prove(owner)
    owner.post(FILE)

    entry = LedgerEntry.objects.get(verb="exported", stream=str(merchant.pk))
    counts = json.loads(entry.body)
    assert entry.actor == merchant.pk
    assert list(counts) == sorted(holder.name for holder in holders.upward())
    assert (counts["application"], counts["papers"]) == (11, 3)


@pytest.mark.parametrize("path", ["/me/export/", "/me/export/code/", FILE])
def test_opening_a_page_never_downloads(owner, path):
    prove(owner)

    response = owner.get(path, follow=True)

    assert "Content-Disposition" not in response.headers
    assert not LedgerEntry.objects.filter(verb="exported").exists()


def test_without_a_code_there_is_no_file(owner):
    response = owner.post(FILE)

    assert response.url == "/me/export/"
    assert not LedgerEntry.objects.filter(verb="exported").exists()


def test_a_code_proven_in_one_browser_opens_nothing_in_another(owner, merchant):
    prove(owner)

    elsewhere = browser_of(merchant, "MerchantBackend")

    assert elsewhere.post(FILE).url == "/me/export/"


def test_a_code_sent_to_one_browser_is_unknown_in_another(owner, merchant):
    owner.post("/me/export/")
    code = last_code()
    elsewhere = browser_of(merchant, "MerchantBackend")
    session = elsewhere.session
    session["export_challenge"] = owner.session["export_challenge"]
    session.save()

    page = elsewhere.post("/me/export/code/", {"code": code})

    assert (page.status_code, page.context["form"].errors["code"]) == (
        422,
        ["验证码已过期，请重新获取。"],
    )


def test_a_code_for_leaving_opens_no_file(owner):
    owner.post("/me/deactivate/")
    owner.post("/me/deactivate/code/", {"code": last_code()})

    assert owner.post(FILE).url == "/me/export/"


def test_the_proof_is_good_for_ten_minutes(owner):
    prove(owner)
    session = owner.session
    session["export_proven"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()

    page = owner.post(FILE, follow=True)

    assert "验证已过期，请重新获取验证码" in page.content.decode()


def test_a_lost_download_can_be_repeated_within_them(owner):
    prove(owner)

    assert [owner.post(FILE).status_code for _ in range(2)] == [200, 200]
    assert LedgerEntry.objects.filter(verb="exported").count() == 2


def test_a_wrong_code_is_told_at_the_field(owner):
    owner.post("/me/export/")
    wrong = f"{(int(last_code()) + 1) % 1_000_000:06d}"

    page = owner.post("/me/export/code/", {"code": wrong})

    assert page.context["form"].errors["code"] == ["验证码不正确，还可以再试 4 次。"]
    assert owner.post(FILE).url == "/me/export/"


def test_an_expired_code_is_told_at_the_field(owner):
    owner.post("/me/export/")
    Challenge.objects.update(expires_at=timezone.now())

    page = owner.post("/me/export/code/", {"code": last_code()})

    assert page.context["form"].errors["code"] == ["验证码已过期，请重新获取。"]


def test_asking_twice_within_a_minute_is_told_how_long_to_wait(owner):
    owner.post("/me/export/")

    again = owner.post("/me/export/")

    assert again.status_code == 429
    assert "秒后再试" in again.content.decode()


def test_nothing_of_a_stranger_is_in_the_file(owner, stranger):
    browser = factories.signed_in(stranger)
    prove(browser)

    text = browser.post(FILE).content.decode()

    assert "13900139000" in text
    typed = {*factories.STORE_ANSWERS.values(), "13800138000"}
    assert [value for value in typed if value in text] == []


def test_whoever_is_leaving_takes_their_data_along(owner, merchant):
    erasure.request(person=merchant)

    prove(owner)

    assert owner.post(FILE).status_code == 200


def test_whoever_refused_the_policy_takes_their_data_along(merchant, merchant_browser):
    factories.publish_policies()

    prove(merchant_browser)

    assert merchant_browser.post(FILE).status_code == 200


def test_once_the_keys_are_destroyed_there_is_nothing_to_read(merchant):
    keys.destroy(merchant.pk)

    with pytest.raises(exports.NothingToRead):
        exports.export(person=merchant)

    assert not LedgerEntry.objects.filter(verb="exported").exists()


def test_the_settings_lead_to_what_is_held_and_to_the_export(merchant_browser):
    text = merchant_browser.get("/me/settings/").content.decode()

    assert ">查看我们持有的信息</a>" in text
    assert 'href="/me/held/"' in text
    assert ">导出我的信息</a>" in text
    assert 'href="/me/export/"' in text
