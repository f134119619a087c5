"""The mass balance as far as signed events tell it: per kind of parcel, what was needed and where it is.

Every remainder names what it is made of, so that a sum that does not come out can be followed:

    needed - packed      not packed yet          issued - received   out, and not received by KPPS
    packed - issued      still in the warehouse  received - home     not brought home yet
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from kawal.rules.custody.event import Act
from kawal.rules.custody.facts import Fact
from kawal.rules.custody.stages import Stage
from kawal.rules.custody.standing import Standing
from kawal.rules.report.archive import NeededParcel


@dataclass(slots=True)
class Counted:
    """Of one kind of parcel (a ballot type, or the bundle)."""

    needed: int = 0  # as the hub tells; 0 where it tells nothing
    packed: int = 0
    issued: int = 0  # left the warehouse
    received: int = 0  # accepted by KPPS at its own station
    received_late: int = 0  # after the deadline, where one is told
    opened: int = 0
    home: int = 0
    disputed: int = 0
    unknown: int = 0  # told about, but needed by nobody
    ballots_needed: int = 0
    ballots_packed: int = 0
    ballots_differ: int = 0  # boxes whose ballots counted in are not those needed

    def plus(self, other: Counted) -> Counted:
        return Counted(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counted)))

    def remainders(self) -> dict[str, int]:
        """What lies between two steps; all are 0 when everything is home. Where nobody told what was
        needed, nothing is asked of the first step and of the ballots."""
        asked = self.needed + self.unknown
        return {
            "not_packed": asked - self.packed if asked else 0,
            "in_warehouse": self.packed - self.issued,
            "not_received": self.issued - self.received,
            "not_home": self.received - self.home,
            "ballots": self.ballots_needed - self.ballots_packed if asked else 0,
        }


def of(
    needed: NeededParcel | None,
    stands: Standing | None,
    told: list[Fact],
    *,
    needs_told: bool,
    deadline_ms: int | None,
) -> Counted:
    """What one parcel adds. A parcel that has gone on has also passed what lies before."""
    counted = Counted()
    if needed is not None:
        counted.needed, counted.ballots_needed = 1, needed.ballots_count
    if stands is None:
        return counted
    counted.unknown = int(needs_told and needed is None)
    received = stands.received_ms is not None
    counted.home = int(stands.stage is Stage.BACK_HOME)
    counted.received = int(received)
    counted.received_late = int(
        stands.received_ms is not None and deadline_ms is not None and stands.received_ms > deadline_ms
    )
    counted.opened = int(any(fact.act == Act.OPENED for fact in told))
    counted.issued = int(stands.stage >= Stage.ON_THE_WAY_PPK or received)
    packings = [fact for fact in told if fact.act == Act.PACKED and fact.present]
    counted.packed = int(bool(packings) or stands.stage >= Stage.PACKED or received)
    counted.disputed = int(stands.disputed)
    if packings:
        counted.ballots_packed = max(packings).counted or 0
    counted.ballots_differ = int(any(one.kind == "count_differs" for one in stands.findings))
    return counted
