"""One file of an import, from its bytes to what it tells. Never an exception, whatever the bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Final

from kawal.rules.places.borders import read_borders
from kawal.rules.places.gathered import Gathered
from kawal.rules.places.notices import Code, Notices
from kawal.rules.places.rows import TAKE, Sheet
from kawal.rules.places.tables import read_table
from kawal.rules.places.text import Unsound, begun, bounded, lines, unpacked

_JSON_NAMES: Final = (".geojson", ".json")


def read_file(chunks: Iterable[bytes], sheet: Sheet, notices: Notices) -> int:
    """Takes in a file (CSV or GeoJSON, gzipped or not) and answers its number of rows or features."""
    tell = partial(notices.add, file=sheet.file)
    name, limits = sheet.file.lower(), sheet.limits
    try:
        head, plain = begun(unpacked(chunks, packed_by_name=name.endswith(".gz")))
        if name.removesuffix(".gz").endswith(_JSON_NAMES) or head.startswith(b"{"):
            return read_borders(bounded(plain, bytes_max=limits.borders_bytes_max), sheet, tell)
        text = lines(bounded(plain, bytes_max=limits.table_bytes_max), chars_max=limits.line_chars_max)
        table = read_table(text, tell=tell, rows_max=limits.rows_max)
        if table is None:
            return 0
        rows_count = 0
        for row in table.rows:
            TAKE[table.kind](row, sheet)
            rows_count += 1
        return rows_count
    except Unsound as found:
        tell(found.code, row=found.row, value=found.value, expected=found.expected)
        return 0


def tell_spread(gathered: Gathered, notices: Notices) -> None:
    """Says of each voter list that its voters were spread over stations by Kawal, not by the file."""
    stations: Counter[tuple[str, str]] = Counter()
    for unit in gathered.units.values():
        for village, told in unit.villages.items():
            stations[unit.where_village[village][0], told.voter_list] += told.stations
    for (file, voter_list), number in sorted(stations.items()):
        notices.add(Code.VOTERS_SPREAD, file=file, field="stations", value=number, expected=voter_list)
