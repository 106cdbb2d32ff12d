"""The desk's menu: what a role opens, and where one is."""

import re

import pytest

from tests import factories
from tests.conftest import make_staff
from tests.consent.sharing_kit import registered

pytestmark = pytest.mark.django_db


def marked(browser, path):
    """The links of the menu that are marked, and how."""
    page = browser.get(path).content.decode()
    menu = re.search(r'<nav class="bar__nav".*?</nav>', page, re.S)[0]
    return re.findall(r'aria-current="(\w+)">([^<]+)<', menu)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/desk/partners/", [("page", "合作方")]),
        ("/desk/partners/demo/", [("true", "合作方")]),
        ("/desk/partners/demo/edit/", [("true", "合作方")]),
        ("/desk/by-hand/", [("page", "人工办理")]),
        ("/staff/mfa/", []),
    ],
)
def test_the_menu_marks_the_page_and_the_pages_below_it(officer, path, found):
    registered()

    assert marked(factories.signed_in(officer), path) == found


def test_an_application_is_below_the_queue_and_nothing_else_is(merchant, reviewer):
    application = factories.submitted(merchant)
    browser = factories.signed_in(reviewer)

    assert marked(browser, f"/desk/applications/{application.pk}/") == [("true", "审核队列")]
    assert marked(browser, "/desk/") == [("page", "审核队列")]


@pytest.mark.parametrize(("roles", "has_menu"), [(["officer"], True), (["publisher"], False)])
def test_many_links_stand_behind_a_menu_that_says_where_one_is(roles, has_menu):
    browser = factories.signed_in(make_staff("wang", *roles))

    page = browser.get("/desk/policies/").content.decode()

    assert ("<summary>菜单：政策</summary>" in page) == has_menu
