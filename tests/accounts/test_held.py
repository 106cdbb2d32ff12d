"""我的 - 已收集个人信息清单: counted from what holds it, never written by hand."""

import json
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import clocks
from accounts.actions import complaints, erasure, export
from accounts.clocks import Clock
from accounts.personal import Category, Level, PersonalText, Retention, holders
from accounts.personal.holders import Held
from onboarding import steps
from onboarding.models import Application
from tests import factories
from tests.accounts.drawers import SHANGHAI, Drawer
from tests.onboarding.risk_kit import looked_at

pytestmark = pytest.mark.django_db

NOT_COLLECTED = "网页版不收集：IMEI、IMSI、MAC、应用列表、通话状态、短信内容、通讯录、后台位置。"
LATELY = datetime(2026, 11, 22, 21, 5, tzinfo=SHANGHAI)


class Stamps(Drawer):
    """A holder that came with some later feature."""

    def inventory(self, person):
        why, where = "寄送合同", "签约时填写"
        return [Held("收件地址", Category.CONTACT, Level.SENSITIVE, why, where, 3, LATELY)]


@pytest.fixture
def another_holder(monkeypatch):
    monkeypatch.setattr(holders, "_registered", dict(holders._registered))  # noqa: SLF001 - a registry of its own
    holders.register(Stamps("stamps", []))


def lines_of(page):
    return {line.label: line for _category, lines in page.context["groups"] for line in lines}


@pytest.fixture
def another_field(transactional_db):
    """A field declared after everything else was written, in the table too."""
    field = PersonalText(
        "微信号",
        category=Category.CONTACT,
        purpose="方便的时候联系您",
        scene="申请时填写“联系人”",
        retention=Retention.CONTACT,
    )
    field.contribute_to_class(Application, "wechat")
    with connection.schema_editor() as editor:
        editor.add_field(Application, field)
    yield field
    with connection.schema_editor() as editor:
        editor.remove_field(Application, field)
    Application._meta.local_fields.remove(field)
    Application._meta.apps.clear_cache()
    delattr(Application, field.name)


@pytest.mark.clause("C129", "B72")
def test_every_kind_is_listed_with_purpose_level_number_and_last_time(merchant):
    application = factories.filled_in(merchant)
    browser = factories.signed_in(merchant)

    page = browser.get("/me/held/")

    held = [line for holder in holders.upward() for line in holder.inventory(merchant.pk)]
    assert sorted(lines_of(page)) == sorted({line.label for line in held})
    line = lines_of(page)["法定代表人身份证号码"]
    assert (line.category, line.level, line.count) == (Category.IDENTITY, Level.SENSITIVE, 1)
    at = timezone.localtime(application.updated_at)
    text = page.content.decode()
    assert f"用途：{line.purpose}" in text
    assert "场景：申请时填写“法定代表人”" in text
    assert f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}" in text


def test_kinds_stand_under_the_names_of_their_categories_in_one_order(merchant):
    looked_at(factories.submitted(merchant))
    complaints.take_in(
        topic="service", words="审核太慢了", contact="", address="203.0.113.9", by=merchant
    )

    page = factories.signed_in(merchant).get("/me/held/")

    given = [category.label for category in Category if category != Category.LOCATION]
    assert [category for category, _lines in page.context["groups"]] == given


def test_sensitive_kinds_are_marked(merchant):
    factories.filled_in(merchant)

    page = factories.signed_in(merchant).get("/me/held/")

    sensitive = [one for one in lines_of(page).values() if one.level == Level.SENSITIVE]
    assert page.content.decode().count('tag--warn">敏感</span>') == len(sensitive)
    assert page.context["sensitive"] == len(sensitive)


def test_somebody_who_only_signed_up_is_shown_just_that(merchant_browser):
    page = merchant_browser.get("/me/held/")

    assert list(lines_of(page)) == ["手机号", "登录状态"]


def test_a_new_holder_is_on_the_list_without_touching_the_page(merchant_browser, another_holder):
    text = merchant_browser.get("/me/held/").content.decode()

    assert "收件地址" in text
    assert "用途：寄送合同" in text
    assert "场景：签约时填写" in text
    assert "3 项 · 最近" in text
    assert "2026年11月22日 21:05" in text


def test_a_declared_field_is_on_the_list_and_in_the_export_without_further_work(
    another_field, merchant
):
    application = factories.filled_in(merchant)
    setattr(application, another_field.name, "che_51_star")
    application.save()

    page = factories.signed_in(merchant).get("/me/held/")

    line = lines_of(page)["微信号"]
    assert (line.category, line.count) == (Category.CONTACT, 1)
    text = page.content.decode()
    assert "用途：方便的时候联系您" in text
    assert "che_51_star" not in text
    copy = json.dumps(export.export(person=merchant), ensure_ascii=False)
    assert '"微信号": "che_51_star"' in copy


@pytest.mark.parametrize("step", [step for step in steps.STEPS if step.fields])
def test_the_scene_of_a_field_is_the_screen_that_asks_for_it(step):
    declared = {field.name: field.scene for field in Application.personal_fields()}

    assert {declared[name] for name in step.fields} == {f"申请时填写“{step.title}”"}


def test_what_the_web_edition_does_not_collect_is_said(merchant_browser):
    assert NOT_COLLECTED in merchant_browser.get("/me/held/").content.decode()


def test_the_service_log_is_named_with_the_time_it_is_kept(merchant_browser):
    page = merchant_browser.get("/me/held/").content.decode()

    assert "IP 地址、浏览器名称和版本、时间、页面、操作和结果" in page
    assert f"满 {clocks.TERMS[Clock.LOGS].amount} 个月删除" in page


def test_nothing_is_shown_in_the_clear(merchant):
    factories.filled_in(merchant)

    text = factories.signed_in(merchant).get("/me/held/").content.decode()

    typed = {*factories.STORE_ANSWERS.values(), "13800138000"}
    assert [value for value in typed if value in text] == []


def test_a_stranger_sees_only_their_own(merchant, stranger):
    factories.filled_in(merchant)

    page = factories.signed_in(stranger).get("/me/held/")

    assert Category.IDENTITY.label not in dict(page.context["groups"])


def test_a_full_application_takes_as_many_queries_as_none(merchant):
    browser = factories.signed_in(merchant)
    browser.get("/me/held/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/me/held/")
    factories.filled_in(merchant)

    with CaptureQueriesContext(connection) as many:
        browser.get("/me/held/")

    assert len(many) == len(few)


def test_it_stays_open_to_whoever_has_yet_to_agree_to_the_policy(merchant_browser):
    factories.publish_policies()

    assert merchant_browser.get("/me/").templates[0].name == "consent/policy_gate.html"
    assert merchant_browser.get("/me/held/").templates[0].name == "accounts/held.html"


def test_whoever_is_leaving_still_sees_it(merchant, merchant_browser):
    erasure.request(person=merchant)

    assert merchant_browser.get("/me/held/").status_code == 200


@pytest.mark.parametrize("path", ["/me/held/", "/me/export/"])
def test_staff_and_strangers_at_the_door_see_nothing(client, ops_browser, path):
    assert client.get(path).url == f"/sign-in/?next={path.replace('/', '%2F')}"
    assert ops_browser.get(path).status_code == 403
