"""Receipts as any software reads them that knows ISO/IEC TS 27560."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts import residence
from consent import iso27560, notices, receipts
from consent.actions import consents, policies
from consent.models import ConsentEvent, Partner
from tests import factories
from tests.consent.policy_kit import publish
from tests.consent.receipt_kit import (
    DCT,
    DPV,
    SCHEMA,
    expanded,
    flattened,
    missing,
    statuses,
    strictly,
    value,
)
from tests.consent.sharing_kit import partner_at

pytestmark = pytest.mark.django_db

TERMS = Path(__file__).parent / "data" / "dpv-2.3-terms.txt"
KNOWN = {line for line in TERMS.read_text().splitlines() if not line.startswith("#")}
CREATED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def demo_partner(db):
    return partner_at("http://127.0.0.1:9")


def last(person) -> ConsentEvent:
    return ConsentEvent.objects.of(person.pk)[0]


def written(person) -> str:
    """The receipt file of this person's last answer."""
    return receipts.document(last(person), CREATED)


def record_of(text):
    (record,) = expanded(text)[f"{DPV}hasRecordOfActivity"]
    return record


@pytest.fixture(params=["policy", "agreement", "notice", "share", "refusal", "withdrawal"])
def answered(request, merchant, demo_partner):
    """A merchant whose last answer is of each kind there is."""
    factories.agree_to_privacy(merchant)
    if request.param == "agreement":
        factories.submitted(merchant)
    elif request.param == "notice":
        factories.give_consent(merchant, "id_photo")
    elif request.param == "share":
        factories.give_consent(merchant, "share:demo")
    elif request.param == "refusal":
        sha256 = notices.BANK_ACCOUNT.sha256
        consents.refuse(person=merchant, code="bank_account", sha256=sha256)
    elif request.param == "withdrawal":
        factories.give_consent(merchant, "share:demo")
        consents.withdraw(person=merchant, code="share:demo")
    return merchant


# ISO/IEC TS 27560


def test_cr_1_every_field_the_standard_demands_is_there(answered):
    assert missing(written(answered)) == []


def test_the_check_itself_notices_a_field_that_is_missing(answered):
    text = written(answered).replace("dpv:hasDuration", "dpv:hasSomething")

    assert f"{DPV}hasDuration" in missing(text)


def test_cr_5_it_is_json_without_a_duplicate_key_and_means_the_same_offline(answered):
    text = written(answered)

    nodes = flattened(text)

    receipt = strictly(text)
    record = nodes[receipt["dpv:hasRecordOfActivity"][0]["@id"]]
    assert nodes[receipt["@id"]]["@type"] == [f"{DPV}ConsentReceipt"]
    assert record["@type"] == [f"{DPV}ConsentRecord"]
    assert not [key for node in nodes.values() for key in node if ":" not in key and key[0] != "@"]


@pytest.mark.clause("C103", "B69")
def test_every_receipt_says_the_place_the_operator_declared_everything_to_lie_in(answered):
    (process,) = record_of(written(answered))[f"{DPV}hasProcess"]

    conditions = process[f"{DPV}hasStorageCondition"]
    places = [at["@id"] for one in conditions for at in one.get(f"{DPV}hasLocation", ())]
    assert places == [f"https://w3id.org/dpv/loc#{residence.CODE}"]


def test_a_key_that_stands_twice_is_noticed():
    with pytest.raises(ValueError, match="dpv:hasProcess"):
        strictly('{"dpv:hasProcess": {"a": 1}, "dpv:hasProcess": {"a": 2}}')


def test_every_term_of_dpv_used_is_one_of_its_terms(answered):
    used = set(re.findall(r'"((?:dpv|pd):\w+)"', written(answered)))

    assert len(used) > 40
    assert used - KNOWN == set()


def test_receipt_and_record_name_their_schema_and_are_two_things(answered):
    receipt = expanded(written(answered))
    (record,) = receipt[f"{DPV}hasRecordOfActivity"]

    schema = "https://w3id.org/dpv/schema/dpv-27560#"
    assert receipt[f"{DCT}conformsTo"] == [{"@id": f"{schema}receipt"}]
    assert record[f"{DCT}conformsTo"] == [{"@id": f"{schema}record"}]
    identifiers = [value(node, f"{DCT}identifier") for node in (receipt, record)]
    assert len(set(identifiers)) == 2
    assert all(re.fullmatch(r"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab].+", i) for i in identifiers)


def test_processes_and_events_are_arrays_even_of_one(answered):
    (record,) = strictly(written(answered))["dpv:hasRecordOfActivity"]

    assert isinstance(record["dpv:hasProcess"], list)
    assert isinstance(record["dpv:hasConsentStatus"], list)


def test_of_the_person_it_says_a_random_number_and_nothing_else(answered):
    text = written(answered)

    assert answered.pk.urn in text
    assert "13800138000" not in text
    assert [v for v in factories.STORE_ANSWERS.values() if v in text] == []


def test_cr_2_the_list_of_events_only_grows(merchant):
    texts = []
    for act in ("give", "withdraw", "give"):
        if act == "give":
            factories.give_consent(merchant, "id_photo")
        else:
            consents.withdraw(person=merchant, code="id_photo")
        texts.append(written(merchant))

    told = [strictly(text)["dpv:hasRecordOfActivity"][0]["dpv:hasConsentStatus"] for text in texts]
    assert [statuses(text)[-1] for text in texts] == [
        "ConsentGiven",
        "ConsentWithdrawn",
        "ConsentGiven",
    ]
    assert told[1][:1] == told[0]
    assert told[2][:2] == told[1]
    assert len({strictly(text)["dpv:hasRecordOfActivity"][0]["@id"] for text in texts}) == 1


def test_the_receipt_of_an_old_answer_stays_as_it_was(merchant):
    factories.give_consent(merchant, "id_photo")
    first = last(merchant)
    before = receipts.document(first, CREATED)

    consents.withdraw(person=merchant, code="id_photo")

    assert receipts.document(first, CREATED) == before


def test_agreeing_to_the_next_version_renews(merchant):
    factories.agree_to_privacy(merchant)
    version = publish("9.0", effective_at=timezone.now() - timedelta(seconds=1))

    policies.agree(person=merchant, version=version, sha256=version.sha256, way="button")

    assert statuses(written(merchant)) == ["ConsentGiven", "RenewedConsentGiven"]


def test_a_refusal_and_a_withdrawal_are_not_valid_for_processing(merchant):
    sha256 = notices.ID_PHOTO.sha256
    consents.refuse(person=merchant, code="id_photo", sha256=sha256)
    refused = statuses(written(merchant))
    factories.give_consent(merchant, "id_photo")
    consents.withdraw(person=merchant, code="id_photo")

    assert refused == ["ConsentRefused"]
    assert statuses(written(merchant)) == ["ConsentRefused", "ConsentGiven", "ConsentWithdrawn"]


@pytest.mark.parametrize(
    ("code", "article"),
    [("id_photo", "A29"), ("bank_account", "A29"), ("share:demo", "A23")],
)
def test_a_separate_consent_names_its_article_of_chinese_law(
    merchant, demo_partner, settings, code, article
):
    factories.give_consent(merchant, code)

    (process,) = record_of(written(merchant))[f"{DPV}hasProcess"]

    assert process[f"{DPV}hasLegalBasis"] == [
        {"@id": f"{DPV}ExplicitlyExpressedConsent"},
        {"@id": f"{settings.PORTAL_URL}/law/pipl#{article}"},
    ]


def test_a_sharing_consent_names_the_recipient_as_it_was_shown(merchant, demo_partner):
    factories.give_consent(merchant, "share:demo")
    demo_partner.legal_name = "改过的名字"
    demo_partner.save(update_fields=["legal_name"])

    record = record_of(written(merchant))

    (process,) = record[f"{DPV}hasProcess"]
    (recipient,) = process[f"{DPV}hasRecipient"]
    names = {e["@id"]: value(e, f"{DPV}hasName") for e in record[f"{DPV}hasEntity"]}
    assert names[recipient["@id"]] == "51车俱乐部"


def addresses(record):
    """Every party of a record with its postal address."""
    return {
        value(entity, f"{DPV}hasName"): value(point, f"{SCHEMA}streetAddress")
        for entity in record[f"{DPV}hasEntity"]
        for point in entity[f"{SCHEMA}contactPoint"]
        if f"{SCHEMA}streetAddress" in point
    }


def test_the_recipient_is_named_with_the_address_the_registry_has(merchant, demo_partner):
    factories.give_consent(merchant, "share:demo")

    told = addresses(record_of(written(merchant)))

    assert told["51车俱乐部"] == demo_partner.address == "浙江省金华市婺城区双龙南街801号"


@pytest.mark.parametrize("later", [{"address": ""}, {"legal_name": "接手的另一家公司"}])
def test_the_contact_that_was_told_stands_in_where_the_registry_has_no_address_of_it(
    merchant, demo_partner, later
):
    factories.give_consent(merchant, "share:demo")
    Partner.objects.update(**later)

    assert addresses(record_of(written(merchant)))["51车俱乐部"] == "400-166-5151"


def test_sensitive_kinds_are_marked_as_such(merchant):
    factories.give_consent(merchant, "bank_account")

    (process,) = record_of(written(merchant))[f"{DPV}hasProcess"]

    told = {value(d, f"{DCT}title"): d["@type"] for d in process[f"{DPV}hasPersonalData"]}
    assert told == {
        name: [f"{DPV}SensitivePersonalData"] for name in ("户名", "银行账号", "开户银行")
    }


def test_the_privacy_policy_is_about_every_kind_declared_without_a_consent_of_its_own(merchant):
    factories.agree_to_privacy(merchant)

    (process,) = record_of(written(merchant))[f"{DPV}hasProcess"]

    told = {value(datum, f"{DCT}title") for datum in process[f"{DPV}hasPersonalData"]}
    assert {"手机号", "身份证号码", "联系人姓名"} <= told
    assert "账号" not in told


def test_the_builder_knows_nothing_of_the_web_framework():
    imports = re.findall(r"^(?:from|import) (\w+)", Path(iso27560.__file__).read_text(), re.M)

    assert set(imports) <= sys.stdlib_module_names
