"""Words of travel times: what may not be, and what a plan stands on."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

REASONS: Final = {
    "no_road": gettext_lazy("no road leads there (told by the roads given)"),
}
ASSUMPTIONS: Final = {
    "travel_told": gettext_lazy("ways to %(count)s villages are those of the roads given"),
    "places_off_road": gettext_lazy("%(count)s places lie farther from any road than is bridged"),
    "access_over_sea": gettext_lazy(
        "%(count)s villages and committees lie over the sea by the borders given: they are reached by water"
    ),
    "travel_measured": gettext_lazy(
        "times are corrected by %(count)s factors measured on real journeys (--travel)"
    ),
    "engine_speeds": gettext_lazy(
        "speeds are those of the routing server: kawal plan calibrate compares them with real trips"
    ),
    "roads_when_dry": gettext_lazy(
        "%(count)s roads near the area are there in the dry months only, says the map: no vehicle is sent "
        "there"
    ),
    "fords": gettext_lazy(
        "%(count)s roads near the area lead through water (fords): they are taken to be passable, at 5 km/h"
    ),
    "signs_unread": gettext_lazy(
        "%(count)s signs that forbid a turn are not kept: they hold at some hours only, or the map does not "
        "say clearly where"
    ),
    "ferries_without_cars": gettext_lazy(
        "on %(count)s ferries the map does not say that cars go aboard: only people and motorbikes do"
    ),
}
REFUSALS: Final = {
    "engine_address": gettext_lazy("%(url)s is no address of a server. Write it like http://localhost:8002."),
    "engine_silent": gettext_lazy("The routing server %(url)s does not answer (%(problem)s). Is it running?"),
    "engine_garbled": gettext_lazy(
        "The routing server %(url)s answers what is none of its format (%(problem)s). Is it the right server?"
    ),
    "engine_refuses": gettext_lazy(
        "The routing server %(url)s refuses (status %(status)s): %(said)s. Look at its own settings."
    ),
    "engine_missing": gettext_lazy(
        "%(program)s is not on this machine: pip install 'kawal[roads]' brings it (Python 3.12 or newer). "
        "Or give the address of a server, or take --roads, which needs neither."
    ),
    "engine_unbuilt": gettext_lazy(
        "%(engine)s cannot build its roads from this extract (%(problem)s). Valhalla reads .osm.pbf alone."
    ),
    "engine_unstarted": gettext_lazy("%(engine)s does not start (%(problem)s)."),
    "engine_limit": gettext_lazy(
        "The routing server %(url)s has a limit that this plan exceeds: %(said)s. "
        "Raise max_matrix_distance in its service_limits."
    ),
    "engine_elsewhere": gettext_lazy(
        "The routing server %(url)s finds no way at all: its map is of another place."
    ),
    "one_source_of_ways": gettext_lazy("Give one of --roads, --valhalla and --osrm, not several."),
    "roads_unreadable": gettext_lazy(
        "%(file)s cannot be read as OpenStreetMap data (%(problem)s). Download it again, "
        "or convert it to .osm.pbf."
    ),
    "roads_too_large": gettext_lazy(
        "%(file)s is too large, or its roads near this area are. Take the extract of the island, or cut one "
        "out: osmium extract --bbox."
    ),
    "roads_empty": gettext_lazy("There are no roads in %(name)s. Take an extract that was not filtered."),
    "roads_unplaced": gettext_lazy(
        "The ways in %(file)s have no places: its nodes are missing or come after them. "
        "Sort it, or take a complete extract."
    ),
    "roads_elsewhere": gettext_lazy(
        "The roads in %(file)s lie elsewhere: none is near this area (looked near %(lat).3f, %(lon).3f). "
        "Take the extract of the right province."
    ),
    "wrong_roads": gettext_lazy(
        "%(file)s is no road file of Kawal (%(problem)s). Build one: kawal plan roads."
    ),
    "wrong_travel": gettext_lazy("The ways kept with this plan cannot be read (%(problem)s)."),
    "area_without_points": gettext_lazy("No place in %(area)s has coordinates. Import them first."),
}
