"""Which events do not count by themselves: their key was not certified, had ended, was revoked or forked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kawal.rules.custody.doubts import Doubt, doubts, finding_of
from kawal.rules.trust.register import KeyTrust
from kawal.verify.keyring import Keyring
from kawal.verify.replay import Found
from kawal.verify.store import Store

# A key on the hub's word: nothing in the log says from where to where it counts.
_ON_THE_HUBS_WORD: Final = KeyTrust(counts_from=-1)


def doubted(store: Store, keyring: Keyring) -> tuple[Mapping[bytes, Doubt], list[Found]]:
    """Only devices that are in doubt are looked at, so an honest log costs nothing."""

    def trust_of(kid: bytes) -> KeyTrust:
        trust = keyring.register.trust(kid)
        return _ON_THE_HUBS_WORD if trust.counts_from is None else trust

    kids = set(store.forked())
    for kid, first in store.devices():
        trust = trust_of(kid)
        spans = [(span.start, span.stop) for span in trust.lapses]
        if trust.revoked_from is not None:
            spans.append((trust.revoked_from, None))
        is_early = trust.counts_from is not None and first < trust.counts_from
        if is_early or any(store.signed_between(kid, *span) for span in spans):
            kids.add(kid)
    if not kids:
        return {}, []
    placed = list(store.around(sorted(kids)))
    judged = doubts(placed, trust_of)
    found = []
    for one in placed:
        finding = finding_of(one.id, one.kid, judged[one.id]) if one.id in judged else None
        if finding is not None:
            found.append(Found(finding, None, one.log_index))
    return judged, found
