"""Receipts: what anybody can take away and check without this hub (rules/ledger/receipt.py)."""

from __future__ import annotations

from kawal.desk.ledger import publishing, reads
from kawal.desk.people import devices
from kawal.rules.ledger import proof
from kawal.rules.ledger import receipt as receipts
from kawal.rules.ledger.proof import Proof
from kawal.rules.ledger.receipt import Told
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose


def receipt(id: bytes, *, with_entry: bool) -> str:
    """The tlog-proof of an entry under a published head; without the entry it tells the leaf hash only.

    Refuses `no_such_entry` and `not_published_yet`.
    """
    index = reads.index_of([id]).get(id)
    if index is None:
        raise Refused("no_such_entry", index=id.hex(), size=reads.size())
    head = publishing.covering(index)
    if head is None:
        raise Refused("not_published_yet", index=index)
    told = _told(index) if with_entry else Told(id)
    hashes = reads.inclusion(index, head.size)
    return proof.text(Proof(index, tuple(hashes), head.note, receipts.packed(told)))


def _told(index: int) -> Told:
    stored = reads.entry(index)
    try:
        signer = devices.device_key(cose.opened(stored.signed).kid)
    except Refused:  # a statement of an issuer: its key is not a device's
        signer = None
    return Told(stored.leaf_hash, stored.signed, None if signer is None else signer.public_key)
