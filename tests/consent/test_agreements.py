"""A changed agreement binds only whoever agrees to it; until then the old one stands."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.actions import policies
from consent.models import Consent, ConsentEvent, PolicyVersion
from tests import factories
from tests.consent.policy_kit import in_force, publish
from tests.consent.race_kit import overtaken

pytestmark = pytest.mark.django_db

STORE = "store_agreement"
ANSWER = reverse("consent:agreement_answer", args=[STORE])
PRIVACY_ANSWER = reverse("consent:policy_answer")
ME = reverse("onboarding:me")


@pytest.fixture
def merchant(merchant):
    """A merchant who handed in an application, and with it agreed to version 1.0."""
    factories.submitted(merchant)
    return merchant


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


def changed() -> PolicyVersion:
    return publish("2.0", kind=STORE, summary="结算从月底改为每周")


def answer(browser, decision, **other):
    version = in_force(STORE)
    sent = {"answer": decision, "version": version.pk, "sha256": version.sha256, "asking": "page"}
    return browser.post(ANSWER, sent | other)


def said_of(version: PolicyVersion, decision: str) -> dict[str, object]:
    return {"answer": decision, "version": version.pk, "sha256": version.sha256}


def events(merchant) -> list[tuple[str, str]]:
    found = ConsentEvent.objects.of(merchant.pk).filter(code=f"policy:{STORE}").order_by("id")
    return list(found.values_list("version", "decision"))


@pytest.mark.clause("C101")
def test_each_role_concludes_its_own_agreement_in_the_version_it_was_shown(merchant):
    current = in_force(STORE)

    assert events(merchant) == [("1.0", "agreed")]
    assert Consent.objects.agreed_to(merchant.pk, [current.sha256]).count() == 1
    assert not ConsentEvent.objects.filter(code="policy:agent_agreement").exists()


@pytest.mark.clause("C169")
def test_a_changed_agreement_is_told_and_closes_nothing(browser, merchant):
    changed()

    page = browser.get(ME).content.decode()

    assert "协议更新了，请您回答" in page
    assert ANSWER in page
    assert browser.get(reverse("onboarding:check")).status_code == 200
    assert events(merchant) == [("1.0", "agreed")]


def test_a_coming_change_is_told_before_it_takes_effect(browser):
    publish("2.0", kind=STORE, effective_at=timezone.now() + timedelta(days=8))

    page = browser.get(ME).content.decode()

    assert "协议将要更新" in page
    assert reverse("consent:policy_changes", args=[STORE, "2.0"]) in page
    assert browser.get(ANSWER).status_code == 404


def test_it_is_asked_with_two_equal_answers_and_what_changed(browser):
    changed()

    page = browser.get(ANSWER).content.decode()

    assert "结算从月底改为每周" in page
    looks = re.findall(r'<button class="([^"]*)"[^>]*value="(agree|refuse)"', page, re.S)
    assert [value for _look, value in looks] == ["refuse", "agree"]
    assert len({look for look, _value in looks}) == 1


def test_agreeing_concludes_the_new_version(browser, merchant):
    changed()

    answer(browser, "agree")

    assert events(merchant) == [("1.0", "agreed"), ("2.0", "agreed")]
    assert "协议更新了" not in browser.get(ME).content.decode()


@pytest.mark.clause("A7", "B3")
def test_refusing_leaves_the_old_one_standing_and_everything_open(browser, merchant):
    changed()

    page = answer(browser, "refuse")
    home = browser.get(page.url).content.decode()

    assert events(merchant) == [("1.0", "agreed"), ("2.0", "refused")]
    assert "继续按您同意过的版本办" in home
    assert "协议更新了，请您回答" not in home
    assert browser.get(reverse("onboarding:check")).status_code == 200


def test_it_may_be_agreed_to_after_all(browser, merchant):
    changed()
    answer(browser, "refuse")

    answer(browser, "agree")

    assert events(merchant)[-1] == ("2.0", "agreed")


@pytest.mark.parametrize(
    "other",
    [
        {"sha256": "0" * 64},
        {"sha256": "no hash"},
        {"version": ""},
        {"answer": "perhaps"},
        {"version": 10**19},
    ],
)
def test_a_made_up_answer_is_refused_and_nothing_is_written(browser, merchant, other):
    changed()

    assert answer(browser, "agree", **other).status_code == 400
    assert events(merchant) == [("1.0", "agreed")]


def test_what_was_concluded_ends_with_the_account_and_not_with_a_tap(browser, merchant):
    assert answer(browser, "refuse").status_code == 400
    assert events(merchant) == [("1.0", "agreed")]
    with pytest.raises(policies.Concluded):
        policies.refuse(
            person=merchant,
            version=in_force(STORE),
            sha256=in_force(STORE).sha256,
            way="button",
        )


def test_nobody_is_asked_about_an_agreement_they_never_concluded(stranger):
    factories.agree_to_privacy(stranger)
    changed()
    browser = factories.signed_in(stranger)

    assert "协议更新了" not in browser.get(ME).content.decode()
    assert browser.get(ANSWER).status_code == 404
    assert browser.get(reverse("consent:agreement_answer", args=["nothing"])).status_code == 404


def test_the_privacy_gate_comes_before_it_on_every_method(browser):
    changed()
    publish("2.0", effective_at=timezone.now())

    for method in ("get", "head", "post"):
        response = getattr(browser, method)(ANSWER)
        assert "consent/policy_gate.html" in [template.name for template in response.templates]


@pytest.mark.django_db(transaction=True)
def test_a_no_that_a_yes_overtakes_undoes_no_agreement(merchant):
    version = changed()
    said = {"person": merchant, "version": version, "sha256": version.sha256, "way": "button"}

    overtaken(
        lambda: policies.refuse(**said),
        lambda: policies.agree(**said),
        before='SELECT "accounts_person"',
    )

    assert events(merchant)[-1] == ("2.0", "agreed")
    assert policies.has_agreed(merchant.pk, STORE)


@pytest.mark.parametrize("decision", ["agree", "refuse"])
@pytest.mark.parametrize("asked", ["agent_agreement", "privacy"])
def test_one_page_takes_no_answer_to_another_ones_question(browser, merchant, asked, decision):
    version, known = in_force(asked), ConsentEvent.objects.count()
    changed()

    answers = [
        browser.post(ANSWER, said_of(version, decision)).status_code,
        answer(browser, decision).status_code,
        browser.post(PRIVACY_ANSWER, said_of(in_force(STORE), decision)).status_code,
    ]

    assert answers == [400, 302, 400]
    assert ConsentEvent.objects.count() == known + 1


@pytest.mark.parametrize("decision", ["agree", "refuse"])
def test_who_never_concluded_an_agreement_has_no_change_of_it_to_answer(stranger, decision):
    current = factories.signed_in(stranger)

    assert answer(current, decision).status_code == 400
    assert not ConsentEvent.objects.filter(person=stranger.pk, code=f"policy:{STORE}").exists()
