"""share(): the only door out, and what it leaves behind."""

import json

import pytest

from accounts.models import LedgerEntry
from consent.actions import consents, partners, sharing
from consent.actions.sharing import ByLaw
from consent.bases import GROUNDS, Basis
from consent.models import Delivery, Disclosure, DisclosureContent, Mailbox, Obligation
from tests.consent.sharing_kit import CONTACT, agree, partner_at, shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db):
    return partner_at("http://127.0.0.1:9")


def attempt(person, partner, content=CONTACT, **given):
    given = {"purpose": partner.purpose, "by": person} | given
    return sharing.share(person_id=person.pk, partner=partner, content=content, **given)


def assert_nothing_left(person):
    assert Disclosure.objects.count() == 0
    assert Delivery.objects.count() == 0
    assert not LedgerEntry.objects.filter(verb="shared").exists()


@pytest.mark.clause("A58", "A64", "B47", "B57", "C98", "C111")
def test_nothing_is_shared_without_the_separate_consent_for_this_partner(merchant, partner):
    other = partner_at("http://127.0.0.1:9", slug="other")
    agree(merchant, other)

    with pytest.raises(sharing.NoConsent):
        attempt(merchant, partner)

    assert_nothing_left(merchant)


def test_a_consent_to_other_words_than_todays_is_no_consent(merchant, partner):
    agree(merchant, partner)
    partner.purpose = "另一个目的"
    partner.save(update_fields=["purpose"])

    with pytest.raises(sharing.NoConsent):
        attempt(merchant, partner)

    assert_nothing_left(merchant)


def test_a_withdrawn_consent_is_no_consent(merchant, partner):
    agree(merchant, partner)
    consents.withdraw(person=merchant, code="share:demo")

    with pytest.raises(sharing.NoConsent):
        attempt(merchant, partner)

    assert_nothing_left(merchant)


@pytest.mark.clause("A47", "A60", "A62", "C111")
def test_a_purpose_other_than_the_consented_one_is_refused(merchant, partner):
    agree(merchant, partner)

    with pytest.raises(sharing.OtherPurpose):
        attempt(merchant, partner, purpose="推销保险")

    assert_nothing_left(merchant)


@pytest.mark.clause("B53")
def test_a_recipient_whose_purpose_changed_is_asked_for_anew(merchant, partner):
    agree(merchant, partner)
    partner.purpose = "推销保险"
    partner.save(update_fields=["purpose"])
    agree(merchant, partner)

    disclosure = attempt(merchant, partner)

    assert disclosure.purpose == "推销保险"


@pytest.mark.clause("C112")
def test_a_field_outside_the_partners_scope_is_never_shared(merchant, partner):
    agree(merchant, partner)

    with pytest.raises(sharing.OutOfScope):
        attempt(merchant, partner, {"contact": {"merchant_name": "某店"}})
    with pytest.raises(sharing.OutOfScope):
        attempt(merchant, partner, {"bank": {"bank_account": "6222"}})

    assert_nothing_left(merchant)


def test_nothing_is_shared_with_a_partner_that_was_switched_off(merchant, partner):
    agree(merchant, partner)
    partners.switch_off(partner=partner, by=None)

    with pytest.raises(sharing.PartnerOff):
        attempt(merchant, partner)

    assert_nothing_left(merchant)


@pytest.mark.clause("A61")
def test_a_disclosure_records_date_scale_purpose_recipient_categories_and_basis(merchant, partner):
    disclosure = shared(merchant, partner)

    stored = Disclosure.objects.get()
    entry = LedgerEntry.objects.get(verb="shared", stream=str(merchant.pk))
    assert stored.at is not None
    assert stored.scale == 2
    assert stored.purpose == "介绍购车线索合作"
    assert stored.partner == partner
    assert json.loads(stored.categories) == {"contact": ["contact_name", "contact_phone"]}
    assert stored.basis == "consent"
    assert json.loads(entry.body) == {
        "basis": "consent",
        "categories": ["contact"],
        "consent_event": stored.consent_event,
        "disclosure": str(disclosure.pk),
        "partner": "demo",
        "scale": 2,
    }


def test_the_content_on_its_way_is_sealed_and_the_mailbox_is_due(merchant, partner):
    disclosure = shared(merchant, partner)

    content = DisclosureContent.objects.get()
    assert str(content.values) == "******"
    assert json.loads(content.values.clear) == CONTACT["contact"]
    assert Delivery.objects.get().pk == disclosure.pk
    assert Mailbox.objects.get(partner=partner).next_at is not None


def test_each_partner_knows_a_person_by_an_id_of_its_own(merchant, partner):
    other = partner_at("http://127.0.0.1:9", slug="other")
    shared(merchant, partner)
    shared(merchant, other)

    identities = {p.partneridentity_set.get().identity for p in (partner, other)}

    assert len(identities | {merchant.pk}) == 3


@pytest.mark.clause("C115", "B70")
def test_a_partner_is_not_activated_while_something_required_is_missing(db):
    draft = partners.register(
        slug="draft", secrets=[], scope={}, kind="supplier", legal_name="某公司"
    )

    with pytest.raises(partners.Incomplete) as refused:
        partners.activate(partner=draft, by=None)

    assert refused.value.missing == (
        "联系方式",
        "通讯地址",
        "使用目的",
        "用途类别",
        "提供方式",
        "可接触的信息",
        "合同编号",
        "再委托的约定",
        "域名",
        "接口地址",
        "签名密钥",
        "合同到期日",
        "安全评估（谁、哪天、结论）",
        "个人信息保护影响评估",
    )


@pytest.fixture
def bank(db):
    """A recipient that the law may have something given to without consent."""
    return partner_at("http://127.0.0.1:9", purpose_class="finance")


LEGAL = [basis for basis in Basis if basis != Basis.CONSENT and GROUNDS[basis].may_disclose]


@pytest.mark.clause("A59", "A67", "B25", "B48", "B49", "B50", "B51", "B58", "B59", "C100")
@pytest.mark.parametrize("basis", LEGAL)
def test_a_ground_of_the_law_carries_a_disclosure_with_its_document(merchant, bank, basis):
    disclosure = attempt(merchant, bank, by_law=ByLaw(basis, "反洗钱调查通知〔2026〕7号"))

    entry = LedgerEntry.objects.get(verb="shared", stream=str(merchant.pk))
    assert (disclosure.basis, disclosure.document) == (basis, "反洗钱调查通知〔2026〕7号")
    assert disclosure.consent_event is None
    assert json.loads(entry.body)["document"] == "反洗钱调查通知〔2026〕7号"


@pytest.mark.clause("C99", "C100", "A67", "B50")
@pytest.mark.parametrize("basis", LEGAL)
@pytest.mark.parametrize("document", ["", "  "])
def test_without_its_document_no_ground_of_the_law_opens_the_door(merchant, bank, basis, document):
    with pytest.raises(sharing.NoGround):
        attempt(merchant, bank, by_law=ByLaw(basis, document))

    assert_nothing_left(merchant)


@pytest.mark.clause("C102")
@pytest.mark.parametrize("made_up", ["deemed", "fit", "policy", "", Basis.NEWS, Basis.CONSENT])
def test_a_disclosure_deemed_fit_is_impossible(merchant, bank, made_up):
    with pytest.raises(sharing.NoGround):
        attempt(merchant, bank, by_law=ByLaw(made_up, "平台认为合适"))

    assert_nothing_left(merchant)


@pytest.mark.clause("B25", "C112")
def test_the_law_widens_no_partners_scope(merchant, bank):
    with pytest.raises(sharing.OutOfScope):
        attempt(
            merchant,
            bank,
            {"bank": {"bank_account": "6222"}},
            by_law=ByLaw(Basis.LEGAL_DUTY, "反洗钱调查通知〔2026〕7号"),
        )

    assert_nothing_left(merchant)


def test_an_authority_gets_nothing_by_the_courier(merchant, officer):
    authority = partners.authority(legal_name="金华市公安局", contact="0579-82190114")

    with pytest.raises(sharing.PartnerOff):
        attempt(merchant, authority, by_law=ByLaw(Basis.CRIME, "金公调证〔2026〕12号"))

    assert_nothing_left(merchant)


def test_what_the_law_made_us_give_outlives_the_withdrawal_of_a_consent(merchant, bank):
    by_law = attempt(merchant, bank, by_law=ByLaw(Basis.LEGAL_DUTY, "反洗钱调查通知〔2026〕7号"))
    agree(merchant, bank)
    consents.withdraw(person=merchant, code="share:demo")
    obliged_for_the_law_alone = Obligation.objects.count()

    consented = shared(merchant, bank)
    consents.withdraw(person=merchant, code="share:demo")

    assert obliged_for_the_law_alone == 0
    assert Obligation.objects.get().kind == Obligation.Kind.WITHDRAWAL
    assert [row.disclosure for row in DisclosureContent.objects.all()] == [by_law]
    assert Disclosure.objects.count() == 2
    assert consented != by_law
