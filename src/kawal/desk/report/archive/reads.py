"""What belongs to a log beside its entries: told by the hub, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kawal.desk.needs import reads as needs
from kawal.desk.people import devices
from kawal.desk.places import reads as places
from kawal.desk.plan import reads as plans
from kawal.desk.trust import reads as trust
from kawal.rules.custody import findings, stages
from kawal.rules.places.codes import level_of
from kawal.rules.report import archive


def device_lines() -> Iterator[str]:
    for device in devices.all_devices():
        yield archive.device_line(
            archive.Device(public_key=device.public_key, post=device.post, role=device.role)
        )


def issuer_lines() -> Iterator[str]:
    """As `kawal verify --issuers` takes them; whose they are, the agencies must confirm."""
    yield from (f"{issuer.agency} {issuer.public_key.hex()}\n" for issuer in trust.issuers())


def need_lines(area: str) -> Iterator[str]:
    for parcel in needs.iterate_parcels(area):
        yield archive.needed_line(
            archive.NeededParcel(
                parcel=parcel.code,
                ballots_count=parcel.ballots_count,
                seal_first=parcel.seals[0] if parcel.seals else None,
                seals_count=len(parcel.seals),
            )
        )


def deadline_lines(area: str) -> Iterator[str]:
    for plan in plans.plans_of_record(area):
        yield archive.deadline_line(plan.area, round(plan.deadline_at.timestamp() * 1000))


def run_lines(area: str) -> Iterator[str]:
    for run in needs.runs(area):
        yield _line(
            area=run.area_code,
            rules=run.rules_name,
            rules_sha256=run.rules_sha256,
            computed_ms=round(run.at.timestamp() * 1000),
            stations=run.stations_count,
            parcels=run.parcels_count,
        )


def area_lines(area: str) -> Iterator[str]:
    for found in places.subtree(area):
        yield _line(area=found.code, level=level_of(found.code), name=found.name)


def rules_in_words() -> dict[str, str]:
    """The rules as they stand in this version, by the name of their member."""
    kinds = "".join(f"{rule:<4} {kind}\n" for kind, rule in findings.KINDS.items())
    return {"rules/stages.md": stages.drawn(), "rules/findings.txt": kinds}


def _line(**told: Any) -> str:
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n"
