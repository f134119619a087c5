"""What the codes of the door and of the log mean, for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kawal.rules.refusals import Refused

# Why the door did not take an event (docs/door.md).
REFUSALS = {
    "not_cbor": _("The bytes are not CBOR, or are cut short."),
    "trailing_bytes": _("Bytes follow after the end."),
    "not_canonical": _("The bytes are not in the one canonical encoding."),
    "not_cose": _("This is not a signed event in the format KWE-1."),
    "unsigned": _("The event is not signed."),
    "bad_event": _("A field of the event is missing or not in its format."),
    "nothing_sent": _("Nothing was sent."),
    "unknown_device": _("No device with this key is enrolled."),
    "bad_signature": _("The signature does not belong to these bytes and this device."),
    "oversized": _("The event is larger than an entry of the log may be."),
    "body_too_large": _("More bytes were sent at once than the hub takes."),
    "too_many": _("More events were sent at once than the hub takes."),
    "too_slow": _("The bytes came too slowly."),
    "busy": _("The hub is busy. Nothing was lost: send it again after a while."),
    "not_recorded": _("The hub could not record this event now. Send it again after a while."),
    "no_such_address": _("There is nothing at this address."),
    "wrong_method": _("This address is not asked in this way."),
    "not_the_writer": _(
        "Another hub writes the log: %(writer)s, since %(since)s. Send it there, or again soon."
    ),
    "other_log": _("The log in this database has another key than this home: %(log)s."),
    "log_shrunk": _(
        "This database is an older copy of the log: it holds %(size)s entries, signed were %(signed_size)s "
        "(told by: %(source)s). Nothing is taken in or signed until the missing ones are back."
    ),
    "log_forked": _(
        "The log no longer begins with the %(signed_size)s entries that were signed (told by: %(source)s). "
        "Nothing is taken in or signed any more."
    ),
    "log_closed": _(
        "This log was closed at %(size)s entries (%(reason)s). Nothing is taken in or signed until its "
        "successor begins: kawal ledger succeed"
    ),
    "log_open": _("The log is in order: close it first (kawal ledger close), if it is to end."),
    "origin_needed": _(
        "This log is named by KAWAL_LOG_ORIGIN (%(origin)s). Its successor needs a name of its own: "
        "--origin NAME"
    ),
    "origin_taken": _(
        "%(origin)s is the name of the log that ends. Give its successor another: --origin NAME"
    ),
    "bad_origin": _("%(origin)s cannot be the name of a log: no spaces, no plus sign, at most 200 letters."),
    "log_key_missing": _("The key of the log is not here: put your copy of it at %(path)s."),
    "memory_unreadable": _("What this hub signed last cannot be read from %(path)s: %(detail)s"),
    "no_checkpoint": _("The head of the log was never signed: there is no checkpoint yet."),
    "not_published_yet": _(
        "No published checkpoint covers entry %(index)s yet. It will within seconds: try again."
    ),
    "no_such_entry": _("The log holds no such entry."),
    "no_such_tile": _("The log holds no such tile."),
    "bad_policy": _("The policy of witnesses is wrong in line %(line)s: %(detail)s."),
    "policy_unreadable": _("The policy of witnesses cannot be read (%(path)s): %(detail)s"),
    "policy_other_log": _("The policy is for another log. The key of this one is %(log)s"),
    "policy_bad_url": _("The address of the witness %(name)s is not one of the web: %(url)s"),
    "policy_elsewhere": _("KAWAL_LEDGER_POLICY names the policy in use: %(path)s. Change that file."),
    "bad_witness_wait": _("KAWAL_WITNESS_WAIT_S must be seconds, 0 to %(seconds_max)s: %(told)s"),
    "bad_entries_token": _("The token for reading entries cannot be used: %(detail)s"),
}

# Why a witness does not cosign (desk.ledger.asking).
FAILURES = {
    "witness_unreachable": _("cannot be reached"),
    "witness_too_slow": _("does not answer in time"),
    "witness_status": _("refuses (%(status)s): %(detail)s"),
    "witness_no_cosignature": _("answers with something else than its cosignature"),
    "witness_clock_ahead": _("cosigns with a time that is still to come: set its clock or this one"),
    "witness_forked": _("remembers another history of this log"),
    "witness_ahead": _("cosigned %(size)s events, more than this hub holds"),
}

# What is broken in a stored log (desk.ledger.verify).
BROKEN = {
    "entry_missing": _("An entry is missing."),
    "entry_changed": _("The bytes of an entry and its hash differ."),
    "entry_unreadable": _("An entry is not a signed event."),
    "device_unknown": _("An entry is signed by a device that is not enrolled."),
    "signature_bad": _("The signature of an entry does not hold."),
    "statement_bad": _("What an issuer says about a key does not count, and should not be in the log."),
    "device_changed": _("The register of devices and the certificate in the log differ."),
    "tile_changed": _("A tile and the entries below it differ."),
    "tile_extra": _("A tile holds more than there are entries."),
    "checkpoint_unsigned": _("A checkpoint is not signed by the key of this log."),
    "checkpoint_changed": _("A checkpoint and its signed text differ."),
    "root_differs": _("The entries are not those that the checkpoint was signed for."),
}


def said(refused: Refused) -> str:
    """A refusal of this room in words."""
    return str(REFUSALS.get(refused.code, refused.code)) % refused.facts
