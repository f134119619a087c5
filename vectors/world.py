"""The log, its witnesses and its entries of which the golden vectors tell."""

from __future__ import annotations

import hashlib

from kawal.rules.ledger import checkpoint, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.signing import keys, note
from kawal.rules.signing.hashes import leaf_hash
from vectors import judged

ORIGIN = "kawal.example/log/2029"
TIME_S = 1_865_500_000
SIZES = 301
KEYS = {
    name: keys.key_from_seed(hashlib.sha256(name.encode()).digest()) for name in ("log", "a", "b", "c", "d")
}
LOG = note.VerifierKey(ORIGIN, keys.public_bytes(KEYS["log"]))
WITNESSES = {
    name: note.VerifierKey(f"{name}.example/w1", keys.public_bytes(KEYS[name]), note.COSIGNATURE)
    for name in ("a", "b", "c", "d")
}
SUBTREE = tree.subtree_of([leaf_hash(judged.entry(at)) for at in range(SIZES)])


def head(size: int) -> Head:
    return Head(ORIGIN, size, tree.root_of(size, SUBTREE))


def signed(size: int, key: str = "log") -> str:
    return note.sign(checkpoint.text(head(size)), ORIGIN, KEYS[key])


def cosigned(size: int, name: str, time_s: int = TIME_S) -> str:
    return note.cosigned(checkpoint.text(head(size)), f"{name}.example/w1", KEYS[name], time_s=time_s)


POLICY = (
    f"log {LOG}\n"
    + "".join(f"witness {name} {key}\n" for name, key in WITNESSES.items() if name != "d")
    + "group two 2 a b c\nquorum two\n"
)
