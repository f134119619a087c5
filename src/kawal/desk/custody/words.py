"""Custody in words: acts, stages, rules, findings, mismatches and refusals, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.stages import Stage
from kawal.rules.refusals import Refused

ACTS = {
    Act.PACKED: _("packed"),
    Act.SEALED: _("sealed"),
    Act.OFFER: _("offered"),
    Act.ACCEPT: _("accepted"),
    Act.ATTEST: _("attested by the escort"),
    Act.DEPARTED: _("departed"),
    Act.ARRIVED: _("arrived"),
    Act.SEAL_CHECK: _("seals checked"),
    Act.OPENED: _("opened"),
    Act.INCIDENT: _("incident"),
    Act.POSITION: _("position"),
}

STAGES = {
    Stage.NEEDED: _("not packed yet"),
    Stage.PACKED: _("packed"),
    Stage.SEALED: _("sealed, in the warehouse"),
    Stage.ON_THE_WAY_PPK: _("on the way to the PPK"),
    Stage.AT_GATEWAY: _("handed over at the jetty or airstrip"),
    Stage.ON_THE_WAY_FROM_GATEWAY: _("on the way from the jetty or airstrip to the PPK"),
    Stage.AT_PPK: _("at the PPK"),
    Stage.ON_THE_WAY_PPS: _("on the way to the PPS"),
    Stage.AT_LANDING: _("handed over at the jetty or airstrip below the PPK"),
    Stage.ON_THE_WAY_FROM_LANDING: _("on the way from the jetty or airstrip to the PPS"),
    Stage.AT_PPS: _("at the PPS"),
    Stage.AT_STATION: _("received by KPPS"),
    Stage.OPENED: _("opened for the vote"),
    Stage.RESEALED: _("counted and sealed"),
    Stage.BACK_AT_PPS: _("back at the PPS"),
    Stage.BACK_ON_THE_WAY: _("on the way back"),
    Stage.BACK_AT_LANDING: _("back at the jetty or airstrip below the PPK"),
    Stage.BACK_FROM_LANDING: _("on the way back from the jetty or airstrip to the PPK"),
    Stage.BACK_AT_PPK: _("back at the PPK"),
    Stage.BACK_FROM_PPK: _("on the way back from the PPK"),
    Stage.BACK_AT_GATEWAY: _("back at the jetty or airstrip"),
    Stage.BACK_FROM_GATEWAY: _("on the way back from the jetty or airstrip"),
    Stage.BACK_HOME: _("back in the warehouse"),
}

RULES = {
    "C1": _("An event told twice is one event."),
    "C2": _("Custody passes when the receiver accepts what the holder offered."),
    "C3": _("The seals seen are the seals last put on."),
    "C4": _("The chain of each device gives the order, never a clock."),
    "C5": _("At every moment a named person holds the parcel."),
    "C6": _("Two people verify the contents when they are packed."),
    "C7": _("A box is opened at its own station on voting day."),
    "C8": _("Both sides count, and a difference is told."),
    "C9": _("The escort attests who is aboard, and the seals."),
    "C10": _("Received means: accepted by KPPS at its own station."),
    "C11": _("Late, back-dated and back-filled entries stay visible."),
    "C12": _("Two claims on one parcel make it disputed."),
}

FINDINGS = {
    "offer_unknown": _("Accepted, but nobody has told the offer yet."),
    "not_named": _("Accepted by a device that the offer did not name."),
    "offer_untrusted": _("Accepted, but the offer was signed by a device that counts no more."),
    "to_oneself": _("A device offered the parcel to itself."),
    "not_holder": _("Acted on by a device that does not hold the parcel."),
    "accepted_twice": _("The receiver accepted the same parcel again."),
    "seals_differ": _("The seals seen are not the seals last put on."),
    "seal_broken": _("The receiver found a broken seal."),
    "not_sealed": _("A box was given away without a seal."),
    "seals_not_assigned": _("Sealed with other numbers than those assigned to this box."),
    "link_broken": _("An event follows another event of its device than the one that was told."),
    "origin_unknown": _("Nobody has told where this parcel was packed."),
    "accept_missing": _("The receiver acts as the holder but has not told that it accepted."),
    "never_received": _("Given by a device that never had the parcel."),
    "given_again": _("Given again by a device that had given it away and told no return."),
    "sealing_untold": _("Other seals than those last put on, and the holder has not told all it did."),
    "holder_unknown": _("Hand-overs were told that nothing connects with the packing."),
    "untrusted": _("Signed by a device that counts no more. It is kept, and moves nothing."),
    "count_differs": _("The ballots counted in are not the ballots needed."),
    "no_second_person": _("Packed without a second person."),
    "opened_elsewhere": _("Opened at another place than its own station."),
    "sealed_unopened": _("Other seals were put on, but nobody told an opening."),
    "short": _("Offered, but the receiver did not find it."),
    "over": _("Found by the receiver, but not offered."),
    "damaged": _("The receiver found it damaged."),
    "wrong_place": _("The receiver says it came to the wrong place."),
    "silent_short": _("Offered, and the receiver said nothing about it."),
    "silent_over": _("Accepted, though it was not offered, and not told as a difference."),
    "unknown_parcel": _("No station needs a parcel with this code."),
    "bad_code": _("This is not a parcel code: its check digit does not hold."),
    "off_its_way": _("Accepted at a place that is not on the way to its station."),
    "back_filled": _("Written down long after it happened."),
    "clock_ahead": _("The phone's clock was ahead of the hub's."),
    "told_late": _("Reached the hub more than a day after it happened."),
    "late_pre_revocation": _("Came after its device was revoked, but was made before."),
    "late_after_end": _("Came after its device's certificate had ended; somebody vouches for it."),
    "disputed": _("Two receivers accepted it from the same holder."),
    "packed_twice": _("Packed by two devices."),
    "fork": _("One device signed two different events in the same place of its chain."),
}

MISMATCHES = {
    Mismatch.SHORT: _("missing"),
    Mismatch.OVER: _("not offered"),
    Mismatch.DAMAGED: _("damaged"),
    Mismatch.SEAL_BROKEN: _("seal broken"),
    Mismatch.WRONG_PLACE: _("wrong place"),
}

INCIDENTS = {
    "accident": _("accident"),
    "breakdown": _("breakdown"),
    "flood": _("flood"),
    "rough_water": _("rough water"),
    "road_blocked": _("road blocked"),
    "attack": _("attack"),
    "theft": _("theft"),
    "rumour": _("rumour"),
    "damage": _("damage"),
    "obstruction": _("obstruction"),
    "storage_hazard": _("hazard in storage"),
    "other": _("other incident"),
}

PHASES = {
    "start": _("at the start"),
    "on_the_way": _("on the way"),
    "end": _("at the end"),
    "not_aboard": _("not aboard"),
}

TABLES = {
    "missing": _("missing"),
    "extra": _("without an entry in the log"),
    "changed": _("changed"),
}

REFUSALS = {
    "unknown_station": _("No station %(station)s is known."),
    "unknown_parcel": _("No parcel %(parcel)s is known."),
    "not_a_code": _("%(told)s is neither a station (13 digits) nor a parcel (15 digits)."),
}


def refusal(refused: Refused) -> str:
    words = REFUSALS.get(refused.code)
    return str(words) % refused.facts if words else str(refused)
