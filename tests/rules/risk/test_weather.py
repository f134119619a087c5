"""BMKG's forecasts and CAP warnings become happenings; what cannot be read is refused with its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from kawal.rules.refusals import Refused
from kawal.rules.risk import cap, forecast

VILLAGE = "16.07.03.2001"


def answer(*entries: dict[str, Any], code: str = VILLAGE) -> dict[str, Any]:
    place = {"adm4": code, "provinsi": "Sumatera Selatan", "desa": "Suka Mulya", "timezone": "Asia/Jakarta"}
    return {"lokasi": place, "data": [{"lokasi": {**place, "type": "adm4"}, "cuaca": [list(entries)]}]}


def entry(hour: int, *, weather: int = 1, tp: float = 0.0, ws: float = 5.0) -> dict[str, Any]:
    return {
        "datetime": f"2024-02-12T{hour:02d}:00:00Z", "utc_datetime": f"2024-02-12 {hour:02d}:00:00",
        "local_datetime": f"2024-02-12 {hour + 7:02d}:00:00", "t": 27, "hu": 90, "tcc": 100,
        "weather": weather, "weather_desc": "Hujan Lebat", "tp": tp, "ws": ws, "vs_text": "< 9 km",
    }  # fmt: skip


def test_neighbouring_hours_of_one_kind_become_one_happening() -> None:
    found = forecast.from_json(
        answer(entry(0), entry(3, weather=63), entry(6, weather=63), entry(15, weather=63))
    )
    assert [(one.kind, one.area_code, one.begins_at.hour, one.ends_at) for one in found] == [
        ("forecast.heavy_rain", VILLAGE, 3, datetime(2024, 2, 12, 9, tzinfo=UTC)),
        ("forecast.heavy_rain", VILLAGE, 15, datetime(2024, 2, 12, 18, tzinfo=UTC)),
    ]


def test_much_rain_counts_though_the_code_is_mild_and_wind_beside_it() -> None:
    found = forecast.from_json([answer(entry(3, weather=61, tp=13.0, ws=50.0))])
    assert [one.kind for one in found] == ["forecast.extreme_rain", "forecast.wind"]
    assert forecast.from_json(answer(entry(3, weather=61, tp=1.0))) == []


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ({}, "[0].data"),
        ({"lokasi": {"adm4": "x"}, "data": [{"cuaca": []}]}, "[0].data[0].lokasi.adm4"),
        (answer({"weather": 63}), "[0].data[0].cuaca[0]"),
        (answer({"utc_datetime": "kemarin"}), "[0].data[0].cuaca[0]"),
        ([answer(), 3], "[1].data"),
        (answer(*({} for _ in range(1001))), "[0].data[0]"),
    ],
)
def test_what_is_no_forecast_is_refused_with_its_place(told: Any, at: str) -> None:
    with pytest.raises(Refused) as refused:
        forecast.from_json(told)
    assert (refused.value.code, refused.value.facts["at"]) == ("forecast_unreadable", at)


def test_the_older_xml_names_regencies_and_airports_are_left_out() -> None:
    root = ElementTree.fromstring(
        """<data source="meteofactory"><forecast domain="local">
        <issue><timestamp>20240212000000</timestamp></issue>
        <area id="501397" description="Banyuasin"><name xml:lang="id_ID">Kab. Banyuasin</name>
        <parameter id="weather" type="hourly">
        <timerange type="hourly" h="0" datetime="202402120000"><value unit="icon">95</value></timerange>
        <timerange type="hourly" h="6" datetime="202402120600"><value unit="icon">95</value></timerange>
        </parameter><parameter id="ws"><timerange datetime="202402120000">
        <value unit="Kt">30</value><value unit="MPH">34</value></timerange></parameter></area>
        <area description="Bandara"><parameter id="weather">
        <timerange datetime="202402120000"><value>97</value></timerange></parameter></area>
        </forecast></data>"""
    )
    found = forecast.from_xml(root, {"Banyuasin": "16.07"}.get)
    assert [(one.kind, one.area_code, one.ends_at) for one in found] == [
        ("forecast.thunder", "16.07", datetime(2024, 2, 12, 12, tzinfo=UTC)),
        ("forecast.wind", "16.07", datetime(2024, 2, 12, 6, tzinfo=UTC)),
    ]
    with pytest.raises(Refused):
        forecast.from_xml(ElementTree.fromstring("<rss/>"), {}.get)


def alert(**changes: str) -> str:
    told = {
        "identifier": "2.49.0.1.360.0.2024.02.12.1", "sender": "bmkg@bmkg.go.id", "status": "Actual",
        "sent": "2024-02-12T08:00:00+07:00", "msgType": "Alert", "severity": "Severe", "references": "",
        "area": "<geocode><valueName>kode</valueName><value>16.07.03</value></geocode>",
        "expires": "<expires>2024-02-12T20:00:00+07:00</expires>",
    } | changes  # fmt: skip
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>'
        "<sender>{sender}</sender><sent>{sent}</sent><status>{status}</status><msgType>{msgType}</msgType>"
        "<scope>Public</scope><references>{references}</references><info><category>Met</category>"
        "<event>Hujan lebat</event><urgency>Expected</urgency><severity>{severity}</severity>"
        "<certainty>Likely</certainty><onset>2024-02-12T10:00:00+07:00</onset>{expires}"
        "<area><areaDesc>Betung</areaDesc>{area}</area></info></alert>"
    ).format(**told)


def warned(text: str, *, exercise: bool = False, inside: list[str] | None = None) -> cap.Warned:
    return cap.from_xml(ElementTree.fromstring(text), inside=lambda polygon: inside or [], exercise=exercise)


def test_a_warning_moves_its_areas_from_onset_to_expiry() -> None:
    (one,) = warned(alert()).happenings
    assert (one.kind, one.area_code) == ("cap.severe", "16.07.03")
    assert one.begins_at == datetime(2024, 2, 12, 3, tzinfo=UTC)
    assert one.ends_at == datetime(2024, 2, 12, 13, tzinfo=UTC)


def test_a_polygon_is_placed_by_the_points_inside_and_what_is_nowhere_is_named() -> None:
    polygon = "<polygon>-2,104 -2,105 -3,105 -3,104 -2,104</polygon>"
    assert [one.area_code for one in warned(alert(area=polygon), inside=[VILLAGE]).happenings] == [VILLAGE]
    assert warned(alert(area=polygon)).unplaced == ("Betung",)


def test_an_update_takes_back_what_it_refers_to_and_a_cancel_moves_nothing() -> None:
    references = "bmkg@bmkg.go.id,A1,2024-02-12T07:00:00+07:00 x"
    update = warned(alert(msgType="Update", references=references))
    assert (update.takes_back, len(update.happenings)) == (("A1",), 1)
    cancel = warned(alert(msgType="Cancel", references=references))
    assert (cancel.takes_back, cancel.happenings) == (("A1",), ())


def test_a_minor_warning_moves_nothing_and_without_expiry_the_table_says_how_long() -> None:
    assert warned(alert(severity="Minor")).happenings == ()
    assert warned(alert(expires="")).happenings[0].ends_at is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "Test"}, "cap_not_actual"),
        ({"status": "Exercise"}, "cap_not_actual"),
        ({"identifier": ""}, "cap_unreadable"),
        ({"sent": "2024-02-12T08:00:00"}, "cap_unreadable"),
        ({"expires": "<expires>2024-02-11T20:00:00+07:00</expires>"}, "cap_unreadable"),
        ({"area": "<polygon>-2,104 -2,105</polygon>"}, "cap_unreadable"),
        ({"area": "<polygon>a,b c,d e,f a,b</polygon>"}, "cap_unreadable"),
        ({"area": "<polygon>-2,104 -2,905 -3,105 -3,104 -2,104</polygon>"}, "cap_unreadable"),
    ],
)
def test_a_warning_that_does_not_follow_the_standard_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        warned(alert(**changes))
    assert refused.value.code == code


def test_in_an_exercise_only_the_exercises_warnings_count() -> None:
    assert warned(alert(status="Exercise"), exercise=True).happenings
    with pytest.raises(Refused):
        warned(alert(), exercise=True)


def test_a_warning_in_another_format_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        warned("<alert/>")
    assert refused.value.code == "cap_unreadable"


def test_hours_of_a_forecast_end_before_they_fade() -> None:
    (one,) = forecast.from_json(answer(entry(3, weather=97)))
    assert one.ends_at == one.begins_at + timedelta(hours=3)
    assert json.loads(json.dumps(one.key)) == f"forecast.thunder:{VILLAGE}:2024021203"
