"""How the parts of the Technology Achievement Index hang together, as in the handbook's section 4.3."""

import numpy as np
import pytest

from kawal.rules.risk.composite.compute import compute
from kawal.rules.risk.composite.data import table_of
from kawal.rules.risk.composite.multivariate import structures
from kawal.rules.risk.composite.reading import read_index

from .test_published import computed

# OECD/JRC handbook (2008), table 11: correlation with the total, and alpha, with one indicator deleted at a
# time. Telephones and electricity are printed to two decimals, so ours may differ a little.
TABLE_11 = {
    "patents": (0.261, 0.704), "royalties": (0.527, 0.645), "internet": (0.566, 0.636),
    "exports": (-0.108, 0.774),
    "telephones": (0.701, 0.603), "electricity": (0.614, 0.624), "schooling": (0.451, 0.662),
    "university": (0.249, 0.706),
}  # fmt: skip


def test_cronbachs_alpha_and_what_it_would_be_without_each_indicator() -> None:
    table = computed("tai").table
    codes = [item.code for item in computed("tai").index.indicators]
    flat = read_index(
        {"name": "flat", "normalisation": "z-score", "indicators": [{"code": c} for c in codes]}
    )
    found = structures(compute(flat, table))["flat"]
    assert round(found.alpha, 2) == 0.70
    for code, (with_sisters, without) in TABLE_11.items():
        assert found.children[code].with_sisters == pytest.approx(with_sisters, abs=0.006)
        assert found.children[code].alpha_without == pytest.approx(without, abs=0.0016)


def test_where_it_cannot_be_told_it_is_not() -> None:
    spec = read_index({"name": "x", "indicators": [{"code": "a"}, {"code": "b"}]})
    found = structures(compute(spec, table_of(np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]]), list("uvw"))))[
        "x"
    ]
    assert np.isnan(found.alpha)
    assert found.children["a"].with_score == pytest.approx(1)
    assert np.isnan(found.children["b"].with_score)
