"""A hand-over at a jetty counts as one, and who waits there stands at a planned stop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kawal.rules.custody.stages import Stage
from kawal.rules.plan.facts import BY_GATEWAY, BY_LANDING, LEVEL_OF_LEG, Leg, Stop
from kawal.rules.watch.course import Point
from kawal.rules.watch.stay import at_stop
from kawal.rules.watch.undelivered import STAGE_DELIVERED, undelivered
from tests.rules.watch.world import HOUR, MORNING, boat, consignment, stations, told, underway

JETTY, WAREHOUSE = "DMG-16.07.03-1", "GDG-16.07"
_BEGINS = Stop(site=WAREHOUSE, lat=-2.5, lon=105.0, arrive_at=MORNING, depart_at=MORNING)
_QUAY = Stop(site=JETTY, lat=-2.5, lon=105.2, arrive_at=MORNING + HOUR, depart_at=MORNING + 2 * HOUR)
LORRY = boat(
    leg=Leg.TO_GATEWAY,
    stops=(_BEGINS, _QUAY, _BEGINS),
    consignments=(consignment("x", 1, JETTY, MORNING + HOUR, MORNING + 3 * HOUR, from_site=WAREHOUSE),),
)


def _left(stage: Stage) -> int:
    return len(undelivered(LORRY, underway(), dict.fromkeys(stations(), stage)))


def test_what_the_boat_has_taken_over_is_delivered_by_the_lorry_and_what_it_has_not_is_not() -> None:
    assert _left(Stage.ON_THE_WAY_PPK) == 1
    assert not any(map(_left, (Stage.AT_GATEWAY, Stage.ON_THE_WAY_FROM_GATEWAY, Stage.AT_PPK)))
    one_waits = dict.fromkeys(stations(), Stage.AT_GATEWAY) | {stations()[0]: Stage.SEALED}
    assert len(undelivered(LORRY, underway(), one_waits)) == 1
    accepted = underway(told(JETTY, "accepted", MORNING + HOUR))
    assert undelivered(LORRY, accepted, {}) == []


@pytest.mark.parametrize("leg", sorted(BY_GATEWAY | BY_LANDING))
def test_a_leg_by_gateway_ends_at_its_stage_before_the_next_leg_of_its_level(leg: Leg) -> None:
    after = list(Leg)[list(Leg).index(leg) + 1]
    assert LEVEL_OF_LEG[leg] == LEVEL_OF_LEG[after] and STAGE_DELIVERED[leg] < STAGE_DELIVERED[after]


def test_whoever_waits_at_the_jetty_stands_at_a_planned_stop() -> None:
    waits = Point(lat=-2.5, lon=105.2, accuracy_m=20, at=MORNING + 5 * HOUR, is_fresh=True, beside_m=-1)
    assert at_stop(LORRY, underway(), waits)
    assert not at_stop(LORRY, underway(), replace(waits, lon=105.1))
