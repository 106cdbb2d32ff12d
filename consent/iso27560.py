"""Consent records and receipts of ISO/IEC TS 27560:2023 as JSON-LD, in the terms of DPV 2.3.

Pure: facts in, JSON values out. Everything the standard's fields must say is an argument without a
default, and the context is inline, so that a document means the same without the network.
Shape: W3C DPVCG guide "Consent Records and Receipts as per ISO/IEC TS 27560:2023" (2026-02-15).
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#"
Node = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A controller or a recipient: who it is and where it is reached."""

    iri: str
    name: str
    contact: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """One kind of information: in the words that were shown, and as a term."""

    words: str
    term: str
    is_sensitive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The text somebody answered: its fingerprint, and the words or the page that has them."""

    sha256: str
    language: str
    version: str
    title: str
    is_just_in_time: bool
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One event of the record: `status` is a term of dpv:ConsentStatus."""

    status: str
    at: datetime
    method: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One person's standing on one question: what a record says."""

    identifier: UUID
    subject: UUID
    portal: str
    place: str
    controller: Party
    recipients: Sequence[Party]
    shown: Shown
    purpose: str
    purposes: Sequence[str]
    data: Sequence[Datum]
    consent_type: str
    article: str
    retention: str
    deletion: str
    lasts: str
    control_url: str
    rights: Sequence[tuple[str, str, str]]
    answers: Sequence[Answer]


def dumps(document: Node) -> str:
    """The document as readable JSON."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def receipt(*, identifier: UUID, created: datetime, facts: Facts) -> Node:
    """A receipt: a wrapper with an identity of its own around the record it is of."""
    return {
        "@context": _context(facts.portal),
        "@id": identifier.urn,
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": _ref(SCHEMA + "receipt"),
        "dct:identifier": str(identifier),
        "dpv:hasIdentifier": str(identifier),
        "dct:created": _moment(created),
        "dct:publisher": _ref(facts.controller.iri),
        "schema:recipient": _ref(facts.subject.urn),
        "dpv:hasRecordOfActivity": [record(facts)],
    }


def record(facts: Facts) -> Node:
    """A record, without a context: it stands inside a receipt."""
    return {
        "@id": facts.identifier.urn,
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": _ref(SCHEMA + "record"),
        "dct:identifier": str(facts.identifier),
        "dpv:hasIdentifier": str(facts.identifier),
        "dpv:hasDataSubject": {
            "@id": facts.subject.urn,
            "@type": "dpv:DataSubject",
            "dpv:hasIdentifier": facts.subject.urn,
            "dpv:hasName": "本账号的持有人",
        },
        "dpv:hasDataController": _ref(facts.controller.iri),
        "dpv:hasEntity": _entities(facts),
        "dpv:hasJurisdiction": _ref("loc:CN"),
        "dpv:hasApplicableLaw": _ref("pipl:PIPL"),
        "dpv:hasNotice": _notice(facts.shown),
        "dpv:hasProcess": [_process(facts)],
        "dpv:hasConsentControl": _control(facts),
        "dpv:hasRight": [_right(*right, portal=facts.portal) for right in facts.rights],
        "dpv:hasConsentStatus": [_status(answer, facts) for answer in facts.answers],
    }


def _context(portal: str) -> Node:
    """Prefixes only. DPV has no terms for Chinese law, so its articles are named under our own."""
    return {
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "loc": "https://w3id.org/dpv/loc#",
        "dct": "http://purl.org/dc/terms/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "schema": "https://schema.org/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "pipl": f"{portal}/law/pipl#",
    }


def _entities(facts: Facts) -> list[Node]:
    """Everybody in the record but the person: name, identifier, role, contact, postal address."""
    roles: dict[Party, list[str]] = {facts.controller: ["dpv:DataController"]}
    for party in facts.recipients:
        roles.setdefault(party, []).append("dpv:Recipient")
    return [
        {
            "@id": party.iri,
            "@type": [*named, "dpv:LegalEntity"],
            "dpv:hasIdentifier": party.iri,
            "dpv:hasName": party.name,
            "schema:contactPoint": [
                {"@type": "schema:ContactPoint", "schema:description": party.contact},
                {"@type": "schema:PostalAddress", "schema:streetAddress": party.address},
            ],
        }
        for party, named in roles.items()
    ]


def _notice(shown: Shown) -> Node:
    kind = "dpv:JITNotice" if shown.is_just_in_time else "dpv:PrivacyNotice"
    node: Node = {
        "@id": _named_by_hash(shown.sha256),
        "@type": ["dpv:ConsentNotice", kind],
        "dct:identifier": f"sha256:{shown.sha256}",
        "dct:language": shown.language,
        "dct:title": shown.title,
        "schema:version": shown.version,
    }
    if shown.text:
        node["schema:text"] = shown.text
    if shown.url:
        node["schema:url"] = _ref(shown.url)
    return node


def _process(facts: Facts) -> Node:
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "skos:broader": [_ref(term) for term in facts.purposes],
            "dct:title": facts.purpose,
        },
        "dpv:hasPersonalData": [_datum(datum) for datum in facts.data],
        "dpv:hasDataController": _ref(facts.controller.iri),
        "dpv:hasRecipient": [_ref(party.iri) for party in facts.recipients],
        "dpv:hasLegalBasis": [_ref(facts.consent_type), _ref(facts.article)],
        "dpv:hasJurisdiction": _ref("loc:CN"),
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": _ref(facts.place)},
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": _until(facts.retention)},
            {"@type": "dpv:StorageDeletion", "dpv:hasDuration": _until(facts.deletion)},
        ],
    }


def _datum(datum: Datum) -> Node:
    kind = "dpv:SensitivePersonalData" if datum.is_sensitive else "dpv:PersonalData"
    return {"@type": kind, "skos:broader": _ref(datum.term), "dct:title": datum.words}


def _control(facts: Facts) -> Node:
    kinds = ("ProvideConsent", "RefuseConsent", "ReaffirmConsent", "WithdrawConsent")
    return {
        "@type": [f"dpv:{kind}" for kind in kinds],
        "dpv:isExercisedAt": _ref(facts.control_url),
    }


def _right(article: str, title: str, path: str, *, portal: str) -> Node:
    return {
        "@type": ["dpv:DataSubjectRight", article],
        "dct:title": title,
        "dpv:isExercisedAt": _ref(portal + path),
    }


def _status(answer: Answer, facts: Facts) -> Node:
    return {
        "@type": [answer.status, facts.consent_type],
        "dpv:isIndicatedBy": _ref(facts.subject.urn),
        "dpv:isIndicatedAtTime": _moment(answer.at),
        "dpv:hasIndicationMethod": answer.method,
        "dpv:hasDuration": _until(facts.lasts),
        "dpv:hasNotice": _ref(_named_by_hash(answer.sha256)),
    }


def _until(words: str) -> Node:
    return {"@type": "dpv:UntilEventDuration", "rdf:value": words}


def _named_by_hash(sha256: str) -> str:
    """A text's name from its own bytes (RFC 6920)."""
    raw = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{raw}"


def _moment(at: datetime) -> Node:
    return {"@type": "xsd:dateTime", "@value": at.isoformat(timespec="seconds")}


def _ref(iri: str) -> Node:
    return {"@id": iri}
