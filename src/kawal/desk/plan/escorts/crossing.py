"""Which trips of a plan pass through other regencies, by the borders that were imported."""

from __future__ import annotations

from collections.abc import Sequence

from kawal.desk.places import reads as places
from kawal.desk.plan import reads
from kawal.rules.places.codes import parent_of
from kawal.rules.plan.facts import PlanFacts, Trip
from kawal.rules.plan.roster.borders import Borders, leaving, passages_of
from kawal.rules.plan.roster.duties import Passage

_NEAR_DEGREES = 2.0  # areas of other provinces are asked for borders when they lie as near as this


def passages(plan: PlanFacts, trips: Sequence[Trip]) -> dict[str, list[Passage]]:
    """Trip -> its stretches through other regencies; empty where nobody gave the regency's border."""
    own = places.border_text(plan.area)
    if own is None:
        return {}
    lines = reads.lines(plan.id)
    out = leaving(trips, plan.area, Borders({plan.area: own}), lines)
    if not out:
        return {}
    borders = Borders(places.borders(_near(plan.area, out)) | {plan.area: own})
    return passages_of(out, plan.area, borders, lines)


def _near(regency: str, trips: Sequence[Trip]) -> list[str]:
    """All regencies of the province, and those of others whose middle lies near a stop."""
    stops = [stop for trip in trips for stop in trip.stops]
    lats, lons = [stop.lat for stop in stops], [stop.lon for stop in stops]

    def near(lat: float | None, lon: float | None) -> bool:
        return (
            lat is not None
            and lon is not None
            and min(lats) - _NEAR_DEGREES <= lat <= max(lats) + _NEAR_DEGREES
            and min(lons) - _NEAR_DEGREES <= lon <= max(lons) + _NEAR_DEGREES
        )

    return [
        area.code
        for area in places.areas_under("", "regency")
        if parent_of(area.code) == parent_of(regency) or near(area.lat, area.lon)
    ]
