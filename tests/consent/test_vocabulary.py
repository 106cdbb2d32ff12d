"""Every term we use is one the Data Privacy Vocabulary has."""

from pathlib import Path

import pytest

from accounts.personal.classes import Category
from consent import notices, vocabulary
from consent.actions import partners, policies
from tests import factories

pytestmark = pytest.mark.django_db

TERMS = Path(__file__).parent / "data" / "dpv-2.3-terms.txt"
KNOWN = {line for line in TERMS.read_text().splitlines() if not line.startswith("#")}


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


def test_every_question_and_every_kind_it_names_has_a_term():
    named = {
        category.removesuffix(vocabulary.SENSITIVE_MARK)
        for permission in notices.OFFERED.values()
        for category in permission.notice.categories
    }
    shared = {words for fields in partners.SHAREABLE.values() for words in fields.values()}
    kinds = {f"policy:{kind}" for kind in policies.Kind}

    assert (named | shared) - vocabulary.DATA.keys() == set()
    assert {*notices.OFFERED, *kinds, "share"} - vocabulary.PURPOSES.keys() == set()
    assert set(Category) - vocabulary.CATEGORIES.keys() == set()


def test_every_term_of_the_vocabulary_is_one_of_dpvs():
    used = {
        *vocabulary.DATA.values(),
        *vocabulary.CATEGORIES.values(),
        *(term for terms in vocabulary.PURPOSES.values() for term in terms),
        vocabulary.ANY_PURPOSE,
        vocabulary.ANY_DATA,
    }

    assert used - KNOWN == set()


@pytest.mark.parametrize(("_article", "title", "path"), vocabulary.RIGHTS)
def test_every_right_is_exercised_at_a_page_that_answers(browser, _article, title, path):
    assert browser.get(path).status_code == 200, title
