"""C2SP signed-note: a text, and under it the signatures of those who stand for it.

    <text, one or more lines>
    <empty line>
    — <key name> <base64 of 4-byte key id and signature>

Source: https://c2sp.org/signed-note. Two kinds of signature are made and checked here, both Ed25519:
type 0x01 over the text, as a log signs, and type 0x04 over a time and the text, as a witness cosigns
(https://c2sp.org/tlog-cosignature). Lines by keys that nobody asked for are passed over, as the
format demands.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from nacl.signing import SigningKey

from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, keys

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
TIME_S_MAX: Final = 2**63 - 1  # tlog-cosignature
NOTE_BYTES_MAX: Final = 1_000_000
SIGNATURES_MAX: Final = 100
_KEY_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_DASH: Final = "— "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may sign a note: a name, an Ed25519 public key and how it signs (ED25519 or COSIGNATURE)."""

    name: str
    public_key: bytes
    algorithm: int = ED25519

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed_key).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The vkey of the format: `<name>+<key id in hex>+<base64 of type and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self._typed_key)}"

    @property
    def _typed_key(self) -> bytes:
        return bytes([self.algorithm]) + self.public_key


@dataclass(frozen=True, slots=True)
class Signer:
    """A known key whose signature holds; a cosignature tells its time, POSIX seconds."""

    key: VerifierKey
    time_s: int | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    text: str  # ends with a newline
    signatures: tuple[Signature, ...]  # as found, unchecked


def verifier_key(vkey: str) -> VerifierKey:
    """Reads a vkey of type 0x01 or 0x04. Refuses `bad_vkey` (whole, but of another type: with `type`) and
    `bad_key`."""
    name, _, rest = vkey.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        typed_key = from_base64(encoded)
    except Refused:
        raise Refused("bad_vkey") from None
    if not is_key_name(name) or not typed_key:
        raise Refused("bad_vkey")
    key = VerifierKey(name, typed_key[1:], typed_key[0])
    if key.key_id.hex() != key_id:
        raise Refused("bad_vkey")
    if key.algorithm not in (ED25519, COSIGNATURE):
        raise Refused("bad_vkey", type=key.algorithm)
    keys.check_public_key(key.public_key)
    return key


def sign(text: str, name: str, key: SigningKey) -> str:
    """The note of `text` (which ends with a newline) with one signature of type 0x01."""
    _demand_signable(text, name)
    signature = key.sign(text.encode()).signature
    return f"{text}\n{_line(VerifierKey(name, bytes(key.verify_key)), signature)}"


def cosigned(text: str, name: str, key: SigningKey, *, time_s: int) -> str:
    """One signature line of type 0x04, to stand under the note of `text`: seen at `time_s`."""
    _demand_signable(text, name)
    if not 0 < time_s <= TIME_S_MAX:
        raise ValueError(f"a cosignature at {time_s} s tells no time")
    signature = key.sign(_cosigned_bytes(text, time_s)).signature
    who = VerifierKey(name, bytes(key.verify_key), COSIGNATURE)
    return _line(who, time_s.to_bytes(_TIME_BYTES, "big") + signature)


def parsed(note: str) -> Note:
    """Refuses `bad_note`. Nothing in it is to be believed before `check`."""
    if len(note) > NOTE_BYTES_MAX:
        raise Refused("bad_note", detail="too long")
    text, gap, below = note.rpartition("\n\n")
    text += "\n"
    if not gap or not _is_text(text) or not below.endswith("\n"):
        raise Refused("bad_note", detail="no signatures under a text")
    lines = below[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise Refused("bad_note", detail="too many signatures")
    return Note(text, tuple(_signature(line) for line in lines))


def check(note: Note, known: Collection[VerifierKey]) -> list[VerifierKey]:
    """The known keys that signed, each once. Refuses `bad_signature` and `unsigned`."""
    return [signer.key for signer in signers(note, known)]


def signers(note: Note, known: Collection[VerifierKey]) -> list[Signer]:
    """Who of the known signed, each once; who cosigned twice counts with the earlier time.

    A line by a known key must hold; one that does not spoils the note (`bad_signature`). Lines by others
    count nothing, and where nobody else signed the note is `unsigned`.
    """
    by_line = {(key.name, key.key_id): key for key in known}
    times: dict[VerifierKey, int | None] = {}
    for line in note.signatures:
        key = by_line.get((line.name, line.key_id))
        if key is None:
            continue
        time_s = _held(line, key, note.text)
        earlier = times.get(key)
        times[key] = time_s if earlier is None or time_s is None else min(earlier, time_s)
    if not times:
        raise Refused("unsigned")
    return [Signer(key, time_s) for key, time_s in times.items()]


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """Standard base64 with padding, one spelling only. Refuses `bad_base64`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("bad_base64") from None
    if to_base64(data) != text:  # Python lets stray bits at the end pass
        raise Refused("bad_base64")
    return data


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() for char in name) and _is_clean(name)


def _is_text(text: str) -> bool:
    return len(text) > 1 and text.endswith("\n") and _is_clean(text)


def _is_clean(text: str) -> bool:
    """Valid Unicode without control characters of ASCII but the newline."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return all(char >= " " or char == "\n" for char in text)


def _signature(line: str) -> Signature:
    dash, name, encoded = line[: len(_DASH)], *line[len(_DASH) :].rpartition(" ")[::2]
    try:
        blob = from_base64(encoded)
    except Refused:
        raise Refused("bad_note", detail="signature line") from None
    if dash != _DASH or not is_key_name(name) or len(blob) <= _KEY_ID_BYTES:
        raise Refused("bad_note", detail="signature line")
    return Signature(name, blob[:_KEY_ID_BYTES], blob[_KEY_ID_BYTES:])


def _held(line: Signature, key: VerifierKey, text: str) -> int | None:
    """The time of a cosignature that holds, None of a signature that holds. Refuses `bad_signature`."""
    time_s, signature, signed = None, line.signature, text.encode()
    if key.algorithm == COSIGNATURE:
        time_s = int.from_bytes(signature[:_TIME_BYTES], "big")
        signature, signed = signature[_TIME_BYTES:], _cosigned_bytes(text, time_s)
    if (time_s or 0) > TIME_S_MAX or not cose.holds(signature, signed, key.public_key):
        raise Refused("bad_signature", name=key.name)
    return time_s


def _cosigned_bytes(text: str, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def _line(who: VerifierKey, signature: bytes) -> str:
    return f"{_DASH}{who.name} {to_base64(who.key_id + signature)}\n"


def _demand_signable(text: str, name: str) -> None:
    if not is_key_name(name) or not _is_text(text):
        raise ValueError("a note needs a key name without spaces or '+', and whole lines of text")
