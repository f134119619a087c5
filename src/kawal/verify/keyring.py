"""Whose keys these are: certificates in the log, chained to issuers; else what the hub tells of its devices.

An outsider who names the issuers (`pinned`) trusts nobody else, and the hub's own list counts for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from kawal.rules.ledger import succession
from kawal.rules.ledger.succession import Succession
from kawal.rules.refusals import Refused
from kawal.rules.report.archive import Device
from kawal.rules.signing import cose, keys
from kawal.rules.signing.cose import Typ
from kawal.rules.trust.register import Register
from kawal.rules.trust.statements import AGENCIES
from kawal.verify.broken import Broken

DEVICES_MAX: Final = 5_000_000
# Refused for its form, a statement is no entry of such a log; for its signature, somebody made it up.
_UNREADABLE: Final = frozenset({"bad_statement", "not_cbor", "not_canonical", "not_cose", "trailing_bytes",
                                "oversized", "unsigned"})  # fmt: skip


class Keyring:
    def __init__(
        self,
        origin: str,
        *,
        log_keys: Sequence[bytes] = (),
        told: Iterable[Device] = (),
        pinned: Mapping[str, Collection[bytes]] | None = None,
    ) -> None:
        self._origin, self._log_keys = origin, log_keys
        self.succession: Succession | None = None  # where this log takes the place of another
        self.register = Register(origin, pinned)
        self.statements: Counter[str] = Counter()  # what they say, by name
        self.passed_over: Counter[str] = Counter()  # statements that do not count, and why
        self._told: dict[bytes, bytes] = {}
        self.on_the_hubs_word: set[bytes] = set()  # devices that signed, but hold no certificate
        if pinned is None:
            for device in told:
                self._told[device.kid] = device.public_key
                if len(self._told) > DEVICES_MAX:
                    raise Refused("too_many", count=len(self._told), count_max=DEVICES_MAX)

    def read(self, start: int, entries: Sequence[bytes]) -> None:
        """The statements among these entries, in their order. Raises Broken."""
        for index, entry in enumerate(entries, start):
            typ = cose.typ_of(entry)
            if typ is Typ.STATEMENT:
                self._tell(index, entry)
            elif typ is Typ.SUCCESSION and index == 0:
                self._succeed(entry)

    def _succeed(self, signed: bytes) -> None:
        try:
            self.succession = succession.opened(signed, self._origin, self._log_keys)
        except Refused as refused:
            code = "signature_bad" if refused.code == "bad_signature" else "entry_unreadable"
            raise Broken(code, 0, refused=refused.code) from None
        self.register.take_over(self.succession.former.origin)

    def known(self, kids: Iterable[bytes]) -> dict[bytes, bytes]:
        """Public keys of those devices that are known up to here."""
        found = {}
        for kid in kids:
            device = self.register.device(kid)
            if device is not None:
                found[kid] = device.public_key
            elif kid in self._told:
                found[kid] = self._told[kid]
                self.on_the_hubs_word.add(kid)
        return found

    def _tell(self, index: int, signed: bytes) -> None:
        try:
            told = self.register.tell(index, signed)
        except Refused as refused:
            if refused.code in _UNREADABLE:
                raise Broken("entry_unreadable", index, refused=refused.code) from None
            if refused.code == "bad_signature":
                raise Broken("signature_bad", index, **refused.facts) from None
            self.passed_over[refused.code] += 1
        else:
            self.statements[type(told).__name__.upper()] += 1


def pinned_in(text: str) -> dict[str, set[bytes]]:
    """Agency -> keys, of a file of issuers: AGENCY and the key in hex on a line. Refuses `bad_issuers`."""
    found: dict[str, set[bytes]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        agency, *rest = line.split() or ["#"]
        if agency.startswith("#"):
            continue
        try:
            (public_key,) = map(bytes.fromhex, rest)
            keys.check_public_key(public_key)
        except (ValueError, Refused):
            raise Refused("bad_issuers", line=number) from None
        if agency not in AGENCIES:
            raise Refused("bad_issuers", line=number)
        found.setdefault(agency, set()).add(public_key)
    return found
