"""How sure a class is: computed anew under other weights, methods and data, and kept with each village."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models.functions import Length

from kawal.desk.risk import moving, specfiles
from kawal.desk.risk.gathering import within
from kawal.desk.risk.models import AreaRisk
from kawal.rules.refusals import Refused
from kawal.rules.risk.composite.checks import Checks
from kawal.rules.risk.composite.robustness import replicated
from kawal.rules.risk.rescoring import moved_values
from kawal.rules.risk.scoring import result_of

_BATCH: Final = 500
REPLICATIONS_MAX: Final = 100_000

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    area_code: str
    villages: int
    replications: int
    another: float  # mean share of checks in which a village has another class
    unsure: int  # villages that have another class in more than a fifth of the checks


def check(
    area: str, *, now: datetime, replications: int | None = None, progress: Progress | None = None
) -> Checked:
    """Checks every scored village of an area by the spec of its own run (`[robustness]`), all at once.

    Same area, values and spec, same answer. Refuses `risk_not_computed`, `too_many_checks`.
    """
    if replications is not None and not 1 <= replications <= REPLICATIONS_MAX:
        raise Refused("too_many_checks", most=REPLICATIONS_MAX)
    rows = list(
        AreaRisk.objects.filter(within(area))
        .annotate(chars=Length("area_code"))
        .filter(chars=13)
        .select_related("run")
        .order_by("area_code")
    )
    if not rows:
        raise Refused("risk_not_computed", area=area)
    spec = specfiles.spec_of_run(rows[0].run.spec_sha256)
    base = np.array([moving.base_of(row, spec) for row in rows], dtype=np.float64)
    values = moved_values(base, [moving.nets_kept(row) for row in rows], spec)
    result = result_of(values, spec)
    found = replicated(Checks(result), replications, _told(progress) if progress else map)
    shares = np.round(found.shares, 4)
    for at, row in enumerate(rows):
        row.checks = {
            "replications": found.replications,
            "shares": [float(share) for share in shares[at]],
            "low": round(float(found.score.low[at]), 2),
            "high": round(float(found.score.high[at]), 2),
        }
    with transaction.atomic():
        AreaRisk.objects.bulk_update(rows, ["checks"], _BATCH)
    another = found.changes[~np.isnan(found.changes)]
    return Checked(area, len(rows), found.replications, float(another.mean()), int((another > 0.2).sum()))


def _told(progress: Progress) -> Callable[..., Iterator[Any]]:
    def mapper(work: Callable[[int], Any], numbers: Iterable[int]) -> Iterator[Any]:
        for done, number in enumerate(numbers, start=1):
            yield work(number)
            progress(done)

    return mapper
