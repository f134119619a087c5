"""The log first, the picture behind it: what is appended is folded later, once, whatever happens between."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from click.testing import CliRunner

from kawal.cli import main
from kawal.desk.custody import actions, projecting, reads
from kawal.desk.custody.models import ParcelStory, Projection, Unfolded
from kawal.desk.custody.picture import picture
from kawal.desk.ledger import actions as ledger
from kawal.desk.ledger import reads as log
from kawal.rules.custody.stages import Stage
from kawal.rules.signing.hashes import leaf_hash
from tests.desk.custody.told import VILLAGE, need, parcels, planned, stations
from tests.rules.custody.stories import START, Cast, Story

pytestmark = pytest.mark.django_db

LATER = START + timedelta(days=1)
GARBAGE = b"\xd2no event that this program can read"


@pytest.fixture
def cast() -> Cast:
    codes = stations(2)
    seals = need(codes)
    planned(START + timedelta(days=3))
    cast = Cast(Story(), [one for code in codes for one in parcels(code)], first=seals)
    cast.pack()
    cast.out()
    return cast


def append(cast: Cast) -> None:
    ledger.append_new([(one.id, one.signed) for one in cast.story.events], received_at=LATER)


def garbage(*texts: bytes) -> None:
    ledger.append([(leaf_hash(GARBAGE + text), GARBAGE + text) for text in texts], received_at=LATER)


def test_what_is_appended_waits_and_says_since_when(cast: Cast) -> None:
    append(cast)
    assert (log.size(), projecting.folded(), ParcelStory.objects.count()) == (len(cast.story.events), 0, 0)
    assert picture().complete_until(LATER + timedelta(hours=1)) == LATER
    actions.catch_up()
    assert projecting.folded() == log.size()
    assert picture().complete_until(LATER + timedelta(hours=1)) == LATER + timedelta(hours=1)
    assert reads.progress(VILLAGE).stations_by_stage == {Stage.AT_STATION: 2}


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_any_slices_end_in_what_a_replay_says(cast: Cast, at_once: int) -> None:
    append(cast)
    while projecting.fold_next(at_once=at_once):
        assert actions.check() == []  # also halfway: the tables are those of the log so far
    assert projecting.folded() == log.size()


def test_a_replay_is_compared_as_far_as_the_tables_stand(cast: Cast) -> None:
    append(cast)
    projecting.fold_next(at_once=2)
    told = json.loads(CliRunner().invoke(main, ["custody", "rebuild", "--check", "--json"]).stdout)
    assert told == {"events": 2, "waiting": log.size() - 2, "differences": []}
    assert CliRunner().invoke(main, ["custody", "rebuild"]).exit_code == 0
    assert projecting.folded() == log.size()


def test_an_entry_at_which_the_program_fails_is_set_aside_and_those_around_it_are_folded(cast: Cast) -> None:
    garbage(b"1")
    append(cast)
    garbage(b"2")
    actions.catch_up()
    assert projecting.folded() == log.size()
    assert reads.progress(VILLAGE).stations_by_stage == {Stage.AT_STATION: 2}
    assert picture().unfolded == 2
    assert [row.entry_index for row in Unfolded.objects.order_by("entry_index")] == [0, log.size() - 1]
    assert "Refused" in Unfolded.objects.get(entry_index=0).error
    assert actions.check() == []
    actions.rebuild()
    assert picture().unfolded == 2


def test_what_was_set_aside_is_folded_as_soon_as_the_program_can(cast: Cast) -> None:
    append(cast)
    Unfolded.objects.create(entry_index=0, received_at=LATER, error="an older program's")
    Projection.objects.create(pk=1, up_to_index=1)
    actions.catch_up()
    assert {(one.table, one.how) for one in actions.check()} >= {("Unfolded", "extra")}
    garbage(b"1")
    actions.catch_up()
    assert projecting.try_again() == 1
    assert [row.entry_index for row in Unfolded.objects.all()] == [log.size() - 1]
    assert actions.check() == []


def test_others_are_waited_for_only_as_long_as_they_come_forward(cast: Cast) -> None:
    append(cast)
    before = time.monotonic()
    actions.catch_up(patience_s=0.2)  # nobody is there
    assert time.monotonic() - before >= 0.2
    assert projecting.folded() == log.size()


def test_a_story_that_is_asked_for_on_the_command_line_is_whole(cast: Cast) -> None:
    append(cast)
    shown = CliRunner().invoke(main, ["custody", "show", f"{cast.parcels[0]:015d}", "--json"])
    assert json.loads(shown.stdout)[0]["stage"] == "AT_STATION"


def test_the_operator_is_told_at_which_entries_the_program_failed(cast: Cast) -> None:
    append(cast)
    actions.catch_up()
    assert CliRunner().invoke(main, ["custody", "unfolded"]).exit_code == 0
    garbage(b"1")
    actions.catch_up()
    run = CliRunner().invoke(main, ["custody", "unfolded", "--json"])
    assert run.exit_code == 1
    assert [row["entry_index"] for row in json.loads(run.stdout)] == [log.size() - 1]
    assert f"#{log.size() - 1}" in CliRunner().invoke(main, ["custody", "unfolded"]).stdout
