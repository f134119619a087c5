"""Identifiers as EPCIS wants them: URIs. No GS1 company prefix is needed, the log's address is enough.

A log's origin is its address without scheme (C2SP tlog-checkpoint), so `https://<origin>/` is a place that
its operator alone names things in. Below it:

    parcel/160703200100137    seal/4711    site/PPK-16.07.03    post/kpu/16.07.03    trip/16.07-T001
    device/<kid>              event/<leaf hash>[/<part>]        handover/<leaf hash of OFFER or ACCEPT>
    class/ballot/ppwp         class/equipment
    ns/                       the vocabulary: prefix `kawal`, business steps that CBV does not have
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kawal.rules.needs.parcels import is_readable, kind_of

_NOT_KEPT: Final = re.compile(rb"[^A-Za-z0-9/:._~-]")


def quote(code: str) -> str:
    """Percent-encoded where a URI demands it (RFC 3986, section 2.1): a phone may tell any ASCII code."""
    return _NOT_KEPT.sub(lambda found: b"%%%02X" % found[0][0], code.encode()).decode()


@dataclass(frozen=True, slots=True)
class Naming:
    """`origin`: name of the log, as `kawal.kpu.go.id/log/2029`."""

    origin: str

    @property
    def base(self) -> str:
        return "https://" + quote(self.origin)

    @property
    def vocabulary(self) -> str:
        return f"{self.base}/ns/"

    def step(self, word: str) -> str:
        """A business step of our own, where CBV has no word that fits."""
        return f"{self.vocabulary}bizstep/{word}"

    def parcel(self, code: int) -> str:
        return f"{self.base}/parcel/{code:015d}"

    def parcel_in(self, name: str) -> int | None:
        """The code, where it is a parcel of ours that is named."""
        start = f"{self.base}/parcel/"
        code = name.removeprefix(start) if name.startswith(start) else ""
        readable = len(code) == 15 and code.isascii() and code.isdigit() and is_readable(int(code))
        return int(code) if readable else None

    def seal(self, number: int) -> str:
        return f"{self.base}/seal/{number}"

    def site(self, code: str) -> str:
        return f"{self.base}/site/{quote(code)}"

    def post(self, code: str) -> str:
        return f"{self.base}/post/{quote(code)}"

    def trip(self, code: str) -> str:
        return f"{self.base}/trip/{quote(code)}"

    def device(self, kid: bytes) -> str:
        return f"{self.base}/device/{kid.hex()}"

    def handover(self, id: bytes) -> str:
        return f"{self.base}/handover/{id.hex()}"

    def event(self, id: bytes, part: str = "") -> str:
        """An entry of the log is one EPCIS event, or several: then each names its part."""
        return f"{self.base}/event/{id.hex()}" + (f"/{part}" if part else "")

    def content(self, parcel: int) -> str:
        """The class of what a parcel holds. Ballots have no identity of their own, and never get one."""
        kind = kind_of(parcel) if is_readable(parcel) else "bundle"
        return f"{self.base}/class/equipment" if kind == "bundle" else f"{self.base}/class/ballot/{kind}"
