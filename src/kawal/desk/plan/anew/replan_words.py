"""Words of what went wrong and of planning anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, gettext_lazy

from kawal.desk.risk import words as risk_words
from kawal.rules.plan.anew.disruption import Notice

REASONS: Final = {
    "shut": gettext_lazy("it is shut until the days of this leg are over"),
    "no_time_left": gettext_lazy("the days of this leg are over"),
    "aboard_broken_vehicle": gettext_lazy("its parcels are aboard a vehicle that broke down"),
}
ASSUMPTIONS: Final = {
    "taken_as_planned": gettext_lazy(
        "%(count)s trips that should have left and of which nothing was told are taken to run as planned"
    ),
    "strengths_assumed": gettext_lazy(
        "the strength of %(count)s posts with absent officers is the stated default: kawal plan escorts"
    ),
    "absent_beyond_strength": gettext_lazy(
        "more officers of %(count)s posts are told to be absent than they have: none is left there"
    ),
}
VIOLATIONS: Final = {
    "history_changed": gettext_lazy("has left already and is not as it was"),
    "code_reused": gettext_lazy("carries something else than the trip that had this code before"),
    "begins_in_the_past": gettext_lazy("would begin before now"),
    "not_there_yet": gettext_lazy("sends station %(station)s on before it is really there"),
    "through_what_is_shut": gettext_lazy("stops at %(site)s while that is shut"),
    "on_what_is_away": gettext_lazy("runs on %(vehicle)s while that is away"),
    "too_few_officers": gettext_lazy("is guarded by %(post)s, which has too few officers for it"),
    "class_not_raised": gettext_lazy("carries station %(station)s without the guard of its raised class"),
}
REFUSALS: Final = {
    "trips_have_left": gettext_lazy(
        "%(count)s trips of the plan of record of %(area)s have left already. Plan anew what is left: kawal "
        "plan replan --area %(area)s."
    ),
    "record_moved": gettext_lazy(
        "The plan of record of %(area)s is another by now. Look at it, and try again from there."
    ),
    "plan_ends_early": gettext_lazy(
        "The plan of %(area)s does not go down to the polling stations. Make one that does: kawal plan make."
    ),
    "unknown_version": gettext_lazy("There is no version %(version)s of this plan."),
    "unknown_what_if": gettext_lazy("Plan %(plan)s is no what-if."),
    "what_if_decided": gettext_lazy("The what-if %(plan)s was adopted or dropped already."),
    "what_if_outdated": gettext_lazy(
        "What happened since does not fit the what-if %(plan)s (%(where)s: %(rule)s). Make it again."
    ),
    "wrong_packing": gettext_lazy("Give a rate of 1 or more, and hours that begin before they end."),
    "unknown_notice": gettext_lazy("There is no such notice for your post."),
}
_MENDS: Final = {
    **risk_words.WRONG_RULES,
    "must_be_after_from": gettext_lazy("end after the beginning"),
    "is_no_area": gettext_lazy("write an area code such as 16.07.03"),
    "is_no_station": gettext_lazy("write a station code of 13 digits"),
    "is_no_point": gettext_lazy("write degrees: latitude -90 to 90, longitude -180 to 180"),
    "no_such_vehicle": gettext_lazy("this plan has no vehicle %(value)s; copy its name from the plan"),
    "not_so_many": gettext_lazy("the area has only %(value)s of them"),
    "not_in_fleet": gettext_lazy("the fleet of this plan does not know %(value)s"),
    "is_no_post": gettext_lazy("write a police post such as polri/16.07.03"),
    "no_such_post": gettext_lazy("no post %(value)s guards trips of this regency"),
    "no_such_site": gettext_lazy("this regency has no site %(value)s"),
    "no_such_station": gettext_lazy("this regency has no station %(value)s"),
    "no_such_village": gettext_lazy("this regency has no village of station %(value)s"),
    "beyond_the_regency": gettext_lazy(
        "this point lies more than 50 km outside the places of the regency; write its latitude (south is "
        "below zero) and its longitude"
    ),
    "not_in_this_regency": gettext_lazy("%(value)s is not in this regency"),
}


def wrong_disruptions(facts: Mapping[str, object]) -> str:
    """Every wrong row with its number and its mend."""
    notices = facts["notices"]
    assert isinstance(notices, tuple)
    return " ".join([gettext("What happened cannot be read."), *map(_notice, notices)])


def _notice(notice: Notice) -> str:
    mend = str(_MENDS[notice.problem]) % dict(notice.facts)
    told = gettext("Row %(number)s, %(key)s: %(mend)s.")
    return told % {"number": notice.number, "key": notice.key, "mend": mend}
