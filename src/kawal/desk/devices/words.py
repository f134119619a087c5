"""Devices in words: states, reasons, and why an event does not count."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kawal.desk.devices.rows import State
from kawal.rules.trust.statements import Reason

STATES = {
    State.GOOD: _("in force"),
    State.ENDING: _("ends soon"),
    State.ENDED: _("certificate ended"),
    State.UNCERTIFIED: _("no certificate"),
    State.REVOKED: _("revoked"),
    State.FORKED: _("key in two hands"),
}
REASONS = {
    Reason.LOST: _("lost"),
    Reason.STOLEN: _("stolen"),
    Reason.REPLACED: _("replaced by another device"),
    Reason.LEFT: _("its officer has left"),
    Reason.FORKED: _("a copy of its key signs as well"),
    Reason.COMPROMISED: _("somebody else may have the key"),
}
REFUSALS = {
    "unknown_device": _("There is no device %(kid)s."),
    "revoked_device": _(
        "This device was revoked. Its key never counts again: add the phone as a new device."
    ),
    "bad_code": _("The code is unknown, was used, or has ended."),
    "device_known": _("This phone is enrolled already, with the same key."),
    "key_taken": _("This key is an issuer's."),
    "issuer_elsewhere": _("The issuer key of %(agency)s is not kept at this hub. Ask where it is kept."),
    "no_issuer": _("There is no such issuer in force."),
    "last_issuer": _("It is the only issuer of %(agency)s. Announce another first."),
    "unknown_agency": _("There is no agency %(agency)s."),
}
