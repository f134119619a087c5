"""How sure a plan is, in words and as plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext

from kawal.desk.plan.leg_words import LEGS
from kawal.desk.plan.showing import Names, vehicle_of
from kawal.desk.plan.sure.living import TARGET, Lived
from kawal.desk.plan.timetable import Run
from kawal.desk.plan.words import MODES, number
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.facts import Leg, Mode
from kawal.rules.plan.sure.queues import Queued
from kawal.rules.plan.sure.reserves import Bottleneck, bottlenecks

HALF = 0.5  # less often on time than late
_NARROW = 4  # links, vehicles, days
_SHOWN = 10  # of the least sure stations, and of the trips to blame


def lines(found: Lived) -> Iterator[str]:
    outcome, below = found.outcome, found.below_target(found.plan.area)
    told = gettext(
        "%(area)s: %(count)s of %(total)s stations receive by the deadline with at least %(target)s; "
        "all that are carried together with %(regency)s (± %(error)s)."
    )
    yield told % {
        "area": found.plan.area,
        "count": number(len(outcome.stations) - len(below)),
        "total": number(len(outcome.stations) + len(found.not_carried)),
        "target": target(found),
        "regency": percent(outcome.regency),
        "error": percent(2 * outcome.error(outcome.regency)),
    }
    if found.not_carried:
        yield gettext("%(count)s stations are not carried by this plan.") % {
            "count": number(len(found.not_carried))
        }
    told = gettext("%(station)s: %(share)s by the deadline, %(opening)s before it opens")
    for code, share in below[:_SHOWN]:
        yield "  " + told % {
            "station": code, "share": percent(share), "opening": percent(outcome.by_opening[code])
        }  # fmt: skip
    if len(below) > _SHOWN:
        yield "  " + gettext("and %(count)s more") % {"count": number(len(below) - _SHOWN)}
    if outcome.home:
        yield home(found, found.plan.area)
    if outcome.blame:
        yield gettext("Most often to blame (stations late because of it, on the mean):")
        for code, mean in found.blamed()[:_SHOWN]:
            yield f"  {code}: {number_format(mean, 4)}"
    yield from crowds(found)
    told = gettext("%(scenarios)s scenarios, seed %(seed)s, law of delays %(law)s (assumed where it says so)")
    yield told % {"scenarios": number(outcome.scenarios), "seed": outcome.seed, "law": found.law}


def crowds(found: Lived) -> Iterator[str]:
    """Where the promise leaves queues out that the plan itself makes."""
    if not found.crowded:
        return
    told = gettext(
        "The plan has more boats or aircraft handled at once than these places have berths. This promise "
        "lets none of them wait; what queues take from it: kawal plan simulate --area %(area)s --events 100"
    )
    yield told % {"area": found.plan.area}
    told = gettext("%(site)s: up to %(count)s at once")
    for site, count in sorted(found.crowded.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]:
        yield "  " + told % {"site": site, "count": number(count)}


def target(found: Lived) -> str:
    """What is asked of a station's promise, as part of a sentence."""
    asked = sorted(set(found.targets.classes.values())) or [found.targets.station]
    if len(asked) == 1:
        return percent(asked[0])
    told = gettext("what their class asks (%(least)s to %(most)s)")
    return told % {"least": percent(asked[0]), "most": percent(asked[-1])}


def home(found: Lived, area: str) -> str:
    """The way home of an area in one sentence."""
    shares = found.home(area)
    told = gettext("Boxes home at the PPK when their leg must end: %(count)s of %(total)s with %(target)s.")
    return told % {
        "count": number(sum(share >= TARGET for share in shares.values())),
        "total": number(len(shares)),
        "target": percent(TARGET),
    }


def queue_lines(found: Queued) -> Iterator[str]:
    """What queues do to the promise: the same scenarios, event by event, without and with them."""
    without, with_ = found.regency
    told = gettext(
        "%(scenarios)s scenarios event by event: all stations together on time in %(without)s without "
        "queues, in %(with)s with queues at docks and for escorts."
    )
    yield told % {
        "scenarios": number(found.scenarios), "without": percent(without), "with": percent(with_)
    }  # fmt: skip
    changed = found.changed()
    yield gettext("Stations that queues make later beyond the error: %(count)s") % {
        "count": number(len(changed))
    }
    for code in changed[:_SHOWN]:
        before, after = found.stations[code]
        yield f"  {code}: {percent(before)} -> {percent(after)}"
    worst = sorted(found.docks.items(), key=lambda pair: (-pair[1], pair[0]))
    told = gettext("%(site)s: waits %(minutes)s minutes for a berth on the mean")
    for site, wait_s in worst[:_SHOWN]:
        yield "  " + told % {"site": site, "minutes": number_format(wait_s / 60, 1)}
    yield gettext("A guarded trip waits %(minutes)s minutes for officers who are late home, on the mean.") % {
        "minutes": number_format(found.escorts_s / 60, 1)
    }


def plain_queues(found: Queued) -> dict[str, Any]:
    return {
        "scenarios": found.scenarios,
        "regency": {"without_queues": found.regency[0], "with_queues": found.regency[1]},
        "changed": {
            code: {"without_queues": found.stations[code][0], "with_queues": found.stations[code][1]}
            for code in found.changed()
        },
        "docks_wait_s": dict(found.docks),
        "escorts_wait_s": found.escorts_s,
    }


def plain(found: Lived) -> dict[str, Any]:
    """For programs: probabilities from 0 to 1, with the standard error of each area's."""
    outcome = found.outcome
    return {
        "area": found.plan.area,
        "version": found.plan.version,
        "law": found.law,
        "scenarios": outcome.scenarios,
        "seed": outcome.seed,
        "target": found.targets.station,
        "class_targets": {risk.name.lower(): share for risk, share in found.targets.classes.items()},
        "regency": {"on_time": outcome.regency, "error": outcome.error(outcome.regency)},
        "districts": _areas(found, dict(outcome.districts)),
        "villages": _areas(found, dict(outcome.villages)),
        "stations": {
            code: {
                "on_time": share,
                "before_opening": outcome.by_opening[code],
                "home": outcome.home.get(code),
            }
            for code, share in sorted(outcome.stations.items())
        },
        "not_carried": list(found.not_carried),
        "blame": dict(found.blamed()),
        "crowded": dict(found.crowded),
    }


def percent(share: float) -> str:
    return f"{number_format(100 * share, 2)} %"


def _areas(found: Lived, shares: dict[str, float]) -> dict[str, Any]:
    return {
        code: {"on_time": share, "error": found.outcome.error(share)}
        for code, share in sorted(shares.items())
    }


def shown(found: Lived, area: str, names: Names, runs: Collection[Run]) -> dict[str, Any]:
    """For the page of the plan of an area, whose trips these are."""
    trips = {run.code for run in runs}
    modes = {run.vehicle: run.mode for run in runs}
    blamed = [(code, mean) for code, mean in found.blamed() if code in trips]
    narrow = bottlenecks(runs, found.outcome.blame, zone_of(found.plan.area))
    below = found.below_target(area)
    together = found.together(area)
    return {
        "stations_count": len(found.stations(area)),
        "sure_count": len(found.stations(area)) - len(below),
        "home": home(found, area) if found.home(area) else "",
        "target": target(found),
        "together": percent(together),
        "error": percent(2 * found.outcome.error(together)),
        "scenarios": found.outcome.scenarios,
        "law": found.law,
        "made_at": found.made_at,
        "below_count": len(below),
        "least": [
            {
                "code": code,
                "name": names.site(code),
                "deadline": percent(share),
                "opening": percent(found.outcome.by_opening[code]),
                "state": "late" if share < HALF else "risk",
            }
            for code, share in below[:_SHOWN]
        ],
        "blame": [{"code": code, "stations": number_format(mean, 3)} for code, mean in blamed[:_SHOWN]],
        "narrow": [
            {
                "what": what,
                "told": told(row, names),
                "trips": row.trips_count,
                "stations": number_format(row.stations, 3),
            }
            for kind, what, told in (
                ("link", gettext("Link"), _link),
                ("vehicle", gettext("Vehicle"), partial(_vehicle, modes)),
                ("day", gettext("Day of departure"), _day),
            )
            for row in narrow[kind][:_NARROW]
        ],
    }


def _link(row: Bottleneck, names: Names) -> str:
    leg, area, mode = row.name
    told = gettext("%(leg)s, %(area)s, %(mode)s")
    return told % {"leg": LEGS[Leg(leg)], "area": names.areas.get(area, area), "mode": MODES[Mode(mode)]}


def _vehicle(modes: Mapping[str, Mode], row: Bottleneck, names: Names) -> str:
    (name,) = row.name
    return vehicle_of(name, modes[name], names.areas)


def _day(row: Bottleneck, names: Names) -> str:
    return date_format(date.fromisoformat(row.name[0]), "j F")
