"""Receipts and slips, whole and broken."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kawal.rules.ledger import checkpoint, proof, receipt, slip, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.signing import codec, keys, note
from kawal.rules.signing.hashes import leaf_hash
from vectors import judged
from vectors.world import KEYS, ORIGIN, POLICY, TIME_S

HERE = Path(__file__).resolve().parent


def receipts() -> Iterator[dict[str, Any]]:
    whole = json.loads((HERE / "signing.json").read_text())["signed"][1]
    entry, public_key = bytes.fromhex(whole["signed"]), bytes.fromhex(whole["public_key"])
    forged = entry[:-1] + bytes([entry[-1] ^ 1])
    statement = codec.encode({0: b"statement", 1: public_key})
    yield _receipt("whole", receipt.packed(receipt.Told(leaf_hash(entry), entry, public_key)), entry)
    yield _receipt("an entry that is no event", codec.encode({0: b"statement"}), b"statement")
    yield _receipt("an entry that is no event, with a key", statement, b"statement")
    yield _receipt("a forgery that stands in the log", codec.encode({0: forged, 1: public_key}), forged)
    for name, extra in {
        "without the key": codec.encode({0: entry}),
        "the leaf hash only": codec.encode({2: leaf_hash(entry)}),
        "another entry": codec.encode({0: forged, 1: public_key}),
        "another leaf hash": codec.encode({2: leaf_hash(forged)}),
        "another key": codec.encode({0: entry, 1: keys.public_bytes(KEYS["a"])}),
        "a key of small order": codec.encode({0: entry, 1: bytes([1]) + bytes(31)}),
        "nothing brought along": b"",
        "an empty map": codec.encode({}),
        "the entry alone": entry,
        "a list": codec.encode([entry]),
        "a text": codec.encode({0: "text"}),
        "a key alone": codec.encode({1: public_key}),
        "a key of 31 bytes": codec.encode({0: entry, 1: public_key[:-1]}),
        "entry and leaf hash": codec.encode({0: entry, 2: leaf_hash(entry)}),
        "an unknown field": codec.encode({0: entry, 3: b""}),
        "a leaf hash of 31 bytes": codec.encode({2: leaf_hash(entry)[:-1]}),
        "a byte behind": codec.encode({0: entry}) + b"\0",
        "keys out of order": b"\xa2\x01" + codec.encode(public_key) + b"\x00" + codec.encode(entry),
    }.items():
        yield _receipt(name, extra, entry)


def _receipt(name: str, extra: bytes, entry: bytes) -> dict[str, Any]:
    """As the last of seven entries, under a head that two witnesses cosigned."""
    subtree = tree.subtree_of([*(leaf_hash(judged.entry(at)) for at in range(6)), leaf_hash(entry)])
    text = checkpoint.text(Head(ORIGIN, 7, tree.root_of(7, subtree)))
    signed_head = note.sign(text, ORIGIN, KEYS["log"])
    for witness in ("a", "b"):
        signed_head += note.cosigned(text, f"{witness}.example/w1", KEYS[witness], time_s=TIME_S)
    found = proof.Proof(6, tuple(tree.prove_inclusion(6, 7, subtree)), signed_head, extra)
    return {"name": name, "receipt": proof.text(found), "policy": POLICY}


def slips() -> Iterator[dict[str, Any]]:
    one, two = slip.parts("".join(hashlib.sha256(bytes([at])).hexdigest() for at in range(50)))
    (other,) = slip.parts("another slip")
    packed = slip.to_base45(zlib.compress(bytes(2_000_000), 9))
    short_hash = hashlib.sha256(packed.encode()).hexdigest()[:8].upper()
    for name, parts in {
        "whole": [one, two],
        "the other way round, and twice": [two, one, two],
        "one code": [other],
        "nothing": [],
        "the second alone": [two],
        "with another slip": [one, two, other],
        "another text": [one, "https://example.id"],
        "small letters": [one, two.lower()],
        "of another number": [one, two.replace("2/2", "2/3")],
        "the same number": [one, two.replace("2/2", "1/2")],
        "beyond the number": [one.replace("1/2", "3/2"), two],
        "cut short": [one, two[:-3]],
        "one character changed": [one, two[:-1] + ("0" if two[-1] != "0" else "1")],
        "more behind": [one, two + "000"],
        "a newline behind": [one, two + "\n"],
        "no base45": ["KAWAL1:1/1:00000000:A"],
        "two million bytes": [f"KAWAL1:1/1:{short_hash}:{packed}"],
    }.items():
        yield {"name": name, "parts": parts}
