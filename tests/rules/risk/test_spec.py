"""A wrong spec or pattern file is refused with the key and the mend."""

from collections.abc import Callable
from typing import Any

import pytest

from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.measures import MEASURED
from kawal.rules.risk.patterns import (
    MODES,
    EscortPattern,
    escort_for,
    officers_for,
    patterns_of,
    stations_limit,
    watch_limits,
)
from kawal.rules.risk.spec import Origin, spec_of

from .shipped import PATTERNS, SPEC, data

Change = Callable[[dict[str, Any]], object]


def test_every_indicator_says_where_it_comes_from_and_why_it_weighs() -> None:
    assert all(found.source and found.why_id and found.why_en for found in SPEC.indicators)
    measured = {found.code for found in SPEC.indicators if found.origin is Origin.PLACES}
    assert measured == set(MEASURED)


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (lambda file: file["indicator"][0].pop("why"), "indicator[1].why", "is_missing"),
        (lambda file: file["indicator"][0].update(weight=0), "indicator[1].weight", "must_be_positive"),
        (lambda file: file["indicator"][0].update(worst=0), "indicator[1].worst", "must_differ_from_safe"),
        (
            lambda file: file["indicator"][0].update(scale="log"),
            "indicator[1].scale",
            "log_needs_positive_goalposts",
        ),
        (
            lambda file: file["indicator"][7].update(missing="listed"),
            "indicator[8].safe",
            "listed_needs_zero",
        ),
        (lambda file: file["indicator"][0].update(missing="zero"), "indicator[1].missing", "must_be_one_of"),
        (lambda file: file["thresholds"].update(high=20), "thresholds", "must_rise"),
        (lambda file: file["thresholds"].update(special=101), "thresholds", "must_rise"),
        (lambda file: file["way"].update(detour=0), "way.detour", "must_be_one_or_more"),
        (lambda file: file["indicator"].append(file["indicator"][0]), "indicator", "must_be_unique"),
    ],
)
def test_a_wrong_spec_is_refused_with_key_and_mend(change: Change, key: str, problem: str) -> None:
    changed = data("route-custody-2024")
    change(changed)
    with pytest.raises(Refused) as refused:
        spec_of(changed)
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)


def test_a_polres_may_have_its_own_pattern() -> None:
    national = EscortPattern(police=2, stations=10, linmas=20)
    assert escort_for(RiskClass.LOW, PATTERNS) == national
    assert escort_for(RiskClass.LOW, PATTERNS, "16.07") == national
    assert escort_for(RiskClass.LOW, PATTERNS, "31.73") == EscortPattern(police=2, stations=16, linmas=32)
    assert escort_for(RiskClass.HIGH, PATTERNS, "31.73") == escort_for(RiskClass.HIGH, PATTERNS)


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
        (lambda file: file["special"].update(corridor_m=9000), "special", "must_not_relax"),
        (lambda file: file["polres"][2].update(stations=20), "polres 35.02", "must_not_relax"),
        (lambda file: file["low"]["officers"].pop("boat"), "low.officers.boat", "is_missing"),
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
