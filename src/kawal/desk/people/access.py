"""Who may. `check_x` raises a refusal, `can_x` asks the same question; what may *be* is the rules' matter.

Every level sees its own subtree and nothing beside it. What an officer may do follows from the agency and
the role: the police guard and never sign custody, and never see ballots; supervisors see all custody of
their own area unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from kawal.desk.people import reads
from kawal.desk.people.models import Agency, Role
from kawal.rules.places import codes
from kawal.rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who signed in. `area` is what the pages show: for a KPPS its station's village."""

    username: str
    name: str
    post: str
    post_name: str
    agency: str
    role: str
    area: str
    station: str | None = None


class Deed(StrEnum):
    IMPORT_PLACES = "import_places"
    COMPUTE_NEEDS = "compute_needs"
    SEE_CONTENTS = "see_contents"  # ballots and counts of a box: never the police
    SEE_RISK = "see_risk"  # the named list of vulnerable areas is restricted
    COUNT_RISK = "count_risk"  # how many of each class, never which
    GIVE_RISK = "give_risk"  # indices, forecasts and warnings of the own area
    PROPOSE_RISK = "propose_risk"  # a class: raised at once, lowered once a second person confirms
    OVERRIDE_RISK = "override_risk"  # confirm as the second person; decide what a class means, and of indices
    MAKE_PLAN = "make_plan"
    SEE_CUSTODY = "see_custody"
    ANSWER_ALERT = "answer_alert"
    CLOSE_ALERT = "close_alert"
    ENROL_DEVICE = "enrol_device"  # and revoke, renew: the own post's, and as a chief those of posts below
    SIGN_REPORT = "sign_report"


_KPU_DESK: Final = frozenset({(Agency.KPU, Role.LOGISTICS), (Agency.KPU, Role.CHIEF)})
_WATCH: Final = frozenset(
    {(agency, role) for agency in Agency for role in (Role.DUTY, Role.CHIEF, Role.LOGISTICS)}
)
_SUPERVISOR: Final = frozenset({(Agency.BAWASLU, Role.SUPERVISOR), (Agency.BAWASLU, Role.CHIEF)})
_POLICE_DESK: Final = frozenset({(Agency.POLRI, Role.DUTY), (Agency.POLRI, Role.CHIEF)})
_EVERYBODY: Final = frozenset({(agency, role) for agency in Agency for role in Role})
_CHIEFS: Final = frozenset({(agency, Role.CHIEF) for agency in Agency})

MAY: Final[dict[Deed, frozenset[tuple[Agency, Role]]]] = {
    Deed.IMPORT_PLACES: _KPU_DESK,
    Deed.COMPUTE_NEEDS: _KPU_DESK,
    Deed.SEE_CONTENTS: _KPU_DESK | _SUPERVISOR | {(Agency.KPU, Role.CUSTODIAN), (Agency.KPU, Role.DUTY)},
    Deed.SEE_RISK: _KPU_DESK | _SUPERVISOR | _POLICE_DESK,
    Deed.COUNT_RISK: _WATCH | _SUPERVISOR,
    Deed.GIVE_RISK: _KPU_DESK | _POLICE_DESK,
    Deed.PROPOSE_RISK: _KPU_DESK | _POLICE_DESK,
    Deed.OVERRIDE_RISK: frozenset({(Agency.POLRI, Role.CHIEF)}),
    Deed.MAKE_PLAN: _KPU_DESK,
    Deed.SEE_CUSTODY: _EVERYBODY,
    Deed.ANSWER_ALERT: _WATCH | _SUPERVISOR,
    Deed.CLOSE_ALERT: _WATCH,
    Deed.ENROL_DEVICE: _WATCH | _SUPERVISOR | {(Agency.KPU, Role.CUSTODIAN)},
    Deed.SIGN_REPORT: _CHIEFS,
}


def officer_or_none(request: HttpRequest) -> Officer | None:
    """The officer of a request, asked for once; None for a stranger and for a user without a post."""
    if not hasattr(request, "_officer"):
        user = getattr(request, "user", AnonymousUser())
        found = reads.officer_row(user.pk) if user.pk is not None else None
        request._officer = None if found is None else _officer(found)  # type: ignore[attr-defined]
    officer: Officer | None = request._officer  # type: ignore[attr-defined]
    return officer


def officer_of(request: HttpRequest) -> Officer:
    officer = officer_or_none(request)
    if officer is None:
        raise Refused("no_post")
    return officer


def officer_of_user(user_id: int) -> Officer | None:
    found = reads.officer_row(user_id)
    return None if found is None else _officer(found)


def _officer(row: reads.OfficerRow) -> Officer:
    station = row.area_code if codes.is_station(row.area_code) else None
    return Officer(
        username=row.username,
        name=row.name or row.username,
        post=row.post,
        post_name=row.post_name,
        agency=row.agency,
        role=row.role,
        area=codes.village_of(station) if station else row.area_code,
        station=station,
    )


def can_see(officer: Officer, area: str) -> bool:
    """`area` may also be a station: a KPPS sees its own alone, everybody else those of the own subtree."""
    if codes.is_station(area):
        if officer.station is not None:
            return officer.station == area
        return codes.covers(officer.area, codes.village_of(area))
    return codes.covers(officer.area, area)


def check_see(officer: Officer, area: str) -> None:
    if not can_see(officer, area):
        raise Refused("not_your_area", area=area, post=officer.post_name)


def can_do(officer: Officer, deed: Deed) -> bool:
    return (Agency(officer.agency), Role(officer.role)) in MAY[deed]


def can_manage(officer: Officer, post: str) -> bool:
    """Whether the officer may enrol, renew and revoke devices of a post: those of the own post, and as a
    chief (for the KPU also as its logistics officer) those of all posts of the agency below the own area."""
    agency, _, place = post.partition("/")
    if agency != officer.agency or not can_do(officer, Deed.ENROL_DEVICE):
        return False
    if post == officer.post:
        return True
    leads = officer.station is None and officer.role in (Role.CHIEF, Role.LOGISTICS)
    return leads and place != "id" and can_see(officer, place)


def check_manage(officer: Officer, post: str) -> None:
    if not can_manage(officer, post):
        raise Refused("not_your_devices", post=post)


def can_see_devices(officer: Officer, post: str) -> bool:
    """One's own, those that one manages, and for supervisors all of their area, of whatever agency."""
    if can_manage(officer, post) or post == officer.post:
        return True
    place = post.partition("/")[2]
    sees = (Agency(officer.agency), Role(officer.role)) in _SUPERVISOR
    return sees and can_see(officer, "" if place == "id" else place)


def check_see_devices(officer: Officer, post: str) -> None:
    if not can_see_devices(officer, post):
        raise Refused("not_your_devices", post=post)


def check_do(officer: Officer, deed: Deed) -> None:
    if not can_do(officer, deed):
        raise Refused("not_your_role", deed=deed.value, post=officer.post_name)
