"""Who guards freight to the warehouses, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from kawal.desk.people.models import Agency
from kawal.desk.people.names import post_name
from kawal.desk.places import reads as places
from kawal.desk.plan.wide import upper_words
from kawal.desk.plan.wide.upper_words import number
from kawal.rules.places.codes import NATION, covers, zone_of
from kawal.rules.plan.roster.helps import area_of
from kawal.rules.plan.roster.strengths import MABES, POLDA


def told(escorts: Mapping[str, Any], area: str = NATION) -> dict[str, Any]:
    """As the page shows it; of a province what its Polda has to do."""
    duties = [one for one in escorts["duties"] if covers(area, area_of(one["post"]))]
    rows = [one for one in escorts["posts"] if covers(area, area_of(one["post"]))]
    names = _names([one["post"] for one in rows])
    return {
        "headline": headline(duties),
        "more": [*_more(duties), *assumed(escorts)],
        "posts": [{**row, "name": names.get(row["post"], row["post"])} for row in rows],
        "short": [short(one, names) for one in duties if one["short_count"]],
    }


def _names(posts: Sequence[str]) -> dict[str, str]:
    areas = places.areas(area_of(post) for post in posts)
    return {post: post_name(Agency.POLRI, areas[area_of(post)]) for post in posts if area_of(post) in areas}


def headline(duties: Sequence[Mapping[str, Any]]) -> str:
    needed = sum(one["needed_count"] for one in duties)
    missing = sum(one["short_count"] for one in duties)
    numbers = {"needed": number(needed), "count": number(missing)}
    if not needed:
        return gettext("No freight that officers of these posts guard.")
    if not missing:
        text = gettext("Guarding the freight takes %(needed)s officers, convoy by convoy; all are there.")
        return text % numbers
    text = ngettext(
        "Guarding the freight takes %(needed)s officers, convoy by convoy; %(count)s is missing.",
        "Guarding the freight takes %(needed)s officers, convoy by convoy; %(count)s are missing.",
        missing,
    )
    return text % numbers


def _more(duties: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    if helped := sum(one["mabes_count"] for one in duties):
        lines.append(
            gettext("%(count)s of them come from Mabes, where a Polda is short.") % {"count": number(helped)}
        )
    if met := sum(1 for one in duties if one["substitute"]):
        lines.append(
            gettext("%(count)s loads by air have no seat: officers meet them where they land.")
            % {"count": number(met)}
        )
    return lines


def assumed(escorts: Mapping[str, Any]) -> list[str]:
    if not escorts["assumed_posts"]:
        return []
    text = gettext(
        "Assumed: the strength of %(count)s posts (Polda %(polda)s officers, Mabes %(mabes)s), four trucks "
        "to a team. Tell strengths by --strength FILE."
    )
    return [text % {"count": number(len(escorts["assumed_posts"])), "polda": POLDA, "mabes": MABES}]


def lines(escorts: Mapping[str, Any]) -> list[str]:
    found = told(escorts)
    proof = gettext("No answer to who goes can be cheaper by more than %(gap)s %%.") % {
        "gap": number_format(100 * escorts["gap"], 2)
    }
    return [found["headline"], *(f"  {line}" for line in found["short"]), *found["more"], proof]


def short(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    at = datetime.fromisoformat(row["begins_at"]).astimezone(zone_of(area_of(row["post"])))
    text = gettext("%(at)s %(start)s - %(end)s %(how)s: %(count)s of %(needed)s officers missing (%(post)s)")
    return text % {
        "at": f"{at:%Y-%m-%d %H:%M}",
        "start": row["start"],
        "end": row["end"],
        "how": upper_words.CARRIAGES[row["mode"]],
        "count": number(row["short_count"]),
        "needed": number(row["needed_count"]),
        "post": names.get(row["post"], row["post"]),
    }
