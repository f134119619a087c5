"""Notices, refusals and kinds of places in words, in the reader's language.

Every notice has two sentences: what is wrong, and what to do. Both may name the notice's `value`,
`field` and `expected`.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kawal.rules.places.notices import Code, Notice, Severity
from kawal.rules.refusals import Refused

LEVELS: dict[str, Promise] = {
    "nation": _("nation"),
    "province": _("province"),
    "regency": _("regency or city"),
    "district": _("district"),
    "village": _("village"),
}
SEVERITIES: dict[Severity, Promise] = {
    Severity.ERROR: _("error"),
    Severity.WARNING: _("warning"),
    Severity.INFO: _("information"),
}
REFUSALS: dict[str, Promise] = {
    "unknown_area": _("There is no area with the code %(area)s."),
    "unknown_station": _("There is no polling station with the code %(station)s."),
    "unknown_site": _("There is no site with the code %(site)s."),
    "bad_area": _("%(area)s is not an area code; write it like 16.07.03."),
    "bad_voter_list": _("The name of a voter list has 1 to %(longest)s characters."),
}

SAID: dict[Code, Promise] = {
    Code.FILE_UNREADABLE: _("The file or folder cannot be read: %(value)s"),
    Code.NOT_GZIP: _("The file is not a sound gzip file."),
    Code.ENCODING: _("The file is not in UTF-8: byte %(value)s."),
    Code.EMPTY: _("The file has no rows."),
    Code.COLUMN_MISSING: _("The column %(field)s is missing (table: %(value)s)."),
    Code.KIND_UNKNOWN: _("Kawal does not know this kind of file: %(value)s"),
    Code.COLUMN_TWICE: _("Two columns mean %(field)s."),
    Code.COLUMN_UNUSED: _("The column %(field)s is not used (table: %(value)s)."),
    Code.FIELDS_COUNT: _("The row has %(value)s fields, the head has %(expected)s."),
    Code.ROW_BROKEN: _("The row cannot be read; nothing after it was read. %(value)s"),
    Code.NUL: _("The row contains NUL bytes."),
    Code.TOO_LARGE: _("The file is larger than %(expected)s; nothing after that was read."),
    Code.CODE_BAD: _("%(value)s in %(field)s is not a code."),
    Code.CODE_TWICE: _("%(value)s is told twice."),
    Code.ORPHAN: _("%(value)s lies in %(expected)s, which is neither in the files nor stored."),
    Code.LEVEL_DISAGREES: _("The level %(value)s disagrees with the code."),
    Code.PARENT_DISAGREES: _("%(value)s in %(field)s disagrees with the code."),
    Code.NAME_MISSING: _("The name is missing."),
    Code.NAME_LONG: _("The name is longer than %(expected)s characters."),
    Code.NUMBER_BAD: _("%(value)s in %(field)s is not a number that can be meant."),
    Code.VOTERS_WITHOUT_STATIONS: _("%(value)s voters, but no polling station."),
    Code.STATIONS_BEYOND_999: _("%(value)s in %(field)s is outside the range %(expected)s."),
    Code.VOTERS_MANY: _("%(value)s voters: more than %(expected)s per polling station."),
    Code.VILLAGE_WITHOUT_STATIONS: _("The village %(value)s has no polling station."),
    Code.TOLD_TWO_WAYS: _("The stations of %(value)s are told as a number and one by one."),
    Code.VOTERS_SPREAD: _(
        "%(value)s polling stations were numbered by Kawal and the voters of each village spread "
        "evenly over them (voter list %(expected)s)."
    ),
    Code.COORDINATE_BAD: _("%(value)s in %(field)s is not a coordinate, or its other half is missing."),
    Code.COORDINATE_OUTSIDE_WORLD: _("The coordinates %(value)s lie outside the world."),
    Code.COORDINATES_SWAPPED: _("Latitude and longitude look swapped: %(value)s."),
    Code.POINT_FAR: _("%(field)s at %(value)s lies %(expected)s outside the place it belongs to."),
    Code.POINT_OUTSIDE: _("%(field)s at %(value)s lies %(expected)s outside the place it belongs to."),
    Code.CENTROID_OUTSIDE: _("The centroid of %(value)s lies %(expected)s outside its own border."),
    Code.COORDINATES_MISSING: _("%(value)s has no coordinates."),
    Code.GEOJSON_BROKEN: _("The file is not a GeoJSON FeatureCollection. %(value)s"),
    Code.GEOMETRY_BAD: _("The geometry of %(field)s (%(value)s) is not a usable polygon."),
    Code.FEATURE_WITHOUT_CODE: _("The feature has no code."),
    Code.BORDER_UNKNOWN: _("There is no area %(value)s for this border; it was left out."),
    Code.POLYGON_REPAIRED: _("The border of %(field)s was invalid and has been repaired: %(value)s."),
    Code.SITE_KIND_BAD: _("The kind of site and its area do not fit: %(value)s."),
    Code.AREA_NOT_FOUND: _("The files say nothing about the area %(value)s."),
    Code.STATIONS_REMOVED: _(
        "%(expected)s polling stations of %(value)s are no longer there and were removed."
    ),
    Code.SITES_GENERATED: _(
        "%(value)s warehouses, PPK and PPS and %(expected)s polling stations stand at points "
        "made by Kawal from the points of their areas."
    ),
    Code.NOTHING_CHANGED: _("Nothing changed: all of this was stored already."),
}

MEND: dict[Code, Promise] = {
    Code.FILE_UNREADABLE: _("Check the path and the permissions; a folder must hold CSV or GeoJSON files."),
    Code.NOT_GZIP: _("Fetch or pack the file again, or remove .gz from the name of a plain file."),
    Code.ENCODING: _('Save the file as UTF-8 (in a spreadsheet: "CSV UTF-8").'),
    Code.EMPTY: _("Check that the right file was given."),
    Code.COLUMN_MISSING: _("Add the column; the names that are known stand in docs/places.md."),
    Code.KIND_UNKNOWN: _("Save a spreadsheet as CSV UTF-8; the first line must name the columns."),
    Code.COLUMN_TWICE: _("Keep one of the two columns."),
    Code.COLUMN_UNUSED: _("Nothing to do, unless the column is a known one with its name misspelt."),
    Code.FIELDS_COUNT: _("Put texts that contain the separator in quotation marks."),
    Code.ROW_BROKEN: _("Look for a quotation mark that is opened and never closed, or an endless line."),
    Code.NUL: _("Save the file again as UTF-8; such bytes come from UTF-16 or a damaged disk."),
    Code.TOO_LARGE: _("Split the file, for example by province."),
    Code.CODE_BAD: _("Write codes as text, like 16.07.03.2001; a spreadsheet turns 16.10 into 16.1."),
    Code.CODE_TWICE: _("Keep one of the rows."),
    Code.ORPHAN: _("Import the area above it first, or in the same import."),
    Code.LEVEL_DISAGREES: _("The code says %(expected)s; correct one of the two."),
    Code.PARENT_DISAGREES: _("The code says %(expected)s; correct one of the two."),
    Code.NAME_MISSING: _("Fill in the name."),
    Code.NAME_LONG: _("Shorten the name."),
    Code.NUMBER_BAD: _("Write a number of 0 or more, without separators of thousands."),
    Code.VOTERS_WITHOUT_STATIONS: _("Correct the number of voters or of polling stations."),
    Code.STATIONS_BEYOND_999: _("Correct the number; station codes have three digits for it."),
    Code.VOTERS_MANY: _("Check the numbers; only stations at special locations may have more."),
    Code.VILLAGE_WITHOUT_STATIONS: _("Nothing to do if its voters vote in another village."),
    Code.TOLD_TWO_WAYS: _("Keep one of the two; single stations say more."),
    Code.VOTERS_SPREAD: _("Import the stations one by one as soon as the list of each is known."),
    Code.COORDINATE_BAD: _("Write both as decimal degrees, like -2.75 and 104.75, or leave both empty."),
    Code.COORDINATE_OUTSIDE_WORLD: _("Write decimal degrees of WGS 84, not metres of a map projection."),
    Code.COORDINATES_SWAPPED: _("Swap the two columns; in GeoJSON the longitude comes first."),
    Code.POINT_FAR: _("Correct the coordinates: look for a lost minus sign or digit, or a wrong code."),
    Code.POINT_OUTSIDE: _("Check the point; simplified borders lose small islands."),
    Code.CENTROID_OUTSIDE: _("Give a point inside the area as inner_lat and inner_lon."),
    Code.COORDINATES_MISSING: _(
        "Add coordinates when they are known; until then plans use the point above it."
    ),
    Code.GEOJSON_BROKEN: _("Export the borders again as GeoJSON (RFC 7946)."),
    Code.GEOMETRY_BAD: _("Export borders as %(expected)s with rings of at least four positions."),
    Code.FEATURE_WITHOUT_CODE: _("Give every feature a property code, like 16.07.03."),
    Code.BORDER_UNKNOWN: _("Import the area, or correct the code."),
    Code.POLYGON_REPAIRED: _("Look at the border on the map."),
    Code.SITE_KIND_BAD: _(
        "Expected here: %(expected)s. A warehouse has a regency, a PPK a district, a PPS a village; "
        "jetties and airstrips have numbers."
    ),
    Code.AREA_NOT_FOUND: _("Check the code and the files."),
    Code.STATIONS_REMOVED: _("Compute needs and plan again if parcels or plans were made for them."),
    Code.SITES_GENERATED: _("Import sites and stations with their own coordinates when they are known."),
    Code.NOTHING_CHANGED: _("Nothing to do."),
}


def said(notice: Notice) -> str:
    return str(SAID[notice.code]) % _facts(notice)


def mend(notice: Notice) -> str:
    return str(MEND[notice.code]) % _facts(notice)


def _facts(notice: Notice) -> dict[str, str]:
    return {"value": notice.value, "field": notice.field, "expected": notice.expected}


def refusal(refused: Refused) -> str:
    words = REFUSALS.get(refused.code)
    return str(refused) if words is None else str(words) % refused.facts
