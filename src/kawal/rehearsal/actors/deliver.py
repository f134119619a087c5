"""The hand-over that the law asks for: the village gives, KPPS receives, and what can go wrong there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from kawal.rehearsal.actors.clockwork import Person
from kawal.rehearsal.actors.hand_over import HONEST, Surprise, Talk, hand_over
from kawal.rehearsal.actors.phone import Phone
from kawal.rehearsal.actors.scene import Scene
from kawal.rehearsal.mishaps import Kind, Mishap
from kawal.rules.custody.event import Line
from kawal.rules.plan.facts import Trip

FOREIGN_SERIES: Final = 9_000_000_000  # a seal that nobody was given
WRITTEN_AFTER_MIN: Final = (300.0, 540.0)
FOLLOWS_AFTER_MIN: Final = (50.0, 110.0)


def deliver(scene: Scene, trip: Trip, station: str, chance: random.Random) -> Person:
    struck, drawn_in = scene.struck(trip.code, station), scene.drawn_in(trip.code, station)
    lines = scene.lines([station])
    surprise = HONEST if struck is None else _surprise(scene, struck, lines, chance)
    if struck and struck.kind is Kind.WRONG_STATION:
        lines = [line for line in lines if line.parcel != struck.parcel]
    elif drawn_in and drawn_in.kind is Kind.WRONG_STATION:
        lines = sorted([*lines, _line(scene, drawn_in)], key=lambda line: line.parcel)
        surprise = Surprise(wrong_place=frozenset([drawn_in.parcel]))
        scene.clock.start(_bring_right(scene, trip, drawn_in))
    talk = hand_over(
        scene,
        scene.at(trip.stops[0].site),
        scene.at(station),
        site=station,
        lines=lines,
        trip=trip.code,
        chance=chance,
        surprise=surprise,
    )
    if surprise.written_after_min:  # the village does not wait for what is written down in the evening
        scene.clock.start(_apart(talk))
        return
    told = yield from talk
    if struck and struck.kind is Kind.SHORT_COUNT:
        scene.clock.start(_bring_later(scene, trip, struck))
    if struck and struck.kind is Kind.DOUBLE_UPLOAD:
        for one in told:
            one.by.repeat(one, scene.clock.now)


def _apart(talk: Talk) -> Person:
    yield from talk


def _surprise(scene: Scene, struck: Mishap, lines: Sequence[Line], chance: random.Random) -> Surprise:
    match struck.kind:
        case Kind.BROKEN_SEAL:  # one tie was cut and another put in its place
            seals = next(line.seals for line in lines if line.parcel == struck.parcel)
            return Surprise(seals={struck.parcel: (*seals[1:], FOREIGN_SERIES + chance.randrange(10**6))})
        case Kind.SHORT_COUNT:
            return Surprise(short=frozenset([struck.parcel]))
        case Kind.BACK_FILLED:
            return Surprise(written_after_min=chance.uniform(*WRITTEN_AFTER_MIN))
        case Kind.WRONG_DEVICE:
            return Surprise(first_by=scene.at(struck.other))
        case _:
            return HONEST


def _bring_later(scene: Scene, trip: Trip, struck: Mishap) -> Person:
    """What was missing turns up in the village and follows on its own."""
    chance = scene.chance(f"later {struck.parcel}")
    yield scene.after(chance.uniform(*FOLLOWS_AFTER_MIN))
    yield from _give(scene, trip, struck, scene.at(trip.stops[0].site), struck.station, chance)


def _bring_right(scene: Scene, trip: Trip, struck: Mishap) -> Person:
    """The village fetches a box from the station that got it and brings it where it belongs."""
    chance = scene.chance(f"right {struck.parcel}")
    yield scene.after(chance.uniform(*FOLLOWS_AFTER_MIN))
    village = scene.at(trip.stops[0].site)
    yield from hand_over(
        scene,
        scene.at(struck.other),
        village,
        site=struck.other,
        lines=[_line(scene, struck)],
        trip=trip.code,
        chance=chance,
    )
    yield scene.after(chance.uniform(10.0, 30.0))
    yield from _give(scene, trip, struck, village, struck.station, chance)


def _give(
    scene: Scene, trip: Trip, struck: Mishap, village: Phone, station: str, chance: random.Random
) -> Person:
    yield from hand_over(
        scene,
        village,
        scene.at(station),
        site=station,
        lines=[_line(scene, struck)],
        trip=trip.code,
        chance=chance,
    )


def _line(scene: Scene, struck: Mishap) -> Line:
    return next(line for line in scene.lines([struck.station]) if line.parcel == struck.parcel)
