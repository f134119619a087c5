"""How many of what a station needs, each quantity with its working; and its parcels with their seals.

The reserve is computed per station and ballot type, never over a sum (UU 7/2017 art. 344(2); the
commission's chair, September 2023: per station). Arithmetic is exact: 300 voters + 2 % = 306.

Seal numbers have ten digits: the regency's four and a running number of six (`1607000001`), so
they are unique in the nation, printable, and a seal from elsewhere shows at a glance. A box's
seals follow one another. Ten digits stay far below 2^53.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Final

from kawal.rules.needs.parcels import BALLOT_TYPES, BUNDLE_DIGIT, parcel_code
from kawal.rules.needs.rulebook import BUNDLE, EACH_BOX, ON_BOX, Item, Per, Rounding, Rules
from kawal.rules.places.facts import Station
from kawal.rules.refusals import Refused

SEALS_PER_REGENCY: Final = 999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Why a quantity is what it is: count x amount (+ reserve, rounded) = result."""

    rules: str  # name of the rule file
    per: Per
    count: int  # voters, stations (1) or boxes
    amount: int
    reserve_percent: Fraction
    rounding: Rounding | None
    exact: Fraction  # before rounding
    result: int
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    item: str
    quantity: int
    unit: str
    inside: bool  # inside a box; else on it or in the bundle
    place: str  # one of rulebook.PLACES
    working: Working


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSpec:
    code: int  # parcels.parcel_code
    station: str
    kind: str  # ballot type of a box, or bundle
    ballots_count: int
    weight_g: int  # rounded up
    volume_cm3: int
    seal_first: int | None  # seals seal_first .. seal_first + seals_count - 1; None where unsealed
    seals_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockNeed:
    stock: str
    ballot_type: str
    amount: int
    constituencies: int | None  # None: nobody has given the list of constituencies
    quantity: int | None
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class _Contents:
    """What every station with as many voters and the same ballot types is given."""

    needs: tuple[Need, ...]
    parcels: tuple[tuple[str, int, int, int], ...]  # kind, ballots, weight_g, volume_cm3


def needs_of(station: Station, rules: Rules) -> tuple[Need, ...]:
    """Every item of a station in the order of the rule file, with its working."""
    return needs_of_voters(station.voters, station.code[:2], rules)


def needs_of_voters(voters: int, province: str, rules: Rules) -> tuple[Need, ...]:
    """What any station with so many voters needs in a province."""
    return _contents(voters, rules.types_in(province), rules).needs


def parcels_of(station: Station, rules: Rules, seal_from: int) -> list[ParcelSpec]:
    """One box per ballot type and one bundle; seals are taken one after another from `seal_from`."""
    seals = rules.item(rules.box.seals_item).amount
    specs = []
    for kind, ballots, weight_g, volume_cm3 in _contents(
        station.voters, rules.types_in(station.code[:2]), rules
    ).parcels:
        digit = BUNDLE_DIGIT if kind == BUNDLE else BALLOT_TYPES.index(kind) + 1
        sealed = kind != BUNDLE
        specs.append(
            ParcelSpec(
                code=parcel_code(station.code, digit),
                station=station.code,
                kind=kind,
                ballots_count=ballots,
                weight_g=weight_g,
                volume_cm3=volume_cm3,
                seal_first=seal_from if sealed else None,
                seals_count=seals if sealed else 0,
            )
        )
        seal_from += seals if sealed else 0
    return specs


def freight(station: Station, rules: Rules) -> tuple[int, int, int]:
    """How many parcels of a station travel, how many grams and cm3: as `parcels_of` has them."""
    parcels = _contents(station.voters, rules.types_in(station.code[:2]), rules).parcels
    return len(parcels), sum(parcel[2] for parcel in parcels), sum(parcel[3] for parcel in parcels)


def first_seal(regency: str) -> int:
    """`16.07` -> 1607000001."""
    return int(regency.replace(".", "")) * (SEALS_PER_REGENCY + 1) + 1


def check_seals(regency: str, seal_next: int) -> None:
    """Refuses `seals_exhausted` when numbers up to `seal_next` would leave the regency's range."""
    if seal_next > first_seal(regency) + SEALS_PER_REGENCY:
        raise Refused("seals_exhausted", area=regency, seals=SEALS_PER_REGENCY)


def stocks_of(rules: Rules, *, provinces_count: int) -> list[StockNeed]:
    """Stocks apart from the stations' needs; `provinces_count` = provinces wholly inside the area.

    Only what is known is computed: where nobody gave the constituencies the quantity is None.
    """
    found = []
    for stock in rules.stocks:
        known = provinces_count if stock.constituency == "province" else None
        found.append(
            StockNeed(
                stock=stock.code,
                ballot_type=stock.ballot_type,
                amount=stock.amount,
                constituencies=known,
                quantity=None if known is None else known * stock.amount,
                source=stock.source,
                assumed=stock.assumed,
            )
        )
    return found


# A regency has some hundred different numbers of voters per station, the nation some thousand.
@lru_cache(maxsize=4096)
def _contents(voters: int, types: tuple[str, ...], rules: Rules) -> _Contents:
    needs = tuple(
        _need(item, voters, len(types), rules.name)
        for item in rules.items
        if item.place not in BALLOT_TYPES or item.place in types
    )
    boxes = tuple(_box(kind, needs, rules, len(types)) for kind in types)
    outside = [(need.quantity, rules.item(need.item)) for need in needs if need.place == BUNDLE]
    weight_g = ceil(sum((n * item.weight_g for n, item in outside), Fraction(0)))
    bundle = (BUNDLE, 0, weight_g, sum(n * item.volume_cm3 for n, item in outside))
    return _Contents(needs, (*boxes, bundle))


def _need(item: Item, voters: int, boxes: int, rules: str) -> Need:
    count = {Per.VOTER: voters, Per.STATION: 1, Per.BOX: boxes}[item.per]
    exact = count * item.amount * (1 + item.reserve_percent / 100)
    result = _rounded(exact, item.rounding)
    return Need(
        item=item.code,
        quantity=result,
        unit=item.unit,
        inside=item.inside,
        place=item.place,
        working=Working(
            rules=rules,
            per=item.per,
            count=count,
            amount=item.amount,
            reserve_percent=item.reserve_percent,
            rounding=item.rounding,
            exact=exact,
            result=result,
            source=item.source,
            assumed=item.assumed,
        ),
    )


def _rounded(exact: Fraction, rounding: Rounding | None) -> int:
    if rounding is Rounding.NEAREST:
        return floor(exact + Fraction(1, 2))
    return floor(exact) if rounding is Rounding.DOWN else ceil(exact)


def _box(kind: str, needs: tuple[Need, ...], rules: Rules, boxes: int) -> tuple[str, int, int, int]:
    weight_g, ballots = Fraction(0), 0
    for need in needs:
        item = rules.item(need.item)
        if need.place == kind:
            weight_g += need.quantity * item.weight_g
            ballots += need.quantity if item.per is Per.VOTER else 0
        elif need.place in (EACH_BOX, ON_BOX):
            weight_g += need.quantity // boxes * item.weight_g  # counted per box, so it divides
    return kind, ballots, ceil(weight_g), rules.box.volume_cm3
