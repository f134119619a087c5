"""The law of delays: read strictly; weather that shares and lasts as it says."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from kawal.rules.plan.facts import Mode
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.sure.simulation import weather
from kawal.rules.refusals import Refused

TEXT = (files("kawal.rules.plan") / "delays-default.toml").read_text("utf-8")


def test_the_shipped_law_knows_every_mode() -> None:
    law = law_of(TEXT)
    assert set(law.modes) == set(Mode)
    assert law.modes[Mode.SPEEDBOAT].closed_share > law.modes[Mode.TRUCK].closed_share


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("day_to_day = 0.6", "day_to_day = 1", "weather.day_to_day", "must_be_share"),
        ("district_share = 0.14", "district_share = 0.7", "weather.district_share", "must_be_share"),
        ("wait_minutes = 45", "wait_minutes = -1", "escort.wait_minutes", "must_be_at_least"),
        ("spread = 0.25", "spraed = 0.25", "mode[4].spread", "is_missing"),
        ('mode = "speedboat"', 'mode = "foot"', "mode", "twice_the_same"),
        ("closed_share = 0.03", 'closed_share = "often"', "mode[4].closed_share", "must_be_number"),
        ("name =", "name", "", "not_toml"),
    ],
)
def test_a_wrong_law_is_refused_by_key(old: str, new: str, key: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        law_of(TEXT.replace(old, new, 1))
    assert refused.value.code == "wrong_delays"
    assert refused.value.facts["problem"] == problem
    assert str(refused.value.facts["key"]).startswith(key)


def test_weather_is_standard_normal_shared_between_regencies_and_districts_and_lasting() -> None:
    law = law_of(TEXT)
    here, there = (
        weather(law, code, [f"{code}.01", f"{code}.02"], seed=3, scenarios=60_000, days=6, anchor=3)
        for code in ("16.07", "95.03")
    )
    assert abs(here.mean()) < 0.02
    assert abs(here.std() - 1) < 0.02
    assert np.corrcoef(here[0, 2], there[0, 2])[0, 1] == pytest.approx(law.national_share, abs=0.02)
    assert np.corrcoef(here[0, 2], here[1, 2])[0, 1] == pytest.approx(1 - law.district_share, abs=0.02)
    for day in range(5):
        assert np.corrcoef(here[0, day], here[0, day + 1])[0, 1] == pytest.approx(law.day_to_day, abs=0.02)


def test_the_same_seed_is_the_same_weather_and_another_is_not() -> None:
    law = law_of(TEXT)
    one, same, other = (
        weather(law, "16.07", ["16.07.01"], seed=seed, scenarios=10, days=4) for seed in (1, 1, 2)
    )
    assert (one == same).all()
    assert (one != other).any()


def test_a_law_of_the_five_old_modes_is_still_read() -> None:
    head, *rows = TEXT.split("[[mode]]\n")
    old = [row.replace('"speedboat"', '"boat"') for row in rows]
    five = ("truck", "pickup", "motorbike", "boat", "foot")
    kept = [row for row in old if any(row.startswith(f'mode = "{word}"') for word in five)]
    law = law_of("[[mode]]\n".join([head, *kept]))
    assert set(law.modes) == set(Mode)
    assert law.modes[Mode.LONGBOAT] == law.modes[Mode.HELICOPTER] == law_of(TEXT).modes[Mode.SPEEDBOAT]
    assert law.modes[Mode.HORSE] == law.modes[Mode.FOOT]


def test_a_plan_that_begins_a_day_earlier_or_is_lived_through_more_often_meets_the_same_weather() -> None:
    law = law_of(TEXT)
    districts = ["16.07.01", "16.07.02"]
    few = weather(law, "16.07", districts, seed=1, scenarios=100, days=6, anchor=4)
    many = weather(law, "16.07", districts, seed=1, scenarios=300, days=7, anchor=5)
    assert (many[:, 1:, :100] == few).all()
