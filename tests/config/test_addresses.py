"""Addresses no page can have are answered like any other that is not there."""

import pytest

from tests import factories


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/receipt/%00/", "/policies/privacy/%00/", "/consents/share:%00/", "/%00", "/apply/%00/"],
)
def test_an_address_with_a_nul_in_it_is_not_found(merchant, address):
    browser = factories.signed_in(merchant)

    answer = browser.get(address)

    assert answer.status_code == 404


@pytest.mark.django_db
def test_an_address_of_forms_opened_by_a_browser_says_what_to_do(merchant):
    browser = factories.signed_in(merchant)

    answer = browser.get("/sign-out/", headers={"accept": "text/html,*/*;q=0.8"})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "这个地址不能直接打开" in answer.content.decode()


def test_a_program_that_opens_an_address_of_forms_gets_no_page(client):
    answer = client.get("/opendsr/callback/demo/", headers={"accept": "application/json"})

    assert (answer.status_code, answer.content) == (405, b"")
