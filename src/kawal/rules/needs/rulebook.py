"""The rules of one election about quantities: data with a name and a source, read strictly.

Nothing here is a constant of the program. An election is one rule file (`pemilu-2024.toml`); a
changed rule is another file with another name, and every result names the file it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from kawal.rules.needs.parcels import BALLOT_TYPES
from kawal.rules.needs.strict import Table, wrong


class Per(StrEnum):
    VOTER = "voter"  # times the station's voters: a ballot
    STATION = "station"
    BOX = "box"  # times the station's boxes, one per ballot type


class Rounding(StrEnum):
    """What becomes of a part of a ballot. Officers in the field disagree, so the file must say."""

    UP = "up"
    NEAREST = "nearest"  # halves upwards
    DOWN = "down"


BUNDLE: Final = "bundle"  # travels outside, in the station's bundle
EACH_BOX: Final = "each_box"  # inside every box of the station
ON_BOX: Final = "on_box"  # the box itself and what is fastened to it
PLACES: Final = (*BALLOT_TYPES, EACH_BOX, ON_BOX, BUNDLE)  # a ballot type means: inside that box


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    code: str
    name_id: str
    name_en: str
    unit: str  # code: sheet, piece, bottle, set
    per: Per
    amount: int
    reserve_percent: Fraction  # 0 where there is none
    rounding: Rounding | None  # of ballots; other quantities are whole by themselves
    place: str  # one of PLACES
    weight_g: Fraction  # of one unit
    volume_cm3: int  # of one unit; 0 for what lies inside a box, whose size does not change
    source: str
    assumed: bool  # no document that we could read gives this quantity

    @property
    def inside(self) -> bool:
        return self.place not in (BUNDLE, ON_BOX)


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotType:
    code: str  # one of parcels.BALLOT_TYPES
    name_id: str
    name_en: str
    absent_in: tuple[str, ...]  # province codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    length_cm: int
    width_cm: int
    height_cm: int
    seals_item: str  # the numbered seal that closes it; its `amount` is the number of seals
    source: str

    @property
    def volume_cm3(self) -> int:
        return self.length_cm * self.width_cm * self.height_cm


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A stock apart from the stations' needs, such as ballots kept for a repeated vote."""

    code: str
    name_id: str
    name_en: str
    ballot_type: str
    amount: int  # per constituency
    constituency: str  # "province" where the law says so, else "unlisted": a list must be given
    source: str
    assumed: bool


# Compared by identity: one is read per computation, and results are remembered by it.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    name: str
    title_id: str
    title_en: str
    ballot_types: tuple[BallotType, ...]
    box: Box
    items: tuple[Item, ...]
    stocks: tuple[Stock, ...]

    def types_in(self, province: str) -> tuple[str, ...]:
        """Ballot types voted on in a province, in the order of the boxes."""
        return tuple(kind.code for kind in self.ballot_types if province not in kind.absent_in)

    def item(self, code: str) -> Item:
        return next(item for item in self.items if item.code == code)


def rules_of(data: Mapping[str, Any]) -> Rules:
    """Checks a rule file. Refuses `wrong_rules` with the key and what to mend."""
    table = Table(data)
    title = _titles(table)
    with table.table("box") as part:
        box = _box(part)
    rules = Rules(
        name=table.text("name"),
        title_id=title[0],
        title_en=title[1],
        ballot_types=table.rows("ballot_type", _ballot_type),
        box=box,
        items=table.rows("item", _item),
        stocks=table.rows("stock", _stock),
    )
    table.done()
    _fit_together(rules)
    return rules


def _titles(table: Table) -> tuple[str, str]:
    with table.table("title") as title:
        return title.text("id"), title.text("en")


def _box(table: Table) -> Box:
    return Box(
        length_cm=table.whole("length_cm", 1),
        width_cm=table.whole("width_cm", 1),
        height_cm=table.whole("height_cm", 1),
        seals_item=table.text("seals_item"),
        source=table.text("source"),
    )


def _ballot_type(table: Table) -> BallotType:
    name_id, name_en = table.names()
    return BallotType(
        code=table.choice("code", BALLOT_TYPES),
        name_id=name_id,
        name_en=name_en,
        absent_in=table.words("absent_in") if table.has("absent_in") else (),
    )


def _item(table: Table) -> Item:
    name_id, name_en = table.names()
    per = Per(table.choice("per", [*Per]))
    place = table.choice("place", PLACES)
    _place_fits(table, per, place)
    ballot = per is Per.VOTER  # one for each voter, and a reserve; the only thing that needs rounding
    return Item(
        code=table.text("code"),
        name_id=name_id,
        name_en=name_en,
        unit=table.text("unit"),
        per=per,
        amount=1 if ballot else table.whole("amount", 1),
        reserve_percent=_not_negative(table, "reserve_percent") if ballot else Fraction(0),
        rounding=Rounding(table.choice("rounding", [*Rounding])) if ballot else None,
        place=place,
        weight_g=_not_negative(table, "weight_g"),
        volume_cm3=table.whole("volume_cm3", 1) if place == BUNDLE else 0,
        source=table.text("source"),
        assumed=table.flag("assumed"),
    )


def _not_negative(table: Table, key: str) -> Fraction:
    value = table.number(key)
    if value < 0:
        raise wrong(table.key(key), "must_not_be_negative")
    return value


def _place_fits(table: Table, per: Per, place: str) -> None:
    """A ballot lies in its box; what is counted per box is in or on every box."""
    fits = {
        Per.VOTER: BALLOT_TYPES,
        Per.STATION: (*BALLOT_TYPES, BUNDLE),
        Per.BOX: (EACH_BOX, ON_BOX),
    }[per]
    if place not in fits:
        raise wrong(table.key("place"), "must_be_one_of", allowed=", ".join(fits))


def _stock(table: Table) -> Stock:
    name_id, name_en = table.names()
    return Stock(
        code=table.text("code"),
        name_id=name_id,
        name_en=name_en,
        ballot_type=table.choice("ballot_type", BALLOT_TYPES),
        amount=table.whole("amount", 1),
        constituency=table.choice("constituency", ("province", "unlisted")),
        source=table.text("source"),
        assumed=table.flag("assumed"),
    )


def _fit_together(rules: Rules) -> None:
    types = [kind.code for kind in rules.ballot_types]
    codes = [item.code for item in rules.items] + [stock.code for stock in rules.stocks]
    for key, names in (("ballot_type", types), ("item", codes)):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise wrong(key, "must_be_unique", value=twice[0])
    if types != sorted(types, key=BALLOT_TYPES.index):
        raise wrong("ballot_type", "must_be_in_order", allowed=", ".join(BALLOT_TYPES))
    seal = next((item for item in rules.items if item.code == rules.box.seals_item), None)
    if seal is None or seal.place != ON_BOX:
        raise wrong("box.seals_item", "must_name_an_item_on_the_box")
    for item in rules.items:
        if item.place in BALLOT_TYPES and item.place not in types:
            raise wrong(f"item {item.code}.place", "must_be_one_of", allowed=", ".join(types))
    for kind in types:
        if not any(item.per is Per.VOTER and item.place == kind for item in rules.items):
            raise wrong("item", "ballot_is_missing", value=kind)
