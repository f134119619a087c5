"""Findings: the world broke a rule. They are returned, stored and shown; never raised, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

# Every kind and the rule of docs/custody.md that it breaks.
KINDS: Final[Mapping[str, str]] = {
    "offer_unknown": "C2",  # an ACCEPT names an OFFER that nobody told yet
    "not_named": "C2",  # an ACCEPT by a device that the OFFER did not name
    "offer_untrusted": "C2",  # an ACCEPT names an OFFER that does not count
    "to_oneself": "C2",  # a device offers to itself
    "not_holder": "C2",  # offers, seals or opens what it does not hold
    "accepted_twice": "C2",  # the receiver took the same parcel again
    "seals_differ": "C3",  # seals seen are not the seals last put on
    "seal_broken": "C3",  # the receiver says so
    "not_sealed": "C3",  # a box is given away without a seal
    "seals_not_assigned": "C3",  # the first sealing used numbers of another parcel
    "link_broken": "C4",  # an event is chained to another predecessor than the one that was told
    "origin_unknown": "C5",  # nobody told the packing
    "accept_missing": "C5",  # offered to a device that acts as holder, but its ACCEPT was not told
    "never_received": "C5",  # accepted from a device that never had it
    "given_again": "C5",  # accepted from a device that had given it away and told no return
    "sealing_untold": "C5",  # other seals seen, in a stretch of the holder's chain that has a gap
    "holder_unknown": "C5",  # hand-overs that nothing connects with the packing
    "untrusted": "C5",  # signed by a key that counts no more: nobody stands for it
    "count_differs": "C6",  # ballots counted in are not the ballots needed
    "no_second_person": "C6",  # the second person is the first
    "opened_elsewhere": "C7",  # not at its own station
    "sealed_unopened": "C7",  # other seals put on, but no opening was told
    "short": "C8",  # offered, not there
    "over": "C8",  # there, not offered
    "damaged": "C8",
    "wrong_place": "C8",
    "silent_short": "C8",  # offered, and the ACCEPT is silent about it
    "silent_over": "C8",  # accepted, and neither offered nor told as an exception
    "unknown_parcel": "C8",  # no station needs such a parcel
    "bad_code": "C8",  # the check digit of a parcel code does not hold
    "off_its_way": "C10",  # accepted at a site that is not on the way to its station
    "back_filled": "C11",  # written down long after it happened
    "clock_ahead": "C11",  # happened after the hub received it
    "told_late": "C11",  # reached the hub long after it happened
    "late_pre_revocation": "C11",  # came after its device was revoked, and was made before
    "late_after_end": "C11",  # came after its device's certificate had ended; somebody vouches for it
    "disputed": "C12",  # two accepted transfers out of one holding
    "packed_twice": "C12",  # packed by two devices
    "fork": "C12",  # one device signed two different events with one number, or after one event
}

# About an event or a device rather than one parcel: told by many parcels, it is one finding.
SHARED: Final = frozenset(
    {"link_broken", "back_filled", "clock_ahead", "told_late", "fork",
     "untrusted", "late_pre_revocation", "late_after_end"}
)  # fmt: skip

# They wait for a device to tell the rest of its chain; its fact `device` says which.
WAITING: Final = frozenset({"given_again", "sealing_untold"})


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    about: str = ""  # which event, device or hand-over: tells two findings of one kind apart
    ids: tuple[bytes, ...] = ()  # leaf hashes of the events that show it
    facts: dict[str, object] = field(default_factory=dict)  # plain values for the page

    @property
    def rule(self) -> str:
        return KINDS[self.kind]

    def key(self, parcel: int | None) -> str:
        """Deterministic: the same finding found twice is stored once."""
        whose = "" if self.kind in SHARED or parcel is None else f".{parcel:015d}"
        return f"{self.rule}.{self.kind}.{self.about}{whose}"


def of_event(kind: str, event_id: bytes, **facts: object) -> Finding:
    return Finding(kind, event_id.hex()[:16], (event_id,), facts)
