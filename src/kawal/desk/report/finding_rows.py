"""Findings in words: which rule, what was seen, by whom, and the entry that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from kawal.desk.custody.reads import FindingFacts
from kawal.desk.custody.words import FINDINGS, RULES
from kawal.desk.needs.words import KINDS
from kawal.desk.people.access import Officer, can_see
from kawal.desk.people.devices import device_keys
from kawal.desk.plan.showing import Names
from kawal.desk.plan.words import span
from kawal.desk.report import addresses, naming
from kawal.rules.needs.parcels import is_parcel, kind_of
from kawal.rules.places.codes import is_area

_PEOPLE: Final = ("giver", "receiver", "device", "named")  # facts that name a device by its kid


def shown(findings: Iterable[FindingFacts], officer: Officer) -> list[dict[str, Any]]:
    """Rows for the tables of findings."""
    findings = list(findings)
    posts = _posts(findings)
    sites = {one.station_code for one in findings} | {str(one.facts.get("site", "")) for one in findings}
    names = naming.names({*sites, *(_as_site(one.area_code) for one in findings)}, posts.values())
    return [_row(one, posts, names, officer) for one in findings]


def _row(one: FindingFacts, posts: Mapping[str, str], names: Names, officer: Officer) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "rule_words": RULES[one.rule],
        "what": FINDINGS[one.kind],
        "detail": detail(one.facts, posts, names),
        "parcel": f"{one.parcel_code:015d}" if one.parcel_code is not None else "",
        "parcel_kind": parcel_kind(one.parcel_code),
        "where": names.site(one.station_code or _as_site(one.area_code)),
        "where_href": _where_href(one, officer),
        "area_code": one.area_code,
        "found_at": one.found_at,
        "cleared_at": one.cleared_at,
        "entry": one.entry_index,
        "href": reverse("report:entry", args=[one.entry_index]),
    }


def parcel_kind(parcel: int | None) -> str:
    """`Box: president`; empty for a code that is none."""
    if parcel is None or not is_parcel(parcel) or f"{parcel:015d}"[13] not in "123459":
        return ""
    return str(KINDS[kind_of(parcel)])


def detail(facts: Mapping[str, Any], posts: Mapping[str, str], names: Names) -> str:
    """The facts of a finding in half a sentence; empty where the finding says it all."""
    told = {key: names.post(posts.get(str(facts[key]), str(facts[key]))) for key in _PEOPLE if key in facts}
    said = []
    if "giver" in told and "receiver" in told:
        said.append(_("from %(giver)s to %(receiver)s") % told)
    elif "device" in told:
        said.append(told["device"])
    if "named" in told:
        said.append(_("the offer named %(named)s") % told)
    if "seen" in facts and "on" in facts:
        seen, on = set(facts["seen"]), set(facts["on"])
        said.append(
            _("seen %(seen)s, put on %(on)s") % {"seen": _numbers(seen - on), "on": _numbers(on - seen)}
        )
    if "site" in facts:
        said.append(names.site(str(facts["site"])))
    if "late_s" in facts:
        said.append(_("%(time)s later") % {"time": span(int(facts["late_s"]))})
    return "; ".join(said)


def _numbers(seals: set[int]) -> str:
    """Seal numbers as they stand on the seals; only those that differ are told."""
    return ", ".join(str(seal) for seal in sorted(seals)) or "–"


def _posts(findings: Iterable[FindingFacts]) -> dict[str, str]:
    kids = {str(one.facts[key]) for one in findings for key in _PEOPLE if key in one.facts}
    return {
        kid.hex(): device.post for kid, device in device_keys({bytes.fromhex(kid) for kid in kids}).items()
    }


def _as_site(area: str) -> str:
    """An area where a site's code is asked for: its committee's place carries its name."""
    return f"PPK-{area}" if area.count(".") == 2 else f"PPS-{area}" if area.count(".") == 3 else f"GDG-{area}"


def _where_href(one: FindingFacts, officer: Officer) -> str:
    if one.station_code:
        return naming.site_href(one.station_code, officer)
    return addresses.area(one.area_code) if is_area(one.area_code) and can_see(officer, one.area_code) else ""
