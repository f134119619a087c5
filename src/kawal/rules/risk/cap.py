"""Warnings in the Common Alerting Protocol 1.2 (OASIS, 2010) as happenings, and what they take back.

Of an alert: status Actual (Exercise in an exercise), each info with its severity, onset (else effective, else
sent) and expires, each of its areas by geocode where that is an area code, else by polygon. An Update or a
Cancel takes back what it refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element

from kawal.rules.places.cells import area_code
from kawal.rules.refusals import Refused
from kawal.rules.risk.happening import Happening

NAMESPACE: Final = "{urn:oasis:names:tc:emergency:cap:1.2}"
KINDS: Final = {"Moderate": "cap.moderate", "Severe": "cap.severe", "Extreme": "cap.extreme"}
POINTS_MAX: Final = 5_000

Polygon = list[tuple[float, float]]  # latitude, longitude; closed
Inside = Callable[[Polygon], list[str]]  # areas whose point lies in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    identifier: str
    happenings: tuple[Happening, ...]
    takes_back: tuple[str, ...]  # identifiers of earlier ones
    unplaced: tuple[str, ...]  # names of areas that could not be placed


def from_xml(root: Element, *, inside: Inside, exercise: bool) -> Warned:
    """Refuses `cap_unreadable` with what is missing, and `cap_not_actual`: a test, a draft, or an exercise
    where none runs."""
    if root.tag != f"{NAMESPACE}alert":
        raise Refused("cap_unreadable", at=root.tag[:80])
    identifier, sender = _text(root, "identifier"), _text(root, "sender")
    sent = _time(_text(root, "sent"))
    status, kind = _text(root, "status"), _text(root, "msgType")
    if status != ("Exercise" if exercise else "Actual"):
        raise Refused("cap_not_actual", status=status)
    takes_back = tuple(_referred(root)) if kind in ("Update", "Cancel") else ()
    happenings: dict[str, Happening] = {}
    unplaced: list[str] = []
    if kind in ("Alert", "Update"):
        for info in root.iter(f"{NAMESPACE}info"):
            for happening in _info(info, identifier, sender, sent, inside, unplaced):
                before = happenings.get(happening.area_code)
                # Told in two languages it is one; of two severities the worse.
                if before is None or _rank(happening) > _rank(before):
                    happenings[happening.area_code] = happening
    return Warned(
        identifier=identifier,
        happenings=tuple(happenings.values()),
        takes_back=takes_back,
        unplaced=tuple(dict.fromkeys(unplaced)),
    )


def key_of(identifier: str, area: str = "") -> str:
    """The key of a warning's happening in an area; without one, what all of them begin with."""
    return f"cap:{identifier[:100]}:{area}"


def _info(
    info: Element, identifier: str, sender: str, sent: datetime, inside: Inside, unplaced: list[str]
) -> Iterator[Happening]:
    kind = KINDS.get(_text(info, "severity"))
    if kind is None:  # Minor and Unknown move nothing
        return
    times = [info.findtext(f"{NAMESPACE}{name}") for name in ("onset", "effective")]
    begins = next((_time(told) for told in times if told), sent)
    expires = info.findtext(f"{NAMESPACE}expires")
    ends = _time(expires) if expires else None
    if ends is not None and ends < begins:
        raise Refused("cap_unreadable", at="expires")
    for area in info.iter(f"{NAMESPACE}area"):
        codes = list(_areas(area, inside))
        if not codes:
            unplaced.append((area.findtext(f"{NAMESPACE}areaDesc") or "?").strip()[:80])
        for code in codes:
            yield Happening(
                key=key_of(identifier, code),
                kind=kind,
                area_code=code,
                begins_at=begins,
                ends_at=ends,
                source=f"{sender} {_text(info, 'event')}"[:200],
            )


def _areas(area: Element, inside: Inside) -> Iterator[str]:
    codes = [
        area_code((geocode.findtext(f"{NAMESPACE}value") or "").strip())
        for geocode in area.iter(f"{NAMESPACE}geocode")
    ]
    known = [code for code in codes if code]
    if known:
        yield from dict.fromkeys(known)
        return
    for polygon in area.iter(f"{NAMESPACE}polygon"):
        yield from inside(_polygon(polygon.text or ""))


def _polygon(text: str) -> Polygon:
    """`lat,lon lat,lon ...`, first and last the same (CAP 1.2, 3.2.4)."""
    try:
        pairs = [tuple(map(float, pair.split(","))) for pair in text.split()]
    except ValueError as error:
        raise Refused("cap_unreadable", at="polygon") from error
    sound = all(len(pair) == 2 and abs(pair[0]) <= 90 and abs(pair[1]) <= 180 for pair in pairs)
    if not sound or not 4 <= len(pairs) <= POINTS_MAX or pairs[0] != pairs[-1]:
        raise Refused("cap_unreadable", at="polygon")
    return [(pair[0], pair[1]) for pair in pairs]


def _referred(root: Element) -> Iterator[str]:
    """`sender,identifier,sent` each, with spaces between (CAP 1.2, 3.2.1)."""
    for reference in (root.findtext(f"{NAMESPACE}references") or "").split():
        parts = reference.split(",")
        if len(parts) == 3:
            yield parts[1]


def _text(element: Element, name: str) -> str:
    text = (element.findtext(f"{NAMESPACE}{name}") or "").strip()
    if not text:
        raise Refused("cap_unreadable", at=name)
    return text


def _time(text: str) -> datetime:
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("cap_unreadable", at=text[:40]) from error
    if told.tzinfo is None:
        raise Refused("cap_unreadable", at=text[:40])
    return told


def _rank(happening: Happening) -> int:
    return list(KINDS.values()).index(happening.kind)
