"""Events as a printer's warehouse system tells them."""

from __future__ import annotations

import json
from typing import Any

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"example": "https://ns.example.com/epcis/"},
]
BOXES = [f"https://printer.example.com/box/{number}" for number in (1, 2, 3)]


def shipping(**others: Any) -> dict[str, Any]:
    return {
        "eventID": "urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8",
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "epcList": BOXES,
        "eventTime": "2029-01-20T09:00:00.000+07:00",
        "eventTimeZoneOffset": "+07:00",
        "readPoint": {"id": "https://printer.example.com/dock/1"},
        "bizTransactionList": [{"type": "desadv", "bizTransaction": "https://printer.example.com/sj/77"}],
        **others,
    }


def packing(**others: Any) -> dict[str, Any]:
    return {
        "eventID": "urn:uuid:00000000-9457-4a51-bd6a-0bba133845a8",
        "type": "AggregationEvent",
        "action": "ADD",
        "parentID": BOXES[0],
        "childQuantityList": [{"epcClass": "https://printer.example.com/ballot/dpr", "quantity": 2500}],
        "bizStep": "packing",
        "eventTime": "2029-01-20T08:00:00Z",
        "eventTimeZoneOffset": "+07:00",
        **others,
    }


def sensed(**others: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        "eventTime": "2029-01-20T08:00:00.123456Z",
        "eventTimeZoneOffset": "-06:00",
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0"},
        "sensorElementList": [
            {
                "sensorMetadata": {"time": "2029-01-20T07:59:00Z", "deviceID": "urn:epc:id:giai:4000001.111"},
                "sensorReport": [
                    {"type": "Temperature", "value": 26.0, "uom": "CEL", "component": "example:x"},
                    {"type": "example:shock", "booleanValue": True, "hexBinaryValue": "f0f0"},
                ],
                "example:more": {"example:deep": ["12", {"example:deeper": None}]},
            }
        ],
        **others,
    }


def transformed(**others: Any) -> dict[str, Any]:
    return {
        "type": "TransformationEvent",
        "eventTime": "2029-01-14T00:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "inputQuantityList": [
            {"epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "quantity": 10, "uom": "KGM"}
        ],
        "outputEPCList": BOXES,
        "ilmd": {"example:lot": "A"},
        "errorDeclaration": {"declarationTime": "2029-01-15T00:00:00Z", "reason": "incorrect_data"},
        "persistentDisposition": {"set": ["completeness_verified"], "unset": ["completeness_inferred"]},
        **others,
    }


def traded(**others: Any) -> dict[str, Any]:
    return {
        "type": "TransactionEvent",
        "action": "ADD",
        "eventTime": "2029-01-14T00:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "bizTransactionList": [{"type": "po", "bizTransaction": "http://printer.example.com/po/1"}],
        "epcList": BOXES,
        **others,
    }


def document(*events: Any, **others: Any) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2029-01-20T09:05:00Z",
        "epcisBody": {"eventList": list(events)},
        **others,
    }


def answer(*events: Any) -> dict[str, Any]:
    results = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": list(events)}}
    body = {"epcisBody": {"queryResults": results}}
    return {"@context": CONTEXT, "type": "EPCISQueryDocument", **body}


def sent(told: Any) -> bytes:
    return json.dumps(told).encode()
