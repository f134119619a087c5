"""Values of villages as what happens moves them. Pure: base values, what is told, the spec.

Where nothing was known of an indicator it starts where the village stands anyway, by its score: a warning
never makes a village milder than before it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kawal.rules.risk.living import Net, moved
from kawal.rules.risk.measures import Values
from kawal.rules.risk.scoring import Scores, assess
from kawal.rules.risk.spec import RiskSpec


def rescored(base: Values, nets: Sequence[Mapping[str, Net]], spec: RiskSpec) -> Scores:
    """`base` has a row per village and a column per indicator, NaN where missing; `nets` what moves each."""
    return assess(moved_values(base, nets, spec), spec)


def moved_values(base: Values, nets: Sequence[Mapping[str, Net]], spec: RiskSpec) -> Values:
    """The values of `rescored`."""
    if not any(nets):
        return base
    stands = assess(base, spec).score / (spec.index.high * spec.index.multiply)
    values = base.copy()
    places = {indicator.code: place for place, indicator in enumerate(spec.indicators)}
    for row, told in enumerate(nets):
        for code, net in told.items():
            place = places.get(code)
            if place is None:
                continue
            indicator = spec.indicators[place]
            at = float(base[row, place])
            if np.isnan(at) and net.worse:
                at = indicator.safe + float(stands[row]) * (indicator.worst - indicator.safe)
            elif np.isnan(at):
                continue  # nothing is known, and what happened is good: still nothing is known
            values[row, place] = moved(at, net, safe=indicator.safe, worst=indicator.worst)
    return values
