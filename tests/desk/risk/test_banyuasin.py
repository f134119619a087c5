"""The real regency of Banyuasin, where 445 stations could not vote in 2019, mostly for late logistics."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kawal.desk.needs import actions as needs_actions
from kawal.desk.places import actions as places_actions
from kawal.desk.risk import actions
from kawal.rules.risk.classes import RiskClass

NOW = datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "indonesia"
FILES = [DATA / name for name in ("areas.csv.gz", "regencies.geojson.gz", "stations.csv.gz")]


@pytest.mark.shared
@pytest.mark.django_db
def test_banyuasin_has_its_boxes_and_a_believable_mix_of_classes() -> None:
    if not all(path.is_file() for path in FILES):
        pytest.skip("the shared reference data are not beside the checkout")
    assert places_actions.import_files(FILES, area="16.07", by="test", now=NOW, progress=None).saved
    run = needs_actions.compute("16.07", now=NOW)
    assert (run.stations_count, run.voters_count, run.totals["box"]) == (2546, 638_063, 12_730)
    assert run.parcels_count == 12_730 + 2546
    computed = actions.compute("16.07", now=NOW)
    assert computed.villages_count == 313
    assert 60 < computed.classes[RiskClass.LOW] < 200
    assert computed.classes[RiskClass.VULNERABLE] > 100
    assert computed.classes[RiskClass.HIGH] > 10
