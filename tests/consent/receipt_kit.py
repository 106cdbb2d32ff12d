"""Reading receipts the way a stranger's software would: strictly, and without the network."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pyld import jsonld

DPV = "https://w3id.org/dpv#"
DCT = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"

Node = dict[str, Any]

# ISO/IEC TS 27560 by way of the DPV guide: what must be present, by the node it must be in.
RECEIPT = (
    f"{DCT}conformsTo",
    f"{DCT}identifier",
    f"{DCT}created",
    f"{DPV}hasRecordOfActivity",
)
RECORD = (
    f"{DCT}conformsTo",
    f"{DCT}identifier",
    f"{DPV}hasDataSubject",
    f"{DPV}hasNotice",
    f"{DPV}hasProcess",
    f"{DPV}hasEntity",
    f"{DPV}hasDataController",
    f"{DPV}hasConsentControl",
    f"{DPV}hasJurisdiction",
    f"{DPV}hasRight",
    f"{DPV}hasConsentStatus",
)
NOTICE = (f"{DCT}language", f"{DCT}identifier")
PROCESS = (
    f"{DPV}hasPurpose",
    f"{DPV}hasPersonalData",
    f"{DPV}hasStorageCondition",
    f"{DPV}hasDataController",
    f"{DPV}hasRecipient",
    f"{DPV}hasLegalBasis",
)
ENTITY = (f"{DPV}hasName", f"{DPV}hasIdentifier", f"{SCHEMA}contactPoint")
STATUS = (f"{DPV}isIndicatedAtTime", f"{DPV}hasDuration", f"{DPV}isIndicatedBy")
CONTROL = (f"{DPV}isExercisedAt",)
STORAGE = {f"{DPV}StorageLocation", f"{DPV}StorageDuration", f"{DPV}StorageDeletion"}


def strictly(text: str) -> Node:
    """The JSON of a text; ValueError when any object has a key twice."""

    def once(pairs: Sequence[tuple[str, Any]]) -> Node:
        keys = [key for key, _value in pairs]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key stands twice: {keys}")
        return dict(pairs)

    return dict(json.loads(text, object_pairs_hook=once))


def expanded(text: str) -> Node:
    """The one node of a document, every term in full; asking the network for anything fails."""
    (node,) = jsonld.expand(strictly(text), {"documentLoader": _no_network})
    return dict(node)


def flattened(text: str) -> dict[str, Node]:
    """Every node of a document by its name."""
    nodes = jsonld.flatten(strictly(text), None, {"documentLoader": _no_network})
    return {node["@id"]: node for node in nodes}


def missing(text: str) -> list[str]:
    """Every field the standard demands that the document does not give."""
    receipt = expanded(text)
    (record,) = receipt[f"{DPV}hasRecordOfActivity"]
    demanded = [
        (receipt, RECEIPT),
        (record, RECORD),
        *((node, NOTICE) for node in record.get(f"{DPV}hasNotice", ())),
        *((node, PROCESS) for node in record.get(f"{DPV}hasProcess", ())),
        *((node, ENTITY) for node in record.get(f"{DPV}hasEntity", ())),
        *((node, STATUS) for node in record.get(f"{DPV}hasConsentStatus", ())),
        *((node, CONTROL) for node in record.get(f"{DPV}hasConsentControl", ())),
        *((node, CONTROL) for node in record.get(f"{DPV}hasRight", ())),
    ]
    lacking = [name for node, names in demanded for name in names if not node.get(name)]
    return lacking + _storage(record) + _addresses(record)


def _storage(record: Mapping[str, Any]) -> list[str]:
    told = {
        kind
        for process in record[f"{DPV}hasProcess"]
        for condition in process.get(f"{DPV}hasStorageCondition", ())
        for kind in condition["@type"]
    }
    return sorted(STORAGE - told)


def _addresses(record: Mapping[str, Any]) -> list[str]:
    """Entities without a postal address beside their contact."""
    wanted = {f"{SCHEMA}ContactPoint", f"{SCHEMA}PostalAddress"}
    return [
        f"{entity['@id']} has no {kind}"
        for entity in record[f"{DPV}hasEntity"]
        for kind in wanted - {k for at in entity[f"{SCHEMA}contactPoint"] for k in at["@type"]}
    ]


def _no_network(url: str, _options: object) -> NoReturn:
    raise AssertionError(f"asked the network for {url}")


def value(node: Mapping[str, Any], name: str) -> Any:
    """The one plain value of a property."""
    ((held),) = node[name]
    return held["@value"]


def statuses(text: str) -> list[str]:
    """The states of the record's events, in the order written."""
    (record,) = expanded(text)[f"{DPV}hasRecordOfActivity"]
    told = [node["@type"][0] for node in record[f"{DPV}hasConsentStatus"]]
    return [state.removeprefix(DPV) for state in told]
