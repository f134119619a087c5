"""Sets an exercise up as an office would: import, needs, risk, plan, posts, officers, devices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from kawal.demo import risks
from kawal.desk.needs import actions as needs_actions
from kawal.desk.needs import reads as needs
from kawal.desk.people.devices import NewDevice
from kawal.desk.places import actions as places_actions
from kawal.desk.places import reads as places
from kawal.desk.plan import actions as plan_actions
from kawal.desk.plan import reads as plan
from kawal.desk.plan.sure import living
from kawal.desk.risk import actions as risk_actions
from kawal.desk.risk import reads as risk
from kawal.desk.site.commands import found_posts_under
from kawal.desk.trust import actions as trust
from kawal.home import home
from kawal.rehearsal.orders import Orders, devices_of
from kawal.rehearsal.world import build
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.sure.simulation import SCENARIOS
from kawal.rules.refusals import Refused

BY = "kawal demo"


@dataclass
class Steps:
    """Seconds spent per step, for the answer and for whoever watches."""

    tell: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, words: str) -> Iterator[None]:
        self.tell(words)
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - begun, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an exercise starts from: files of places, and what else is known of them."""

    area: str
    place_files: list[Path]
    indicators_file: Path | None = None
    access_file: Path | None = None


def fictional_world(seed: int, steps: Steps) -> Given:
    with steps.step("world", "Building the fictional regency"):
        built = build(seed, home() / "world")
    return Given(
        area=built.area,
        place_files=built.place_files,
        indicators_file=built.indicators_file,
        access_file=built.access_file,
    )


def prepare(
    given: Given,
    *,
    voting_day: date,
    seed: int,
    now: datetime,
    steps: Steps,
) -> None:
    """Everything up to a plan of record and enrolled devices. Refuses `import_has_errors`."""
    area = given.area
    with steps.step("places", "Importing areas, borders and stations"):
        result = places_actions.import_files(given.place_files, area=area, by=BY, now=now)
        if not result.saved:
            first = next((notice for notice in result.notices if notice.severity == "error"), None)
            raise Refused("import_has_errors", first=str(first))
    with steps.step("needs", "Computing needs, parcels and seals"):
        needs_actions.compute(area, now=now)
    with steps.step("risk", "Scoring vulnerability"):
        if given.indicators_file is not None:
            risk_actions.import_indicators(given.indicators_file, source=BY, date=now.date(), now=now)
            risks.indices(area, seed=seed, day=now.date(), by=BY, now=now)
        risk_actions.compute(area, now=now)
        if given.indicators_file is not None:
            risks.happenings(area, voting_day=voting_day, now=now)
    with steps.step("plan", "Planning trips and escorts"):
        plan_actions.make(
            area,
            voting_day=voting_day,
            seed=seed,
            reason="First plan of the exercise",
            by=BY,
            now=now,
            access=given.access_file.read_text(encoding="utf-8") if given.access_file else "",
        )
        living.live(area, seed=seed, scenarios=SCENARIOS, now=now)
    with steps.step("people", "Founding posts, certifying devices"):
        found_posts_under(area)
        specs = devices_of(orders(area, seed))
        trust.enrol([NewDevice(spec.public_key, spec.post, spec.role, spec.label) for spec in specs], now=now)


def orders(area: str, seed: int) -> Orders:
    """What the rehearsal is told: the plan of record and the parcels, as phones would get them."""
    record = plan.plan_of_record(area)
    if record is None:
        raise Refused("no_plan", area=area)
    stations = places.stations_under(area)
    return Orders(
        area=area,
        zone=zone_of(area),
        voting_at=record.voting_at,
        deadline_at=record.deadline_at,
        trips=tuple(plan.trips(record.id)),
        parcels=needs.parcels_of([station.code for station in stations]),
        signal=risk.signal(area),
        seed=seed,
    )
