"""Names of the places and posts that a page touches, asked for at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from kawal.desk.people import reads as people
from kawal.desk.people.access import Officer, can_see
from kawal.desk.places import reads as places
from kawal.desk.plan.showing import Names
from kawal.desk.watch.reads import area_of_site
from kawal.rules.places.codes import is_area, is_station


def names(sites: Iterable[str], posts: Iterable[str]) -> Names:
    areas = sorted({area_of_site(site) for site in sites if site})
    return Names(
        areas={code: area.name for code, area in places.areas(areas).items()},
        posts=people.post_names(sorted({post for post in posts if post})),
    )


def site_href(site: str, officer: Officer) -> str:
    """The page of a site's area or station; empty where the officer sees no such page."""
    if is_station(site):
        return reverse("report:station", args=[site]) if can_see(officer, site) else ""
    area = area_of_site(site)
    seen = bool(area) and is_area(area) and can_see(officer, area)
    return reverse("report:area", args=[area]) if seen else ""
