"""Staff sign-in: password and second factor, ledgered, limited, and closed to merchants."""

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.actions import staff
from accounts.models import LedgerEntry, Person, Session
from config import settings as product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


@pytest.fixture
def password():
    return staff.add(name="wang", roles=["ops"])


def sign_in(client, password, name="wang"):
    return client.post("/staff/login/", {"login": name, "password": password})


def prove_again(client, password):
    return client.post("/staff/reauthenticate/", {"password": password})


def second_factor(person):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    return secret


def code_now(secret):
    left = 30 - time.time() % 30
    if left < 2:
        time.sleep(left)
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def verbs(stream):
    entries = LedgerEntry.objects.filter(stream=stream).order_by("seq")
    return [entry.verb for entry in entries]


def test_no_account_exists_until_operations_makes_one():
    assert not Person.objects.exists()


def test_no_mark_in_the_database_opens_every_door(password):
    Person.objects.update(is_superuser=True)

    person = Person.objects.get()

    assert [role for role in staff.ROLES if person.is_in(role)] == ["ops"]


def test_staff_sign_in_with_name_and_password(password):
    client = Client()

    response = sign_in(client, password)

    person = Person.objects.get(username="wang")
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/erasures/")
    assert verbs(f"staff:{person.pk}") == ["staff_added", "staff_signed_in"]


def test_a_wrong_password_is_ledgered_under_the_account(password):
    response = sign_in(Client(), "not the password at all")

    person = Person.objects.get(username="wang")
    assert response.status_code == 200
    assert verbs(f"staff:{person.pk}") == ["staff_added", "staff_sign_in_failed"]


def test_an_unknown_name_is_ledgered_as_a_hash(password):
    sign_in(Client(), password, name="somebody@example.com")

    body = LedgerEntry.objects.get(verb="staff_sign_in_failed", stream="system").body
    assert "somebody" not in body
    assert len(json.loads(body)["name"]) == 16


def test_a_disabled_account_answers_like_a_wrong_password(password):
    wrong = sign_in(Client(), "not the password at all")
    staff.disable(name="wang")

    right = sign_in(Client(), password)

    def errors(response):
        return re.findall(r"<li>(.*?)</li>", response.content.decode())

    assert (right.status_code, errors(right)) == (wrong.status_code, errors(wrong))


def test_disabling_an_account_ends_its_sessions_at_once(password):
    client = Client()
    sign_in(client, password)

    staff.disable(name="wang")

    assert not Session.objects.exists()
    assert client.get("/desk/erasures/").status_code == 302


def test_the_second_factor_is_asked_for_before_anybody_is_let_in(password):
    client = Client()
    secret = second_factor(Person.objects.get(username="wang"))

    first = sign_in(client, password)
    before = client.get("/desk/erasures/").status_code
    client.post("/staff/mfa/authenticate/", {"code": code_now(secret)})
    after = client.get("/desk/erasures/").status_code

    assert first.headers["Location"] == "/staff/mfa/authenticate/"
    assert (before, after) == (302, 200)


def test_a_wrong_second_factor_is_ledgered(password):
    client = Client()
    person = Person.objects.get(username="wang")
    second_factor(person)
    sign_in(client, password)

    client.post("/staff/mfa/authenticate/", {"code": "000000"})

    failed = LedgerEntry.objects.get(verb="staff_sign_in_failed")
    assert json.loads(failed.body) == {"factor": "second"}


def test_without_a_second_factor_the_desk_stays_shut_where_one_is_required(password, settings):
    settings.STAFF_SECOND_FACTOR = True
    client = Client()
    sign_in(client, password)

    response = client.get("/desk/erasures/")

    assert (response.status_code, response.headers["Location"]) == (302, "/staff/mfa/")


def test_second_factor_secrets_are_not_stored_plain(password):
    person = Person.objects.get(username="wang")
    client = Client()
    sign_in(client, password)
    prove_again(client, password)
    page = client.get("/staff/mfa/totp/activate/")
    secret = page.context["form"].secret

    client.post("/staff/mfa/totp/activate/", {"code": code_now(secret)})

    stored = Authenticator.objects.get(user=person, type="totp")
    assert secret not in json.dumps(stored.data)


def test_five_wrong_passwords_shut_the_account_for_a_while(password):
    client = Client()
    for _ in range(5):
        sign_in(client, "not the password at all")

    response = sign_in(client, password)

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "page",
    [
        "/staff/login/",
        "/staff/mfa/",
        "/staff/mfa/totp/activate/",
        "/staff/sessions/",
        "/desk/erasures/",
    ],
)
def test_a_signed_in_merchant_is_refused_at_every_staff_page(merchant_browser, page):
    assert merchant_browser.get(page).status_code == 403


def test_a_merchant_with_a_password_would_still_be_refused(merchant):
    merchant.set_password("a long enough password")
    merchant.save()

    sign_in(Client(), "a long enough password", name=str(merchant.pk))

    assert not LedgerEntry.objects.filter(verb="staff_signed_in").exists()


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_reset_password", "account_change_password"],
)
def test_there_is_no_sign_up_and_no_password_by_mail(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_changing_the_second_factor_asks_for_the_password_again(password):
    client = Client()
    sign_in(client, password)

    response = client.get("/staff/mfa/totp/activate/")

    assert response.headers["Location"].startswith("/staff/reauthenticate/")
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "/staff/mfa/",
        "/staff/mfa/webauthn/",
        "/staff/mfa/webauthn/add/",
        "/staff/mfa/totp/activate/",
        "/staff/sessions/",
        "/staff/logout/",
    ],
)
def test_the_pages_of_ones_own_account_open(password, page):
    client = Client()
    sign_in(client, password)
    prove_again(client, password)

    response = client.get(page)

    assert response.status_code == 200
    assert 'style="' not in response.content.decode()


def test_recovery_codes_are_made_shown_and_work_once(password):
    client = Client()
    sign_in(client, password)
    prove_again(client, password)
    second_factor(Person.objects.get(username="wang"))
    client.post("/staff/mfa/recovery-codes/generate/")
    shown = client.get("/staff/mfa/recovery-codes/").context["unused_codes"]

    entered = []
    for _ in range(2):
        other = Client()
        sign_in(other, password)
        other.post("/staff/mfa/authenticate/", {"code": shown[0]})
        entered.append("_auth_user_id" in other.session)

    assert entered == [True, False]


def test_staff_are_signed_out_after_half_an_hour_without_a_request(password):
    client = Client()
    sign_in(client, password)

    client.get("/desk/erasures/")

    assert client.session.get_expiry_age() == 1800


def test_the_address_and_browser_of_a_merchant_are_not_kept(merchant_browser):
    merchant_browser.get("/me/settings/")

    assert not UserSession.objects.exists()


@pytest.mark.clause("C106")
def test_passwords_are_stored_as_argon2_hashes_only(settings):
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS

    password = staff.add(name="wang", roles=["ops"])

    person = Person.objects.get(username="wang")
    assert person.password.startswith("argon2$argon2id$")
    assert password not in person.password
    assert person.check_password(password)


def test_the_command_prints_a_password_that_works_once_and_for_all(capsys):
    call_command("staff", "add", "li", "--role", "reviewer")
    printed = capsys.readouterr().out

    password = re.search(r"密码 (\S+)", printed)[1]
    client = Client()
    sign_in(client, password, name="li")

    assert len(password) >= 20
    assert "_auth_user_id" in client.session


def test_the_command_lists_and_disables(password, capsys):
    call_command("staff", "disable", "wang")
    call_command("staff", "list")

    assert capsys.readouterr().out.splitlines()[-1] == "wang\t运维\t停用\t未设两步验证"


def test_a_reset_gives_a_new_password_and_drops_the_second_factor(password):
    second_factor(Person.objects.get(username="wang"))

    fresh = staff.reset(name="wang")

    client = Client()
    sign_in(client, fresh)
    assert fresh != password
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("roles", "refusal"),
    [(["king"], "角色只能是"), (["auditor", "ops"], "审计员不能兼任"), ([], "角色只能是")],
)
def test_roles_are_known_and_an_auditor_audits_only(roles, refusal):
    with pytest.raises(staff.RolesRefused, match=refusal):
        staff.add(name="zhao", roles=roles)


def test_a_name_is_given_once(password):
    with pytest.raises(staff.NameTaken):
        staff.add(name="wang", roles=["ops"])


def test_staff_sign_in_where_the_server_knows_no_address(password):
    client = Client(REMOTE_ADDR="")

    answer = sign_in(client, password)

    assert answer.status_code == 302
    assert client.get("/desk/erasures/").status_code == 200
