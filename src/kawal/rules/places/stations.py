"""Single stations out of a village's number of stations and voters."""

from __future__ import annotations

from collections.abc import Iterator

from kawal.rules.places.codes import station_code
from kawal.rules.places.facts import Station
from kawal.rules.places.gathered import VillageVoters


def spread(voters: int, stations: int) -> list[int]:
    """Voters per station, as even as can be; the first ones get one more: 10 over 3 is 4, 3, 3."""
    each, more = divmod(voters, stations) if stations else (0, 0)
    return [each + (number < more) for number in range(stations)]


def expanded(village: str, told: VillageVoters) -> Iterator[Station]:
    for number, voters in enumerate(spread(told.voters, told.stations), start=1):
        yield Station(
            code=station_code(village, number),
            village=village,
            number=number,
            voters=voters,
            voter_list=told.voter_list,
        )
