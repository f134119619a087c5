"""What an event of EPCIS 2.0 must and may hold, type by type (section 7.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kawal.rules.report.epcis import vocabulary
from kawal.rules.report.epcis.checking import (
    Check,
    Wrong,
    Wrongs,
    anything,
    context,
    either,
    flag,
    hexadecimal,
    is_uri,
    many,
    members,
    number,
    offset,
    one_of,
    text,
    time,
    unit,
    uri,
    word,
)

TYPES: Final = (
    "ObjectEvent",
    "AggregationEvent",
    "AssociationEvent",
    "TransactionEvent",
    "TransformationEvent",
)


def check_event(told: Any, at: str, wrongs: Wrongs) -> None:
    if not isinstance(told, dict):
        wrongs.append(Wrong(at, "must_be_object"))
        return
    inside = f"{at}." if at else ""
    kind = told.get("type")
    if "type" not in told:
        wrongs.append(Wrong(f"{inside}type", "missing"))
    elif isinstance(kind, str) and kind in _EVENTS:
        before = len(wrongs)
        _EVENTS[kind](told, at, wrongs)
        if len(wrongs) == before:  # what the fields say together is looked at when each of them can be read
            _TOGETHER[kind](told, inside, wrongs)
    elif is_uri(kind):  # an event type of somebody's own: what all events have is checked, the rest is kept
        members(_COMMON, needed=_NEEDED)({k: told[k] for k in told if k in _COMMON}, at, wrongs)
    else:
        wrongs.append(Wrong(f"{inside}type", "unknown_word", {"words": ", ".join(TYPES)}))


def _objects(told: Mapping[str, Any], inside: str, wrongs: Wrongs) -> None:
    sensed = told.get("sensorElementList") and "readPoint" in told
    if "epcList" not in told and not told.get("quantityList") and not sensed:
        wrongs.append(Wrong(f"{inside}epcList", "no_objects"))
    if "ilmd" in told and told["action"] != "ADD":
        wrongs.append(Wrong(f"{inside}ilmd", "ilmd_needs_add"))


def _children(told: Mapping[str, Any], inside: str, wrongs: Wrongs) -> None:
    if told["action"] != "OBSERVE" and "parentID" not in told:
        wrongs.append(Wrong(f"{inside}parentID", "parent_needed"))
    if told["action"] != "DELETE" and not told.get("childEPCs") and not told.get("childQuantityList"):
        wrongs.append(Wrong(f"{inside}childEPCs", "no_children"))


def _transaction(told: Mapping[str, Any], inside: str, wrongs: Wrongs) -> None:
    if told["action"] != "DELETE" and "epcList" not in told and not told.get("quantityList"):
        wrongs.append(Wrong(f"{inside}epcList", "no_objects"))


def _transformation(told: Mapping[str, Any], inside: str, wrongs: Wrongs) -> None:
    into = told.get("inputEPCList") or told.get("inputQuantityList")
    out = told.get("outputEPCList") or told.get("outputQuantityList")
    if not into and not ("transformationID" in told and out):
        wrongs.append(Wrong(f"{inside}inputEPCList", "no_inputs"))
    elif not out and "transformationID" not in told:
        wrongs.append(Wrong(f"{inside}outputEPCList", "no_outputs"))


_place: Final = members({"id": uri}, needed=["id"], others=anything)
_quantity: Final = members(
    {"epcClass": uri, "quantity": number, "uom": unit}, needed=["epcClass"], others=None
)
_paper: Final = members(
    {"type": word(vocabulary.PAPERS), "bizTransaction": uri}, needed=["bizTransaction"], others=None
)
_source: Final = members(
    {"type": word(vocabulary.PARTIES), "source": uri}, needed=["type", "source"], others=None
)
_destination: Final = members(
    {"type": word(vocabulary.PARTIES), "destination": uri},
    needed=["type", "destination"],
    others=None,
)
_dispositions: Final = many(word(vocabulary.DISPOSITIONS), least=1, once=True)
_persistent: Final = members({"set": _dispositions, "unset": _dispositions}, others=None)


def _persistent_set(value: Any, at: str, wrongs: Wrongs) -> None:
    _persistent(value, at, wrongs)
    if value == {}:
        wrongs.append(Wrong(f"{at}.set", "missing"))


_metadata: Final = members(
    {"time": time, "deviceID": uri, "deviceMetadata": uri, "rawData": uri, "startTime": time,
     "endTime": time, "dataProcessingMethod": uri, "bizRules": uri}
)  # fmt: skip
_report: Final = members(
    {"type": word(vocabulary.MEASUREMENTS, vocabulary.GS1_VOC),
     "exception": word(vocabulary.ALERTS, vocabulary.GS1_VOC),
     **dict.fromkeys(("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "microorganism",
                      "chemicalSubstance", "coordinateReferenceSystem", "uriValue"), uri),
     **dict.fromkeys(("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"), number),
     "time": time, "component": word(vocabulary.COMPONENTS), "stringValue": text, "booleanValue": flag,
     "hexBinaryValue": hexadecimal, "uom": text},
    needed=["type"],
)  # fmt: skip
_sensor: Final = members(
    {"type": text, "sensorMetadata": _metadata, "sensorReport": many(_report, least=1)},
    needed=["sensorReport"],
)
_error: Final = members(
    {
        "type": text,
        "declarationTime": time,
        "reason": word(vocabulary.REASONS),
        "correctiveEventIDs": many(uri),
    },
    needed=["declarationTime"],
)

_NEEDED: Final = ("type", "eventTime", "eventTimeZoneOffset")
_COMMON: Final[Mapping[str, Check]] = {
    "@context": context, "type": text, "eventTime": time, "recordTime": time, "eventTimeZoneOffset": offset,
    "eventID": uri, "certificationInfo": either(uri, many(uri)), "errorDeclaration": _error,
}  # fmt: skip
_OF_MOST: Final[Mapping[str, Check]] = {
    **_COMMON,
    "bizStep": word(vocabulary.STEPS), "disposition": word(vocabulary.DISPOSITIONS), "readPoint": _place,
    "bizLocation": _place, "bizTransactionList": many(_paper), "sourceList": many(_source),
    "destinationList": many(_destination), "sensorElementList": many(_sensor),
}  # fmt: skip
_ACTION: Final = {"action": one_of(vocabulary.ACTIONS)}
_epcs: Final = many(uri, once=True)
_linked: Final[Mapping[str, Check]] = {
    **_OF_MOST, **_ACTION, "parentID": uri, "childEPCs": many(uri), "childQuantityList": many(_quantity)
}  # fmt: skip

_EVENTS: Final[Mapping[str, Check]] = {
    "ObjectEvent": members(
        {**_OF_MOST, **_ACTION, "epcList": _epcs, "quantityList": many(_quantity),
         "persistentDisposition": _persistent_set, "ilmd": members({})},
        needed=[*_NEEDED, "action"],
    ),
    "AggregationEvent": members(_linked, needed=[*_NEEDED, "action"]),
    "AssociationEvent": members(_linked, needed=[*_NEEDED, "action", "parentID"]),
    "TransactionEvent": members(
        {**_OF_MOST, **_ACTION, "bizTransactionList": many(_paper, least=1), "parentID": uri,
         "epcList": many(uri), "quantityList": many(_quantity)},
        needed=[*_NEEDED, "action", "bizTransactionList"],
    ),
    "TransformationEvent": members(
        {**_OF_MOST, "inputEPCList": _epcs, "outputEPCList": _epcs, "inputQuantityList": many(_quantity),
         "outputQuantityList": many(_quantity), "transformationID": uri,
         "persistentDisposition": _persistent_set, "ilmd": members({})},
        needed=_NEEDED,
    ),
}  # fmt: skip
_TOGETHER: Final[Mapping[str, Callable[[Mapping[str, Any], str, Wrongs], None]]] = {
    "ObjectEvent": _objects,
    "AggregationEvent": _children,
    "AssociationEvent": _children,
    "TransactionEvent": _transaction,
    "TransformationEvent": _transformation,
}
