"""A wrong spec or pattern file is refused with the key and the mend."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.measures import MEASURED
from kawal.rules.risk.modes import MODES
from kawal.rules.risk.pattern_text import text_of
from kawal.rules.risk.patterns import (
    EscortPattern,
    escort_for,
    officers_for,
    on_time_target,
    patterns_of,
    stations_limit,
    watch_limits,
)
from kawal.rules.risk.spec import spec_of

from .shipped import PATTERNS, SPEC, data

Change = Callable[[dict[str, Any]], object]


def test_every_indicator_says_where_it_comes_from_and_why_it_weighs() -> None:
    assert all(found.source and found.why_id and found.why_en for found in SPEC.indicators)
    measured = {found.code for found in SPEC.indicators if found.origin == "places"}
    assert measured == set(MEASURED)


def first(file: dict[str, Any]) -> dict[str, Any]:
    """The first indicator of the first dimension."""
    found: dict[str, Any] = file["dimension"][0]["indicator"][0]
    return found


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (lambda file: first(file).update(weight=0), "way", ""),
        (lambda file: first(file).update(weight=-1), "dimension[1].indicator[1].weight", "S06"),
        (lambda file: first(file).update(worst=0), "dimension[1].indicator[1].worst", "S07"),
        (lambda file: first(file).update(scale="log"), "dimension[1].indicator[1].goalposts", "S06"),
        (lambda file: first(file).update(direction="down"), "dimension[1].indicator[1].direction", "S07"),
        (lambda file: first(file).update(missing="forget"), "dimension[1].indicator[1].missing", "S05"),
        (lambda file: first(file).update(wieght=3), "dimension[1].indicator[1].wieght", "S03"),
        (lambda file: file["classes"]["thresholds"].update(high=20), "classes.thresholds", "S07"),
        (lambda file: file["classes"]["thresholds"].update(special=101), "classes.thresholds", "S06"),
        (lambda file: file["rollup"].update(score="median"), "rollup.score", "S05"),
        (lambda file: first(file).update(missing="median"), "warehouse_km.missing", "S05"),
        (lambda file: first(file).update(missing="refuse"), "warehouse_km.missing", "S05"),
        (lambda file: first(file).update(clip=False), "warehouse_km.clip", "S07"),
        (lambda file: first(file).update(outliers="fences"), "warehouse_km.outliers", "S05"),
        (lambda file: file.update(aggregation="borda"), "route-custody-2024.aggregation", "S05"),
        (lambda file: file.update(weights="pca"), "weights", "S07"),
        (lambda file: [first(file).pop(key) for key in ("safe", "worst")], "warehouse_km.goalposts", "S02"),
        (lambda file: file["measures"].update(detour=0), "measures.detour", "S06"),
        (
            lambda file: file["dimension"][0]["indicator"].append(first(file)),
            "dimension[1].indicator[3].code",
            "S08",
        ),
    ],
)
def test_a_wrong_spec_is_refused_with_key_and_mend(change: Change, key: str, problem: str) -> None:
    changed = data("route-custody-2024")
    change(changed)
    if not problem:
        assert spec_of(changed).indicators[0].weight == 0  # one indicator may be left out by its weight
        return
    with pytest.raises(Refused) as refused:
        spec_of(changed)
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)


def test_a_spec_of_the_first_format_that_a_run_kept_can_still_be_read() -> None:
    told = {"en": "Way", "id": "Jarak"}
    kept = {
        "name": "route-custody-2024",
        "title": told,
        "way": {"detour": 1.43, "border_slack_km": 1.1},
        "thresholds": {"vulnerable": 30, "high": 45, "special": 65, "source": "set"},
        "indicator": [
            {"code": "warehouse_km", "name": told, "unit": "km", "scale": "linear", "safe": 0, "worst": 150,
             "weight": 17, "origin": "places", "missing": "reweight", "source": "places", "why": told}
        ],
    }  # fmt: skip
    spec = spec_of(kept)
    assert (spec.thresholds, spec.detour, spec.indicators[0].worst) == ((30, 45, 65), 1.43, 150)


def test_a_polres_may_have_its_own_pattern() -> None:
    national = EscortPattern(police=2, stations=10, linmas=20)
    assert escort_for(RiskClass.LOW, PATTERNS) == national
    assert escort_for(RiskClass.LOW, PATTERNS, "16.07") == national
    assert escort_for(RiskClass.LOW, PATTERNS, "31.73") == EscortPattern(police=2, stations=16, linmas=32)
    assert escort_for(RiskClass.HIGH, PATTERNS, "31.73") == escort_for(RiskClass.HIGH, PATTERNS)


def test_a_class_may_ask_for_more_than_the_usual_promise_and_a_kept_table_says_so() -> None:
    asked = data("patterns-2024")
    asked["special"].update(late_per_10000=10)
    table = patterns_of(asked)
    assert on_time_target(RiskClass.SPECIAL, table) == 0.999
    assert on_time_target(RiskClass.HIGH, table) == on_time_target(RiskClass.LOW, PATTERNS) == 0.99
    again = patterns_of(tomllib.loads(text_of(table), parse_float=Decimal))
    assert [on_time_target(klass, again) for klass in RiskClass] == [0.99, 0.99, 0.99, 0.999]


@pytest.mark.parametrize("klass", list(RiskClass)[1:])
def test_a_worse_class_is_guarded_more_loads_less_and_is_asked_after_sooner(klass: RiskClass) -> None:
    milder = RiskClass(klass - 1)
    assert all(officers_for(klass, mode, PATTERNS) >= officers_for(milder, mode, PATTERNS) for mode in MODES)
    assert stations_limit(klass, PATTERNS) < stations_limit(milder, PATTERNS)
    assert watch_limits(klass, PATTERNS).silence_s <= watch_limits(milder, PATTERNS).silence_s
    assert watch_limits(klass, PATTERNS).stop_s <= watch_limits(milder, PATTERNS).stop_s


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (lambda file: file["high"].update(stations_per_vehicle=90), "high", "must_not_relax"),
        (lambda file: file["special"].update(stations=20), "special", "must_not_relax"),
        (lambda file: file["vulnerable"]["officers"].update(truck=1), "vulnerable", "must_not_relax"),
        (lambda file: file["special"].update(linmas=1), "special", "must_not_relax"),
        (lambda file: file["special"].update(second_checks=0), "special", "must_not_relax"),
        (lambda file: file["high"].update(days_early=2), "high.days_early", "must_be_at_most"),
        (lambda file: file["low"].update(stop_s=10_801), "low.stop_s", "must_be_at_most"),
        (lambda file: file["special"].update(corridor_m=9000), "special", "must_not_relax"),
        (lambda file: file["special"].update(late_per_10000=200), "special", "must_not_relax"),
        (lambda file: file["low"].update(late_per_10000=0), "low.late_per_10000", "must_be_whole"),
        (lambda file: file["low"].update(late_per_10000=5_001), "low.late_per_10000", "must_be_at_most"),
        (lambda file: file["polres"][2].update(stations=20), "polres 35.02", "must_not_relax"),
        (lambda file: file["low"]["officers"].pop("horse"), "low.officers.horse", "is_missing"),
        (lambda file: file["polres"][0].update(area="16.07.03"), "polres[1].area", "must_be_regency"),
        (lambda file: file.pop("special"), "special", "is_missing"),
    ],
)
def test_a_wrong_pattern_file_is_refused_with_key_and_mend(change: Change, key: str, problem: str) -> None:
    changed = data("patterns-2024")
    change(changed)
    with pytest.raises(Refused) as refused:
        patterns_of(changed)
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)


def test_a_table_of_the_five_old_modes_is_still_read() -> None:
    """A chief's own table is kept as text for ever; it counts officers aboard a boat, not of each kind."""
    kept = data("patterns-2024")
    for klass in ("low", "vulnerable", "high", "special"):
        kept[klass]["officers"] = {"truck": 4, "pickup": 3, "boat": 5, "motorbike": 2, "foot": 1}
    found = patterns_of(kept)
    assert {mode: officers_for(RiskClass.LOW, mode, found) for mode in MODES} == {
        "truck": 4, "pickup": 3, "motorbike": 2, "longboat": 5, "speedboat": 5, "plane": 5, "helicopter": 5,
        "foot": 1, "horse": 1, "ox_cart": 1,
    }  # fmt: skip


def test_a_table_of_old_and_new_modes_is_refused() -> None:
    mixed = data("patterns-2024")
    mixed["low"]["officers"]["boat"] = 2
    with pytest.raises(Refused) as refused:
        patterns_of(mixed)
    assert refused.value.facts["problem"] == "unknown_key"
