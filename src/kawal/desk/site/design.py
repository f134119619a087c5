"""The design system's own page: every part in every state. Its archipelago is invented."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kawal.desk.clock.reads import now as clock_now

STATES = ("ontime", "risk", "late", "unknown")
# Islands of the invented archipelago: name, middle (longitude, latitude), radius in degrees, state, stations.
ISLANDS = (
    ("Pulau Utara", (120.2, -1.2), 0.55, "ontime", 412),
    ("Pulau Timur", (121.9, -2.1), 0.70, "risk", 96),
    ("Pulau Tengah", (120.6, -2.8), 0.80, "ontime", 988),
    ("Pulau Selatan", (121.2, -4.3), 0.50, "late", 49),
    ("Pulau Barat", (119.0, -3.4), 0.60, "unknown", 131),
)


class ExampleForm(forms.Form):
    station = forms.CharField(
        label=gettext_lazy("Station"), help_text=gettext_lazy("Thirteen digits, as on the box.")
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("weather", gettext_lazy("Weather")), ("road", gettext_lazy("Road closed"))],
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.BooleanField(label=gettext_lazy("I have seen the seals myself"), required=False)


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    now = clock_now()
    told = {
        "crumbs": [
            {"name": "Indonesia", "href": "#"},
            {"name": "Sumatera Selatan", "href": "#"},
            {"name": "Kabupaten Banyuasin", "href": "#"},
        ],
        "tabs": [
            {"name": _("Overview"), "href": "#", "current": True},
            {"name": _("Needs"), "href": "#needs"},
            {"name": _("Risk"), "href": "#risk"},
            {"name": _("Plan"), "href": "#plan"},
            {"name": _("Custody"), "href": "#custody"},
            {"name": _("Alerts"), "href": "#alerts", "number": 3},
        ],
        "states": STATES,
        "by_state": _by_state(),
        "by_stage": _by_stage(),
        "alerts": _alerts(now),
        "events": _events(now),
        "facts": _facts(),
        "districts": _districts(),
        "form": ExampleForm(),
        "wrong_form": ExampleForm({"station": "", "reason": "weather"}),
        "pages": Paginator(range(2546), 50).page(3),
    }
    return render(request, "site/design/page.html", told)


def _by_state() -> list[dict[str, Any]]:
    return [
        {"label": _("will be on time"), "count": 2401, "state": "ontime", "href": "#ontime"},
        {"label": _("at risk"), "count": 93, "state": "risk", "href": "#risk"},
        {"label": _("will be late"), "count": 49, "state": "late", "href": "#late"},
        {"label": _("unknown"), "count": 3, "state": "unknown", "href": "#unknown"},
    ]


def _by_stage() -> list[dict[str, Any]]:
    return [
        {"label": _("in the warehouse"), "count": 310, "way": 0},
        {"label": _("on the way to the PPK"), "count": 214, "way": 1},
        {"label": _("at the PPK"), "count": 402, "way": 2},
        {"label": _("on the way to the PPS"), "count": 120, "way": 3},
        {"label": _("at the PPS"), "count": 700, "way": 4},
        {"label": _("received by the KPPS"), "count": 800, "way": 6},
    ]


def _alerts(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "state": "late",
            "what": _("16.07.10-P2-04 will miss its deadline by 3 h"),
            "where": "Muara Telang",
            "area_code": "16.07.10",
            "opened_at": now - timedelta(minutes=4),
            "href": "#alert-1",
            "waits_for": "Polsek Muara Telang",
            "climb_at": now + timedelta(minutes=11),
            "answer_href": "/design",
        },
        {
            "state": "risk",
            "what": _("No position for 40 minutes where there is signal"),
            "where": "Betung",
            "area_code": "16.07.03",
            "opened_at": now - timedelta(minutes=41),
            "href": "#alert-2",
            "waits_for": "Polsek Betung, PPK Betung",
            "answer_href": "/design",
        },
        {
            "state": "unknown",
            "what": _("Nobody has looked at this area for 6 hours"),
            "where": "Pulau Rimau",
            "area_code": "16.07.04",
            "opened_at": now - timedelta(hours=6),
            "href": "#alert-3",
            "acknowledged_at": now - timedelta(minutes=12),
        },
    ]


def _events(now: datetime) -> list[dict[str, Any]]:
    def times(minutes: int, recorded: int, received: int) -> dict[str, datetime]:
        happened = now - timedelta(minutes=minutes)
        return {
            "happened_at": happened,
            "recorded_at": happened + timedelta(minutes=recorded),
            "received_at": happened + timedelta(minutes=received),
        }

    return [
        {
            "what": _("Five boxes and one bundle accepted by the KPPS"), "where": "TPS 004 Mariana Ilir",
            "who": "KPPS", "area_code": "16.07.01", "state": "ontime", "href": "#e3", **times(12, 0, 1),
        },
        {
            "what": _("A seal differs from the one put on last"), "where": "PPS Mariana Ilir", "who": "PPS",
            "area_code": "16.07.01", "state": "late", "href": "#e2", **times(95, 0, 80),
            "note": _("Written 80 minutes before the hub heard of it: there was no network."),
        },
        {"what": _("Offered to the PPS"), "where": "PPK Banyuasin I", "who": "PPK", "area_code": "16.07.01",
         "href": "#e1", **times(260, 55, 56)},
    ]  # fmt: skip


def _facts() -> list[dict[str, Any]]:
    return [
        {"label": _("Trip"), "value": "16.07.10-P2-04", "href": "#trip"},
        {"label": _("Vehicle"), "value": _("Boat, 40 boxes")},
        {"label": _("Escort"), "value": _("2 Polri, 4 Linmas")},
        {"label": _("State"), "value": _("Late or broken"), "state": "late"},
    ]


def _districts() -> list[dict[str, Any]]:
    rows = [
        ("Muara Telang", "late", 96, (41, 6, 49, 0)),
        ("Betung", "risk", 187, (150, 37, 0, 0)),
        ("Pulau Rimau", "unknown", 131, (128, 0, 0, 3)),
        ("Banyuasin I", "ontime", 160, (160, 0, 0, 0)),
    ]
    return [
        {
            "name": name,
            "state": state,
            "stations": stations,
            "share": counts[0] / stations,
            "parts": [
                {"label": each, "count": count, "state": each}
                for each, count in zip(STATES, counts, strict=True)
            ],
        }
        for name, state, stations, counts in rows
    ]


@login_not_required
@require_safe
def map_data(request: HttpRequest) -> JsonResponse:
    """The shape that every map takes (assets/map.ts), with all states, modes and kinds of points."""
    return JsonResponse(
        {
            "bbox": [118.2, -5.0, 122.8, -0.5],
            "areas": _collection([_island(place) for place in range(len(ISLANDS))]),
            "lines": _collection(
                [_line(place, mode) for place, mode in enumerate(("land", "water", "air", "foot"))]
            ),
            "points": _collection([_point(place) for place in range(len(ISLANDS))]),
        }
    )


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: str, coordinates: Any, told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": geometry, "coordinates": coordinates}, "properties": told}


def _island(place: int) -> dict[str, Any]:
    name, (lon, lat), radius, state, stations = ISLANDS[place]
    ring = []
    for step in range(48):
        turn = 2 * math.pi * step / 48
        far = radius * (1 + 0.16 * math.sin(3 * turn + place) + 0.08 * math.cos(5 * turn - place))
        ring.append([round(lon + far * math.cos(turn), 4), round(lat + 0.7 * far * math.sin(turn), 4)])
    told = {
        "code": f"island-{place}", "name": name, "state": state, "value": str(stations), "href": "#map",
        "label_lat": lat, "label_lon": lon, "note": _("Stations of the invented archipelago"),
    }  # fmt: skip
    return _feature("Polygon", [[*ring, ring[0]]], told)


def _line(place: int, mode: str) -> dict[str, Any]:
    start, end = ISLANDS[2], ISLANDS[(0, 1, 3, 4)[place]]
    middle = [(start[1][0] + end[1][0]) / 2 + 0.15, (start[1][1] + end[1][1]) / 2]
    told = {
        "code": f"trip-{mode}",
        "name": f"{start[0]} – {end[0]}",
        "state": end[3],
        "mode": mode,
        "href": "#map",
    }
    return _feature("LineString", [list(start[1]), middle, list(end[1])], told)


def _point(place: int) -> dict[str, Any]:
    name, (lon, lat), radius, state, _stations = ISLANDS[place]
    told = {
        "code": f"point-{place}", "name": name, "state": state, "kind": "vehicle" if place % 2 else "site",
        "stale": place == 3, "href": "#map",
    }  # fmt: skip
    return _feature("Point", [lon + radius / 2, lat + radius / 4], told)
