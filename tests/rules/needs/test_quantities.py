"""Quantities with their working, and parcels with their seals."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.needs.parcels import BALLOT_TYPES, is_parcel, kind_of, station_of
from kawal.rules.needs.quantities import (
    Need,
    ParcelSpec,
    check_seals,
    first_seal,
    needs_of,
    parcels_of,
    stocks_of,
)
from kawal.rules.needs.rulebook import Per, Rounding, rules_of
from kawal.rules.refusals import Refused

from .shipped import RULES, data, station

JAKARTA = "3174021004010"


def need(item: str, voters: int, code: str = "1607032001001") -> Need:
    return next(found for found in needs_of(station(voters, code), RULES) if found.item == item)


@pytest.mark.parametrize(
    ("voters", "ballots"),
    [
        (0, 0),
        (1, 2),
        (49, 50),
        (50, 51),
        (51, 53),
        (250, 255),
        (251, 257),
        (300, 306),
        (301, 308),
        (600, 612),
    ],
)
def test_ballots_are_the_voters_and_two_percent_rounded_up(voters: int, ballots: int) -> None:
    assert [need(f"ballot_{kind}", voters).quantity for kind in BALLOT_TYPES] == [ballots] * 5


@given(st.integers(min_value=0, max_value=10**6))
def test_ballots_agree_with_whole_number_arithmetic(voters: int) -> None:
    assert need("ballot_dpr", voters).quantity == (voters * 102 + 99) // 100


@given(st.integers(min_value=0, max_value=2000), st.integers(min_value=0, max_value=2000))
def test_more_voters_never_mean_fewer_ballots_nor_a_lighter_box(a: int, b: int) -> None:
    fewer, more = sorted((a, b))
    assert need("ballot_dpr", fewer).quantity <= need("ballot_dpr", more).quantity
    light, heavy = (parcels_of(station(voters), RULES, 1) for voters in (fewer, more))
    assert all(one.weight_g <= other.weight_g for one, other in zip(light, heavy, strict=True))


def test_the_working_says_how_300_voters_become_306_ballots() -> None:
    working = need("ballot_ppwp", 300).working
    assert (working.rules, working.per, working.count) == ("pemilu-2024", Per.VOTER, 300)
    assert (working.reserve_percent, working.rounding) == (Fraction(2), Rounding.UP)
    assert (working.exact, working.result) == (Fraction(306), 306)
    assert working.source == "UU 7/2017 art. 344(2)"
    assert not working.assumed


@given(st.integers(min_value=0, max_value=1000))
def test_every_working_can_be_done_again_by_hand(voters: int) -> None:
    for found in needs_of(station(voters), RULES):
        told = found.working
        exact = told.count * told.amount * (100 + told.reserve_percent) / 100
        assert (told.exact, told.result, found.quantity) == (exact, ceil(exact), told.result)
        assert told.source


def test_a_station_gets_what_the_national_totals_say() -> None:
    got = {found.item: found.quantity for found in needs_of(station(248), RULES)}
    assert (got["box"], got["booth"], got["ink"]) == (5, 4, 2)
    assert got["template_ppwp"] + got["template_dpd"] == 2
    assert got["plastic_seal"] == 30
    assert (got["sticker_seal"], got["envelope"], got["form_set"]) == (115, 75, 10)


def test_jakarta_has_four_boxes_and_no_ballot_for_a_regency_assembly() -> None:
    got = {found.item: found.quantity for found in needs_of(station(300, JAKARTA), RULES)}
    assert "ballot_dprd_kab" not in got
    assert (got["box"], got["plastic_seal"], got["envelope"]) == (4, 24, 60)
    kinds = [spec.kind for spec in parcels_of(station(300, JAKARTA), RULES, first_seal("31.74"))]
    assert kinds == ["ppwp", "dpr", "dpd", "dprd_prov", "bundle"]


def test_rounding_is_what_the_rule_file_says() -> None:
    changed = data()
    for item in changed["item"]:
        if item["code"] == "ballot_dpr":
            item["rounding"] = "down"
        if item["code"] == "ballot_dpd":
            item["rounding"] = "nearest"
    got = {found.item: found.quantity for found in needs_of(station(251), rules_of(changed))}
    assert (got["ballot_dpr"], got["ballot_dpd"], got["ballot_ppwp"]) == (256, 256, 257)
    half = {found.item: found.quantity for found in needs_of(station(25), rules_of(changed))}
    assert half["ballot_dpd"] == 26  # 25.5


@given(
    st.integers(min_value=0, max_value=900),
    st.sampled_from(["1607032001001", JAKARTA]),
    st.integers(min_value=1, max_value=10**9),
)
def test_parcels_hold_exactly_the_ballots_and_consecutive_seals(voters: int, code: str, seal: int) -> None:
    specs = parcels_of(station(voters, code), RULES, seal)
    boxes = [spec for spec in specs if spec.kind != "bundle"]
    assert [station_of(spec.code) for spec in specs] == [code] * len(specs)
    assert all(is_parcel(spec.code) and kind_of(spec.code) == spec.kind for spec in specs)
    needed = {
        found.place: found.quantity
        for found in needs_of(station(voters, code), RULES)
        if "ballot" in found.item
    }
    assert {box.kind: box.ballots_count for box in boxes} == needed
    seals = [number for box in boxes for number in _seals(box)]
    assert seals == list(range(seal, seal + 6 * len(boxes)))
    assert [(spec.seal_first, spec.seals_count) for spec in specs if spec.kind == "bundle"] == [(None, 0)]


def test_a_box_measures_40_40_60_and_weighs_what_lies_in_it() -> None:
    boxes = {spec.kind: spec for spec in parcels_of(station(300), RULES, 1)}
    assert boxes["dpr"].volume_cm3 == 96_000
    assert boxes["dpr"].weight_g == 306 * 34 + 2000 + 6 * 3 + 2 + 60 + 23 * 1 + 15 * 25 + 2 * 250
    assert boxes["ppwp"].weight_g - boxes["dpr"].weight_g == 306 * (6 - 34) + 2 * 60 + 60
    assert boxes["bundle"].weight_g == 4 * 900 + 4 * 150 + 9 * 10
    assert boxes["bundle"].volume_cm3 == 4 * 9000 + 4 * 600 + 9 * 30


def test_seal_numbers_begin_with_the_regency_and_have_ten_digits() -> None:
    assert first_seal("16.07") == 1_607_000_001
    assert len(str(first_seal("96.71"))) == 10
    assert first_seal("96.71") + 999_999 < 2**53


def test_a_regency_never_takes_another_regencys_seals() -> None:
    last = first_seal("16.07") + 999_998
    check_seals("16.07", last + 1)
    assert last < first_seal("16.08")
    with pytest.raises(Refused) as refused:
        check_seals("16.07", last + 2)
    assert refused.value.code == "seals_exhausted"


def test_the_stock_for_repeated_votes_is_computed_only_where_constituencies_are_known() -> None:
    province = {stock.ballot_type: stock.quantity for stock in stocks_of(RULES, provinces_count=1)}
    assert province == {"ppwp": None, "dpr": None, "dpd": 1000, "dprd_prov": None, "dprd_kab": None}
    nation = {stock.ballot_type: stock.quantity for stock in stocks_of(RULES, provinces_count=38)}
    assert nation["dpd"] == 38_000


def _seals(spec: ParcelSpec) -> range:
    assert spec.seal_first is not None
    return range(spec.seal_first, spec.seal_first + spec.seals_count)
