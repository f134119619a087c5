"""Devices as their templates take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import segno
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kawal.desk.custody import chains, underway
from kawal.desk.custody.words import ACTS
from kawal.desk.devices.rows import Shown, State
from kawal.desk.devices.words import REASONS, STATES
from kawal.desk.people import access
from kawal.desk.people import reads as people
from kawal.desk.people.models import Role
from kawal.desk.people.words import ROLES
from kawal.desk.trust import reads as trust
from kawal.rules.places.codes import NATION, is_station, village_of

_QR_MODULE_PX = 6
_BYTES_IN_LINE = 32


def area_of(place: str) -> str:
    if place == "id":
        return NATION
    return village_of(place) if is_station(place) else place


def counts(shown: Sequence[Shown]) -> dict[str, Any]:
    by_state = Counter(one.state for one in shown)
    return {
        "count": len(shown) - by_state[State.REVOKED],
        "forked": by_state[State.FORKED],
        "ended": by_state[State.ENDED],
        "ending": by_state[State.ENDING],
        "revoked": by_state[State.REVOKED],
    }


def listed(shown: Sequence[Shown]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.device.label or one.device.kid,
            "kid": one.device.kid,
            "href": reverse("devices:device", args=[one.device.kid]),
            "role": ROLES[Role(one.device.role)],
            "state": one.mark,
            "word": STATES[one.state],
            "valid_to": one.device.valid_to,
            "seen_at": one.newest.received_at if one.newest else None,
        }
        for one in shown
    ]


def below(officer: access.Officer, code: str) -> list[dict[str, Any]]:
    """Posts of the agency further down that have devices, for those who manage or supervise them."""
    agency, _, place = code.partition("/")
    found = people.posts_below(agency, area_of(place)) if not is_station(place) else []
    return [
        {
            "name": row.name,
            "count": row.devices_count,
            "href": reverse("devices:post", args=row.code.split("/")),
        }
        for row in found
        if row.code != code and access.can_see_devices(officer, row.code)
    ]


def code(digits: str, hub: str) -> dict[str, Any]:
    """The digits in groups, and the same as a QR code: the hub's address, and the code behind `#`, which no
    browser sends to anybody."""
    picture = segno.make(f"{hub}/enrol#{digits}", error="m", micro=False)
    return {
        "digits": f"{digits[:4]} {digits[4:]}",
        "hub": hub,
        "qr": picture.svg_data_uri(scale=_QR_MODULE_PX, border=4, light="#fff"),
        "minutes": 10,
    }


def about(shown: Shown) -> dict[str, Any]:
    kid = bytes.fromhex(shown.device.kid)
    certificates, revocations = trust.certificates(kid), trust.revocations(kid)
    succeeds = [row.succeeds for row in certificates if row.succeeds][:1]
    return {
        "name": shown.device.label or shown.device.kid,
        "state": shown.mark,
        "word": STATES[shown.state],
        "is_forked": bool(chains.forked([shown.device.kid])),
        "uncounted": chains.not_counting(shown.device.kid),
        "facts": _facts(shown),
        "certificates": certificates[::-1],
        "revocations": [(row, REASONS[row.reason]) for row in revocations],
        "revoked": revocations[0] if revocations else None,
        "links": _links(_("In the place of"), succeeds) + _links(_("Its place took"), trust.successors(kid)),
    }


def _facts(shown: Shown) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("Key id"), "value": shown.device.kid},
        {"label": _("Signs as"), "value": ROLES[Role(shown.device.role)]},
    ]
    if shown.newest:
        href = reverse("report:entry", args=[shown.newest.entry_index])
        facts.append({"label": _("Newest event"), "value": shown.newest.event_id.hex(), "href": href})
        facts.append({"label": _("Its number in the chain"), "value": shown.newest.seq})
    return facts


def _links(label: str, kids: Sequence[str]) -> list[dict[str, Any]]:
    return [{"label": label, "value": kid, "href": reverse("devices:device", args=[kid])} for kid in kids]


def proofs(kid: str, post: str) -> list[list[dict[str, Any]]]:
    return [
        [
            {
                "what": capfirst(str(ACTS[told.event.act])),
                "index": told.index,
                "href": reverse("report:entry", args=[told.index]),
                "facts": [
                    {"label": _("Id"), "value": told.id.hex()},
                    {"label": _("Number in the chain"), "value": told.event.seq},
                    {
                        "label": _("Event before it"),
                        "value": told.event.prev.hex() if told.event.prev else "–",
                    },
                    {"label": _("Site"), "value": told.event.site or "–"},
                ],
                "happened_at": underway.happened_at(told.event),
                "received_at": told.received_at,
                "signed": [
                    signed.hex()[at : at + 2 * _BYTES_IN_LINE]
                    for at in range(0, 2 * len(signed), 2 * _BYTES_IN_LINE)
                ],
            }
            for told, signed in proof.events
        ]
        for proof in chains.proofs(kid)
    ]
