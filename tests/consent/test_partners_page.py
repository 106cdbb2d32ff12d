"""The page of partners at the desk: true counts, the nearest deadline first, for a few roles."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from consent.actions import obligations, partners
from consent.models import Obligation
from consent.states import PartnerState
from tests import factories
from tests.conftest import make_staff
from tests.consent.sharing_kit import partner_at, shared

pytestmark = pytest.mark.django_db
PAGE = reverse("consent:partners")


def cells(page: str) -> list[list[str]]:
    """The words of the body of every table, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in found if row]


def test_each_partner_stands_with_what_it_got_waits_for_and_owes(merchant, stranger, officer):
    club, bank = partner_at("http://127.0.0.1:9/"), partner_at("http://127.0.0.1:9/", "bank")
    shared(merchant, club)
    shared(stranger, club)
    shared(merchant, bank)
    obligations.oblige_all(person_id=merchant.pk, cause=uuid4())
    partners.switch_off(partner=bank, by=officer)

    page = factories.signed_in(officer).get(PAGE).content.decode()

    assert [row[1:6] for row in cells(page)[:2]] == [
        [PartnerState.OFF.label, "1", "2", "0", "1"],
        [PartnerState.ACTIVE.label, "2", "3", "0", "1"],
    ]


def test_the_nearest_deadline_stands_first(merchant, stranger, officer):
    club = partner_at("http://127.0.0.1:9/")
    for person in (merchant, stranger):
        shared(person, club)
        obligations.oblige_all(person_id=person.pk, cause=uuid4())
    later, sooner = Obligation.objects.order_by("pk")
    Obligation.objects.filter(pk=sooner.pk).update(due_at=later.due_at - timedelta(days=1))

    page = factories.signed_in(officer).get(PAGE).content.decode()

    assert [row[0] for row in cells(page)[1:]] == [str(sooner.pk)[:8], str(later.pk)[:8]]


def test_the_page_costs_the_same_for_one_partner_and_three(merchant, officer):
    browser = factories.signed_in(officer)
    browser.get(PAGE)
    counts = []
    for slug in ("one", "two", "three"):
        shared(merchant, partner_at("http://127.0.0.1:9/", slug))
        obligations.oblige_all(person_id=merchant.pk, cause=uuid4())
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize(
    ("role", "status"), [("officer", 200), ("ops", 200), ("auditor", 200), ("reviewer", 403)]
)
def test_reviewers_have_no_business_there(db, role, status):
    assert factories.signed_in(make_staff("wang", role)).get(PAGE).status_code == status


def test_a_merchant_and_a_visitor_see_nothing(merchant: Person):
    assert factories.signed_in(merchant).get(PAGE).status_code == 403
    assert Client().get(PAGE)["Location"].startswith(reverse("account_login"))
