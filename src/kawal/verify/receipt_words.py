"""What is said of one receipt, in English and in Indonesian."""

from __future__ import annotations

from typing import Final

from kawal.verify import words

_FORGED: Final = (
    "A signature does not hold: the receipt was changed, or it is forged.",
    "Ada tanda tangan yang tidak sah: bukti ini diubah atau dipalsukan.",
)
_NO_EVENT_WITH_KEY: Final = (
    "It brings a device's key with something that is no event of a device.",
    "Bukti ini menyertakan kunci gawai untuk sesuatu yang bukan kejadian dari gawai.",
)
_HEAD_DAMAGED: Final = (
    "The head of the log in it is damaged.",
    "Kepala log di dalamnya rusak.",
)
RECEIPT: Final = {
    "holds": (
        "THE RECEIPT HOLDS: the event stands in the log, and the witnesses named below saw it there.",
        "BUKTI INI SAH: kejadiannya ada dalam log, dan para saksi di bawah ini melihatnya di sana.",
    ),
    "log_only": (
        "THE RECEIPT HOLDS, by the log's own word: the policy asks for no witness.",
        "BUKTI INI SAH, menurut log itu sendiri: kebijakan tidak meminta saksi.",
    ),
    "fails": ("THE RECEIPT DOES NOT HOLD.", "BUKTI INI TIDAK SAH."),
    "hash_only": (
        "It tells the hash of the event only, not the event.",
        "Bukti ini hanya memuat hash kejadian, bukan kejadiannya.",
    ),
    "no_event": (
        "The entry is no event of a device, but a statement about keys.",
        "Entri ini bukan kejadian dari gawai, melainkan pernyataan tentang kunci.",
    ),
    "unchecked": (
        "It brings no key: the device's own signature was not checked.",
        "Bukti ini tidak menyertakan kunci: tanda tangan gawainya tidak diperiksa.",
    ),
    "bad_tlog_proof": (
        "It is not in the format tlog-proof: it was cut or changed.",
        "Bentuknya bukan tlog-proof: bukti ini terpotong atau diubah.",
    ),
    "bad_receipt": (
        "It does not bring its event along in the form that Kawal writes.",
        "Bukti ini tidak menyertakan kejadiannya dalam bentuk yang ditulis Kawal.",
    ),
    "bad_note": _HEAD_DAMAGED,
    "bad_checkpoint": _HEAD_DAMAGED,
    "log_unknown": (
        "It is from the log %(origin)s, which the policy does not name.",
        "Bukti ini dari log %(origin)s, yang tidak disebut dalam kebijakan.",
    ),
    "unsigned": (
        "The log that the policy names did not sign its head.",
        "Log yang disebut dalam kebijakan tidak menandatangani kepala lognya.",
    ),
    "bad_signature": _FORGED,
    "quorum_missing": (
        "Too few of the witnesses that the policy demands (%(quorum)s) stand behind it: %(cosigned)s.",
        "Saksi yang diminta kebijakan (%(quorum)s) kurang: %(cosigned)s.",
    ),
    "bad_proof": (
        "The event does not stand in the log at this place: it was changed, or it is forged.",
        "Kejadian ini tidak ada di tempat itu dalam log: ia diubah atau dipalsukan.",
    ),
    "bad_key": (
        "The key that it brings can be nobody's.",
        "Kunci yang disertakan tidak mungkin milik siapa pun.",
    ),
    "wrong_key": (
        "The key that it brings is not the one that the event names.",
        "Kunci yang disertakan bukan kunci yang disebut kejadian.",
    ),
    "not_cose": _NO_EVENT_WITH_KEY,
    "not_cbor": _NO_EVENT_WITH_KEY,
    "not_canonical": _NO_EVENT_WITH_KEY,
    "trailing_bytes": _NO_EVENT_WITH_KEY,
    "oversized": _NO_EVENT_WITH_KEY,
    "act": ("Act", "Tindakan"),
    "kind": ("Kind", "Jenis"),
    "site": ("Place", "Tempat"),
    "trip": ("Trip", "Perjalanan"),
    "happened": ("When, by the phone", "Kapan, menurut gawai"),
    "parcels": ("Parcels", "Koli"),
    "device": ("Device", "Gawai"),
    "leaf_hash": ("Leaf hash", "Hash daun"),
    "index": ("Entry", "Entri"),
    "log": ("Log", "Log"),
    "size": ("Size of the log", "Ukuran log"),
    "cosigned": ("Cosigned by %(name)s", "Disaksikan %(name)s"),
}


def said(code: str, language: str, /, **facts: object) -> str:
    return words.said(RECEIPT, code, language, **facts)
