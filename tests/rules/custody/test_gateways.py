"""At a jetty the lorry's crew gives to the boat's, or to who keeps it there: a hand-over of its own stage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody.stages import Stage
from kawal.rules.custody.standing import standing
from tests.rules.custody.stories import (
    BOX,
    EXPECTED,
    GDG,
    PPK,
    PPS,
    STATION,
    Cast,
    Phone,
    Story,
    facts,
    kinds,
    stands,
)

JETTY, STRIP = "DMG-16.07.03-1", "BDR-16.07.09-1"


class Crossing(Cast):
    """The flow by a jetty: `boat` goes on from it, `keeper` keeps it there in between."""

    def __init__(self) -> None:
        super().__init__(Story())
        self.boat, self.keeper = self.story.phone("boat"), self.story.phone("keeper")
        self.pack()
        self.gives(self.packer, self.driver, GDG)

    def gives(self, giver: Phone, receiver: Phone, site: str) -> None:
        self.story.handed(giver, receiver, site, self.lines())


@pytest.mark.parametrize("gateway", [JETTY, STRIP])
def test_crew_gives_to_crew_and_the_boat_carries_on(gateway: str) -> None:
    way = Crossing()
    way.gives(way.driver, way.boat, gateway)
    now = stands(way)
    assert (now.stage, now.holder, now.site) == (Stage.AT_GATEWAY, way.boat.kid, gateway)
    way.gives(way.boat, way.ppk, PPK)
    now = stands(way)
    assert (now.stage, now.holder, now.site, now.findings) == (Stage.AT_PPK, way.ppk.kid, PPK, ())


def test_who_keeps_it_at_the_jetty_gives_it_on_to_the_boat() -> None:
    way = Crossing()
    way.gives(way.driver, way.keeper, JETTY)
    assert stands(way).stage is Stage.AT_GATEWAY
    way.gives(way.keeper, way.boat, JETTY)
    now = stands(way)
    assert (now.stage, now.holder, now.site) == (Stage.ON_THE_WAY_FROM_GATEWAY, way.boat.kid, "")


def test_an_offer_that_the_boat_did_not_take_leaves_it_with_the_driver() -> None:
    way = Crossing()
    way.story.offered(way.driver, way.boat, JETTY, way.lines())
    now = stands(way)
    assert (now.stage, now.holder, now.offered) == (Stage.ON_THE_WAY_PPK, way.driver.kid, True)


def test_a_jetty_of_another_regency_is_off_its_way() -> None:
    way = Crossing()
    way.gives(way.driver, way.boat, "DMG-16.08.03-1")
    assert stands(way).stage is Stage.ON_THE_WAY_PPK and kinds(way) == ["C10 off_its_way"]


def test_below_the_ppk_a_jetty_is_a_landing() -> None:
    way = Crossing()
    way.gives(way.driver, way.ppk, PPK)
    way.gives(way.ppk, way.rider, PPK)
    way.gives(way.rider, way.boat, JETTY)
    now = stands(way)
    assert (now.stage, now.holder, now.site) == (Stage.AT_LANDING, way.boat.kid, JETTY)
    way.gives(way.boat, way.keeper, PPK)
    assert stands(way).stage is Stage.AT_PPK, "it may come back"
    way.gives(way.keeper, way.boat, PPK)
    way.gives(way.boat, way.keeper, JETTY)
    way.gives(way.keeper, way.boat, JETTY)
    now = stands(way)
    assert (now.stage, now.holder, now.site) == (Stage.ON_THE_WAY_FROM_LANDING, way.boat.kid, "")
    way.gives(way.boat, way.pps, PPS)
    assert stands(way).stage is Stage.AT_PPS and kinds(way) == []


def test_on_the_way_home_it_comes_by_the_jetty_too() -> None:
    way = Crossing()
    kpps, seen = way.kpps[STATION], []
    for giver, receiver, site in (
        (way.driver, way.boat, JETTY), (way.boat, way.ppk, PPK), (way.ppk, way.rider, PPK),
        (way.rider, way.pps, PPS), (way.pps, kpps, STATION), (kpps, way.pps, PPS), (way.pps, way.boat, PPS),
        (way.boat, way.keeper, JETTY), (way.keeper, way.rider, JETTY), (way.rider, way.ppk, PPK),
        (way.ppk, way.boat, PPK), (way.boat, way.keeper, JETTY), (way.keeper, way.driver, JETTY),
        (way.driver, way.packer, GDG),
    ):  # fmt: skip
        way.gives(giver, receiver, site)
        seen.append(stands(way).stage)
    assert seen[:2] == [Stage.AT_GATEWAY, Stage.AT_PPK] and seen[4] is Stage.AT_STATION
    assert seen[-8:] == [
        Stage.BACK_ON_THE_WAY, Stage.BACK_AT_LANDING, Stage.BACK_FROM_LANDING, Stage.BACK_AT_PPK,
        Stage.BACK_FROM_PPK, Stage.BACK_AT_GATEWAY, Stage.BACK_FROM_GATEWAY, Stage.BACK_HOME,
    ]  # fmt: skip
    assert seen[5:] == sorted(seen[5:])


@given(st.randoms(use_true_random=False))
def test_in_whatever_order_it_is_told_the_boat_has_it(chance) -> None:  # type: ignore[no-untyped-def]
    way = Crossing()
    way.gives(way.driver, way.keeper, JETTY)
    way.gives(way.keeper, way.boat, JETTY)
    told = list(facts(way.story.events, BOX))
    chance.shuffle(told)
    now = standing(told, EXPECTED)
    assert (now.stage, now.holder) == (Stage.ON_THE_WAY_FROM_GATEWAY, way.boat.kid)
