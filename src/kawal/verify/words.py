"""What the verifier says, in Indonesian and in English.

Both stand here, not in a catalogue: the verifier runs where the desk and its translations are not installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("id", "en")

# code: (English, Indonesian). What does not hold (broken.CODES).
BROKEN: Final[Mapping[str, tuple[str, str]]] = {
    "checkpoint_unsigned": (
        "The head of the log is not signed by the log that the policy names.",
        "Kepala log tidak ditandatangani oleh log yang disebut dalam kebijakan.",
    ),
    "checkpoint_unreadable": (
        "The head of the log is no checkpoint.",
        "Kepala log bukan titik periksa yang sah.",
    ),
    "quorum_missing": (
        "Too few of the witnesses that the policy demands have cosigned this log.",
        "Saksi yang ikut menandatangani log ini kurang dari yang diminta kebijakan.",
    ),
    "log_shrunk": (
        "The log is smaller than it was when an old checkpoint was signed: entries were taken away.",
        "Log lebih kecil daripada saat titik periksa lama ditandatangani: ada entri yang dihilangkan.",
    ),
    "log_forked": (
        "The log no longer begins with what an old checkpoint was signed for: its history was rewritten.",
        "Log tidak lagi berawal dengan isi yang ditandatangani titik periksa lama: riwayatnya ditulis ulang.",
    ),
    "entry_missing": (
        "An entry for which the head was signed is not there.",
        "Entri yang sudah ditandatangani kepala log tidak ada.",
    ),
    "entry_unreadable": (
        "An entry is not a signed event.",
        "Sebuah entri bukan kejadian yang ditandatangani.",
    ),
    "device_unknown": (
        "An entry is signed by a device whose key nobody vouches for.",
        "Sebuah entri ditandatangani gawai yang kuncinya tidak dijamin siapa pun.",
    ),
    "signature_bad": (
        "The signature of an entry does not hold: it was changed, or made up.",
        "Tanda tangan sebuah entri tidak sah: entri diubah atau dibuat-buat.",
    ),
    "tile_changed": (
        "The tree that is shown and the entries below it differ.",
        "Pohon hash yang ditampilkan dan entri di bawahnya berbeda.",
    ),
    "root_differs": (
        "The entries are not those that a head of this log was signed for.",
        "Entrinya bukan entri yang ditandatangani kepala log ini.",
    ),
    "archive_mixed": (
        "The archive holds parts of different logs, or of different sizes.",
        "Arsip memuat bagian dari log atau ukuran yang berbeda.",
    ),
    "former_contradicted": (
        "The log whose place this one took had another history than this one says.",
        "Log yang digantikan log ini mempunyai riwayat lain daripada yang dikatakan log ini.",
    ),
    "former_missing": (
        "Entries that the log whose place this one took had signed for do not follow here.",
        "Entri yang sudah ditandatangani log yang digantikan tidak ada di sini.",
    ),
    "told_unsigned": (
        "What the hub tells beside the log is not signed by it.",
        "Keterangan hub di samping log tidak ditandatanganinya.",
    ),
    "told_changed": (
        "What the hub tells beside the log is not what it signed.",
        "Keterangan hub di samping log bukan yang ditandatanganinya.",
    ),
}

# Why nothing could be verified at all.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "source_address": (
        "This is neither a file nor the address of a log, such as https://kawal.kpu.go.id",
        "Ini bukan berkas dan bukan alamat log, seperti https://kawal.kpu.go.id",
    ),
    "source_missing": ("There is no log here.", "Tidak ada log di sini."),
    "source_unreachable": ("The log does not answer.", "Log tidak menjawab."),
    "source_status": ("The log answers with an error.", "Log menjawab dengan galat."),
    "source_too_slow": ("The log answers too slowly.", "Log menjawab terlalu lambat."),
    "source_too_large": (
        "Something in it is larger than it may be.",
        "Ada bagian yang lebih besar daripada semestinya.",
    ),
    "source_encoding": (
        "The log answers in an encoding that nobody asked for.",
        "Log menjawab dengan pengodean yang tidak diminta.",
    ),
    "archive_unreadable": (
        "This is not an archive, or it is damaged.",
        "Ini bukan arsip, atau arsipnya rusak.",
    ),
    "bad_line": ("A line of the archive is not in its format.", "Ada baris arsip yang salah bentuk."),
    "bad_key": ("The archive holds a key that is none.", "Arsip memuat kunci yang tidak sah."),
    "bad_note": ("This is not a checkpoint.", "Ini bukan titik periksa."),
    "bad_tlog_proof": ("This is not a receipt.", "Ini bukan bukti (receipt)."),
    "bad_policy": (
        "The policy file is wrong in line %(line)s: %(detail)s.",
        "Berkas kebijakan salah di baris %(line)s: %(detail)s.",
    ),
    "bad_issuers": (
        "The file of issuers is wrong in line %(line)s: it must say AGENCY and the key in hex.",
        "Berkas penerbit salah di baris %(line)s: isinya INSTANSI dan kunci dalam heksadesimal.",
    ),
    "since_unusable": (
        "An old checkpoint is not signed by this log (%(detail)s): it proves nothing about it.",
        "Titik periksa lama tidak ditandatangani log ini (%(detail)s): tidak membuktikan apa pun.",
    ),
    "file_unreadable": ("%(file)s cannot be read: %(detail)s", "%(file)s tidak dapat dibaca: %(detail)s"),
    "file_unwritable": ("%(file)s cannot be written: %(detail)s", "%(file)s tidak dapat ditulis: %(detail)s"),
    "too_many": ("There are more of them than there can be.", "Jumlahnya melebihi yang mungkin."),
}

RULES: Final[Mapping[str, tuple[str, str]]] = {
    "C1": ("An event told twice is one event.", "Kejadian yang dilaporkan dua kali adalah satu kejadian."),
    "C2": (
        "Custody passes when the receiver accepts what the holder offered.",
        "Penguasaan berpindah bila penerima menerima yang diserahkan pemegang.",
    ),
    "C3": (
        "The seals seen are the seals last put on.",
        "Segel yang terlihat adalah segel yang terakhir dipasang.",
    ),
    "C4": (
        "The chain of each device gives the order, never a clock.",
        "Urutan ditentukan rantai setiap gawai, bukan jam.",
    ),
    "C5": ("At every moment a named person holds the parcel.", "Setiap saat ada petugas yang memegang koli."),
    "C6": ("Two people verify the contents when they are packed.", "Isi diperiksa dua orang saat dikemas."),
    "C7": (
        "A box is opened at its own station on voting day.",
        "Kotak dibuka di TPS-nya pada hari pemungutan.",
    ),
    "C8": ("Both sides count, and a difference is told.", "Kedua pihak menghitung, dan selisih dilaporkan."),
    "C9": (
        "The escort attests who is aboard, and the seals.",
        "Pengawal menyaksikan siapa yang ikut dan segel.",
    ),
    "C10": (
        "Received means: accepted by KPPS at its own station.",
        "Diterima berarti: diterima KPPS di TPS-nya.",
    ),
    "C11": (
        "Late, back-dated and back-filled entries stay visible.",
        "Laporan terlambat atau bertanggal mundur tetap terlihat.",
    ),
    "C12": (
        "Two claims on one parcel make it disputed.",
        "Dua klaim atas satu koli membuatnya disengketakan.",
    ),
}

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "whole": (
        "WHOLE. The log holds: %(entries)s entries, every signature, the tree and every head that was"
        " signed.",
        "UTUH. Log ini sah: %(entries)s entri, semua tanda tangan, pohon hash, dan semua kepala log.",
    ),
    "broken": ("NOT WHOLE. %(words)s", "TIDAK UTUH. %(words)s"),
    "also": ("Also: %(words)s", "Juga: %(words)s"),
    "where": ("code %(code)s, at %(index)s", "kode %(code)s, pada %(index)s"),
    "log": ("Log", "Log"),
    "size": ("Size", "Ukuran"),
    "root": ("Root", "Akar"),
    "checkpoints": ("Heads that fit the tree", "Kepala log yang cocok dengan pohon"),
    "cosigned": ("Cosigned by %(name)s", "Ditandatangani bersama oleh %(name)s"),
    "nobody": (
        "Cosigned by no witness of the policy.",
        "Tidak ditandatangani saksi mana pun dari kebijakan.",
    ),
    "quorum": ("Quorum of the policy", "Kuorum kebijakan"),
    "undemanded": ("none demanded", "tidak diminta"),
    "yes": ("%(name)s: there", "%(name)s: terpenuhi"),
    "no": ("%(name)s: MISSING", "%(name)s: TIDAK TERPENUHI"),
    "since": (
        "Begins with the old checkpoint of size %(size)s",
        "Berawal dengan titik periksa lama ukuran %(size)s",
    ),
    "since_former": (
        "Stands by the old checkpoint of size %(size)s of %(origin)s, whose place it took",
        "Sesuai dengan titik periksa lama ukuran %(size)s dari %(origin)s yang digantikannya",
    ),
    "succession": (
        "Takes the place of %(former)s, closed at size %(size)s (%(reason)s); %(held)s of its entries"
        " follow here.",
        "Menggantikan %(former)s, ditutup pada ukuran %(size)s (%(reason)s); %(held)s entrinya"
        " menyusul di sini.",
    ),
    "since_none": (
        "No old checkpoint was given (--since): that this log always began like this is shown by its"
        " witnesses alone.",
        "Tanpa titik periksa lama (--since): bahwa log ini sejak awal demikian hanya dibuktikan para"
        " saksinya.",
    ),
    "keys": ("Devices that signed", "Gawai yang menandatangani"),
    "keys_certified": (
        "Their keys are certified in the log by these issuers:",
        "Kuncinya dijamin di dalam log oleh penerbit:",
    ),
    "keys_told": (
        "The keys of %(count)s of them rest on the hub's word alone: no certificate in the log names them.",
        "Kunci %(count)s di antaranya hanya menurut hub: tidak ada sertifikat di log untuknya.",
    ),
    "pin": (
        "Compare the issuers' keys with those the agencies publish, or give them with --issuers.",
        "Cocokkan kunci penerbit dengan yang diumumkan instansi, atau berikan dengan --issuers.",
    ),
    "passed_over": ("Statements that do not count", "Pernyataan yang tidak berlaku"),
    "events": ("Events", "Kejadian"),
    "gaps": (
        "Devices with numbers missing in their chain (not told yet, or held back): %(count)s",
        "Gawai dengan nomor yang hilang dalam rantainya (belum dilaporkan atau ditahan): %(count)s",
    ),
    "custody": (
        "Custody, replayed from the signed events",
        "Penguasaan, dihitung ulang dari kejadian bertanda tangan",
    ),
    "stages": ("Parcels by stage", "Koli menurut tahap"),
    "stations": ("Stations", "TPS"),
    "stations_are": (
        "%(received)s received by KPPS, %(received_late)s of them late; %(not_received)s not received",
        "%(received)s diterima KPPS, %(received_late)s di antaranya terlambat; %(not_received)s belum",
    ),
    "findings": ("Findings about the world", "Temuan tentang kenyataan"),
    "findings_none": ("No finding: every rule holds.", "Tidak ada temuan: semua aturan terpenuhi."),
    "findings_mean": (
        "A finding means that something broke a rule out there. It is part of a whole record.",
        "Temuan berarti ada kenyataan yang melanggar aturan. Temuan adalah bagian dari catatan yang utuh.",
    ),
    "fork": (
        "Device %(device)s signed different events with its number %(seq)s; these prove it:",
        "Gawai %(device)s menandatangani kejadian berbeda dengan nomor %(seq)s; buktinya:",
    ),
    "balance": ("Mass balance", "Neraca koli"),
    "remains": ("of these not yet: ", "di antaranya belum: "),
    "balanced": ("Everything is home: all remainders are zero.", "Semua telah kembali: semua sisa nol."),
    "area": (
        "Needs and custody are told for area %(area)s only.",
        "Kebutuhan dan penguasaan hanya untuk wilayah %(area)s.",
    ),
    "relies": ("What this rests on", "Dasar laporan ini"),
    "relies_signed": (
        "Signed by devices and fixed by the witnessed log: who told what, in which order of each device,"
        " and that"
        " nothing was changed or taken away.",
        "Ditandatangani gawai dan ditetapkan oleh log yang disaksikan: siapa melaporkan apa, dalam urutan"
        " tiap"
        " gawai, dan bahwa tidak ada yang diubah atau dihilangkan.",
    ),
    "relies_times": (
        "By the clock of each device: when things happened. A cosignature proves that an entry existed by its"
        " time, not when it happened.",
        "Menurut jam tiap gawai: kapan sesuatu terjadi. Tanda tangan saksi membuktikan entri sudah ada"
        " pada waktu"
        " itu, bukan kapan terjadinya.",
    ),
    "relies_told": (
        "By the hub's word alone, signed by it but by no device: what was needed, deadlines, when entries"
        " came in.",
        "Hanya menurut hub, ditandatangani hub tetapi tidak oleh gawai: kebutuhan, tenggat, waktu entri"
        " diterima.",
    ),
    "relies_untold": (
        "Read from the log alone: what was needed, deadlines and when entries came in are not told, so"
        " numbers of"
        " seals and ballots, unknown parcels, lateness and the balance against needs were not judged.",
        "Dibaca dari log saja: kebutuhan, tenggat, dan waktu entri diterima tidak diketahui, sehingga"
        " nomor segel,"
        " jumlah surat suara, koli tak dikenal, keterlambatan, dan neraca terhadap kebutuhan tidak dinilai.",
    ),
    "relies_unread": (
        "Custody was not replayed, because the record is not whole.",
        "Penguasaan tidak dihitung ulang karena catatannya tidak utuh.",
    ),
}

COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "kind": ("kind", "jenis"),
    "needed": ("needed", "perlu"),
    "packed": ("packed", "dikemas"),
    "issued": ("issued", "keluar"),
    "received": ("received", "diterima"),
    "received_late": ("late", "terlambat"),
    "opened": ("opened", "dibuka"),
    "home": ("home", "kembali"),
    "disputed": ("disputed", "sengketa"),
    "unknown": ("unknown", "asing"),
    "ballots_needed": ("ballots", "suara perlu"),
    "ballots_packed": ("counted", "suara isi"),
    "not_packed": ("packed", "dikemas"),
    "in_warehouse": ("issued", "keluar gudang"),
    "not_received": ("received by KPPS", "diterima KPPS"),
    "not_home": ("brought home", "kembali"),
    "ballots": ("ballots packed", "surat suara dikemas"),
    "all": ("all", "semua"),
}


def said(table: Mapping[str, tuple[str, str]], code: str, language: str, /, **facts: object) -> str:
    """A sentence in one language; where there is none for the code, the code."""
    pair = table.get(code)
    if pair is None:
        return code
    text = pair[0] if language == "en" else pair[1]
    try:
        return text % facts if facts else text
    except (KeyError, TypeError, ValueError):
        return text
