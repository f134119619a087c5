"""What a witness tells the people who run it, in Indonesian or, with KAWAL_LANGUAGE=en, in English.

Both stand here, not in a catalogue: the witness runs where Django and its translations are not installed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

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
    "bad_issuers": (
        "The file of issuers is wrong in line %(line)s: it must say AGENCY and the key in hex.",
        "Berkas penerbit salah di baris %(line)s: isinya INSTANSI dan kunci dalam heksadesimal.",
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


# What no log may do (watching.Alarm), and what else the watch has to tell.
ALARMS = {
    "forked": (
        "FORKED: the log signed a history at size %(size)s that contradicts what was cosigned.",
        "BERCABANG: log menandatangani riwayat berukuran %(size)s yang bertentangan dengan yang sudah"
        " ditandatangani saksi.",
    ),
    "rolled_back": (
        "ROLLED BACK: the log shows %(size)s entries, but %(remembered)s were seen before.",
        "MUNDUR: log menampilkan %(size)s entri, padahal sebelumnya terlihat %(remembered)s.",
    ),
    "root_differs": (
        "BROKEN: the entries are not those that the head of size %(size)s was signed for.",
        "RUSAK: entrinya bukan yang ditandatangani kepala log berukuran %(size)s.",
    ),
    "entry_broken": (
        "BROKEN: entry %(index)s does not hold (%(reason)s).",
        "RUSAK: entri %(index)s tidak sah (%(reason)s).",
    ),
    "checkpoint_unsigned": (
        "NOT SIGNED: the head is not signed by a key that is trusted for %(origin)s.",
        "TIDAK DITANDATANGANI: kepala log tidak ditandatangani kunci yang dipercaya untuk %(origin)s.",
    ),
    "checkpoint_unreadable": ("BROKEN: the head is no checkpoint.", "RUSAK: kepala log bukan titik periksa."),
    "another_log": (
        "ANOTHER LOG: %(origin)s answers where %(before)s did.",
        "LOG LAIN: %(origin)s menjawab di tempat %(before)s.",
    ),
    "silent": (
        "SILENT: the log has not answered for %(seconds)s s (%(detail)s).",
        "BUNGKAM: log tidak menjawab selama %(seconds)s dtk (%(detail)s).",
    ),
    "standing_still": (
        "STANDING STILL: nothing new for %(seconds)s s, still %(size)s entries.",
        "DIAM: tidak ada yang baru selama %(seconds)s dtk, tetap %(size)s entri.",
    ),
}
TOLD = {
    "seen": (
        "%(origin)s: %(size)s entries, %(new)s new, all whole.",
        "%(origin)s: %(size)s entri, %(new)s baru, semua utuh.",
    ),
    "cosigned": ("Cosigned.", "Sudah ditandatangani."),
    "over": ("Over: the log answers and is whole.", "Selesai: log menjawab dan utuh."),
    "unvouched": (
        "%(unvouched)s entries are by devices that no certificate in the log vouches for.",
        "%(unvouched)s entri berasal dari gawai yang tidak dijamin sertifikat di log.",
    ),
    "not_in_policy": (
        "The hub does not know this witness: its vkey is missing in the policy there.",
        "Hub tidak mengenal saksi ini: kuncinya belum ada dalam kebijakan di sana.",
    ),
    "refused": ("The hub did not take the cosignature.", "Hub tidak menerima tanda tangan saksi."),
    "unreachable": (
        "The cosignature could not be brought to the hub; tried again at the next look.",
        "Tanda tangan saksi belum sampai ke hub; dicoba lagi nanti.",
    ),
}


def told(refused: Refused) -> str:
    """A refusal in words; one that has none here is told as it is."""
    if refused.code not in SENTENCES:
        return str(refused)
    return said(SENTENCES[refused.code], refused.facts)


def said(sentence: tuple[str, str], facts: Mapping[str, object]) -> str:
    english, indonesian = sentence
    return (english if os.environ.get("KAWAL_LANGUAGE") == "en" else indonesian) % facts
