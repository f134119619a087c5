"""A wrong rule file is refused with the key and the mend; a right one is read whole."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from kawal.rules.needs.parcels import BALLOT_TYPES
from kawal.rules.needs.rulebook import rules_of
from kawal.rules.refusals import Refused

from .shipped import RULES, data

Change = Callable[[dict[str, Any]], object]


def test_the_shipped_rules_name_every_source() -> None:
    assert all(item.source for item in RULES.items)
    assert [item.code for item in RULES.items if not item.assumed and item.reserve_percent] == [
        f"ballot_{kind}" for kind in BALLOT_TYPES
    ]
    assert RULES.types_in("16") == BALLOT_TYPES
    assert RULES.types_in("31") == BALLOT_TYPES[:4]


def test_a_reserve_of_two_and_a_half_percent_is_exact() -> None:
    changed = data()
    changed["item"][0]["reserve_percent"] = Decimal("2.5")
    assert rules_of(changed).items[0].reserve_percent == Fraction(5, 2)


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (lambda file: file.pop("name"), "name", "is_missing"),
        (lambda file: file.update(nmae="x"), "nmae", "unknown_key"),
        (lambda file: file.update(name=" "), "name", "must_be_text"),
        (lambda file: file.update(box=[]), "box", "must_be_table"),
        (lambda file: file.update(item=[]), "item", "must_be_list_of_tables"),
        (lambda file: file["box"].update(length_cm=0), "box.length_cm", "must_be_whole"),
        (lambda file: file["box"].update(length_cm=True), "box.length_cm", "must_be_whole"),
        (lambda file: file["box"].update(seals_item="ink"), "box.seals_item", "must_name_an_item_on_the_box"),
        (lambda file: file["item"][0].pop("rounding"), "item[1].rounding", "is_missing"),
        (lambda file: file["item"][0].update(rounding="even"), "item[1].rounding", "must_be_one_of"),
        (
            lambda file: file["item"][0].update(reserve_percent=2.5),
            "item[1].reserve_percent",
            "must_be_number",
        ),
        (
            lambda file: file["item"][0].update(reserve_percent=Decimal("nan")),
            "item[1].reserve_percent",
            "must_be_number",
        ),
        (
            lambda file: file["item"][0].update(reserve_percent=-1),
            "item[1].reserve_percent",
            "must_not_be_negative",
        ),
        (lambda file: file["item"][0].update(amount=2), "item[1].amount", "unknown_key"),
        (lambda file: file["item"][0].update(place="bundle"), "item[1].place", "must_be_one_of"),
        (lambda file: file["item"][0].update(assumed="no"), "item[1].assumed", "must_be_true_or_false"),
        (lambda file: file["item"][0].update(name={"id": "x"}), "item[1].name.en", "is_missing"),
        (lambda file: file["item"][5].update(reserve_percent=2), "item[6].reserve_percent", "unknown_key"),
        (lambda file: file["item"].pop(1), "item", "ballot_is_missing"),
        (lambda file: file["item"].append(file["item"][0]), "item", "must_be_unique"),
        (lambda file: file["ballot_type"].reverse(), "ballot_type", "must_be_in_order"),
        (
            lambda file: file["ballot_type"][4].update(absent_in="31"),
            "ballot_type[5].absent_in",
            "must_be_list_of_text",
        ),
        (lambda file: file["ballot_type"].pop(2), "item ballot_dpd.place", "must_be_one_of"),
        (
            lambda file: file["stock"][0].update(constituency="regency"),
            "stock[1].constituency",
            "must_be_one_of",
        ),
    ],
)
def test_a_wrong_rule_file_is_refused_with_key_and_mend(change: Change, key: str, problem: str) -> None:
    changed = data()
    change(changed)
    with pytest.raises(Refused) as refused:
        rules_of(changed)
    assert refused.value.code == "wrong_rules"
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)
