"""Letting merchants in, keeping them in, and letting them out, everywhere at once."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.actions import sign_in
from accounts.models import LedgerEntry, Person, Session
from tests.accounts.conftest import browser_of

pytestmark = pytest.mark.django_db


def test_a_new_number_makes_an_account_and_a_ledger_entry():
    person, is_new = sign_in.person_for(phone="13700137000")

    entry = LedgerEntry.objects.get(stream=str(person.pk))
    assert is_new
    assert person.phone.clear == "13700137000"
    assert not person.has_usable_password()
    assert entry.verb == "registered"


def test_a_known_number_finds_its_account(merchant):
    person, is_new = sign_in.person_for(phone="13800138000")

    assert (person, is_new) == (merchant, False)


@pytest.mark.django_db(transaction=True)
def test_one_number_proven_twice_at_once_makes_one_account():
    found = []
    start = threading.Barrier(3)

    def register():
        start.wait()
        found.append(sign_in.person_for(phone="13700137000"))
        connections.close_all()

    threads = [threading.Thread(target=register) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({person.pk for person, _is_new in found}) == 1
    assert sum(is_new for _person, is_new in found) == 1


def test_a_session_names_its_person(merchant_browser, merchant):
    assert Session.objects.get().person == merchant.pk


def test_a_visitors_session_names_nobody(client):
    client.session.save()

    assert list(Session.objects.values_list("person", flat=True)) == [None]


@pytest.mark.clause("C105")
def test_a_merchant_ends_every_session_but_this_one(merchant_browser, merchant):
    elsewhere = browser_of(merchant, "MerchantBackend")

    merchant_browser.post("/me/settings/sign-out-others/")

    assert merchant_browser.get("/me/settings/").status_code == 200
    assert elsewhere.get("/me/settings/").status_code == 302


def test_the_settings_lead_to_the_deactivation(merchant_browser):
    page = merchant_browser.get("/me/settings/").content.decode()

    assert 'href="/me/deactivate/"' in page
    assert "138****8000" in page
    assert "13800138000" not in page


def test_signing_out_ends_the_session_and_clears_the_browser(merchant_browser):
    response = merchant_browser.post("/sign-out/")

    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not Session.objects.exists()


def test_signing_out_takes_a_post(merchant_browser):
    assert merchant_browser.get("/sign-out/").status_code == 405


@pytest.mark.parametrize("page", ["/me/settings/", "/me/deactivate/", "/me/deactivate/confirm/"])
def test_nobody_sees_these_pages_without_signing_in(page):
    response = Client().get(page)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in/?next=")


def test_staff_are_refused_on_the_merchants_pages(ops_browser):
    assert ops_browser.get("/me/settings/").status_code == 403


def test_a_disabled_merchant_is_nobody(merchant_browser, merchant):
    Person.objects.filter(pk=merchant.pk).update(is_active=False)

    assert merchant_browser.get("/me/settings/").status_code == 302


def test_no_session_row_holds_a_number(merchant_browser):
    merchant_browser.post("/me/deactivate/")

    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM accounts_session")
        stored = repr(cursor.fetchall())
    opened = repr(dict(merchant_browser.session))
    assert "13800138000" not in stored + opened
