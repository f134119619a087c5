"""C2SP signed-note: a text, and under it the signatures of those who stand for it.

    <text, one or more lines>
    <empty line>
    — <key name> <base64 of 4-byte key id and signature>

Source: https://c2sp.org/signed-note. Only Ed25519 over the text (type 0x01) is signed and checked
here; lines by keys that nobody asked for are passed over, as the format demands.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey

from kawal.rules.refusals import Refused
from kawal.rules.signing import keys

ED25519: Final = 0x01
NOTE_BYTES_MAX: Final = 1_000_000
SIGNATURES_MAX: Final = 100
_KEY_ID_BYTES: Final = 4
_SIGNATURE_BYTES: Final = 64
_DASH: Final = "— "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may sign a note: a name and an Ed25519 public key."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        named = self.name.encode() + b"\n" + bytes([ED25519]) + self.public_key
        return hashlib.sha256(named).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The vkey of the format: `<name>+<key id in hex>+<base64 of type and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([ED25519]) + self.public_key)}"


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
    """Reads a vkey. Refuses `bad_vkey` and `bad_key`."""
    name, _, rest = vkey.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        typed_key = from_base64(encoded)
    except Refused:
        raise Refused("bad_vkey") from None
    if not is_key_name(name) or typed_key[:1] != bytes([ED25519]):
        raise Refused("bad_vkey")
    keys.check_public_key(typed_key[1:])
    key = VerifierKey(name, typed_key[1:])
    if key.key_id.hex() != key_id:
        raise Refused("bad_vkey")
    return key


def sign(text: str, name: str, key: SigningKey) -> str:
    """The note of `text` (which ends with a newline) with one signature."""
    if not is_key_name(name) or not _is_text(text):
        raise ValueError("a note needs a key name without spaces or '+', and whole lines of text")
    who = VerifierKey(name, bytes(key.verify_key))
    signature = key.sign(text.encode()).signature
    return f"{text}\n{_DASH}{name} {to_base64(who.key_id + signature)}\n"


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
    """The known keys that signed, each once. Refuses `bad_signature` and `unsigned`.

    A line by a known key must hold; one that does not spoils the note. Lines by others count nothing.
    """
    by_line = {(key.name, key.key_id): key for key in known}
    signers: list[VerifierKey] = []
    for line in note.signatures:
        key = by_line.get((line.name, line.key_id))
        if key is None:
            continue
        try:
            if len(line.signature) != _SIGNATURE_BYTES:  # else bytes of the text would count as signature
                raise ValueError
            crypto_sign_open(line.signature + note.text.encode(), key.public_key)
        except (CryptoError, ValueError):
            raise Refused("bad_signature", name=key.name) from None
        if key not in signers:
            signers.append(key)
    if not signers:
        raise Refused("unsigned")
    return signers


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
