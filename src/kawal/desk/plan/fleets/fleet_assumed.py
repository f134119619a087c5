"""What a plan assumed of its fleet, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

ASSUMPTIONS = {
    "vehicles_by_ratio": gettext_lazy(
        "%(count)s vehicles are counted by stations, where no list names one that gets there"
    ),
    "fleet_rows_elsewhere": gettext_lazy(
        "%(count)s rows of the fleet file tell of places that are not here, and are passed over"
    ),
    "default_fleet": gettext_lazy("the fleet, its speeds and its costs are Kawal's stated default"),
    "default_fleet_city": gettext_lazy(
        "the fleet, its speeds and its costs are Kawal's stated default for a city"
    ),
    "default_fleet_rivers": gettext_lazy(
        "the fleet, its speeds and its costs are Kawal's stated default for rivers, since %(count)s stations"
        " are reached by water"
    ),
    "default_fleet_islands": gettext_lazy(
        "the fleet, its speeds and its costs are Kawal's stated default for islands, since %(count)s stations"
        " lie over the sea from the warehouse"
    ),
    "default_fleet_mountains": gettext_lazy(
        "the fleet, its speeds and its costs are Kawal's stated default for mountains, since %(count)s"
        " stations are reached by air or on foot"
    ),
}
