"""What /verify says: the first thing that is wrong, or what a receipt proves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# Codes of the rules in the order in which they are looked for (docs/ledger.md, "Receipts").
REFUSED = {
    "nothing_given": _("Paste a receipt, open its file, or scan the codes of its slip."),
    "slip_incomplete": _("A code of the slip is still missing (%(missing)s). Scan it too."),
    "bad_slip": _("These codes do not make one slip: one of them is damaged or belongs to another slip."),
    "no_code_found": _("No code of a slip can be seen in this picture. Take it closer and sharper."),
    "bad_policy": _("Line %(line)s of the keys you trust cannot be used: %(detail)s"),
    "not_utf8": _("This file is no receipt: it is not text."),
    "bad_tlog_proof": _("This is no receipt, or it was cut or changed: it is not in the format tlog-proof."),
    "bad_receipt": _("The receipt does not bring its event along in the form that Kawal writes."),
    "bad_note": _("The head of the log in this receipt is damaged."),
    "bad_checkpoint": _("The head of the log in this receipt is damaged."),
    "log_unknown": _("The receipt is from the log %(origin)s, which is not among those you trust."),
    "unsigned": _("The log you trust did not sign the head of this receipt."),
    "bad_signature": _("A signature does not hold: the receipt was changed, or it is forged."),
    "quorum_missing": _(
        "Not enough of the witnesses you trust stand behind it. "
        "Needed: %(quorum)s. Cosigned by: %(cosigned)s."
    ),
    "bad_proof": _("The event does not stand in the log at this place: it was changed, or it is forged."),
    "bad_key": _("The key that the receipt brings can be nobody's."),
    "wrong_key": _("The key that the receipt brings is not the one that the event names."),
    **dict.fromkeys(
        ("not_cose", "not_cbor", "not_canonical", "trailing_bytes", "oversized"),
        _("The receipt brings a phone's key with something that is no event of a phone."),
    ),
    "no_https": _(
        "This page must be opened by https, or on this machine itself: the browser checks nothing otherwise."
    ),
    "no_camera": _("The camera cannot be used: %(detail)s"),
    "unreadable": _("What was given cannot be read: %(detail)s"),
    "other": _("The receipt is refused: %(code)s"),
}

# Why a line of a policy is refused (rules/ledger/policy.py).
DETAILS = {
    "too_long": _("it is too long."),
    "control_character": _("it holds a character that is not allowed."),
    "no_quorum": _("no line says which witnesses are needed (quorum)."),
    "items": _("it has too few or too many words."),
    "unknown_word": _("it begins with none of log, witness, group and quorum."),
    "log_twice": _("this log was named before."),
    "witness_twice": _("this witness's key was named before."),
    "key_type": _("its key is of another kind: here stand Ed25519 keys of logs (01) and of witnesses (04)."),
    "name_twice": _("this name is taken."),
    "name_unknown": _("a name in it is not defined above."),
    "member_twice": _("a member already stands in a group."),
    "group_size": _("a group cannot ask for that many of its members."),
    "quorum_twice": _("the quorum was told before."),
    "bad_vkey": _("the key in it is not complete or was changed."),
    "bad_key": _("the key in it can be nobody's."),
}

SAID = {
    "holds": _("The receipt holds."),
    "holds_text": _("The event was signed, stands in the log, and the witnesses named below saw it there."),
    "log_only": _("The receipt holds, by the log's own word."),
    "log_only_text": _(
        "The keys you trust ask for no witness. A hub that lies could show others another log: add witnesses."
    ),
    "fails": _("The receipt does not hold."),
    "cannot_say": _("This cannot be checked yet."),
    "hash_only": _(
        "This receipt tells only the fingerprint of the event. It proves that an event with this fingerprint "
        "stands in the log; the event itself comes as a file."
    ),
    "no_event": _("The entry is no event of a phone, but a statement about keys."),
    "act": _("Act"),
    "kind": _("Kind"),
    "site": _("Place"),
    "trip": _("Trip"),
    "happened": _("When, by the phone"),
    "recorded": _("Written down, by the phone"),
    "device": _("Signed by the device"),
    "device_unchecked": _("Device named (the receipt brings no key: its signature was not checked)"),
    "parcels": _("Parcels"),
    "entry": _("Entry"),
    "entry_of": _("%(index)s of a log of %(size)s"),
    "log": _("Log"),
    "leaf_hash": _("Fingerprint (leaf hash)"),
    "cosigned": _("Cosigned by %(name)s"),
    "none": _("nobody"),
    "later": _("later than this device's clock: %(at)s"),
    "ready": _("Ready. From here on this page needs no network."),
    "scanning": _("Hold the code of the slip before the camera."),
    "scanned": _("%(have)s of %(of)s codes read. Now the other one."),
}
