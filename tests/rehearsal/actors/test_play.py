"""The course of events obeys the rules that it rehearses."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kawal.rehearsal.actors import Deed, play
from kawal.rehearsal.mishaps import Kind, choose
from kawal.rules.custody.event import MANIFEST_MAX, Act
from kawal.rules.custody.stages import Stage
from kawal.rules.plan.facts import Leg, Mode
from tests.rehearsal import record, small

FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(seed=st.integers(0, 10**6), signal=st.sampled_from([0.0, 0.3, 0.8, 1.0]))
def test_without_mishaps_every_parcel_comes_home_and_nothing_is_found(seed: int, signal: float) -> None:
    orders = small.orders(seed, signal=signal)
    told = record.told(orders, play(orders, ()))
    standings = record.standings(orders, told, shuffle=seed + 1)
    assert len(standings) == 6 * len(orders.parcels)
    assert {standing.stage for standing in standings.values()} == {Stage.BACK_AT_PPK}
    assert not [finding for standing in standings.values() for finding in standing.findings]
    assert not record.chain_findings(told)
    assert all(standing.received_ms for standing in standings.values())


@FEW
@given(seed=st.integers(0, 10**6))
def test_the_same_orders_give_the_same_bytes(seed: int) -> None:
    assert list(play(small.orders(seed))) == list(play(small.orders(seed)))


def test_another_seed_gives_another_course() -> None:
    first, other = ({deed.signed for deed in play(small.orders(seed))} for seed in (1, 2))
    assert not first & other


@FEW
@given(seed=st.integers(0, 10**6))
def test_every_device_counts_without_a_gap_and_links_to_what_it_said_before(seed: int) -> None:
    orders = small.orders(seed)
    chains = defaultdict(list)
    mishaps = [one for one in choose(orders) if one.kind is not Kind.CLONED_PHONE]
    for one in record.told(orders, play(orders, mishaps)):
        chains[one.kid].append(one)
    for chain in chains.values():
        chain.sort(key=lambda one: one.event.seq)
        assert [one.event.seq for one in chain] == list(range(len(chain)))
        assert [one.event.prev for one in chain] == [None, *(one.id for one in chain[:-1])]
        recorded = [one.event.recorded_ms for one in chain]
        assert recorded == sorted(recorded)


@FEW
@given(seed=st.integers(0, 10**6))
def test_an_offer_comes_before_its_accept_and_names_who_takes_it(seed: int) -> None:
    orders = small.orders(seed)
    told = {one.id: one for one in record.told(orders, play(orders, ()))}
    accepts = [one for one in told.values() if one.event.act is Act.ACCEPT]
    assert accepts
    for accept in accepts:
        offer = told[accept.event.offer or b""]
        assert offer.event.act is Act.OFFER
        assert offer.event.to == accept.kid
        assert offer.event.recorded_ms < accept.event.recorded_ms
        assert offer.event.nonce is not None
        assert offer.event.site == accept.event.site


def test_deeds_come_in_order_of_time_and_are_uploaded_after_they_were_done() -> None:
    deeds = list(play(small.orders(signal=0.3)))
    assert [deed.at for deed in deeds] == sorted(deed.at for deed in deeds)
    assert all(deed.upload_at > deed.at for deed in deeds)
    waits = [deed.upload_at - deed.at for deed in deeds]
    assert max(waits) > timedelta(hours=2)


def test_others_carry_copies_and_a_copy_is_the_same_bytes() -> None:
    deeds = list(play(small.orders(signal=0.3)))
    first = {deed.signed: deed for deed in deeds if not deed.copy}
    copies = [deed for deed in deeds if deed.copy]
    assert len(first) == sum(not deed.copy for deed in deeds)
    assert copies
    assert all(first[copy.signed].kid == copy.kid for copy in copies)
    assert any(copy.upload_at < first[copy.signed].upload_at for copy in copies)


@FEW
@given(seed=st.integers(0, 10**6), signal=st.sampled_from([0.1, 0.4, 0.8]))
def test_whoever_comes_online_uploads_an_event_never_without_its_past(seed: int, signal: float) -> None:
    orders = small.orders(seed, signal=signal)
    heard = defaultdict(list)
    for one in record.told(orders, play(orders, ())):
        heard[one.kid].append(one.event.seq)
    assert all(seqs == sorted(seqs) for seqs in heard.values())


def test_trips_with_a_courier_tell_where_they_are_and_others_do_not() -> None:
    orders = small.orders()
    legs = {trip.code: trip.leg for trip in orders.trips}
    told = record.told(orders, play(orders, ()))
    positions = {legs[one.event.trip or ""] for one in told if one.event.act is Act.POSITION}
    assert positions == {Leg.TO_PPK, Leg.TO_PPS, Leg.BACK_PPK}
    attested = {(one.event.trip, one.event.kind) for one in told if one.event.act is Act.ATTEST}
    assert attested == {(trip.code, phase) for trip in orders.trips for phase in ("start", "end")}


def test_a_trip_waits_for_its_boxes_and_for_its_vehicle() -> None:
    orders = small.orders()
    shared = replace(
        orders, trips=tuple(replace(trip, vehicle=_one_boat(trip.vehicle)) for trip in orders.trips)
    )
    told = record.told(shared, play(shared, ()))
    on_the_way = defaultdict(list)
    legs = {trip.code: trip for trip in shared.trips}
    for one in told:
        if one.event.act in (Act.DEPARTED, Act.ARRIVED) and legs[one.event.trip or ""].vehicle == "pickup":
            on_the_way[one.event.trip].append(one.event.happened_ms)
    spans = sorted((min(times), max(times)) for times in on_the_way.values())
    assert len(spans) == 12
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


def _one_boat(vehicle: str) -> str:
    return "pickup" if vehicle.startswith("pickup") else vehicle


def test_a_big_consignment_is_offered_in_parts() -> None:
    orders = small.orders(districts=1, villages_count=2, stations_count=130)
    told = record.told(orders, play(orders, ()))
    sizes = [len(one.event.manifest) for one in told if one.event.act is Act.OFFER]
    assert max(sizes) <= MANIFEST_MAX
    standings = record.standings(orders, told)
    assert {standing.stage for standing in standings.values()} == {Stage.BACK_AT_PPK}


def test_nobody_waits_for_a_station_that_no_trip_serves() -> None:
    orders = small.orders()
    dropped = "99.01.01.2001"
    plan = tuple(
        trip for trip in orders.trips if not (trip.leg is Leg.TO_PPS and trip.mode is Mode.SPEEDBOAT)
    )
    told = record.told(orders, play(replace(orders, trips=plan), ()))
    stages = defaultdict(set)
    for parcel, standing in record.standings(orders, told).items():
        village = f"{parcel:015d}"[:10]
        stages[village == dropped.replace(".", "")].add(standing.stage)
    assert stages == {True: {Stage.AT_PPK}, False: {Stage.BACK_AT_PPK}}


def test_a_deed_is_what_it_says() -> None:
    deed = next(play(small.orders()))
    assert isinstance(deed, Deed)
    assert deed.at == small.at(-6, 8) or deed.at > small.at(-6, 8)
