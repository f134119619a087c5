"""An event of the log as EPCIS 2.0 events (JSON-LD). A view: what is signed is the entry, and stays it.

    PACKED      AggregationEvent ADD per parcel   packing        what is in it: class and quantity
    SEALED      AssociationEvent ADD per parcel   kawal sealing  container_closed; CBV has no word for it
    OFFER       ObjectEvent OBSERVE               shipping       in_transit, from post to post, desadv
    ACCEPT      ObjectEvent OBSERVE               accepting      in_progress, from post to post, recadv
                  and one per kind of exception   inspecting     what was not found as offered
    ATTEST      ObjectEvent OBSERVE               kawal escorting
    DEPARTED    ObjectEvent OBSERVE               departing      in_transit
    ARRIVED     ObjectEvent OBSERVE               arriving       in_progress
    SEAL_CHECK  ObjectEvent OBSERVE               inspecting     what was read; whether it fits is a finding
    OPENED      ObjectEvent OBSERVE               unpacking      container_open
                  and AssociationEvent DELETE     removing       per parcel whose seals were read
    INCIDENT    ObjectEvent OBSERVE               inspecting or other
    POSITION    ObjectEvent OBSERVE               transporting   at a geo: URI

A hand-over has two sides, and EPCIS has no two-party event: the giver's and the receiver's are two
events with the same source and destination, and the ACCEPT names the OFFER. What EPCIS has no field for
stands under `kawal:`, with what proves it: leaf hash, index in the log, and the signed bytes.

Source: CBV 2.0, section 7 (standard vocabularies); EPCIS 2.0, section 7.4 (event types).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kawal.rules.custody.event import Act, Line, Mismatch
from kawal.rules.custody.told import Told
from kawal.rules.report.epcis.document import Event
from kawal.rules.report.epcis.shaping import Around, links, objects, paper, part_of, parties, place

_PERSISTENT: Final = {"theft": "stolen", "damage": "damaged"}
# Until somebody has looked, nobody knows how the parcels are.
_UNSURE: Final = frozenset({"accident", "attack", "flood", "storage_hazard"})
_MISMATCH: Final = {
    Mismatch.SHORT: "mismatch_instance",
    Mismatch.OVER: "mismatch_instance",
    Mismatch.DAMAGED: "damaged",
    Mismatch.SEAL_BROKEN: "non_conformant",
    Mismatch.WRONG_PLACE: "mismatch_instance",
}


def events_of(told: Told, around: Around) -> list[Event]:
    """Each has an eventID of its own, the same whenever it is asked for. The first one alone has
    the signed bytes: an entry of six hundred parcels would be told six hundred times over."""
    mapped = _MAPPED[told.event.act](told, around)
    if not mapped:  # nothing of its manifest is for this reader
        return []
    first, *others = mapped
    return [first, *({key: one[key] for key in one if key != "kawal:cose"} for one in others)]


def _packed(told: Told, around: Around) -> list[Event]:
    return [
        links(
            told, around, "AggregationEvent", line, childQuantityList=[_content(around, line)],
            action="ADD", bizStep="packing", disposition="in_progress", **place(told, around),
        )
        for line in told.event.manifest
    ]  # fmt: skip


def _content(around: Around, line: Line) -> dict[str, Any]:
    content: dict[str, Any] = {"epcClass": around.naming.content(line.parcel)}
    if line.count is not None and around.contents:
        content["quantity"] = line.count
    return content


def _sealed(told: Told, around: Around) -> list[Event]:
    return [_closed(told, around, line) for line in told.event.manifest]


def _closed(told: Told, around: Around, line: Line) -> Event:
    how = {
        "bizStep": around.naming.step("sealing"),
        "disposition": "container_closed",
        **place(told, around),
    }
    if not line.seals:  # said to be sealed, with no seal told: there is nothing to associate
        return objects(told, around, part_of(line), [line], **how)
    seals = [around.naming.seal(number) for number in dict.fromkeys(line.seals)]
    return links(told, around, "AssociationEvent", line, childEPCs=seals, action="ADD", **how)


def _offer(told: Told, around: Around) -> list[Event]:
    return [
        objects(
            told, around, "", told.event.manifest, bizStep="shipping", disposition="in_transit",
            bizTransactionList=[paper(around, "desadv", told.id)],
            **parties(around, told.kid, told.event.to),
        )
    ]  # fmt: skip


def _accept(told: Told, around: Around) -> list[Event]:
    event = told.event
    papers = [paper(around, "recadv", told.id)]
    if event.offer:
        papers.append(paper(around, "desadv", event.offer))
    taken = objects(
        told, around, "", event.manifest, bizStep="accepting", disposition="in_progress",
        **place(told, around), bizTransactionList=papers, **parties(around, around.giver, told.kid),
    )  # fmt: skip
    kinds = sorted({why for _, why in event.exceptions})
    return [taken, *(_exception(told, around, why, papers) for why in kinds)]


def _exception(told: Told, around: Around, why: Mismatch, papers: list[dict[str, str]]) -> Event:
    word = why.name.lower()
    lines = [Line(parcel) for parcel, mismatch in told.event.exceptions if mismatch is why]
    found: dict[str, Any] = {"persistentDisposition": {"set": ["damaged"]}} if why is Mismatch.DAMAGED else {}
    found["kawal:exception"] = word
    return objects(
        told, around, word, lines, bizStep="inspecting", disposition=_MISMATCH[why],
        bizTransactionList=papers, **found,
    )  # fmt: skip


def _attest(told: Told, around: Around) -> list[Event]:
    return [objects(told, around, "", told.event.manifest, bizStep=around.naming.step("escorting"))]


def _departed(told: Told, around: Around) -> list[Event]:
    step = {"bizStep": "departing", "disposition": "in_transit"}
    return [objects(told, around, "", told.event.manifest, **step)]


def _arrived(told: Told, around: Around) -> list[Event]:
    step = {"bizStep": "arriving", "disposition": "in_progress", **place(told, around)}
    return [objects(told, around, "", told.event.manifest, **step)]


def _seal_check(told: Told, around: Around) -> list[Event]:
    return [objects(told, around, "", told.event.manifest, bizStep="inspecting")]


def _opened(told: Told, around: Around) -> list[Event]:
    here = {"disposition": "container_open", **place(told, around)}
    opened = objects(told, around, "", told.event.manifest, bizStep="unpacking", **here)
    return [opened, *(_removed(told, around, line, here) for line in told.event.manifest if line.seals)]


def _removed(told: Told, around: Around, line: Line, here: Mapping[str, Any]) -> Event:
    seals = [around.naming.seal(number) for number in dict.fromkeys(line.seals)]
    return links(
        told, around, "AssociationEvent", line, childEPCs=seals, action="DELETE", bizStep="removing", **here
    )


def _incident(told: Told, around: Around) -> list[Event]:
    event = told.event
    found: dict[str, Any] = {"bizStep": "inspecting" if event.kind == "damage" else "other"}
    if event.manifest and event.kind in _PERSISTENT:  # it stays with the parcels, until somebody unsets it
        found["persistentDisposition"] = {"set": [_PERSISTENT[event.kind]]}
    elif event.manifest and event.kind in _UNSURE:
        found["disposition"] = "unknown"
    return [objects(told, around, "", event.manifest, **found)]


def _position(told: Told, around: Around) -> list[Event]:
    step = {"bizStep": "transporting", "disposition": "in_transit"}
    return [objects(told, around, "", told.event.manifest, **step)]


_MAPPED: Final[Mapping[Act, Callable[[Told, Around], list[Event]]]] = {
    Act.PACKED: _packed,
    Act.SEALED: _sealed,
    Act.OFFER: _offer,
    Act.ACCEPT: _accept,
    Act.ATTEST: _attest,
    Act.DEPARTED: _departed,
    Act.ARRIVED: _arrived,
    Act.SEAL_CHECK: _seal_check,
    Act.OPENED: _opened,
    Act.INCIDENT: _incident,
    Act.POSITION: _position,
}
