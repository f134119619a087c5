"""What a witness tells the people who run it, in Indonesian or, with KAWAL_LANGUAGE=en, in English.

Both stand here, not in a catalogue: the witness runs where Django and its translations are not installed.
"""

from __future__ import annotations

import os

from kawal.rules.refusals import Refused

# code: (English, Indonesian)
SENTENCES = {
    "state_lost": (
        "The key %(key)s is here, but its memory %(state)s is not. A witness that forgot what it cosigned"
        " could vouch for a second history. Retire this key: tell those who trust it, move the file away and"
        " begin anew with another key and name.",
        "Kunci %(key)s ada, tetapi ingatannya %(state)s tidak ada. Saksi yang lupa apa yang pernah"
        " ditandatanganinya dapat membenarkan riwayat kedua. Pensiunkan kunci ini: beri tahu pihak yang"
        " memercayainya, pindahkan berkasnya, lalu mulai lagi dengan kunci dan nama baru.",
    ),
    "key_lost": (
        "The memory of a witness is here, but its key %(key)s is not. Put the key back; if it is lost, begin"
        " anew in another folder.",
        "Ingatan saksi ada, tetapi kuncinya %(key)s tidak ada. Kembalikan kuncinya; bila hilang, mulai lagi"
        " di folder lain.",
    ),
    "key_of_another": (
        "The key %(key)s is not the one that this memory belongs to. It is not used.",
        "Kunci %(key)s bukan pasangan ingatan ini. Kunci itu tidak dipakai.",
    ),
    "name_differs": (
        "This witness is named %(known)s; a name stays for ever.",
        "Saksi ini bernama %(known)s; nama tidak dapat diganti.",
    ),
    "bad_name": (
        "A name has no spaces and no plus sign, for example bawaslu.go.id/w1.",
        "Nama tidak boleh memuat spasi atau tanda tambah, misalnya bawaslu.go.id/w1.",
    ),
    "witness_unknown": (
        "There is no witness in %(home)s yet: make one with `kawal witness key --name NAME`.",
        "Belum ada saksi di %(home)s: buat dengan `kawal witness key --name NAMA`.",
    ),
    "bad_vkey": (
        "This is not the key of a log. It looks like NAME+8 hex digits+base64; `kawal ledger verify --json`"
        " tells it at the hub.",
        "Ini bukan kunci log. Bentuknya NAMA+8 digit heksadesimal+base64; `kawal ledger verify --json` di hub"
        " menampilkannya.",
    ),
    "not_a_log_key": (
        "%(name)s is the key of a witness, not of a log.",
        "%(name)s adalah kunci saksi, bukan kunci log.",
    ),
    "bad_policy": (
        "The policy file is wrong in line %(line)s: %(detail)s.",
        "Berkas kebijakan salah di baris %(line)s: %(detail)s.",
    ),
    "log_unknown": (
        "The log %(origin)s is not trusted here. Compare its key with the one that the commission gave you,"
        " then: kawal witness trust VKEY",
        "Log %(origin)s belum dipercaya di sini. Cocokkan kuncinya dengan yang diberikan KPU, lalu:"
        " kawal witness trust VKEY",
    ),
    "port_taken": (
        "Cannot listen on %(host)s port %(port)s: %(detail)s",
        "Tidak dapat membuka %(host)s port %(port)s: %(detail)s",
    ),
    "source_address": (
        "%(url)s is not the address of a log, such as https://kawal.kpu.go.id.",
        "%(url)s bukan alamat log, seperti https://kawal.kpu.go.id.",
    ),
}


def told(refused: Refused) -> str:
    """A refusal in words; one that has none here is told as it is."""
    if refused.code not in SENTENCES:
        return str(refused)
    return sentence(refused.code) % refused.facts


def sentence(code: str) -> str:
    english, indonesian = SENTENCES[code]
    return english if os.environ.get("KAWAL_LANGUAGE") == "en" else indonesian
