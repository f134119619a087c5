"""The tables are nothing but the log: replayed, they are the same."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from click.testing import CliRunner

from kawal.cli import main
from kawal.desk.custody import actions, reads
from kawal.desk.custody.models import AreaProgress, Finding, ParcelStory
from kawal.desk.people.devices import NewDevice, enrol
from kawal.desk.people.models import Agency, Post, Role
from kawal.rules.custody.event import Act
from kawal.rules.custody.stages import drawn
from tests.desk.custody.told import VILLAGE, need, parcels, planned, record, stations
from tests.rules.custody.stories import BOX, GDG, PPS, START, STATION, Cast, Story, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def trouble() -> Cast:
    """A distribution with lost and repeated events, a fork, a dispute, wrong seals and late entries."""
    codes = stations(3)
    seals = need(codes)
    planned(START + timedelta(hours=1))
    again = {parcel: tuple(number + 10_000 for number in numbers) for parcel, numbers in seals.items()}
    cast = Cast(Story(), [one for code in codes for one in parcels(code)], first=seals, second=again)
    story = cast.story
    cast.pack()
    cast.out()
    lost = story.events.pop()
    cast.vote()
    cast.back()
    twin = cast.packer.forked()
    story.handed(cast.packer, cast.driver, GDG, cast.lines())
    story.handed(twin, cast.rider, GDG, cast.lines(codes[0]))
    cast.escort.tells(Act.SEAL_CHECK, site=PPS, manifest=(line(17, ()), line(cast.parcels[0], (1, 2, 3))))
    now_ms = round(story.now.timestamp() * 1000)
    cast.escort.tells(Act.INCIDENT, kind="theft", site=PPS, happened_ms=now_ms, recorded_ms=now_ms + 10**8)
    random.Random(4711).shuffle(story.events)
    story.events.append(lost)
    return cast


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_a_replay_of_a_story_with_trouble_equals_what_was_kept(trouble: Cast, at_once: int) -> None:
    record(trouble.story.events, at_once=at_once)
    assert Finding.objects.filter(cleared_at=None).exists()
    assert actions.check() == []
    before = {row.key: (row.found_at, row.found_index, row.cleared_at) for row in Finding.objects.all()}
    actions.rebuild()
    assert actions.check() == []
    after = {row.key: (row.found_at, row.found_index, row.cleared_at) for row in Finding.objects.all()}
    assert {key: after[key] for key in before} == before
    assert all(cleared_at for key, (_, _, cleared_at) in after.items() if key not in before)


def test_what_was_changed_behind_the_logs_back_is_named_and_mended(trouble: Cast) -> None:
    record(trouble.story.events)
    ParcelStory.objects.filter(parcel_code=trouble.parcels[3]).update(holder="0" * 16)
    ParcelStory.objects.filter(parcel_code=trouble.parcels[4]).delete()
    AreaProgress.objects.create(area_code="99", parent_code="")
    open_key = Finding.objects.filter(cleared_at=None).values_list("key", flat=True)[0]
    Finding.objects.filter(key=open_key).update(cleared_at=START)
    found = {(one.table, one.key, one.how) for one in actions.check()}
    assert found == {
        ("ParcelStory", str(trouble.parcels[3]), "changed"),
        ("ParcelStory", str(trouble.parcels[4]), "missing"),
        ("AreaProgress", "99", "extra"),
        ("Finding", open_key, "missing"),
    }
    actions.rebuild()
    assert actions.check() == []


def test_the_command_compares_and_says_what_differs(trouble: Cast) -> None:
    record(trouble.story.events)
    run = CliRunner().invoke(main, ["custody", "rebuild", "--check", "--json"])
    assert (run.exit_code, json.loads(run.stdout)["differences"]) == (0, [])
    ParcelStory.objects.filter(parcel_code=trouble.parcels[0]).delete()
    run = CliRunner().invoke(main, ["custody", "rebuild", "--check"])
    assert run.exit_code == 1
    assert str(trouble.parcels[0]) in run.stderr
    assert CliRunner().invoke(main, ["custody", "rebuild"]).exit_code == 0
    assert CliRunner().invoke(main, ["custody", "rebuild", "--check"]).exit_code == 0


def test_a_parcel_shows_its_holder_and_its_story() -> None:
    seals = need([STATION])
    cast = Cast(Story(), parcels(STATION), first=seals)
    Post.objects.create(code="kpu/16.07", agency=Agency.KPU, area_code="16.07", name="KPU")
    enrol([NewDevice(cast.packer.public_key, "kpu/16.07", Role.LOGISTICS)], now=START)
    cast.pack()
    cast.story.offered(cast.rider, cast.ppk, GDG, cast.lines())
    record(cast.story.events)
    story = reads.parcel_story(BOX)
    assert (story.holder_post, story.site, [step.act for step in story.steps]) == (
        "kpu/16.07",
        GDG,
        [Act.PACKED, Act.SEALED, Act.OFFER],
    )
    assert [(one.rule, one.kind) for one in story.steps[2].findings] == [("C2", "not_holder")]
    assert len(reads.station_story(STATION)) == 6
    told = CliRunner().invoke(main, ["custody", "show", f"{BOX:015d}", "--json"])
    (shown,) = json.loads(told.stdout)
    assert (shown["stage"], shown["holder_post"], shown["steps"][0]["act"]) == (
        "SEALED",
        "kpu/16.07",
        "PACKED",
    )
    told = CliRunner().invoke(main, ["custody", "show", STATION])
    assert told.exit_code == 0
    assert "kpu/16.07" in told.stdout and "C2" in told.stdout and "WIB" in told.stdout


@pytest.mark.parametrize("code", ["1607032001999", "160703200199914", "16.07", "x"])
def test_what_nobody_knows_is_not_shown(code: str) -> None:
    told = CliRunner().invoke(main, ["custody", "show", code])
    assert (told.exit_code, code in told.stderr) == (1, True)


def test_a_station_that_is_only_needed_shows_parcels_without_a_story() -> None:
    need([STATION])
    stories = reads.station_story(STATION)
    assert [(story.steps, story.holder) for story in stories] == [((), "")] * 6
    assert reads.progress_of_children("16.07") == {}
    assert reads.progress(VILLAGE).stations_count == 0


def test_the_stages_are_printed_as_they_are() -> None:
    assert CliRunner().invoke(main, ["custody", "stages"]).stdout == drawn()
