"""The gate: closed by default, on the server, on every method, whatever the way around."""

import re
import threading

import pytest
from django.contrib.messages import get_messages
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from consent import gate
from consent.actions import policies
from consent.models import ConsentEvent
from tests import factories
from tests.consent.policy_kit import in_force, publish

pytestmark = pytest.mark.django_db

METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]
ANSWER = reverse("consent:policy_answer")
ME = reverse("onboarding:me")

# What a person who said no may still do; every other page of a merchant is behind the gate.
STILL_OPEN = {
    "home",
    "policies",
    "recipients",
    "popup_seen",
    "policy_answer",
    "policy_refused",
    "policy",
    "policy_versions",
    "policy_version",
    "policy_changes",
    "policy_text",
    "policy_pdf",
    "policy_compare",
    "policy_translation",
    "sign_in",
    "sign_in_code",
    "wechat",
    "wechat_begin",
    "wechat_leave",
    "wechat_back",
    "wechat_number",
    "wechat_unbind",
    "mine",
    "shown",
    "receipt",
    "receipt_file",
    "shared",
    "paper",
    "profile",
    "profile_code",
    "profile_contact",
    "callback",
    "transfers",
    "transfer",
    "ending",
    "leave",
}


def views(patterns=None, namespace=""):
    """Namespace, name and view of every address."""
    for entry in patterns or get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry.url_patterns, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            yield namespace, entry.name, entry.callback


@pytest.fixture
def browser(merchant):
    """A merchant who agreed to version 1.0; since then version 2.0 came into force."""
    browser = factories.signed_in(merchant)
    publish("2.0", effective_at=timezone.now(), summary="多了一个接收方")
    return browser


def answer(browser, decision, **changed):
    version = in_force()
    sent = {"answer": decision, "version": version.pk, "sha256": version.sha256, "next": ME}
    return browser.post(ANSWER, sent | changed)


def last_decision() -> str:
    return ConsentEvent.objects.latest("id").decision


def is_gate(response) -> bool:
    return "consent/policy_gate.html" in [template.name for template in response.templates]


def test_only_reading_leaving_and_rights_are_open():
    marked = {
        name
        for namespace, name, view in views()
        if namespace in ("consent", "onboarding") and gate._is_open(view)  # noqa: SLF001 - the mark itself
    }

    assert marked == STILL_OPEN


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/me/", "/apply/", "/apply/submit/", "/apply/bank/"])
def test_ac_14b_a_new_version_closes_every_page_on_every_method(browser, merchant, path, method):
    response = getattr(browser, method)(path)

    assert is_gate(response)
    assert response.status_code == (200 if method in ("get", "head") else 403)
    assert ConsentEvent.objects.of(merchant.pk).count() == 1


def test_scripts_are_refused_in_their_own_language(browser):
    response = browser.post("/apply/bank/", headers={"Accept": "application/json"})

    assert response.status_code == 403
    assert response.json()["error"] == "请先阅读并回答新版隐私政策"


@pytest.mark.parametrize("header", ["HX-Request", "X-Requested-With", "X-HTTP-Method-Override"])
def test_no_header_gets_past_the_gate(browser, header):
    assert is_gate(browser.post("/apply/bank/", headers={header: "GET"}))


@pytest.mark.clause("A8")
def test_going_on_using_the_portal_is_never_consent(browser, merchant):
    for _ in range(3):
        browser.get("/")
        browser.get(ME)
        browser.post("/apply/submit/")

    assert ConsentEvent.objects.of(merchant.pk).count() == 1
    assert is_gate(browser.get(ME))


@pytest.mark.clause("C7", "A5")
def test_the_gate_says_what_changed_and_offers_two_equal_answers(browser):
    page = browser.get(ME).content.decode()

    assert "多了一个接收方" in page
    assert reverse("consent:policy_changes", args=["privacy", "2.0"]) in page
    buttons = re.findall(r'<button class="([^"]*)"[^>]*value="(agree|refuse)"', page, re.DOTALL)
    assert [kind for kind, _ in buttons] == ["button pair__answer"] * 2
    assert [value for _, value in buttons] == ["refuse", "agree"]


@pytest.mark.django_db(transaction=True)
def test_two_answers_racing_are_one_event(merchant):
    factories.agree_to_privacy(merchant)
    version = publish("2.0", effective_at=timezone.now())
    start, taken = threading.Barrier(2), []

    def agree():
        start.wait()
        try:
            taken.append(
                policies.agree(
                    person=merchant, version=version, sha256=version.sha256, way="button"
                )
            )
        finally:
            connections.close_all()

    racing = [threading.Thread(target=agree) for _ in range(2)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()

    assert sorted(event is None for event in taken) == [False, True]
    assert ConsentEvent.objects.of(merchant.pk).filter(sha256=version.sha256).count() == 1


def test_agreeing_opens_the_portal_and_leads_back(browser):
    response = answer(browser, "agree")

    assert response.url == ME
    assert last_decision() == "agreed"
    assert not is_gate(browser.get(ME))


@pytest.mark.clause("A7")
def test_refusing_leads_to_what_still_works_and_that_works(browser):
    response = answer(browser, "refuse")
    page = browser.get(response.url).content.decode()

    assert response.url == reverse("consent:policy_refused")
    assert last_decision() == "withdrawn"
    for name in ("consent:mine", "accounts:settings"):
        assert reverse(name) in page
        assert not is_gate(browser.get(reverse(name)))
    assert not is_gate(browser.get("/"))
    assert not is_gate(browser.get(reverse("accounts:deactivate")))
    assert is_gate(browser.get(ME))


def test_somebody_may_think_again(browser):
    answer(browser, "refuse")
    answer(browser, "agree")

    assert not is_gate(browser.get(ME))


@pytest.mark.parametrize(
    "changed",
    [{"sha256": "0" * 64}, {"sha256": ""}, {"version": "x"}, {"answer": "ok"}, {"answer": ""}],
)
def test_a_forged_answer_is_refused_and_writes_nothing(browser, changed):
    before = ConsentEvent.objects.count()

    assert answer(browser, "agree", **changed).status_code == 400
    assert ConsentEvent.objects.count() == before


def test_an_answer_to_a_version_no_longer_in_force_asks_anew(browser):
    stale = in_force()
    publish("3.0", effective_at=timezone.now())

    response = answer(browser, "agree", version=stale.pk, sha256=stale.sha256)

    assert response.url.startswith(ANSWER)
    assert "您的回答没有记录" in next(str(m) for m in get_messages(response.wsgi_request))
    assert is_gate(browser.get(ME))


def test_the_answer_leads_nowhere_else(browser):
    assert answer(browser, "agree", next="https://evil.example/").url == ME


def test_the_gate_asks_the_database_once(merchant, django_assert_num_queries):
    browser = factories.signed_in(merchant)
    request = browser.get(ME).wsgi_request

    with django_assert_num_queries(1):
        assert (
            gate.PolicyGate(lambda r: HttpResponse()).process_view(request, ME_VIEW, (), {}) is None
        )


def ME_VIEW(request):  # noqa: N802 - stands for a view of the portal
    return HttpResponse("inside")


def test_strangers_and_staff_are_not_asked(client, reviewer, browser):
    assert client.get("/").status_code == 200
    assert not is_gate(factories.signed_in(reviewer).get(reverse("onboarding:desk")))


def test_one_browser_cannot_answer_for_another_site(merchant):
    strict = Client(enforce_csrf_checks=True)
    factories.agree_to_privacy(merchant)
    strict.force_login(merchant, backend="accounts.sign_in_backends.MerchantBackend")

    assert strict.post(ANSWER, {"answer": "agree"}).status_code == 403
    assert strict.post(reverse("consent:mine"), {"code": "id_photo"}).status_code == 403
