"""What Python makes of a case: what it reads, or the code it refuses with (for make.py and the tests).

`check.ts` does the same in TypeScript; the two are kept side by side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from kawal.rules.custody import event
from kawal.rules.ledger import checkpoint, policy, proof, receipt, slip, tree, witnessing
from kawal.rules.ledger.tree import Subtree
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, keys, note
from kawal.rules.signing.hashes import leaf_hash

Case = dict[str, Any]
Judge = Callable[[Case], Case]


MALFORMED = {"not_cbor", "not_canonical", "trailing_bytes", "not_cose", "unsigned"}


def entry(at: int) -> bytes:
    """Entry of the trees."""
    return f"kawal/{at}".encode()


def _refusing(judge: Judge) -> Judge:
    def judged(case: Case) -> Case:
        try:
            return judge(case)
        except Refused as refused:
            facts = {name: refused.facts[name] for name in ("field", "line") if name in refused.facts}
            if refused.code == "bad_policy":
                facts["detail"] = refused.facts["detail"]
            return {"refused": refused.code, **facts}

    return judged


def ed25519(case: Case) -> Case:
    public_key = bytes.fromhex(case["public_key"])
    try:
        keys.check_public_key(public_key)
        valid = True
    except Refused:
        valid = False
    signature, message = bytes.fromhex(case["signature"]), bytes.fromhex(case["message"])
    return {"key_valid": valid, "holds": cose.holds(signature, message, public_key)}


@_refusing
def vkey(case: Case) -> Case:
    key = note.verifier_key(case["vkey"])
    return {"key_name": key.name, "algorithm": key.algorithm, "public_key": key.public_key.hex()}


@_refusing
def note_(case: Case) -> Case:
    known = [note.verifier_key(vkey) for vkey in case["known"]]
    signers = note.signers(note.parsed(case["note"]), known)
    return {"signers": [[signer.key.name, signer.time_s] for signer in signers]}


@_refusing
def checkpoint_(case: Case) -> Case:
    head = checkpoint.checked(case["note"], note.verifier_key(case["vkey"]))
    return {"size": head.size, "root": head.root.hex()}


@_refusing
def policy_(case: Case) -> Case:
    read = policy.policy_in(case["text"])
    return {"enough": [names for names in case["asked"] if read.satisfied_by(names)]}


@_refusing
def proof_(case: Case) -> Case:
    read = proof.proof_in(case["proof"])
    trusted = policy.policy_in(case["policy"])
    proven = proof.checked(read, bytes.fromhex(case["leaf_hash"]), trusted, now_s=case["now_s"])
    extra = None if read.extra is None else read.extra.hex()
    return {
        "size": proven.head.size, "root": proven.head.root.hex(), "times_s": proven.times_s, "extra": extra,
    }  # fmt: skip


@_refusing
def receipt_(case: Case) -> Case:
    told, proven = receipt.checked(case["receipt"], policy.policy_in(case["policy"]))
    return {
        "leaf_hash": told.leaf_hash.hex(), "entry": told.entry and told.entry.hex(),
        "public_key": told.public_key and told.public_key.hex(), "size": proven.head.size,
    }  # fmt: skip


@_refusing
def slip_(case: Case) -> Case:
    text = slip.joined(case["parts"])
    return {"text_sha256": hashlib.sha256(text.encode()).hexdigest()}


def request(case: Case) -> Case:
    log = note.verifier_key(case["log"])
    last = None
    if case["last_size"] is not None:
        last = checkpoint.Head(log.name, case["last_size"], bytes.fromhex(case["last_root"]))
    try:
        read = witnessing.request_in(case["body"].encode())
        if witnessing.origin_of(read) != log.name:
            last = None
        head = witnessing.judged(read, {log.name: [log]}, last)
    except Refused as refused:
        told = {"size": refused.facts["size"]} if refused.code == "wrong_old_size" else {}
        return {"refused": refused.code, "status": witnessing.STATUSES[refused.code], **told}
    return {"status": 200, "size": head.size, "root": head.root.hex()}


@_refusing
def signed(case: Case) -> Case:
    data = bytes.fromhex(case["signed"])
    envelope = cose.opened(data)
    cose.check(envelope, bytes.fromhex(case["public_key"]))
    return {"kid": envelope.kid.hex(), "payload": envelope.payload.hex(), "id": leaf_hash(data).hex()}


@_refusing
def payload(case: Case) -> Case:
    told = event.of(bytes.fromhex(case["payload"]))
    return {"event": {"act": told.act.name.lower(), "seq": told.seq}}


@_refusing
def inclusion(case: Case) -> Case:
    leaf, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
    tree.check_inclusion(leaf, case["index"], case["size"], _hashes(case), root)
    return {}


@_refusing
def consistency(case: Case) -> Case:
    old_root, root = bytes.fromhex(case["old_root"]), bytes.fromhex(case["root"])
    tree.check_consistency(case["old_size"], case["size"], old_root, root, _hashes(case))
    return {}


def size_of_tree(size: int, subtree: Subtree) -> list[str]:
    """Root and the digests of all proofs of a size; every proof is checked, and refused when it is broken."""
    remembered = cache(subtree)
    root = tree.root_of(size, remembered)
    inclusion, consistency = hashlib.sha256(), hashlib.sha256()
    for index in range(size):
        proof = tree.prove_inclusion(index, size, remembered)
        inclusion.update(b"".join(proof))
        leaf = leaf_hash(entry(index))
        tree.check_inclusion(leaf, index, size, proof, root)
        _demand_refused(
            proof, lambda broken, i=index, of=leaf: tree.check_inclusion(of, i, size, broken, root)
        )
    for old in range(size + 1):
        proof = tree.prove_consistency(old, size, remembered)
        consistency.update(b"".join(proof))
        old_root = tree.root_of(old, remembered)
        tree.check_consistency(old, size, old_root, root, proof)
        _demand_refused(
            proof, lambda broken, m=old, of=old_root: tree.check_consistency(m, size, of, root, broken)
        )
    return [root.hex(), inclusion.hexdigest(), consistency.hexdigest()]


def edited(case: Case) -> Case:
    """How many edits hold, and SHA-256 over the outcome of each: `ok` or its code, a line each.

    Where bytes are no CBOR in more than one way, decoders may name another one first: all are `malformed`.
    """
    judge, field = {
        "proof": (proof_, "proof"), "note": (note_, "note"), "request": (request, "body"),
        "policy": (policy_, "text"), "signed": (signed, "signed"),
    }[case["kind"]]  # fmt: skip
    text = case["given"][field]
    width = 2 if case["kind"] == "signed" else 1  # a byte in hexadecimal
    outcomes = []
    for at in range(0, len(text), width * case["step"]):
        here, rest = text[at : at + width], text[at + width :]
        other = f"{int(here, 16) ^ 1:02x}" if width == 2 else "B" if here != "B" else "C"
        for middle in (other, "", here + here):
            told = judge({**case["given"], field: text[:at] + middle + rest})
            code = str(told.get("refused", "ok"))
            outcomes.append("malformed" if code in MALFORMED else code)
    digest = hashlib.sha256("".join(f"{outcome}\n" for outcome in outcomes).encode()).hexdigest()
    return {"edits": len(outcomes), "ok": outcomes.count("ok"), "outcomes_sha256": digest}


def _demand_refused(proof: list[bytes], check: Callable[[list[bytes]], None]) -> None:
    """One bit changed, the last hash missing, one too many."""
    broken = [[*proof, bytes(32)]]
    if proof:
        broken += [proof[:-1], [bytes([proof[0][0] ^ 1]) + proof[0][1:], *proof[1:]]]
    for each in broken:
        try:
            check(each)
        except Refused:
            continue
        raise AssertionError("a broken proof holds")


def _hashes(case: Case) -> Sequence[bytes]:
    return [bytes.fromhex(part) for part in case["proof"]]
