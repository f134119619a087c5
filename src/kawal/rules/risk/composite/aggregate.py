"""Step 6b, aggregation: the children of one node become its value, by a mean or by outranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import OUTRANKING, Aggregation, Mean
from kawal.rules.risk.composite.normalise import Ends
from kawal.rules.risk.composite.outranking import outranked


@dataclass(frozen=True, slots=True)
class Combined:
    value: Values  # (n,), NaN where nothing below is known
    slopes: Values | None  # (n, c): slope x child is its part of the value; None for outranking


def combined(children: Values, weights: Values, how: Aggregation, ends: Ends) -> Combined:
    """(n, c) children with (n, c) weights, zero where a child is unknown (NaN).

    Means of M_p(x) = (sum w x^p)^(1/p), w adding up to one: arithmetic p = 1, geometric p -> 0,
    harmonic p = -1. They are homogeneous, so x dM/dx adds up to M (Euler): that is each child's part.
    """
    total = weights.sum(axis=1)
    known = total > 0
    if how.mean in OUTRANKING:
        return Combined(outranked(children, weights, how.mean, ends), None)
    shares = weights / np.where(known, total, 1)[:, None]
    filled = np.where(np.isnan(children), 0.0, children)
    if how.mean is Mean.ARITHMETIC and not how.inverted and how.on is None:
        value = np.where(known, (shares * filled).sum(axis=1), np.nan)
        return Combined(value, shares)
    moved, rate = _onto(filled, how, ends)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean, slopes = _mean(moved, shares, how)
    value, slopes = _back(mean, slopes, rate, how, ends)
    if how.inverted or how.on is not None:  # no longer homogeneous: scaled to add up
        total_parts = (slopes * filled).sum(axis=1)
        scale = np.divide(value, total_parts, out=np.zeros_like(value), where=total_parts != 0)
        slopes = slopes * scale[:, None]
    return Combined(np.where(known, value, np.nan), slopes)


def _mean(x: Values, shares: Values, how: Aggregation) -> tuple[Values, Values]:
    """The mean and its slopes dM/dx; where M is 0 for a zero child, slopes are 0."""
    counts = shares > 0
    if how.mean in (Mean.MINIMUM, Mean.MAXIMUM):
        low = how.mean is Mean.MINIMUM
        held = np.where(counts, x, np.inf if low else -np.inf)
        value = held.min(axis=1) if low else held.max(axis=1)
        at = counts & (held == value[:, None])
        return np.where(np.isfinite(value), value, 0.0), at / np.maximum(at.sum(axis=1), 1)[:, None]
    power = {Mean.ARITHMETIC: 1.0, Mean.GEOMETRIC: 0.0, Mean.HARMONIC: -1.0}.get(how.mean, how.power)
    if power == 0:
        value = np.exp((shares * np.where(counts, np.log(x), 0.0)).sum(axis=1))
        slopes = np.where(counts, shares * value[:, None] / x, 0.0)
    else:
        value = (shares * np.where(counts, x**power, 0.0)).sum(axis=1) ** (1 / power)
        slopes = np.where(counts, shares * (x / value[:, None]) ** (power - 1), 0.0)
    zero = ~(value > 0)
    return np.where(zero, 0.0, value), np.where(zero[:, None] | ~np.isfinite(slopes), 0.0, slopes)


def _onto(x: Values, how: Aggregation, ends: Ends) -> tuple[Values, float]:
    """Onto the range on which the mean is taken, and how fast that moves."""
    if how.inverted:
        x = ends.low + ends.high - x
    if how.on is None:
        return x, 1.0
    rate = (how.on[1] - how.on[0]) / (ends.high - ends.low)
    return how.on[0] + (x - ends.low) * rate, rate


def _back(mean: Values, slopes: Values, rate: float, how: Aggregation, ends: Ends) -> tuple[Values, Values]:
    if how.on is not None:
        mean = ends.low + (mean - how.on[0]) / rate
    return (ends.low + ends.high - mean if how.inverted else mean), slopes
