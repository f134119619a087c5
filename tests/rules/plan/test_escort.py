from __future__ import annotations

import pytest

from kawal.rules.plan.escort import escort_of
from kawal.rules.plan.facts import Escort, Leg, Mode
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import fleet, patterns

KINDS = fleet().kinds


def _escort(leg: Leg, area: str, mode: Mode, risk: RiskClass, stations: int = 2) -> Escort:
    return escort_of(leg, area, KINDS[mode], risk, stations, patterns())


def test_the_polres_guards_the_way_to_the_districts() -> None:
    found = _escort(Leg.TO_PPK, "16.07", Mode.TRUCK, RiskClass.HIGH)
    assert found == Escort(post="polri/16.07", officers_count=4, linmas_count=0)


@pytest.mark.parametrize("leg", [Leg.TO_STATION, Leg.BACK_PPS])
def test_inside_a_quiet_village_linmas_and_the_supervisor_stand_in(leg: Leg) -> None:
    found = _escort(leg, "16.07.03.2001", Mode.MOTORBIKE, RiskClass.LOW)
    assert found == Escort(
        post="polri/16.07.03", officers_count=0, linmas_count=4, substitute="linmas_and_supervisor"
    )


def test_a_polres_with_its_own_pattern_keeps_it() -> None:
    jakarta_barat = _escort(Leg.TO_STATION, "31.73.01.1001", Mode.MOTORBIKE, RiskClass.LOW, 1)
    assert jakarta_barat.linmas_count == 2  # 2-16-32


def test_where_nobody_can_sit_officers_wait_at_the_destination() -> None:
    found = _escort(Leg.TO_STATION, "16.07.03.2001", Mode.MOTORBIKE, RiskClass.VULNERABLE)
    assert (found.officers_count, found.substitute) == (1, "meets_at_destination")


def test_a_worse_class_has_no_fewer_officers() -> None:
    counts = [_escort(Leg.TO_PPS, "16.07.03", Mode.SPEEDBOAT, risk).officers_count for risk in RiskClass]
    assert counts == sorted(counts)
