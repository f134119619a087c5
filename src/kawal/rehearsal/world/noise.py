"""Smooth chance: the same wobble for coasts, rivers and borders, so that they look alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # shape (n, 2), kilometres

WAVES_COUNT = 9  # plane waves per octave: enough that no direction shows


@dataclass(frozen=True, slots=True)
class Octave:
    length_km: float
    height_km: float


@dataclass(frozen=True, slots=True)
class Wobble:
    """A displacement field: `moved(points)` shifts near points nearly alike and never tears a line."""

    waves: NDArray[np.float64]  # (m, 2) wave vectors, 1/km
    phases: NDArray[np.float64]  # (m, 2) one per axis of displacement
    heights: NDArray[np.float64]  # (m,)

    def shift(self, points: Points) -> Points:
        angles = points @ self.waves.T
        return np.stack(
            [np.sin(angles + self.phases[:, axis]) @ self.heights for axis in range(2)], axis=1
        )  # fmt: skip

    def moved(self, points: Points) -> Points:
        # Rounded to a millimetre, so that the last bit of a sine never decides about a vertex.
        result: Points = np.round(points + self.shift(points), 6)
        return result

    def level(self, points: Points) -> NDArray[np.float64]:
        """A scalar field between about -1 and 1 from the same waves."""
        total: NDArray[np.float64] = self.shift(points)[:, 0] / self.heights.sum() * 3.0
        return np.clip(total, -1.0, 1.0)


def wobble(chance: np.random.Generator, *octaves: Octave) -> Wobble:
    waves, heights = [], []
    for octave in octaves:
        angles = chance.uniform(0, 2 * np.pi, WAVES_COUNT)
        lengths_km = octave.length_km * chance.uniform(0.7, 1.4, WAVES_COUNT)
        waves.append(2 * np.pi / lengths_km[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1))
        # Waves of random phase add up like a walk: the root keeps the height of their sum.
        heights.append(np.full(WAVES_COUNT, octave.height_km * np.sqrt(2 / WAVES_COUNT)))
    stacked = np.concatenate(waves)
    return Wobble(stacked, chance.uniform(0, 2 * np.pi, (len(stacked), 2)), np.concatenate(heights))
