"""What the hub must know before events come: parcels with their seals, and a deadline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from kawal.desk.custody import actions, progress
from kawal.desk.ledger.actions import Receipt
from kawal.desk.needs.models import Parcel
from kawal.desk.plan.models import Plan
from kawal.rules.custody.told import Verified
from kawal.rules.needs.parcels import BALLOT_TYPES, BUNDLE_DIGIT, kind_of, parcel_code, station_of
from tests.rules.custody.stories import BALLOTS, START

VILLAGE = "16.07.03.2001"
SEALS_EACH = 6


def stations(count: int, village: str = VILLAGE) -> list[str]:
    return [village.replace(".", "") + f"{number:03d}" for number in range(1, count + 1)]


def parcels(station: str) -> list[int]:
    return [parcel_code(station, digit) for digit in (*range(1, len(BALLOT_TYPES) + 1), BUNDLE_DIGIT)]


def need(station_codes: Iterable[str], *, first_seal: int = 1) -> dict[int, tuple[int, ...]]:
    """Rows of needs for whole stations; answers each box's assigned seals."""
    rows, seals = [], {}
    for parcel in (parcel for station in station_codes for parcel in parcels(station)):
        is_box = kind_of(parcel) != "bundle"
        if is_box:
            seals[parcel] = tuple(range(first_seal, first_seal + SEALS_EACH))
        rows.append(
            Parcel(
                code=parcel,
                station_code=station_of(parcel),
                kind=kind_of(parcel),
                ballots_count=BALLOTS if is_box else 0,
                weight_g=9_000,
                volume_cm3=90_000,
                seal_first=first_seal if is_box else None,
                seals_count=SEALS_EACH if is_box else 0,
            )
        )
        first_seal += SEALS_EACH if is_box else 0
    Parcel.objects.bulk_create(rows)
    return seals


def planned(deadline_at: datetime) -> None:
    progress.forget_plans()
    Plan.objects.create(
        area_code="16.07",
        version=1,
        of_record=True,
        reason="test",
        made_at=START,
        made_by="test",
        seed=1,
        problem_sha256="",
        voting_at=deadline_at + timedelta(hours=13),
        deadline_at=deadline_at,
        summary={},
    )


def record(events: Sequence[Verified], *, at_once: int = 1000) -> list[Receipt]:
    """Batches in this order, each received two minutes after its last event was recorded."""
    receipts: list[Receipt] = []
    newest = START
    for first in range(0, len(events), at_once):
        batch = events[first : first + at_once]
        last_ms = max(one.event.recorded_ms for one in batch)
        newest = max(newest, datetime.fromtimestamp(last_ms / 1000, UTC) + timedelta(minutes=2))
        receipts += actions.record(batch, received_at=newest)
    return receipts
