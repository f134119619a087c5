from __future__ import annotations

from bench.rostering import Shape, province, tight
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.lending import relaxed, shared_out
from kawal.rules.plan.roster.model import model_of, regencies
from kawal.rules.plan.roster.naming import name
from kawal.rules.plan.roster.settling import Effort
from kawal.rules.plan.roster.solve import roster
from kawal.rules.plan.roster.whatif import with_strength

SMALL = Shape(regencies=2, polsek=14, convoys=110)
TIGHT = province(tight(0.5), SMALL)
SCARCE = province(tight(0.25), SMALL)


@given(
    wanted=st.dictionaries(
        st.sampled_from(["16.01", "16.02", "16.03", "16.04"]), st.floats(0, 40), min_size=1
    ),
    lends=st.integers(0, 200),
)
def test_all_that_a_polda_has_is_lent_and_what_is_wanted_comes_first(
    wanted: dict[str, float], lends: int
) -> None:
    needed = sum(int(share + 1e-6) for share in wanted.values())
    counts = shared_out(wanted, needed + lends)
    assert sum(counts.values()) == needed + lends
    assert all(counts[regency] >= int(share) for regency, share in wanted.items())


def test_an_officer_of_the_polda_is_worth_something_only_where_there_are_too_few() -> None:
    def price(polda: int) -> float:
        more = with_strength(SCARCE, {"polri/16": polda - 40})
        return relaxed([model_of(more, *one) for one in regencies(more).items()])[0]["polri/16"]

    assert price(1) > price(10_000) == 0


def test_where_the_whole_is_too_far_from_its_bound_it_is_searched_for_longer() -> None:
    """An effort that takes the first answer it finds ends within half a per cent all the same."""
    found = roster(TIGHT, effort=Effort(gap=0.5, nodes=200))
    told, named = name(TIGHT, found)
    assert check_roster(TIGHT, told, named) == []
    assert 0 <= told.gap < 0.005
