from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.watch.facts import Kind, Severity
from kawal.rules.watch.ladder import WAIT_MIN, ladder_for

VILLAGE, DISTRICT = "16.07.03.2001", "16.07.03"


@pytest.mark.parametrize(
    ("area", "posts"),
    [
        (VILLAGE, ["polri/16.07.03", "polri/16.07", "polri/16", "polri/id"]),
        (DISTRICT, ["polri/16.07.03", "polri/16.07", "polri/16", "polri/id"]),
        ("16.07", ["polri/16.07", "polri/16", "polri/id"]),
        ("16", ["polri/16", "polri/id"]),
        ("", ["polri/id"]),
    ],
)
def test_an_alert_starts_at_the_lowest_police_post_of_its_area_and_ends_at_mabes(area, posts):
    assert [step.post for step in ladder_for(area, Kind.LATE, Severity.WARNING)] == posts


def test_kpu_and_bawaslu_of_the_same_level_are_told():
    ladder = ladder_for(VILLAGE, Kind.LATE, Severity.WARNING)
    assert ladder[0].told == ("kpu/16.07.03", "bawaslu/16.07.03") and ladder[3].told == (
        "kpu/id",
        "bawaslu/id",
    )


def test_what_may_be_a_crime_is_told_to_the_regency_at_once():
    """Gakkumdu, the joint centre for election crimes, sits at the regency (UU 7/2017 article 486)."""
    first = ladder_for(VILLAGE, Kind.SEAL_MISMATCH, Severity.URGENT)[0]
    assert first.post == "polri/16.07.03"
    assert first.told[2:] == ("polri/16.07", "kpu/16.07", "bawaslu/16.07")
    assert len(ladder_for("16.07", Kind.SEAL_MISMATCH, Severity.URGENT)[0].told) == 2


@pytest.mark.parametrize(
    ("severity", "wait_s"), [(Severity.NOTICE, 1800), (Severity.WARNING, 900), (Severity.URGENT, 300)]
)
def test_the_worse_it_is_the_shorter_a_post_may_take_to_answer(severity, wait_s):
    assert {step.wait_s for step in ladder_for(DISTRICT, Kind.LATE, severity)} == {wait_s}


def test_near_the_deadline_the_top_is_reached_before_it_is_too_late():
    ladder = ladder_for(DISTRICT, Kind.LATE, Severity.NOTICE, left=timedelta(hours=1))
    assert sum(step.wait_s for step in ladder) == 900
    passed = ladder_for(DISTRICT, Kind.LATE, Severity.NOTICE, left=-timedelta(hours=1))
    assert {step.wait_s for step in passed} == {WAIT_MIN.total_seconds()}


@given(
    st.sampled_from(["", "16", "16.07", DISTRICT, VILLAGE]),
    st.sampled_from(Kind),
    st.sampled_from(Severity),
    st.none() | st.timedeltas(min_value=-timedelta(days=20), max_value=timedelta(days=20)),
)
def test_every_step_waits_and_time_left_never_makes_it_wait_longer(area, kind, severity, left):
    ladder = ladder_for(area, kind, severity, left=left)
    calm = ladder_for(area, kind, severity)
    for step, slow in zip(ladder, calm, strict=True):
        assert WAIT_MIN.total_seconds() <= step.wait_s <= slow.wait_s
