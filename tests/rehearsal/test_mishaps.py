"""What goes wrong on purpose is found, at the parcel it was done to, and nowhere else."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kawal.rehearsal.actors import play
from kawal.rehearsal.keeper import Keeper
from kawal.rehearsal.mishaps import Kind, Mishap, choose
from kawal.rehearsal.orders import committee, devices_of
from kawal.rules.custody.event import Act
from kawal.rules.custody.stages import Stage
from kawal.rules.custody.standing import Standing
from tests.rehearsal import record, small

SEEDS = st.integers(0, 10**6)


def _struck(seed: int, *kinds: Kind) -> tuple[dict[int, Standing], list[Mishap]]:
    """Standings of an exercise in which only these kinds happen."""
    orders = small.orders(seed, villages_count=12, stations_count=40)
    mishaps = [mishap for mishap in choose(orders) if mishap.kind in kinds]
    return record.standings(orders, record.told(orders, play(orders, mishaps))), mishaps


def _found(standings: dict[int, Standing]) -> dict[int, set[str]]:
    found = defaultdict(set)
    for parcel, standing in standings.items():
        for finding in standing.findings:
            found[parcel].add(finding.rule)
    return found


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS)
def test_each_mishap_is_found_and_nothing_else_is(seed: int) -> None:
    standings, mishaps = _struck(seed, *Kind)
    found = _found(standings)
    for mishap in mishaps:
        if mishap.parcel and mishap.expect:
            assert mishap.expect in found[mishap.parcel], mishap
    stations = {mishap.station for mishap in mishaps if mishap.station}
    assert {f"{parcel:015d}"[:13] for parcel in found} <= stations
    assert {standing.stage for standing in standings.values()} == {Stage.BACK_AT_PPK}


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        (Kind.BROKEN_SEAL, {"C3"}),
        (Kind.SHORT_COUNT, {"C8"}),
        (Kind.WRONG_STATION, {"C8", "C10"}),
    ],
)
def test_one_box_struck_is_one_box_found(kind: Kind, rules: set[str]) -> None:
    standings, mishaps = _struck(3, kind)
    assert mishaps
    assert dict(_found(standings)) == {mishap.parcel: rules for mishap in mishaps}


@pytest.mark.parametrize(
    ("kind", "rules"),
    [(Kind.PHONE_DEAD, {"C11"}), (Kind.BACK_FILLED, {"C11"}), (Kind.WRONG_DEVICE, {"C2"})],
)
def test_what_happens_to_a_hand_over_is_found_at_all_its_parcels(kind: Kind, rules: set[str]) -> None:
    standings, mishaps = _struck(3, kind)
    assert mishaps
    found = _found(standings)
    assert {f"{parcel:015d}"[:13] for parcel in found} == {mishap.station for mishap in mishaps}
    assert all(some == rules for some in found.values())
    assert len(found) == 6 * len(mishaps)


@pytest.mark.parametrize("kind", [Kind.DOUBLE_UPLOAD, Kind.NOT_ABOARD, Kind.LATE_BOAT, Kind.BREAKDOWN])
def test_what_is_no_matter_of_custody_leaves_no_finding(kind: Kind) -> None:
    standings, mishaps = _struck(3, kind)
    assert mishaps
    assert not _found(standings)


def test_a_copied_phone_proves_itself_and_a_lost_one_signs_the_day_after() -> None:
    orders = small.orders(3, villages_count=12, stations_count=40)
    mishaps = [one for one in choose(orders) if one.kind in (Kind.CLONED_PHONE, Kind.LOST_PHONE)]
    assert {one.kind for one in mishaps} == {Kind.CLONED_PHONE, Kind.LOST_PHONE}
    told = record.told(orders, play(orders, mishaps))
    kids = {spec.label: spec.kid for spec in devices_of(orders)}
    by_kind = {one.kind: kids[committee(one.station)] for one in mishaps}
    forks = [finding for finding in record.chain_findings(told) if finding.kind == "fork"]
    assert [finding.facts["device"] for finding in forks] == [by_kind[Kind.CLONED_PHONE].hex()]
    last = max((one for one in told if one.kid == by_kind[Kind.LOST_PHONE]), key=lambda one: one.event.seq)
    assert last.event.act is Act.SEAL_CHECK
    keeper = Keeper("http://127.0.0.1:1/sign-in/x", orders, mishaps)
    reported_at = keeper.next_at()
    assert reported_at is not None
    assert reported_at.timestamp() * 1000 < last.event.happened_ms
    before = [one for one in told if one.kid == last.kid and one is not last]
    assert all(one.received_at < reported_at for one in before)
    keeper.close()


def test_what_was_short_follows_later_and_is_received() -> None:
    orders = small.orders(5)
    mishaps = [mishap for mishap in choose(orders) if mishap.kind is Kind.SHORT_COUNT]
    standings = record.standings(orders, record.told(orders, play(orders, mishaps)))
    for mishap in mishaps:
        others = [parcel.code for parcel in orders.parcels[mishap.station] if parcel.code != mishap.parcel]
        received_ms = standings[mishap.parcel].received_ms or 0
        assert received_ms > max(standings[other].received_ms or 0 for other in others)


def test_a_boat_that_is_held_up_says_so_and_misses_its_time() -> None:
    orders = small.orders(4)
    boats = {mishap.trip for mishap in choose(orders) if mishap.kind is Kind.LATE_BOAT}
    told = record.told(orders, play(orders))
    assert boats
    for trip in (trip for trip in orders.trips if trip.code in boats):
        own = [one.event for one in told if one.event.trip == trip.code]
        assert [event.kind for event in own if event.act is Act.INCIDENT] == ["rough_water"]
        arrived_ms = [event.happened_ms for event in own if event.act is Act.ARRIVED]
        assert min(arrived_ms) > 1000 * min(one.due_at for one in trip.consignments).timestamp()


def test_an_escort_that_is_left_behind_says_so() -> None:
    orders = small.orders(4)
    trips = {mishap.trip for mishap in choose(orders) if mishap.kind is Kind.NOT_ABOARD}
    told = record.told(orders, play(orders))
    not_aboard = {one.event.trip for one in told if one.event.kind == "not_aboard"}
    assert not_aboard == trips != set()


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, stations_count=st.integers(20, 400))
def test_few_are_struck_and_no_trip_twice(seed: int, stations_count: int) -> None:
    orders = small.orders(seed, 3, 24, stations_count)
    mishaps = choose(orders)
    assert {mishap.kind for mishap in mishaps} >= {Kind.BROKEN_SEAL, Kind.SHORT_COUNT, Kind.PHONE_DEAD}
    assert len({mishap.trip for mishap in mishaps}) == len(mishaps)
    assert len(mishaps) <= max(len(Kind), 0.01 * stations_count)
    assert choose(orders) == mishaps
