"""Who may see which area, and who may do what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kawal.desk.people.access import MAY, Deed, Officer, can_do, can_see, check_do, check_see
from kawal.desk.people.actions import ROLES
from kawal.desk.people.models import Agency, Role
from kawal.rules.refusals import Refused


def officer(area: str, agency: str = "polri", role: str = "duty", station: str | None = None) -> Officer:
    return Officer(
        username="piket", name="Piket", post=f"{agency}/{area}", post_name="Polres Banyuasin",
        agency=agency, role=role, area=area, station=station,
    )  # fmt: skip


@pytest.mark.parametrize("area", ["16.07", "16.07.03", "16.07.03.2001", "1607032001004"])
def test_an_officer_sees_the_own_area_and_what_lies_below(area: str) -> None:
    assert can_see(officer("16.07"), area)
    check_see(officer("16.07"), area)


@pytest.mark.parametrize("area", ["", "16", "16.71", "16.71.01", "1671011001001", "16.070"])
def test_an_officer_does_not_see_above_or_beside(area: str) -> None:
    assert not can_see(officer("16.07"), area)
    with pytest.raises(Refused) as refused:
        check_see(officer("16.07"), area)
    assert refused.value.code == "not_your_area"


def test_the_nation_sees_everything() -> None:
    assert all(can_see(officer(""), area) for area in ["", "16", "16.07.03.2001", "1607032001004"])


def test_a_kpps_sees_its_village_and_of_the_stations_its_own() -> None:
    kpps = officer("16.07.03.2001", "kpu", "custodian", station="1607032001004")
    assert can_see(kpps, "16.07.03.2001")
    assert can_see(kpps, "1607032001004")
    assert not can_see(kpps, "1607032001005")


CODES = some.from_regex(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", fullmatch=True)


@given(CODES, CODES)
def test_two_officers_see_each_other_s_areas_only_when_they_are_the_same(one: str, other: str) -> None:
    both = can_see(officer(one), other) and can_see(officer(other), one)
    assert both == (one == other)


@pytest.mark.parametrize(
    ("agency", "role", "deed", "may"),
    [
        ("kpu", "logistics", Deed.MAKE_PLAN, True),
        ("polri", "chief", Deed.MAKE_PLAN, False),
        ("polri", "chief", Deed.OVERRIDE_RISK, True),
        ("polri", "duty", Deed.OVERRIDE_RISK, False),
        ("polri", "duty", Deed.ANSWER_ALERT, True),
        ("polri", "escort", Deed.ANSWER_ALERT, False),
        ("bawaslu", "supervisor", Deed.SEE_CUSTODY, True),
        ("bawaslu", "supervisor", Deed.CLOSE_ALERT, False),
        ("pemda", "duty", Deed.SEE_RISK, False),
    ],
)
def test_a_deed_belongs_to_agency_and_role(agency: str, role: str, deed: Deed, may: bool) -> None:
    assert can_do(officer("16.07", agency, role), deed) is may
    if may:
        check_do(officer("16.07", agency, role), deed)
        return
    with pytest.raises(Refused) as refused:
        check_do(officer("16.07", agency, role), deed)
    assert refused.value.code == "not_your_role"


def test_the_police_never_see_ballots_and_never_hold_boxes() -> None:
    assert not [role for role in Role if (Agency.POLRI, role) in MAY[Deed.SEE_CONTENTS]]
    assert Role.CUSTODIAN not in ROLES[Agency.POLRI]


def test_every_deed_is_somebody_s() -> None:
    held = {(Agency(agency), Role(role)) for agency, roles in ROLES.items() for role in roles}
    assert not [deed for deed in Deed if not MAY[deed] & held]
