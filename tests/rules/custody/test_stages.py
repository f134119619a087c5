"""The table of stages, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kawal.rules.custody.event import Act
from kawal.rules.custody.stages import MOVES, How, Stage, drawn, moved
from kawal.rules.places.facts import SiteKind

PAGE = Path(__file__).resolve().parents[3] / "docs" / "custody.md"


def test_the_page_shows_the_table_as_it_is() -> None:
    shown = PAGE.read_text().partition("<!-- stages -->\n")[2].partition("<!-- /stages -->")[0]
    assert shown == drawn(), "write the answer of `kawal custody stages` between the marks of docs/custody.md"


def test_no_two_moves_disagree() -> None:
    seen: dict[object, Stage] = {}
    for move in MOVES:
        for source in move.sources:
            for thing in move.things.split(", "):
                assert seen.setdefault((move.act, move.how, move.where, source, thing), move.to) is move.to


def test_every_stage_but_the_first_is_reached_by_a_move() -> None:
    assert {move.to for move in MOVES} == set(Stage) - {Stage.NEEDED}


def test_the_way_back_never_leads_out_again() -> None:
    for move in MOVES:
        if Stage.AT_STATION in move.sources and move.how is not How.BY_HOLDER:
            assert move.to > Stage.AT_STATION


@pytest.mark.parametrize("where", [None, SiteKind.PPS])
def test_what_the_table_does_not_know_moves_nothing(where: SiteKind | None) -> None:
    assert moved(Stage.AT_PPS, Act.SEALED, How.BY_HOLDER, where, is_box=True) is Stage.AT_PPS
