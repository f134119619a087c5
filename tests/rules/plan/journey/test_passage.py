from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.journey.passage import KEYS as DECIDING
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


class _Watched(dict[str, str]):
    """Remembers which keys were looked for."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)


@pytest.mark.parametrize("tags", [{"highway": "primary"}, {"route": "ferry"}, {"man_made": "pier"}])
def test_nothing_decides_that_is_not_among_the_keys(tags: dict[str, str]) -> None:
    watched = _Watched(tags)
    passage(watched)
    assert watched.asked <= DECIDING
