"""Write the golden vectors anew: `python vectors/make.py`; the same bytes at every run.

`signing.json`, `ledger.json` and `trust.json` were written by hand and stay. A case tells what it gives
and what comes of it: `refused` is the code, else the values that are read. Where every byte of a text is
changed, left out and doubled in turn (`edited`), only the SHA-256 of all outcomes stands in the file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "src")]

from kawal.rules.ledger import checkpoint, proof, tree, witnessing
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.signing import keys, note
from kawal.rules.signing.hashes import leaf_hash
from vectors import judged, paper, small_order
from vectors.world import KEYS, LOG, ORIGIN, POLICY, SIZES, SUBTREE, TIME_S, WITNESSES, cosigned, head, signed


def told(
    judge: Callable[[dict[str, Any]], dict[str, Any]], cases: Iterator[dict[str, Any]]
) -> list[dict[str, Any]]:
    return [{**case, **judge(case)} for case in cases]


def notes() -> Iterator[dict[str, Any]]:
    known = [str(LOG), str(WITNESSES["a"]), str(WITNESSES["b"])]
    whole = signed(7) + cosigned(7, "a") + cosigned(7, "b", TIME_S + 60)
    texts = {
        "whole": whole,
        "by the log only": signed(7),
        "an unknown witness": signed(7) + cosigned(7, "c"),
        "a witness twice, the later time first": signed(7) + cosigned(7, "a", TIME_S + 1) + cosigned(7, "a"),
        "the log twice": signed(7) + signed(7).rpartition("\n\n")[2],
        "by nobody known": checkpoint.text(head(7)) + "\n" + cosigned(7, "c"),
        "a cosignature of another head": signed(7) + cosigned(8, "a"),
        "the log's line of another head": whole + signed(8).rpartition("\n\n")[2],
        "a cosignature with the type of a log": signed(7) + _plain_under_witness_name(),
        "a cosignature without time": signed(7) + _cut("a", slice(12, None)),
        "a cosignature one byte short": signed(7) + _cut("a", slice(4, -1)),
        "a cosignature one byte long": signed(7) + _cut("a", slice(4, None), b"\0"),
        "a cosignature of a time too late": signed(7) + _beyond("a"),
        "sixteen strange lines": signed(7) + cosigned(7, "c") * 16,
        "more lines than are read": signed(7) + cosigned(7, "c") * 100,
        "a text with an empty line": note.sign("one\n\nthree\n", ORIGIN, KEYS["log"]),
        "a text with an extension line": note.sign(checkpoint.text(head(7)) + "more\n", ORIGIN, KEYS["log"]),
        "a mark at the beginning": "\ufeff" + whole,
        "a tab in the text": whole.replace("\n7\n", "\n7\t\n", 1),
        "lines of another system": whole.replace("\n", "\r\n"),
        "a hyphen for the dash": whole.replace("—", "-"),
        "no newline at the end": whole[:-1],
        "an empty line at the end": whole + "\n",
        "a space that is none of ASCII in a name": whole.replace("a.example", "a\u2003example"),
        "a zero-width mark in a name": whole.replace("a.example", "a\ufeffexample"),
        "a plus in a name": whole.replace("a.example", "a+example"),
        "base64 without padding": whole.replace("=\n", "\n"),
        "nothing": "",
    }
    return ({"name": name, "note": text, "known": known} for name, text in texts.items())


def _blob(name: str) -> bytes:
    return note.from_base64(cosigned(7, name).split(" ")[2].rstrip("\n"))


def _cut(name: str, kept: slice, more: bytes = b"") -> str:
    blob = _blob(name)
    return f"— {name}.example/w1 {note.to_base64(blob[:4] + blob[kept] + more)}\n"


def _beyond(name: str) -> str:
    time_s = note.TIME_S_MAX + 1
    message = f"cosignature/v1\ntime {time_s}\n{checkpoint.text(head(7))}".encode()
    blob = _blob(name)[:4] + time_s.to_bytes(8, "big") + KEYS[name].sign(message).signature
    return f"— {name}.example/w1 {note.to_base64(blob)}\n"


def _plain_under_witness_name() -> str:
    plain = note.sign(checkpoint.text(head(7)), "a.example/w1", KEYS["a"]).rpartition("\n\n")[2]
    blob = note.from_base64(plain.split(" ")[2].rstrip("\n"))
    return f"— a.example/w1 {note.to_base64(WITNESSES['a'].key_id + blob[4:])}\n"


def vkeys() -> Iterator[dict[str, Any]]:
    whole = str(WITNESSES["a"])
    weak = note.VerifierKey("weak", bytes([1]) + bytes(31))
    strange = note.VerifierKey("strange", keys.public_bytes(KEYS["a"]), 6)
    for vkey in (
        str(LOG), whole, str(weak), str(strange), whole.replace("+", "++", 1), whole[:-1], whole + "=",
        whole.upper(), "a b" + whole, whole.replace("a.example", "b.example"), "", "+", "++", whole + "\n",
        str(note.VerifierKey("short", bytes(31))),
        str(note.VerifierKey("mixed", small_order.mixed_key())),
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ):  # fmt: skip
        yield {"vkey": vkey}


def policies() -> Iterator[dict[str, Any]]:
    a, b = (f"witness {name} {WITNESSES[name]}\n" for name in ("a", "b"))
    names = [[], ["a"], ["b"], ["a", "b"], ["a", "b", "c"], ["two"], ["nobody"]]
    texts = {
        "two of three": POLICY,
        "nested groups": POLICY.replace(
            "quorum two", f"witness d {WITNESSES['d']} https://d\ngroup e all two d\nquorum e"
        ),
        "spaces, tabs, comments": f" \t\n # none\n\tlog\t{LOG}  https://x \nquorum none",
        "one witness": a + "quorum a\n",
        "a name that is not ASCII": a.replace("witness a", "witness \u212a") + "quorum \u212a\n",
        "no quorum": a,
        "two quorums": "quorum none\nquorum none\n",
        "a quorum before its name": "quorum a\n" + a,
        "a name twice": a + b.replace("witness b", "witness a"),
        "a key twice": a + a.replace("witness a", "witness b"),
        "a log twice": f"log {LOG}\nlog {LOG}\n",
        "a member twice": a + "group g 1 a a\n",
        "a member of two groups": a + b + "group g any a\ngroup h all b a\n",
        "a group in itself": a + "group g all g\n",
        "none in a group": a + "group g all none\n",
        "none of a group": a + "group g 0 a\n",
        "more than there are": a + "group g 2 a\n",
        "a leading zero": a + "group g 01 a\n",
        "a sign": a + "group g +1 a\n",
        "a group of nobody": "group g all\n",
        "a name that is taken": "witness none " + a.split(" ")[2],
        "a log's key for a witness": f"witness a {LOG}\n",
        "a log's key of another type": f"log {note.VerifierKey('x', bytes(32), 6)}\n",
        "a bad key": "log x+00000000+AA==\n",
        "another system's lines": "quorum none\r\n",
        "a hard space": "quorum\u00a0none\n",
        "an unknown word": "Quorum none\n",
        "an item too many": a.rstrip() + " url more\n",
        "nothing": "",
    }
    return ({"name": name, "text": text, "asked": names} for name, text in texts.items())


def proofs() -> Iterator[dict[str, Any]]:
    def whole(index: int, size: int, note_text: str | None = None, extra: bytes | None = None) -> str:
        hashes = tuple(tree.prove_inclusion(index, size, SUBTREE))
        both = signed(size) + cosigned(size, "a") + cosigned(size, "b", TIME_S + 60)
        return proof.text(proof.Proof(index, hashes, note_text or both, extra))

    def case(name: str, text: str, index: int, **more: Any) -> dict[str, Any]:
        leaf = leaf_hash(judged.entry(index)).hex()
        return {"name": name, "proof": text, "leaf_hash": leaf, "policy": POLICY, "now_s": None, **more}

    good = whole(5, 13)
    for index, size in ((0, 1), (0, 2), (5, 13), (12, 13), (255, 256), (256, 257), (299, 300)):
        yield case(f"entry {index} of {size}", whole(index, size), index)
    yield case("with the entry", whole(5, 13, extra=b"COSE"), 5)
    yield case("without quorum", whole(5, 13, signed(13)), 5, policy=f"log {LOG}\nquorum none\n")
    yield case("with time", good, 5, now_s=TIME_S + 60)
    yield case("before it was cosigned", good, 5, now_s=TIME_S + 59)
    yield case("one witness, two lines", whole(5, 13, signed(13) + cosigned(13, "a") * 2), 5)
    yield case("a witness of nobody", whole(5, 13, signed(13) + cosigned(13, "a") + cosigned(13, "d")), 5)
    yield case("not signed by the log", whole(5, 13, checkpoint.text(head(13)) + "\n" + cosigned(13, "a")), 5)
    yield case(
        "signed by another key", whole(5, 13, signed(13, "d") + cosigned(13, "a") + cosigned(13, "b")), 5
    )
    yield case(
        "another log",
        whole(5, 13, note.sign("other\n13\n" + f"{note.to_base64(bytes(32))}\n", "other", KEYS["log"])),
        5,
    )
    yield case("a forged cosignature", whole(5, 13, signed(13) + cosigned(14, "a") + cosigned(13, "b")), 5)
    yield case("another leaf", good, 6)
    yield case("no checkpoint", whole(5, 13, note.sign("nothing\n", ORIGIN, KEYS["log"])), 5)
    lines = good.split("\n")
    for at in range(len(lines) - 1):
        yield case(f"without line {at}", "\n".join([*lines[:at], *lines[at + 1 :]]), 5)
        yield case(f"line {at} twice", "\n".join([*lines[: at + 1], *lines[at:]]), 5)
    for old, new in (
        ("index 5", "index 05"), ("index 5", "index -5"), ("index 5", "index 13"), ("index 5", "index 6"),
        ("index 5", "index 9223372036854775808"), ("index 5", "index 5 "), ("@v1", "@v2"),
        ("\n13\n", "\n013\n"),
        ("index 5", "extra \nindex 5"), ("index 5", "extra !\nindex 5"), ("index 5", "extra AAA\nindex 5"),
        ("index 5\n", "index 5\nAAAA\n"), ("\n", "\r\n"),
    ):  # fmt: skip
        yield case(f"{old!r} written {new!r}", good.replace(old, new, 1), 5)


def requests() -> Iterator[dict[str, Any]]:
    def case(name: str, old: int, size: int, last: int | None, **more: Any) -> dict[str, Any]:
        hashes = more.get("hashes", tuple(tree.prove_consistency(old, size, SUBTREE)) if old <= size else ())
        request = witnessing.Request(old, hashes, more.get("note", signed(size)))
        last_root = more.get("last_root", head(last).root if last is not None else None)
        return {
            "name": name, "body": more.get("body") or witnessing.body(request).decode(),
            "last_size": last, "last_root": last_root and last_root.hex(), "log": str(LOG),
        }  # fmt: skip

    other_root = leaf_hash(b"fork")
    fork = note.sign(checkpoint.text(Head(ORIGIN, 12, other_root)), ORIGIN, KEYS["log"])
    empty = note.sign(checkpoint.text(Head(ORIGIN, 0, other_root)), ORIGIN, KEYS["log"])
    strange = note.sign(checkpoint.text(Head("other", 12, other_root)), "other", KEYS["log"])
    yield case("a log grows", 7, 12, 7)
    yield case("the first", 0, 12, None)
    yield case("the first, of nothing", 0, 0, None)
    yield case("after nothing", 0, 5, 0)
    yield case("the same again", 7, 7, 7)
    yield case("to the widest", 3, 300, 3)
    yield case("from a full tree", 256, 300, 256)
    yield case("the same again with a proof", 7, 7, 7, hashes=(other_root,))
    yield case("the first with a proof", 0, 12, None, hashes=(other_root,))
    yield case("nothing with a root", 0, 0, None, note=empty)
    yield case("a fork of the same size", 12, 12, 12, note=fork)
    yield case("a fork", 7, 12, 7, note=fork)
    yield case("another past", 7, 12, 7, last_root=other_root)
    yield case("a proof too short", 7, 12, 7, hashes=tuple(tree.prove_consistency(7, 12, SUBTREE))[:-1])
    yield case("a proof too long", 7, 12, 7, hashes=(*tree.prove_consistency(7, 12, SUBTREE), other_root))
    yield case("no proof", 7, 12, 7, hashes=())
    yield case("an old size too small", 6, 12, 7)
    yield case("an old size too big", 8, 12, 7)
    yield case("no old size", 0, 12, 7)
    yield case("an old size of nothing cosigned", 7, 12, None)
    yield case("an old size above the new", 13, 12, 13)
    yield case("an old size above the new, never cosigned", 13, 12, None)
    yield case("an unknown log", 0, 12, None, note=strange)
    yield case("another key", 0, 12, None, note=signed(12, "d"))
    yield case(
        "a broken signature beside a good one", 0, 12, None, note=signed(12) + fork.rpartition("\n\n")[2]
    )
    yield case("no signature", 0, 12, None, note=checkpoint.text(head(12)))
    yield case("no checkpoint", 0, 12, None, note=note.sign("nothing\n", ORIGIN, KEYS["log"]))
    whole = case("", 7, 12, 7)["body"]
    for old, new in (
        ("old 7", "old 07"), ("old 7", "old  7"), ("old 7", "old"), ("old 7", "new 7"), ("\n", "\r\n"),
        ("old 7\n", "old 7\nAAAA\n"), ("old 7\n", f"old 7\n{note.to_base64(other_root)}\n" * 1),
        ("old 7\n", "old 7\n" + f"{note.to_base64(other_root)}\n" * 64), ("old 7\n", "old 7\n\n"),
        ("=\n\n", "=\n"),
    ):  # fmt: skip
        yield case(f"{old!r} written {new[:20]!r}", 7, 12, 7, body=whole.replace(old, new, 1))


def edited() -> Iterator[dict[str, Any]]:
    """Texts of which every third character is changed, left out and doubled in turn."""
    case = next(each for each in proofs() if each["name"] == "with the entry")
    yield {"kind": "proof", "step": 3, "given": case}
    yield {"kind": "note", "step": 3, "given": next(notes())}
    yield {"kind": "request", "step": 3, "given": next(requests())}
    yield {"kind": "policy", "step": 1, "given": {"text": "group g 1 a\nquorum g\n", "asked": []}}
    whole = json.loads((HERE / "signing.json").read_text())["signed"][1]
    yield {"kind": "signed", "step": 1, "given": {name: whole[name] for name in ("public_key", "signed")}}


def trees() -> list[list[str]]:
    return [judged.size_of_tree(size, SUBTREE) for size in range(SIZES)]


def main(folder: Path = HERE) -> None:
    def write(name: str, about: str, **sections: Any) -> None:
        content = json.dumps({"about": about, **sections}, indent=1, ensure_ascii=True)
        (folder / f"{name}.json").write_text(content + "\n")

    write(
        "ed25519",
        "Signatures at the edges of Ed25519, judged as libsodium does: `key_valid` before a key may stand "
        "for anybody, `holds` at each signature. No case but the plain ones is both.",
        cases=told(judged.ed25519, small_order.cases()),
    )
    write(
        "trees",
        "Trees of 0 to 300 entries; entry i is the text `kawal/<i>`. For each size: root; SHA-256 over all "
        "its inclusion proofs (by index), and over all its consistency proofs (by old size, from 0).",
        sizes=trees(),
    )
    write(
        "notes",
        "vkeys and signed notes.",
        vkeys=told(judged.vkey, vkeys()),
        notes=told(judged.note_, notes()),
    )
    write(
        "policies",
        "Policies: line and detail of what is wrong, or which of the sets `asked` are enough.",
        policies=told(judged.policy_, policies()),
    )
    write(
        "proofs",
        "tlog-proofs judged under a policy; with `now_s` a cosignature from later counts nothing.",
        cases=told(judged.proof_, proofs()),
    )
    write(
        "receipts",
        "Receipts under a policy: what they bring along. Slips: their parts, and SHA-256 of the text.",
        receipts=told(judged.receipt_, paper.receipts()),
        slips=told(judged.slip_, paper.slips()),
    )
    write("requests", "add-checkpoint requests to a witness.", cases=told(judged.request, requests()))
    write(
        "edited", "Every `step`-th character changed, left out, doubled.", cases=told(judged.edited, edited())
    )


if __name__ == "__main__":
    main()
