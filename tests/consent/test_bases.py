"""The grounds of processing: a closed list of the law's, and nothing deemed is among them."""

import html
import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.personal import ConsentMissing, guard
from consent import bases, notices, policytext
from consent.actions import consents, policies, policy_files, sharing
from consent.bases import GROUNDS, Basis
from consent.models import Consent, ConsentEvent, Delivery, Disclosure
from tests import factories
from tests.consent import seeds
from tests.consent.sharing_kit import CONTACT, partner_at

pytestmark = pytest.mark.django_db

# What the three policies of other firms say a person would have agreed to without answering.
DEEMED = {
    "location": (
        seeds.OLD_51,
        "当您选择开启手机的定位权限后,视作您同意将您的位置信息或行踪轨迹传输给我们",
    ),
    "wechat": (seeds.OLD_51, "若您通过微信注册的,视为您同意将与微信等第三方匹配的手机号码、头像"),
    "click": (seeds.OLD_51, "您点击“同意”即视为您接受本隐私政策"),
    "fit": (seeds.OLD_51, "其它平台根据法律、法规政策认为合适的披露"),
    "closing": (seeds.OLD_51, "同意平台有权将您的信息提供给您所涉业务相关的其他第三方"),
    "continued": (seeds.FIRM_53, "本政策更新后，如果您继续使用相应平台功能，即视为您已接受"),
}

# The exceptions of the other policies, each a ground of its own.
EXCEPTIONS = {
    "A68": Basis.NATIONAL_SECURITY,
    "A69": Basis.PUBLIC_INTEREST,
    "A70": Basis.CRIME,
    "A71": Basis.EMERGENCY,
    "A72": Basis.SELF_PUBLISHED,
    "A73": Basis.LAWFUL_SOURCE,
    "A74": Basis.ANONYMISED,
    "B38": Basis.CONTRACT,
    "B39": Basis.LEGAL_DUTY,
    "B40": Basis.EMERGENCY,
    "B41": Basis.NEWS,
    "B42": Basis.SELF_PUBLISHED,
    "B43": Basis.OTHER_LAW,
}


def words(text: str) -> str:
    """The letters of a page or a text, without markup, quotes and spaces."""
    bare = html.unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"[\s\\“”\"]+", "", bare)


def disclosure(person, partner, basis, event=None, document="金公调证〔2026〕12号"):
    """A line of the sharing ledger as anybody with the database could write it."""
    with transaction.atomic():
        return Disclosure.objects.create(
            person=person.pk,
            partner=partner,
            purpose="x",
            categories="{}",
            scale=1,
            basis=basis,
            consent_event=event,
            document="" if basis == Basis.CONSENT else document,
            at=timezone.now(),
        )


@pytest.fixture
def partner(db):
    return partner_at("http://127.0.0.1:9")


@pytest.fixture
def imported(db):
    """The texts of other firms as they are, the old one of this portal in force."""

    def take(name):
        return policy_files.publish(
            text=policytext.parse(seeds.seed(name)), stated=policy_files.Stated(kind="privacy")
        )[0]

    return take


# The list


def test_every_basis_rests_on_a_named_article():
    assert GROUNDS.keys() == set(Basis)
    assert all(re.fullmatch(r"《[^》]+法》第\d+条.*", str(ground)) for ground in GROUNDS.values())


def test_consent_alone_needs_no_further_document():
    sharing_grounds = [basis for basis in Basis if GROUNDS[basis].may_disclose]

    assert [b for b in sharing_grounds if not GROUNDS[b].needs_document] == [Basis.CONSENT]


def test_nothing_deemed_is_a_ground():
    said = " ".join([*Basis.values, *Basis.labels, *(str(ground) for ground in GROUNDS.values())])

    assert not re.search(r"视为|视作|默认|默示|继续使用|认为合适|deemed|implied|legitimate", said)


@pytest.mark.parametrize(
    ("clause", "basis"),
    [
        pytest.param(clause, basis, marks=pytest.mark.clause(clause), id=clause)
        for clause, basis in EXCEPTIONS.items()
    ],
)
def test_an_exception_from_consent_is_a_ground_the_ledger_knows(merchant, partner, clause, basis):
    ground = GROUNDS[basis]

    if ground.may_disclose:
        assert disclosure(merchant, partner, basis).get_basis_display() == basis.label
    else:
        with pytest.raises(IntegrityError):
            disclosure(merchant, partner, basis)


@pytest.mark.clause("C102")
@pytest.mark.parametrize(
    "made_up", ["deemed", "平台认为合适", "continued_use", "policy", "", "news"]
)
def test_the_database_refuses_a_disclosure_on_any_other_ground(merchant, partner, made_up):
    with pytest.raises(IntegrityError):
        disclosure(merchant, partner, made_up)

    assert not Disclosure.objects.exists()


def test_the_database_refuses_a_disclosure_by_consent_that_names_no_consent(merchant, partner):
    with pytest.raises(IntegrityError):
        disclosure(merchant, partner, Basis.CONSENT)


@pytest.mark.parametrize("basis", bases.DISCLOSING)
def test_the_database_knows_every_ground_that_may_carry_a_disclosure(merchant, partner, basis):
    assert disclosure(merchant, partner, basis, event=1).basis == basis


# What a policy "deems" is text


@pytest.mark.clause("C179")
@pytest.mark.parametrize("case", DEEMED)
def test_the_sentence_is_shown_as_text(client, imported, case):
    name, sentence = DEEMED[case]
    version = imported(name)

    page = client.get(f"/policies/privacy/{version.number}/").content.decode()

    assert words(sentence) in words(page)


@pytest.mark.clause("C179")
def test_agreeing_to_the_text_makes_no_separate_consent_live(merchant, partner, imported):
    version = imported(seeds.OLD_51)

    policies.agree(person=merchant, version=version, sha256=version.sha256, way="checkbox")

    live = Consent.objects.of(merchant.pk).live().values_list("code", flat=True)
    assert list(live) == ["policy:privacy"]
    assert [code for code in notices.OFFERED if consents.is_live(merchant.pk, code)] == []
    assert not consents.is_live(merchant.pk, "share:demo")


@pytest.mark.clause("C88", "C179")
def test_its_closing_authorisation_opens_no_door(merchant, partner, imported):
    version = imported(seeds.OLD_51)
    policies.agree(person=merchant, version=version, sha256=version.sha256, way="checkbox")

    with pytest.raises(sharing.NoConsent):
        sharing.share(
            person_id=merchant.pk,
            partner=partner,
            purpose=partner.purpose,
            content=CONTACT,
            by=merchant,
        )

    assert not Disclosure.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("code", ["bank_account", "id_photo"])
def test_nothing_sensitive_is_stored_on_the_strength_of_the_text(merchant, imported, code):
    version = imported(seeds.OLD_51)
    policies.agree(person=merchant, version=version, sha256=version.sha256, way="checkbox")

    with pytest.raises(ConsentMissing):
        guard.require(merchant.pk, code)


def test_using_the_portal_on_and_on_answers_nothing(merchant, imported):
    browser = factories.signed_in(merchant)
    before = ConsentEvent.objects.count()
    imported(seeds.OLD_51)

    for address in ("/", "/me/", "/me/consents/", "/me/shared/", "/policies/") * 2:
        browser.get(address)

    assert ConsentEvent.objects.count() == before
