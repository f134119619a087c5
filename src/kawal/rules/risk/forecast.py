"""BMKG's forecasts as happenings: the public JSON of a village (adm4) and the older XML of a province.

JSON: `lokasi.adm4` is the village's code, `data[].cuaca` lists days of entries each three hours apart, with
`utc_datetime`, `weather` (a code, see KINDS), `tp` (mm in the entry's hours) and `ws` (km/h).
XML (DigitalForecast): areas are named regencies; `weather` codes and `ws` each six hours.
Source: data.bmkg.go.id/prakiraan-cuaca. An entry holds until the next; neighbours of one kind become one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from xml.etree.ElementTree import Element

from kawal.rules.places.cells import area_code
from kawal.rules.refusals import Refused
from kawal.rules.risk.happening import Happening

SOURCE: Final = "BMKG"
HEAVY_RAIN, EXTREME_RAIN = "forecast.heavy_rain", "forecast.extreme_rain"
THUNDER, HAZE, WIND = "forecast.thunder", "forecast.haze", "forecast.wind"
# Codes of the weather: 60 light, 61 moderate, 63 heavy rain, 80 local rain; the others move nothing.
KINDS: Final[Mapping[int, str]] = {
    5: HAZE, 10: HAZE, 45: HAZE, 63: HEAVY_RAIN, 95: THUNDER, 97: THUNDER,
}  # fmt: skip
# BMKG calls 50 mm a day heavy and 100 mm very heavy; an entry of three hours bears an eighth of a day.
HEAVY_MM_DAY, EXTREME_MM_DAY = 50.0, 100.0
WIND_KMH: Final = 46.3  # 25 knots, from which BMKG warns boats
ENTRY_JSON, ENTRY_XML = timedelta(hours=3), timedelta(hours=6)
VILLAGES_MAX, ENTRIES_MAX = 100_000, 1_000
_KMH: Final = {"kph": 1.0, "km/h": 1.0, "ms": 3.6, "m/s": 3.6, "kt": 1.852}

Entry = tuple[datetime, str]  # from when, and the kind of happening


def from_json(told: Any) -> list[Happening]:
    """One answer of the service, or a list of them. Refuses `forecast_unreadable` with place and reason."""
    answers = told if isinstance(told, list) else [told]
    if len(answers) > VILLAGES_MAX:
        raise Refused("forecast_unreadable", at="", problem=f"> {VILLAGES_MAX}")
    return [happening for place, answer in enumerate(answers) for happening in _village(answer, f"[{place}]")]


def _village(answer: Any, at: str) -> Iterator[Happening]:
    data = _asked(answer, "data", list, at)
    for place, part in enumerate(data):
        where = f"{at}.data[{place}]"
        location = part.get("lokasi") if isinstance(part, dict) else None
        location = location or _asked(answer, "lokasi", dict, at)
        code = area_code(str(location.get("adm4") or location.get("desa_code") or ""))
        if code is None:
            raise Refused("forecast_unreadable", at=f"{where}.lokasi.adm4", problem=str(location.get("adm4")))
        entries: list[Entry] = []
        days = _asked(part, "cuaca", list, where)
        flat = [entry for day in days for entry in (day if isinstance(day, list) else [day])]
        if len(flat) > ENTRIES_MAX:
            raise Refused("forecast_unreadable", at=where, problem=f"> {ENTRIES_MAX}")
        for number, entry in enumerate(flat):
            entries += _entry(entry, f"{where}.cuaca[{number}]")
        yield from _joined(code, entries, ENTRY_JSON)


def _entry(entry: Any, at: str) -> Iterator[Entry]:
    if not isinstance(entry, dict):
        raise Refused("forecast_unreadable", at=at, problem="?")
    when = entry.get("utc_datetime") or entry.get("datetime")
    begins = _time(str(when), at)
    rain_day = _number(entry.get("tp")) * (timedelta(days=1) / ENTRY_JSON)
    if rain_day >= EXTREME_MM_DAY:
        yield begins, EXTREME_RAIN
    elif rain_day >= HEAVY_MM_DAY:
        yield begins, HEAVY_RAIN
    kind = KINDS.get(int(_number(entry.get("weather"))))
    if kind and not (kind == HEAVY_RAIN and rain_day >= HEAVY_MM_DAY):
        yield begins, kind
    if _number(entry.get("ws")) >= WIND_KMH:
        yield begins, WIND


def from_xml(root: Element, code_of: Callable[[str], str | None]) -> list[Happening]:
    """A DigitalForecast; `code_of` finds an area's code by its name, None where there is none or several.

    Refuses `forecast_unreadable`; areas that nobody knows (airports, tourist places) are left out.
    """
    if root.find(".//forecast") is None:
        raise Refused("forecast_unreadable", at="forecast", problem="?")
    found = []
    for area in root.iter("area"):
        names = [area.get("description") or "", *(name.text or "" for name in area.iter("name"))]
        code = next((code for name in names if name and (code := code_of(name))), None)
        if code is None:
            continue
        entries: list[Entry] = []
        for parameter in area.iter("parameter"):
            for span in parameter.iter("timerange"):
                entries += _span(parameter.get("id") or "", span, area.get("description") or "")
        found += list(_joined(code, entries, ENTRY_XML))
    return found


def _span(parameter: str, span: Element, at: str) -> Iterator[Entry]:
    values = {value.get("unit", "").casefold(): value.text or "" for value in span.iter("value")}
    if parameter == "weather":
        code = next(iter(values.values()), "")
        kind = KINDS.get(int(_number(code)))
        if kind:
            yield _time(span.get("datetime") or "", at), kind
    elif parameter == "ws":
        speed = max(
            (_number(text) * _KMH[unit] for unit, text in values.items() if unit in _KMH), default=0.0
        )
        if speed >= WIND_KMH:
            yield _time(span.get("datetime") or "", at), WIND


def _joined(code: str, entries: Iterable[Entry], lasts: timedelta) -> Iterator[Happening]:
    """Entries of one kind that touch become one happening, known by its place, kind and beginning."""
    by_kind: dict[str, list[datetime]] = {}
    for begins, kind in sorted(set(entries)):
        by_kind.setdefault(kind, []).append(begins)
    for kind, times in sorted(by_kind.items()):
        spans = [(times[0], times[0] + lasts)]
        for begins in times[1:]:
            start, ends = spans[-1]
            if begins <= ends:
                spans[-1] = start, begins + lasts
            else:
                spans.append((begins, begins + lasts))
        for begins, ends in spans:
            yield Happening(
                key=f"{kind}:{code}:{begins:%Y%m%d%H}",
                kind=kind,
                area_code=code,
                begins_at=begins,
                ends_at=ends,
                source=SOURCE,
            )


def _asked(told: Any, key: str, kind: type, at: str) -> Any:
    value = told.get(key) if isinstance(told, dict) else None
    if not isinstance(value, kind):
        raise Refused("forecast_unreadable", at=f"{at}.{key}", problem="?")
    return value


def _time(text: str, at: str) -> datetime:
    """BMKG's times are UTC, with or without a sign of it."""
    for pattern in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Refused("forecast_unreadable", at=at, problem=text[:40])


def _number(told: Any) -> float:
    """0 where BMKG gives none or something else than a number."""
    try:
        value = float(told)
    except (TypeError, ValueError):
        return 0.0
    return value if -1e6 < value < 1e6 else 0.0
