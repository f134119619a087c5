"""`kawal people`, with the commands that need the log or places too: people lie below them and know none."""

from __future__ import annotations

import click

from kawal.desk.people import actions
from kawal.desk.people.commands import JSON, people, say, told
from kawal.desk.places import reads as places
from kawal.desk.trust import commands as trust
from kawal.rules.places.codes import NATION, lineage

__all__ = ["people", "trust"]  # whose commands join the group


def found_posts_under(area: str) -> int:
    """Posts of all agencies for an area, all above and all below it, and of KPPS for its stations.

    Answers how many were new. Refuses `unknown_area`.
    """
    above = [places.area(code) for code in lineage(area) if code != NATION]
    return actions.found_posts([*above, *places.subtree(area)], places.stations_under(area))


@people.command()
@click.option("--area", required=True, help="Area code, such as 16.07; an empty text is the nation.")
@JSON
def posts(area: str, as_json: bool) -> None:
    """Found the posts of all agencies for an area, above and below it; doing it again changes nothing."""
    with told():
        count = found_posts_under(area)
    say({"area": area, "founded": count}, str(count), as_json)
