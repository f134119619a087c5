"""Where the log tells of a parcel, and of which parcels it tells at all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kawal.desk.custody.models import ParcelStory
from kawal.desk.custody.rows import chunks
from kawal.rules.custody.facts import decoded

_AT_ONCE: Final = 500


def entries_about(parcel_code: int) -> list[int]:
    """Log indexes of the events in a parcel's story, as far as the log is folded."""
    row = ParcelStory.objects.filter(parcel_code=parcel_code).first()
    return sorted({fact.log_index for fact in decoded(bytes(row.told))}) if row else []


def told_of(parcel_codes: Collection[int]) -> set[int]:
    """Those of these parcels of which the log tells anything."""
    found: set[int] = set()
    for some in chunks(sorted(parcel_codes), _AT_ONCE):
        rows = ParcelStory.objects.filter(parcel_code__in=some)
        found.update(rows.values_list("parcel_code", flat=True))
    return found
