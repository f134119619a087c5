import json

import pytest
from click.testing import CliRunner

from kawal.desk.clock import actions as clock
from kawal.desk.watch.commands import watch
from tests.desk.watch.tables import put_areas, put_plan
from tests.rules.watch.world import HOUR, MORNING, boat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_boat(db):
    put_areas()
    put_plan([boat()])
    clock.begin(name="16.07", seed=1, sim_at=MORNING + 3 * HOUR, speed=0.0, token="t")


def run(*words):
    return CliRunner().invoke(watch, words)


def test_a_look_tells_what_it_did():
    assert json.loads(run("look", "--json").output) == {"opened": 1, "climbed": 0, "closed": 0}
    assert "1" not in run("look").output


def test_alerts_are_listed_in_words_and_as_json():
    assert len(run("alerts", "--area", "16.07").output.splitlines()) == 1
    run("look")
    (row,) = json.loads(run("alerts", "--area", "id", "--json").output)
    assert (row["kind"], row["post"], row["facts"]["stations_count"]) == ("late", "polri/16.07.03", 15)
    assert row["words"] in run("alerts", "--area", "16.07").output
    refused = run("alerts", "--area", "sixteen")
    assert refused.exit_code == 1 and "sixteen" in refused.output


def test_an_alert_is_answered_for_a_post():
    run("look")
    (row,) = json.loads(run("alerts", "--area", "id", "--json").output)
    told = run("acknowledge", str(row["id"]), "--post", "kpu/16.07.03", "--by", "ppk", "--json")
    assert json.loads(told.output) == {"alert": row["id"], "answered": False}
    told = run("acknowledge", str(row["id"]), "--post", "polri/16.07.03", "--by", "piket", "--json")
    assert json.loads(told.output) == {"alert": row["id"], "answered": True}
    refused = run("acknowledge", str(row["id"]), "--post", "polri/16.08", "--by", "piket")
    assert refused.exit_code == 1 and "polri/16.08" in refused.output
