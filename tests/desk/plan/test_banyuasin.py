"""A real regency: a river delta of 313 villages, 445 of whose stations could not vote in 2019."""

from __future__ import annotations

from pathlib import Path

import pytest

from kawal.desk.needs import actions as needs
from kawal.desk.places import actions as places
from kawal.desk.plan import actions, reads
from kawal.desk.risk import actions as risk
from kawal.rules.plan.facts import BY_GATEWAY, BY_LANDING, DIRECT, FORWARD, Leg
from tests.desk.plan.conftest import NOW, VOTING_DAY

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "indonesia"


@pytest.mark.shared
@pytest.mark.slow
def test_every_station_of_banyuasin_is_reached_and_side_by_side_is_the_same(db: None) -> None:
    if not DATA.is_dir():
        pytest.skip("the shared reference data is not beside the checkout")
    assert places.import_files([DATA], area="16.07", by="test", now=NOW).saved
    needs.compute("16.07", now=NOW)
    risk.compute("16.07", now=NOW)
    told: list[tuple[int, int]] = []

    def make(workers: int, reason: str) -> int:
        return actions.make(
            "16.07",
            voting_day=VOTING_DAY,
            seed=1,
            reason=reason,
            by="test",
            now=NOW,
            workers=workers,
            progress=lambda done, total: told.append((done, total)),
        )

    side_by_side, alone = make(2, ""), make(1, "In one process")
    plan = reads.plan_of_record("16.07")
    assert plan is not None and plan.id == alone
    assert plan.summary["stations_count"] == 2_546
    assert plan.summary["stations_unserved_count"] == 0
    trips = reads.trips(alone)
    assert trips == reads.trips(side_by_side)
    for leg in set(FORWARD) - BY_GATEWAY - BY_LANDING - DIRECT:
        carried = [c for t in trips if t.leg is leg for part in t.consignments for c in part.stations]
        assert len(carried) == len(set(carried)) == 2_546
    received = [part.arrive_at for t in trips if t.leg is Leg.TO_STATION for part in t.consignments]
    assert max(received) < plan.deadline_at
    assert told == [(done, 21) for done in range(1, 22)] * 2
