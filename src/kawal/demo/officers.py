"""Who plays along: one officer per role to sign in as, and the duty officers who answer alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from kawal.desk.people import actions as people
from kawal.desk.people import links as sign_in_links
from kawal.desk.people.models import Role
from kawal.desk.places import reads as places
from kawal.rules.places.codes import NATION, parent_of, post_code
from kawal.rules.refusals import Refused

KEEPER = "logistik"  # keeps the regency's phones: revokes those that are lost


@dataclass(frozen=True, slots=True)
class Seat:
    username: str
    post: str
    role: str
    words: str  # English; the command line speaks it as it is


def seats(area: str) -> list[Seat]:
    """One seat per role, from the regency's warehouse to the nation's duty room."""
    district = min(child.code for child in places.children(area))
    province = parent_of(area)
    return [
        Seat(KEEPER, post_code("kpu", area), Role.LOGISTICS, "Logistics officer, KPU of the regency"),
        Seat("ppk", post_code("kpu", district), Role.CUSTODIAN, "PPK of the first district"),
        Seat("kapolres", post_code("polri", area), Role.CHIEF, "Chief of the Polres"),
        Seat("bawaslu", post_code("bawaslu", area), Role.SUPERVISOR, "Supervisor, Bawaslu of the regency"),
        Seat("piket-polda", post_code("polri", province), Role.DUTY, "Duty officer, Polda"),
        Seat("piket-mabes", post_code("polri", NATION), Role.DUTY, "Duty officer, Mabes Polri"),
        Seat("piket-polres", post_code("polri", area), Role.DUTY, "Duty officer, Polres"),
        *(
            Seat(
                f"piket-polsek-{child.code}",
                post_code("polri", child.code),
                Role.DUTY,
                f"Polsek {child.name}",
            )
            for child in sorted(places.children(area), key=lambda child: child.code)
        ),
    ]


def seat_all(area: str) -> list[Seat]:
    """Makes the officers; harmless when they exist."""
    made = seats(area)
    for seat in made:
        try:
            people.add_officer(seat.username, post=seat.post, role=seat.role, password=None)
        except Refused as refused:
            if refused.code != "username_taken":  # an exercise that goes on has its officers
                raise
    return made


def links(made: list[Seat], hub_url: str, *, now: datetime) -> dict[str, str]:
    """Sign-in link per username, good for two days of real time and only while the exercise runs."""
    found = {}
    for seat in made:
        token = sign_in_links.make(
            seat.username, purpose=sign_in_links.Purpose.EXERCISE, valid=timedelta(hours=48), now=now
        )
        found[seat.username] = hub_url + reverse("people:sign_in_link", args=[token])
    return found
