"""Needs in words: names, units, workings and refusals, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from kawal.desk.needs.reads import RunFacts
from kawal.rules.needs.quantities import Need, Working
from kawal.rules.needs.rulebook import BallotType, Item, Per, Rounding, Stock
from kawal.rules.refusals import Refused

UNITS = {
    "sheet": gettext_lazy("sheets"),
    "piece": gettext_lazy("pieces"),
    "bottle": gettext_lazy("bottles"),
    "set": gettext_lazy("sets"),
}
PLACES = {
    "on_box": gettext_lazy("on every box"),
    "each_box": gettext_lazy("in every box"),
    "bundle": gettext_lazy("outside, in the bundle"),
    "ppwp": gettext_lazy("in the box of the president"),
    "dpr": gettext_lazy("in the box of the DPR"),
    "dpd": gettext_lazy("in the box of the DPD"),
    "dprd_prov": gettext_lazy("in the box of the provincial DPRD"),
    "dprd_kab": gettext_lazy("in the box of the regency or city DPRD"),
}
ROUNDINGS = {
    Rounding.UP: gettext_lazy("rounded up"),
    Rounding.NEAREST: gettext_lazy("rounded to the nearest"),
    Rounding.DOWN: gettext_lazy("rounded down"),
}
KINDS = {
    "ppwp": gettext_lazy("Box: president"),
    "dpr": gettext_lazy("Box: DPR"),
    "dpd": gettext_lazy("Box: DPD"),
    "dprd_prov": gettext_lazy("Box: provincial DPRD"),
    "dprd_kab": gettext_lazy("Box: regency or city DPRD"),
    "bundle": gettext_lazy("Bundle"),
}
REFUSALS = {
    "unknown_area": gettext_lazy("No area %(area)s has been imported."),
    "unknown_station": gettext_lazy("No station %(station)s has been imported."),
    "unknown_rules": gettext_lazy("There are no rules %(rules)s. Shipped are: %(known)s; or name a file."),
    "no_stations": gettext_lazy("The area %(area)s has no stations. Import them first."),
    "needs_not_computed": gettext_lazy("The needs of %(area)s have not been computed yet."),
    "wrong_rules": gettext_lazy("The rule file is wrong at %(key)s (%(problem)s)."),
    "seals_exhausted": gettext_lazy("%(area)s would need more than %(seals)s seal numbers."),
}
WRONG_RULES = {
    "must_be_table": gettext_lazy("make it a table"),
    "must_be_text": gettext_lazy("write a text in quotes that is not empty"),
    "must_be_true_or_false": gettext_lazy("write true or false"),
    "must_be_whole": gettext_lazy("write a whole number, %(least)s or more"),
    "must_be_at_most": gettext_lazy("write at most %(most)s"),
    "must_be_number": gettext_lazy("write a number"),
    "must_not_be_negative": gettext_lazy("write a number that is not negative"),
    "must_be_day": gettext_lazy("write a day such as 2024-02-14, without quotes"),
    "must_be_moment": gettext_lazy("write a day and an hour such as 2024-02-11 06:00:00, without quotes"),
    "must_be_numbers": gettext_lazy("write a list of %(count)s numbers"),
    "must_be_one_of": gettext_lazy("write one of: %(allowed)s"),
    "must_be_list_of_text": gettext_lazy("write a list of texts in quotes"),
    "must_be_list_of_tables": gettext_lazy("write at least one table in double brackets"),
    "must_be_unique": gettext_lazy("%(value)s stands there twice: give each its own code"),
    "must_be_in_order": gettext_lazy("put them in this order: %(allowed)s"),
    "must_name_an_item_on_the_box": gettext_lazy("name the code of an item whose place is on_box"),
    "ballot_is_missing": gettext_lazy("add the ballot of %(value)s: an item per voter in that place"),
    "is_missing": gettext_lazy("add this key"),
    "unknown_key": gettext_lazy("remove this key, or mend its spelling"),
    "not_toml": gettext_lazy("mend the file so that it can be read as TOML"),
    "not_utf8": gettext_lazy("save the file as UTF-8"),
}


def name(named: Item | BallotType | Stock) -> str:
    """A name from the rule file in the reader's language."""
    return named.name_id if (get_language() or "").startswith("id") else named.name_en


def unit(code: str) -> str:
    """A rule file of one's own may have units that we have no words for: they stand as written."""
    return str(UNITS.get(code, code))


def working(need: Need) -> str:
    """`300 voters + 2 % = 306 sheets (UU 7/2017 art. 344(2))`."""
    told = need.working
    facts = {
        "steps": _steps(told),
        "result": number_format(told.result, force_grouping=True),
        "unit": unit(need.unit),
        "source": told.source,
    }
    if told.assumed:
        return gettext("%(steps)s = %(result)s %(unit)s (assumed; %(source)s)") % facts
    return gettext("%(steps)s = %(result)s %(unit)s (%(source)s)") % facts


def run(found: RunFacts) -> str:
    """What one computation counted, and what changed."""
    counts = {
        "stations": found.stations_count,
        "voters": found.voters_count,
        "parcels": found.parcels_count,
        **found.changes,
    }
    facts = {key: number_format(count, force_grouping=True) for key, count in counts.items()}
    told = gettext(
        "%(area)s by %(rules)s: %(stations)s stations, %(voters)s voters, %(parcels)s parcels "
        "(%(made)s new, %(changed)s changed, %(unchanged)s unchanged, %(removed)s removed)"
    )
    return told % {**facts, "area": found.area_code or "id", "rules": found.rules_name}


def refusal(refused: Refused, mends: Mapping[str, Promise] = WRONG_RULES) -> str:
    """What may not be, and what to do instead; `mends` by the problem of a wrong rule file."""
    if refused.code == "wrong_rules":
        mend = str(mends[str(refused.facts["problem"])]) % refused.facts
        return gettext("The rule file is wrong at %(key)s: %(mend)s.") % {**refused.facts, "mend": mend}
    words = REFUSALS.get(refused.code)
    return str(words) % refused.facts if words else str(refused)


def _steps(told: Working) -> str:
    facts: dict[str, object] = {"amount": told.amount, "count": told.count}
    if told.per is Per.STATION:
        return gettext("%(amount)s per station") % facts
    if told.per is Per.BOX:
        return (
            ngettext("%(amount)s per box × %(count)s box", "%(amount)s per box × %(count)s boxes", told.count)
            % facts
        )
    facts["reserve"] = _decimal(told.reserve_percent)
    steps = (
        ngettext("%(count)s voter + %(reserve)s %%", "%(count)s voters + %(reserve)s %%", told.count) % facts
    )
    if told.rounding is None or told.exact == told.result:
        return steps
    facts = {"steps": steps, "exact": _decimal(told.exact), "rounding": str(ROUNDINGS[told.rounding])}
    return gettext("%(steps)s = %(exact)s, %(rounding)s") % facts


def _decimal(value: Fraction) -> str:
    places = 0 if value.denominator == 1 else 2
    return number_format(float(value), decimal_pos=places)
