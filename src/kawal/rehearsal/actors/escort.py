"""The escort's word: who is aboard, and whether the seals hold."""

from __future__ import annotations

from kawal.rehearsal.actors.scene import Scene
from kawal.rehearsal.mishaps import Kind
from kawal.rehearsal.orders import escort
from kawal.rules.custody.event import Act
from kawal.rules.plan.facts import Trip


def attest(scene: Scene, trip: Trip, site: str, phase: str) -> None:
    """At the start and at the end. "Not aboard" is legal with its substitute; silence is not (C9)."""
    aboard = trip.escort.officers_count
    struck = scene.struck(trip.code)
    left_behind = struck is not None and struck.kind is Kind.NOT_ABOARD
    if phase == "start" and (trip.escort.substitute or left_behind):
        phase, aboard = "not_aboard", 0
    scene.phone(escort(trip.escort.post)).tell(
        Act.ATTEST, scene.clock.now, near=site, site=site, trip=trip.code, kind=phase, officers=aboard
    )
