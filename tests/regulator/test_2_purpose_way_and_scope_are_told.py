"""认定方法 第二条：未明示收集使用个人信息的目的、方式和范围."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.personal import PersonalModel
from consent import lint, notices, sdks
from consent.actions import consents
from tests import factories
from tests.consent.policy_kit import in_force, publish
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db

LONGEST_PART, LONGEST_NOTICE = 130, 700
OFFICIALESE = re.compile(r"兹|特此|予以|之规定|包括但不限于|届时|系指|藉|鉴于")


@pytest.mark.clause("B55")
def test_2_1_no_code_of_a_third_party_can_run_that_is_not_listed(visitor):
    sources = {
        source
        for allowed in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values()
        for source in allowed
    }

    listed = reverse("consent:recipients")
    policy = visitor.get("/policies/privacy/").content.decode()
    page = words(visitor.get(listed).content.decode())

    assert f'href="{listed}"' in policy
    assert sources == {"'none'", "'self'", "blob:"}
    assert [sdk.name for sdk in sdks.shipped() if words(sdk.name) not in page] == []


@pytest.mark.parametrize("opened", ["我们收集姓名、电话等信息。", "包括但不限于您的位置。"])
def test_2_1_lists_name_one_thing_after_another_and_stay_closed(visitor, opened):
    body = in_force().body

    assert lint.problems(body) == []
    assert lint.problems(f"{body}\n\n{opened}\n") != []


def test_2_1_every_field_that_is_stored_is_on_the_list_of_what_is_collected(merchant):
    factories.filled_in(merchant)

    page = words(factories.signed_in(merchant).get("/me/held/").content.decode())

    application = apps.get_model("onboarding", "Application")
    assert issubclass(application, PersonalModel)
    filled = application.objects.get(person=merchant)
    kept = [f for f in application.personal_fields() if getattr(filled, f.name)]
    assert len(kept) > 5
    assert [str(f.verbose_name) for f in kept if words(str(f.verbose_name)) not in page] == []
    assert [f.purpose for f in kept if words(f.purpose) not in page] == []


def test_2_2_a_change_is_told_before_it_takes_effect_and_asked_when_it_does(browser):
    publish("2.0", effective_at=timezone.now() + timedelta(days=8), summary="多了一个接收方")
    before = browser.get("/").content.decode()
    publish("3.0", effective_at=timezone.now(), summary="又多了一个")

    asked = browser.get("/me/").content.decode()

    assert "隐私政策将要更新" in before
    assert "多了一个接收方" in before
    assert reverse("consent:policy_changes", args=["privacy", "2.0"]) in before
    assert "隐私政策更新了" in asked
    assert "又多了一个" in asked


@pytest.mark.parametrize("code", sorted(notices.OFFERED))
def test_2_3_whoever_is_asked_reads_the_purpose_on_the_same_page(browser, code):
    notice = consents.notice_for(code)

    page = words(browser.get(reverse("consent:ask", args=[code])).content.decode())

    assert words(notice.purpose) in page
    assert all(words(category) in page for category in notice.categories)


@pytest.mark.parametrize(("path", "code"), [("/apply/bank/", "bank_account")])
def test_2_3_no_field_for_a_sensitive_number_is_shown_before_its_purpose(
    browser, merchant, path, code
):
    factories.started(merchant)

    first = browser.get(path).content.decode()
    factories.give_consent(merchant, code)
    then = browser.get(path).content.decode()

    assert words(consents.notice_for(code).purpose) in words(first)
    assert 'name="bank_account"' not in first
    assert 'name="bank_account"' in then


@pytest.mark.parametrize("code", sorted(notices.OFFERED))
def test_2_4_what_is_told_before_asking_is_short_and_plain(code):
    notice = consents.notice_for(code)

    too_long = [label for label, said in notice.lines if len(said) > LONGEST_PART]
    assert too_long == []
    assert len(notice.text) <= LONGEST_NOTICE
    assert OFFICIALESE.findall(notice.text) == []
    assert notice.title.endswith("？")


def test_2_4_the_long_text_has_a_summary_and_a_table_of_contents(visitor):
    page = visitor.get(reverse("consent:policy", args=["privacy"])).content.decode()

    contents = page.partition('class="toc')[2].partition("</details>")[0]
    assert len(re.findall(r'href="#', contents)) >= 8
    assert 0 < len(in_force().summary) <= 300
