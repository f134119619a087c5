"""Rule files of strangers: whatever a TOML holds, it is read or refused by key, soon and in bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kawal.rules.needs.strict import WHOLE_MAX, Table, tables_of
from kawal.rules.refusals import Refused


@pytest.mark.parametrize("text", ["[[mode", "a = " + "[" * 5_000 + "]" * 5_000, "a = " + "9" * 5_000])
def test_what_python_cannot_read_is_refused_and_not_a_crash(text: str) -> None:
    with pytest.raises(Refused, match="wrong_rules") as refused:
        tables_of(text)
    assert refused.value.facts["problem"] == "not_toml"


def test_whole_numbers_end_where_solvers_could_not_add_them_up() -> None:
    assert Table(tables_of(f"a = {WHOLE_MAX}")).whole("a") == WHOLE_MAX
    with pytest.raises(Refused) as refused:
        Table(tables_of(f"a = {WHOLE_MAX + 1}")).whole("a")
    assert refused.value.facts == {"key": "a", "problem": "must_be_at_most", "most": WHOLE_MAX}


@pytest.mark.parametrize("told", ["1e999999999", "-1e-999999999", "nan", "inf", "1." + "0" * 70])
def test_numbers_that_would_be_written_out_without_end_are_refused(told: str) -> None:
    with pytest.raises(Refused) as refused:
        Table(tables_of(f"a = {told}")).number("a")
    assert refused.value.facts["problem"] == "must_be_number"
    assert Table(tables_of("a = 2.3e-2")).number("a") == Fraction(23, 1000)
