"""What may travel on a way of OpenStreetMap, in which direction and how fast, by its tags.

Keys and values as documented in the OpenStreetMap wiki (Key:highway, Key:access, Key:oneway, Key:maxspeed,
Key:surface, Key:duration, Tag:route=ferry). Speeds are of loaded vehicles on Indonesian roads and are
**assumed** (free-flow speeds of a car are higher): `kawal plan calibrate` tells by how much they are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PROFILES: Final = ("truck", "pickup", "motorbike", "foot")

# km/h of truck, pickup, motorbike, foot; 0: not there. Motorcycles are banned from motorways in Indonesia
# (PP 15/2005 on toll roads, article 38).
_KMH: Final[Mapping[str, tuple[float, float, float, float]]] = {
    "motorway": (60, 70, 0, 0),
    "trunk": (45, 50, 45, 4.5),
    "primary": (42, 48, 42, 4.5),
    "secondary": (38, 43, 38, 4.5),
    "tertiary": (33, 38, 35, 4.5),
    "unclassified": (25, 30, 28, 4.5),
    "residential": (20, 22, 22, 4.5),
    "living_street": (10, 12, 15, 4.5),
    "service": (15, 15, 15, 4.5),
    "road": (20, 22, 22, 4.5),
    "track": (12, 15, 15, 4.5),
    "busway": (0, 0, 0, 0),
    "path": (0, 0, 8, 4),
    "bridleway": (0, 0, 8, 4),
    "cycleway": (0, 0, 0, 4.5),
    "pedestrian": (0, 0, 0, 4.5),
    "footway": (0, 0, 0, 4.5),
    "steps": (0, 0, 0, 2.5),
}
TOP_KMH: Final = {profile: max(row[i] for row in _KMH.values()) for i, profile in enumerate(PROFILES)}
_SURFACE: Final[Mapping[str, float]] = {  # of the speed of wheels; paved or not told: 1
    "unpaved": 0.7, "compacted": 0.85, "fine_gravel": 0.85, "gravel": 0.7, "pebblestone": 0.6, "ground": 0.6,
    "dirt": 0.6, "earth": 0.6, "grass": 0.5, "sand": 0.4, "mud": 0.3, "cobblestone": 0.7, "sett": 0.8,
    "wood": 0.7, "rock": 0.5, "unhewn_cobblestone": 0.6,
}  # fmt: skip
_TRACK: Final[Mapping[str, float]] = {
    "grade1": 1,
    "grade2": 0.85,
    "grade3": 0.7,
    "grade4": 0.5,
    "grade5": 0.35,
}
_CLOSED: Final = frozenset(
    {"no", "private", "agricultural", "forestry", "use_sidepath", "military", "discouraged"}
)
_OPEN: Final = frozenset(
    {"yes", "permissive", "designated", "destination", "delivery", "official", "customers"}
)
# From the general to the particular: the last that is told counts (wiki: Key:access, land transport).
_ACCESS_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "truck": ("access", "vehicle", "motor_vehicle", "goods", "hgv"),
    "pickup": ("access", "vehicle", "motor_vehicle", "motorcar", "goods"),
    "motorbike": ("access", "vehicle", "motor_vehicle", "motorcycle"),
    "foot": ("access", "foot"),
}
KEYS: Final = frozenset(  # all that decides here: ways that agree in them are alike
    {
        "highway", "route", "man_made", "area", "junction", "oneway", "motorroad", "bridge", "ford",
        "seasonal", "surface", "tracktype", "smoothness", "impassable", "maxspeed", "maxspeed:hgv",
        "maxweight",
        "maxwidth", "width", "maxheight", "duration",
        *(key for row in _ACCESS_KEYS.values() for key in row),
        *(f"oneway:{key}" for row in _ACCESS_KEYS.values() for key in row),
    }
)  # fmt: skip
GROSS_T: Final = {"truck": 8.0, "pickup": 2.5, "motorbike": 0.6, "foot": 0.1}  # loaded, assumed
WIDE_M: Final = {"truck": 2.3, "pickup": 1.7, "motorbike": 1.0, "foot": 0.5}  # assumed
HIGH_M: Final = {"truck": 2.8, "pickup": 2.0, "motorbike": 1.7, "foot": 1.7}  # assumed
FORD_KMH: Final = 5.0  # through water at a ford (assumed)
# What the map says to be there in the dry months only is closed to wheels: both votes of 2024, in February
# and in November, fell into the rains.
_DRY: Final = frozenset({"dry_season", "dry", "summer"})
FERRY_KMH: Final = 10.0  # where no duration is told (assumed)
_BARRIER_STOPS: Final[Mapping[str, tuple[str, ...]]] = {  # others let pass, but by their access
    **dict.fromkeys(
        ("bollard", "block", "jersey_barrier", "debris", "chain", "planter", "rock", "boulder"),
        ("truck", "pickup"),
    ),
    **dict.fromkeys(
        ("cycle_barrier", "motorcycle_barrier", "stile", "turnstile", "kissing_gate", "log", "wicket_gate"),
        ("truck", "pickup", "motorbike"),
    ),
    **dict.fromkeys(("fence", "wall", "guard_rail", "ditch"), ("truck", "pickup", "motorbike", "foot")),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """km/h by profile, in the order of `PROFILES`; 0 where it may not pass. A ferry may tell seconds."""

    forward: tuple[float, ...]
    backward: tuple[float, ...]
    ferry_s: int | None = None  # the whole way, by those whose speed is above 0


def passage(tags: Mapping[str, str]) -> Passage | None:
    """None where nothing of ours can travel."""
    if tags.get("route") == "ferry":
        return _ferry(tags)
    row = _KMH.get(tags.get("highway", "").removesuffix("_link"))
    if row is None and tags.get("man_made") == "pier":
        row = _KMH["footway"]
    if row is None or tags.get("area") == "yes":
        return None
    speeds = [
        _speed(profile, kmh, tags) if kmh and _may(profile, tags) else 0.0
        for profile, kmh in zip(PROFILES, row, strict=True)
    ]
    if not any(speeds):
        return None
    ways = [_directions(profile, tags) for profile in PROFILES]
    return Passage(
        tuple(kmh if ahead else 0.0 for kmh, (ahead, _) in zip(speeds, ways, strict=True)),
        tuple(kmh if back else 0.0 for kmh, (_, back) in zip(speeds, ways, strict=True)),
    )


def only_when_dry(tags: Mapping[str, str]) -> bool:
    return tags.get("seasonal") in _DRY


def stopped_by(tags: Mapping[str, str]) -> frozenset[str]:
    """Profiles that cannot pass a node: a bollard, a locked gate."""
    barrier = tags.get("barrier")
    if barrier is None:
        return frozenset()
    stopped = set() if tags.get("bollard") == "rising" else set(_BARRIER_STOPS.get(barrier, ()))
    for profile in PROFILES:
        told = _told(profile, tags)
        if not _fits(profile, tags) or told in _CLOSED or (tags.get("locked") == "yes" and told not in _OPEN):
            stopped.add(profile)
        elif told in _OPEN:
            stopped.discard(profile)
    return frozenset(stopped)


def _ferry(tags: Mapping[str, str]) -> Passage | None:
    """People and motorbikes go aboard where nothing else is told; cars and lorries where the map says so.

    Most crossings of Indonesian rivers are wooden boats.
    """
    speeds = []
    for profile in PROFILES:
        told = _told(profile, tags)
        allowed = told in _OPEN if profile in ("truck", "pickup") else told not in _CLOSED
        speeds.append(FERRY_KMH if allowed else 0.0)
    if not any(speeds):
        return None
    ahead, back = _directions("truck", tags)  # people sail no other way
    zero = (0.0,) * len(PROFILES)
    return Passage(
        tuple(speeds) if ahead else zero,
        tuple(speeds) if back else zero,
        duration_s(tags.get("duration", "")),
    )


def _told(profile: str, tags: Mapping[str, str]) -> str | None:
    """The most particular word on access for this profile."""
    return next((tags[key] for key in reversed(_ACCESS_KEYS[profile]) if key in tags), None)


def _may(profile: str, tags: Mapping[str, str]) -> bool:
    if (
        _told(profile, tags) in _CLOSED
        or tags.get("impassable") == "yes"
        or tags.get("smoothness") == "impassable"
    ):
        return False
    if profile == "foot":
        return tags.get("motorroad") != "yes"
    if only_when_dry(tags) or tags.get("ford") == "stepping_stones":
        return False
    if tags.get("bridge") == "boardwalk" and profile in ("truck", "pickup"):
        return False
    return _fits(profile, tags)


def _fits(profile: str, tags: Mapping[str, str]) -> bool:
    for value, own in (
        (tags.get("maxweight"), GROSS_T),
        (tags.get("maxwidth", tags.get("width")), WIDE_M),
        (tags.get("maxheight"), HIGH_M),
    ):
        limit = _metric(value)
        if limit is not None and limit < own[profile]:
            return False
    return True


def _speed(profile: str, kmh: float, tags: Mapping[str, str]) -> float:
    if profile == "foot":
        return kmh
    rough = min(_SURFACE.get(tags.get("surface", ""), 1.0), _TRACK.get(tags.get("tracktype", ""), 1.0))
    limit = _limit_kmh(tags.get("maxspeed:hgv", "") if profile == "truck" else "") or _limit_kmh(
        tags.get("maxspeed", "")
    )
    found = kmh * rough
    if tags.get("ford", "no") != "no":
        found = min(found, FORD_KMH)
    return min(found, limit) if limit else found


def _directions(profile: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether it may go along the way as it is drawn, and against it."""
    keys = [f"oneway:{vehicle}" for vehicle in reversed(_ACCESS_KEYS[profile]) if vehicle != "access"]
    told = next((tags[key] for key in keys if key in tags), None)
    if profile == "foot" and told is None:
        return True, True  # the signs of a street are not for people on foot
    oneway = told or tags.get("oneway")
    if oneway in ("yes", "true", "1"):
        return True, False
    if oneway in ("-1", "reverse"):
        return False, True
    if oneway == "reversible":  # by the hour, and the map does not say by which
        return False, False
    if oneway is None and (
        tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    ):
        return True, False
    return True, True


def _limit_kmh(text: str) -> float | None:
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)(?: ?(km/h|kmh|mph|knots))?", text.strip())
    if found is None:
        return 5.0 if text == "walk" else None
    kmh = float(found[1]) * {"mph": 1.609344, "knots": 1.852}.get(found[2] or "", 1.0)
    return kmh or None


def _metric(text: str | None) -> float | None:
    """Tonnes or metres of a plain number; None where it says something else."""
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?) ?(?:t|m)?", (text or "").strip())
    return float(found[1].replace(",", ".")) if found else None


def duration_s(text: str) -> int | None:
    """Seconds of `HH:MM`, `HH:MM:SS`, minutes, or ISO 8601 (PT1H30M); None where it says something else."""
    if clock := re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", text.strip()):
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0) or None
    if re.fullmatch(r"\d{1,4}", text.strip()):
        return int(text) * 60 or None
    if iso := re.fullmatch(
        r"P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?", text.strip()
    ):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return days * 86_400 + hours * 3600 + minutes * 60 + seconds or None
    return None
