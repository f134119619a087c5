"""Which places can be reached from each other by road, as far as codes tell: assumed, there is no map here.

A lane that the user gives always counts; this only says where an estimate by road may stand in for one.
"""

from __future__ import annotations

from typing import Final

_JAVA: Final = frozenset({"31", "32", "33", "34", "35", "36"})
_SUMATRA: Final = frozenset({"11", "12", "13", "14", "15", "16", "17", "18"})
_BORNEO: Final = frozenset({"61", "62", "63", "64", "65"})
_SULAWESI: Final = frozenset({"71", "72", "73", "74", "75", "76"})
_OF_ISLANDS: Final = frozenset({"21", "52", "53", "81", "82"})  # each regency is taken as an island
_PAPUA: Final = frozenset({"91", "92", "93", "94", "95", "96"})

# Regencies and cities on islands of their own beside a large one.
_OFF_SHORE: Final = {
    "12.04": "nias", "12.14": "nias", "12.24": "nias", "12.25": "nias", "12.78": "nias",
    "19.02": "belitung", "19.06": "belitung", "91.06": "biak", "91.19": "biak",
    **{code: code for code in (
        "11.09", "11.72", "13.09", "14.10", "31.01", "65.71", "71.03", "71.04", "71.09", "72.07", "72.11",
        "73.01", "74.07", "74.12", "91.05", "96.03",
    )},
    **dict.fromkeys(("74.03", "74.13"), "muna"),
    **dict.fromkeys(("74.04", "74.10", "74.15", "74.72"), "buton"),
}  # fmt: skip

# Cities of the large islands: also where only one province was imported, a printer on Java is on Java.
CITIES: Final = {
    "31.73": (-6.20, 106.83), "32.73": (-6.91, 107.61), "33.74": (-6.99, 110.42), "34.71": (-7.80, 110.37),
    "35.78": (-7.25, 112.75), "35.10": (-8.21, 114.37), "51.71": (-8.65, 115.22),
    "11.71": (5.55, 95.32), "12.71": (3.59, 98.67), "13.71": (-0.95, 100.35), "14.71": (0.51, 101.45),
    "15.71": (-1.61, 103.61), "16.71": (-2.99, 104.76), "17.71": (-3.79, 102.26), "18.71": (-5.43, 105.26),
    "61.71": (-0.03, 109.34), "62.71": (-2.21, 113.92), "63.71": (-3.32, 114.59), "64.72": (-0.49, 117.15),
    "71.71": (1.47, 124.84), "72.71": (-0.90, 119.87), "73.71": (-5.14, 119.43), "74.71": (-3.97, 122.51),
    "75.71": (0.54, 123.06), "91.71": (-2.54, 140.70), "92.02": (-0.86, 134.06), "93.01": (-8.50, 140.40),
    "94.01": (-3.37, 135.50), "96.71": (-0.87, 131.25),
}  # fmt: skip


def island_of(regency: str) -> str:
    """A name of the island; two regencies with the same name have a road between them."""
    province = regency[:2]
    if regency in _OFF_SHORE:
        return _OFF_SHORE[regency]
    if province in _OF_ISLANDS:
        return regency
    groups = {"java": _JAVA, "sumatra": _SUMATRA, "borneo": _BORNEO, "sulawesi": _SULAWESI, "papua": _PAPUA}
    return next((name for name, provinces in groups.items() if province in provinces), province)
