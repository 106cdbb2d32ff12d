"""The gate: closed by default, on the server, on every method, whatever the way around."""

import re
import threading
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from consent import gate, pages
from consent.actions import consents, policies
from consent.models import ConsentEvent, PolicyVersion
from consent.popups import COOKIE
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
    "mine",
    "receipt",
    "receipt_file",
    "shared",
    "paper",
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


# The policy


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


# Separate consents in place


def asked(merchant, method="get", code="id_photo", **kwargs):
    """What a step behind `needs` answers this merchant."""

    @gate.needs(code)
    def step(request, **_kwargs):
        return HttpResponse("inside")

    request = getattr(RequestFactory(), method)("/apply/papers/id_front/?from=list")
    request.user = merchant
    return step(request, **kwargs)


@pytest.mark.parametrize("method", METHODS)
def test_a_step_that_needs_a_consent_asks_on_every_method(merchant, method):
    response = asked(merchant, method)

    assert "inside" not in response.content.decode()
    assert response.status_code == (200 if method in ("get", "head") else 403)


@pytest.mark.clause("C67")
def test_the_step_asks_at_its_own_address_and_comes_back_to_it(merchant):
    browser = factories.signed_in(merchant)
    page = asked(merchant).content.decode()
    fields = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page))

    response = browser.post(reverse("consent:ask", args=["id_photo"]), fields | {"answer": "agree"})

    assert consents.notice_for("id_photo").title in page
    assert response["Location"] == "/apply/papers/id_front/?from=list"
    assert asked(merchant, "post").content == b"inside"


def test_withdrawing_closes_the_step_again(merchant):
    factories.give_consent(merchant, "id_photo")
    consents.withdraw(person=merchant, code="id_photo")

    assert asked(merchant, "post").status_code == 403


def test_the_code_may_depend_on_the_address(merchant):
    @gate.needs("{what}")
    def view(request, what):
        return HttpResponse("inside")

    factories.give_consent(merchant, "bank_account")
    request = RequestFactory().get("/apply/")
    request.user = merchant
    assert view(request, what="bank_account").content == b"inside"
    assert view(request, what="id_photo").content != b"inside"


def test_the_code_may_be_decided_by_the_view(merchant):
    needed = {"photo": "id_photo", "name": ""}

    def wanted(step):
        return needed[step]

    @gate.needs(wanted)
    def view(request, step):
        return HttpResponse("inside")

    request = RequestFactory().get("/apply/")
    request.user = merchant
    assert view(request, step="name").content == b"inside"
    assert view(request, step="photo").content != b"inside"


def test_agreeing_to_the_policy_opens_no_step_that_needs_its_own_consent(merchant):
    factories.agree_to_privacy(merchant)

    assert asked(merchant, "post").status_code == 403


# Pop-ups


@pytest.fixture
def _shipped(db):
    factories.publish_policies()


@pytest.mark.usefixtures("_shipped")
def test_a_first_visit_is_told_before_anything_is_collected_and_sets_no_cookie(client):
    page = client.get("/").content.decode()

    assert "欢迎来到 51车商家端" in page
    assert "data-dialog-now" in page
    assert client.cookies == {}


@pytest.mark.usefixtures("_shipped")
def test_closing_the_notice_keeps_it_closed_and_agrees_to_nothing(client):
    mark = re.search(r'name="popup" value="(\w+)"', client.get("/").content.decode())[1]

    response = client.post(reverse("consent:popup_seen"), {"popup": mark, "next": "/?x=1"})

    assert response.url == "/?x=1"
    assert client.cookies[COOKIE].value == mark
    assert client.cookies[COOKIE]["httponly"]
    assert "欢迎来到" not in client.get("/").content.decode()
    assert ConsentEvent.objects.count() == 0


@pytest.mark.usefixtures("_shipped")
def test_a_stranger_is_welcomed_before_being_told_of_a_coming_version(client):
    publish("2.0", effective_at=timezone.now() + timedelta(days=7))
    first = client.get("/").content.decode()
    mark = re.search(r'name="popup" value="(\w+)"', first)[1]

    client.post(reverse("consent:popup_seen"), {"popup": mark, "next": "/"})

    assert "欢迎来到" in first
    assert "隐私政策将要更新" in client.get("/").content.decode()


@pytest.mark.parametrize("mark", ["", "x" * 500, "<script>alert(1)</script>", "../../etc"])
def test_only_marks_go_into_the_cookie(client, db, mark):
    client.post(reverse("consent:popup_seen"), {"popup": mark})

    assert client.cookies == {}


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", ""])
def test_closing_the_notice_leads_nowhere_else(client, db, wanted):
    response = client.post(reverse("consent:popup_seen"), {"popup": "0" * 12, "next": wanted})

    assert response.url in ("/", pages.home())


@pytest.mark.clause("C170")
@pytest.mark.usefixtures("_shipped")
def test_a_coming_version_pops_up_at_home_before_effect_and_gates_at_effect(merchant):
    browser = factories.signed_in(merchant)
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7), summary="存得更短")

    before = browser.get("/").content.decode()
    mark = re.search(r'name="popup" value="(\w+)"', before)[1]
    browser.post(reverse("consent:popup_seen"), {"popup": mark, "next": "/"})

    assert "隐私政策将要更新" in before
    assert "存得更短" in before
    assert reverse("consent:policy_changes", args=["privacy", coming.number]) in before
    assert "隐私政策将要更新" not in browser.get("/").content.decode()
    assert not is_gate(browser.get(ME))
    asked = PolicyVersion.objects.awaiting(merchant.pk, now=coming.effective_at)
    assert [version.number for version in asked] == ["2.0"]


@pytest.mark.usefixtures("_shipped")
def test_the_policy_is_one_tap_from_home(client):
    assert (
        f'href="{reverse("consent:policy", args=["privacy"])}"' in client.get("/").content.decode()
    )


def test_one_browser_cannot_answer_for_another_site(merchant):
    strict = Client(enforce_csrf_checks=True)
    factories.agree_to_privacy(merchant)
    strict.force_login(merchant, backend="accounts.sign_in_backends.MerchantBackend")

    assert strict.post(ANSWER, {"answer": "agree"}).status_code == 403
    assert strict.post(reverse("consent:mine"), {"code": "id_photo"}).status_code == 403
