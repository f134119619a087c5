"""What the hub wrote, checked by the outsider: he comes to the same standings and findings as the hub."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest

from kawal.desk.custody.models import Finding, ParcelStory
from kawal.desk.ledger import actions as ledger
from kawal.desk.ledger import reads
from kawal.desk.report.archive import writing
from kawal.rules.custody.event import Act
from kawal.rules.custody.stages import Stage
from tests.desk.custody.told import record
from tests.desk.report import recorded
from tests.desk.report.verified import policy_file, verify
from tests.rules.custody.stories import GDG, PPS, START, Cast, line

pytestmark = pytest.mark.django_db


def archived(folder: Path, area: str = "") -> Path:
    writing.write(folder / "log.zip", area)
    return folder / "log.zip"


def troubled(cast: Cast) -> None:
    """Nearly everything that can go wrong: other counts, other seals, a fork, a gap, late, silent, twice."""
    cast.pack(count=254)
    twin = cast.packer.forked()
    twin.tells(Act.POSITION, position=(1, 2, 3))
    cast.out()
    one = cast.parcels[0]
    cast.story.handed(cast.pps, cast.ppk, PPS, [line(one, (1, 2, 3))])
    cast.story.handed(cast.pps, cast.driver, PPS, [line(one, (1, 2, 3))])
    offer = cast.story.offered(cast.driver, cast.rider, GDG, [line(one, (7,)), line(cast.parcels[1], (8,))])
    cast.story.accepted(cast.rider, offer, GDG, [line(one, (7,)), line(999_999_999_999_999)])
    cast.rider.seq += 3  # told to nobody
    late_ms = round((START - timedelta(days=2)).timestamp() * 1000)
    cast.rider.tells(Act.SEAL_CHECK, site=GDG, manifest=(line(one),), happened_ms=late_ms,
                     recorded_ms=late_ms + 3_600_000)  # fmt: skip
    cast.vote()


def test_the_outsider_comes_to_the_same_standings_and_findings(tmp_path: Path) -> None:
    cast = recorded.cast(3)
    troubled(cast)
    events = list(cast.story.events)
    random.Random(7).shuffle(events)
    record(events, at_once=5)
    ledger.publish_checkpoint(now=START)
    lists = [tmp_path / "parcels", tmp_path / "findings"]
    code, told = verify(archived(tmp_path), policy_file(tmp_path), "--parcels", str(lists[0]),
                        "--findings", str(lists[1]))  # fmt: skip
    assert code == 0 and told["whole"], told["broken"]
    parcels, findings = ([json.loads(row) for row in path.read_text().splitlines()] for path in lists)
    by_hub = {
        f"{row.parcel_code:015d}": (Stage(row.stage).name, row.holder or None, row.site_code or None,
                                    row.offered, row.disputed, row.findings_count)
        for row in ParcelStory.objects.all()
    }  # fmt: skip
    assert {row["parcel"]: (row["stage"], row["holder"], row["site"], row["offered"], row["disputed"],
                            row["findings"]) for row in parcels} == by_hub  # fmt: skip
    noted = sorted(
        (row.rule, row.kind, row.parcel_code, row.entry_index)
        for row in Finding.objects.filter(cleared_at=None)
    )
    found = sorted(
        (row["rule"], row["kind"], row["facts"].get("code") or (row["parcel"] and int(row["parcel"])),
         row["index"]) for row in findings
    )  # fmt: skip
    assert [row[:3] for row in found] == [row[:3] for row in noted] and len({row[1] for row in found}) >= 8
    assert {row["kind"]: row["count"] for row in told["custody"]["findings"]} == {
        kind: sum(row[1] == kind for row in noted) for kind in {row[1] for row in noted}
    }
    assert told["gaps"] == [{"device": cast.rider.kid.hex(), "missing": 3}]


def test_a_fork_is_shown_with_the_two_events_that_prove_it(tmp_path: Path) -> None:
    cast = recorded.cast()
    cast.pack()
    cast.packer.forked().tells(Act.POSITION, position=(1, 2, 3))
    cast.packer.tells(Act.POSITION, position=(4, 5, 6))
    record(cast.story.events)
    ledger.publish_checkpoint(now=START)
    lists = tmp_path / "findings"
    code, told = verify(archived(tmp_path), policy_file(tmp_path), "--findings", str(lists))
    found = [json.loads(row) for row in lists.read_text().splitlines()]
    (fork,) = [row for row in found if row["kind"] == "fork"]
    assert code == 0 and fork["rule"] == "C12" and told["custody"]["forks"] == [fork]
    ids = [row.leaf_hash.hex() for row in reads.entries(0, reads.size())]
    assert sorted(fork["events"]) == sorted(ids[-2:])


def test_the_balance_names_what_is_not_home(tmp_path: Path) -> None:
    cast = recorded.cast(2)
    recorded.told(cast, "pack", "out")
    _, told = verify(archived(tmp_path), policy_file(tmp_path))
    counted = told["custody"]["counted"]["all"]
    assert (counted["needed"], counted["issued"], counted["received"], counted["home"]) == (12, 12, 12, 0)
    assert counted["remainders"] == {
        "not_packed": 0, "in_warehouse": 0, "not_received": 0, "not_home": 12, "ballots": 0
    }  # fmt: skip
    assert told["custody"]["stations"] == {"received": 2, "received_late": 0, "not_received": 0}
    recorded.told(cast, "vote", "back")
    _, told = verify(archived(tmp_path), policy_file(tmp_path))
    assert set(told["custody"]["counted"]["all"]["remainders"].values()) == {0}


def test_what_was_never_packed_is_counted_as_needed(tmp_path: Path) -> None:
    ledger.publish_checkpoint(now=START)
    recorded.cast(1)
    code, told = verify(archived(tmp_path), policy_file(tmp_path))
    assert code == 0 and told["custody"]["stages"] == {"NEEDED": 6}
    assert told["custody"]["stations"] == {"received": 0, "received_late": 0, "not_received": 1}
    assert told["custody"]["counted"]["all"]["remainders"]["not_packed"] == 6


def test_received_after_the_deadline_is_counted_as_late(tmp_path: Path) -> None:
    cast = recorded.cast(1)
    cast.pack()
    cast.story.now = recorded.DEADLINE
    cast.out()
    record(cast.story.events)
    ledger.publish_checkpoint(now=cast.story.now)
    _, told = verify(archived(tmp_path), policy_file(tmp_path))
    assert told["custody"]["counted"]["all"]["received_late"] == 6
    assert told["custody"]["stations"] == {"received": 1, "received_late": 1, "not_received": 0}


def test_an_archive_of_another_area_tells_nothing_of_this_one(tmp_path: Path) -> None:
    recorded.told(recorded.cast(1), "pack")
    code, told = verify(archived(tmp_path, "16.08"), policy_file(tmp_path))
    assert code == 0 and told["area"] == "16.08"
    assert told["custody"]["parcels_told"] == 0 and told["entries"] == reads.size()
