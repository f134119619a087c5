from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.journey.passage import PROFILES, TOP_KMH, duration_s, passage, stopped_by

WORDS = [
    "yes",
    "no",
    "-1",
    "primary",
    "track",
    "ferry",
    "unpaved",
    "3 t",
    "9" * 400,
    "P" + "9" * 400 + "D",
    "1:30",
]
KEYS = [
    "highway",
    "route",
    "oneway",
    "access",
    "motor_vehicle",
    "maxspeed",
    "maxweight",
    "surface",
    "duration",
]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:45", 2_700), ("90", 5_400), ("PT1H30M", 5_400), ("P1D", 86_400), ("", None), ("0", None),
     ("P", None), ("soon", None), ("P" + "9" * 400 + "D", None), ("9" * 5_000, None)],
)  # fmt: skip
def test_a_duration_is_read_or_is_none(text: str, seconds: int | None) -> None:
    assert duration_s(text) == seconds


@given(
    st.dictionaries(st.sampled_from([*KEYS, "barrier", "ford"]), st.sampled_from(WORDS) | st.text(max_size=9))
)
def test_no_tag_of_a_map_stops_the_reading(tags: dict[str, str]) -> None:
    found = passage(tags)
    assert stopped_by(tags) <= set(PROFILES)
    for speeds in (found.forward, found.backward) if found else ():
        assert all(0 <= kmh <= max(10, TOP_KMH[who]) for who, kmh in zip(PROFILES, speeds, strict=True))
