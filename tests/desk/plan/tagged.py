"""What may pass where, by the tags of a street or of a node in it: ours, and what the real engines say."""

from __future__ import annotations

from tests.desk.plan.extract import Extract

BOX = (-5.0, 104.0, -2.0, 107.0)
Row = tuple[dict[str, str], str, str, str]

# Tags; who passes of truck, pickup, motorbike and foot: on our roads, by Valhalla's server, by OSRM's (a car
# for all wheels). Where we differ it is meant: loads and people go by the letter of a gate or a season, a
# motorbike passes a bollard and a village path, and cars board only a ferry that is told to take them.
STREETS: tuple[Row, ...] = (
    ({}, "TPMF", "TPMF", "TPM."),
    ({"oneway": "yes"}, "...F", "...F", "...."),
    ({"oneway": "-1"}, "...F", "...F", "...."),
    ({"oneway": "reversible"}, "...F", "TPMF", "...."),
    ({"oneway": "alternating"}, "TPMF", "TPMF", "TPM."),
    ({"oneway": "yes", "oneway:motorcycle": "no"}, "..MF", "..MF", "...."),
    ({"highway": "construction", "construction": "primary"}, "....", "....", "...."),
    ({"highway": "proposed"}, "....", "....", "...."),
    ({"ford": "yes"}, "TPMF", "TPMF", "TPM."),
    ({"ford": "stepping_stones"}, "...F", "TPMF", "TPM."),
    ({"seasonal": "dry_season"}, "...F", "TPMF", "TPM."),
    ({"seasonal": "yes"}, "TPMF", "TPMF", "TPM."),
    ({"access": "no"}, "....", "....", "...."),
    ({"access": "no", "motor_vehicle": "yes"}, "TPM.", "TPM.", "TPM."),
    ({"access": "private"}, "....", "...F", "TPM."),
    ({"access": "destination"}, "TPMF", "...F", "TPM."),
    ({"hgv": "no"}, ".PMF", ".PMF", "TPM."),
    ({"motor_vehicle": "no", "goods": "yes"}, "TP.F", "...F", "...."),
    ({"motorcar": "no"}, "T.MF", "T.MF", "...."),
    ({"motorcycle": "no"}, "TP.F", "TP.F", "TPM."),
    ({"maxweight": "3"}, ".PMF", ".PMF", "TPM."),
    ({"maxweight": "10"}, "TPMF", "TPMF", "TPM."),
    ({"maxwidth": "2"}, ".PMF", ".PMF", "TPM."),
    ({"maxheight": "2.2"}, ".PMF", ".PMF", "TPM."),
    ({"highway": "track", "tracktype": "grade5"}, "TPMF", "TPMF", "...."),
    ({"highway": "path"}, "..MF", "...F", "...."),
    ({"highway": "footway"}, "...F", "...F", "...."),
    ({"highway": "steps"}, "...F", "...F", "...."),
    ({"highway": "motorway", "oneway": "no"}, "TP..", "TPM.", "TPM."),
    ({"highway": "trunk", "motorroad": "yes"}, "TPM.", "TPM.", "TPM."),
    ({"smoothness": "impassable"}, "....", "....", "...."),
    ({"area": "yes"}, "....", "....", "...."),
    ({"man_made": "pier", "highway": ""}, "...F", "....", "...."),
    ({"route": "ferry", "highway": ""}, "..MF", "TPMF", "TPM."),
    ({"route": "ferry", "highway": "", "motor_vehicle": "yes"}, "TPMF", "TPMF", "TPM."),
    ({"highway": "busway"}, "....", "....", "...."),
    ({"highway": "service", "service": "driveway"}, "TPMF", "T..F", "TPM."),
)
NODES: tuple[Row, ...] = (
    ({"barrier": "bollard"}, "..MF", "...F", "...."),
    ({"barrier": "bollard", "bollard": "rising"}, "TPMF", "TPMF", "TPM."),
    ({"barrier": "gate"}, "TPMF", "TPMF", "TPM."),
    ({"barrier": "gate", "locked": "yes"}, "....", "TPMF", "TPM."),
    ({"barrier": "gate", "access": "private"}, "....", "TPMF", "TPM."),
    ({"barrier": "block"}, "..MF", "...F", "...."),
    ({"barrier": "lift_gate"}, "TPMF", "TPMF", "TPM."),
    ({"barrier": "toll_booth"}, "TPMF", "TPMF", "TPM."),
    ({"barrier": "chain"}, "..MF", "...F", "...."),
    ({"barrier": "fence"}, "....", "....", "...."),
    ({"barrier": "kerb"}, "TPMF", "TPMF", "...."),
    ({"barrier": "cycle_barrier"}, "...F", "...F", "...."),
    ({"barrier": "height_restrictor", "maxheight": "2"}, ".PMF", "TPMF", "TPM."),
    ({"barrier": "swing_gate"}, "TPMF", "TPMF", "...."),
    ({"barrier": "stile"}, "...F", "TPMF", "...."),
    ({"barrier": "cattle_grid"}, "TPMF", "TPMF", "TPM."),
)
ROWS = (*STREETS, *NODES)


def tagged() -> tuple[Extract, list[tuple[float, float]]]:
    """A road with one side road for each row; the place at the end of each."""
    found, places = Extract(), []
    for number, (tags, *_) in enumerate(ROWS):
        lat, lon = -3 - 0.25 * (number // 12), 105 + 0.08 * (number % 12)
        street = number < len(STREETS)
        found.node(f"main {number}", lat, lon)
        if number:
            found.way(f"main {number - 1}", f"main {number}", highway="primary")
        found.node(f"near {number}", lat - 0.05, lon)
        found.way(f"main {number}", f"near {number}", highway="primary")
        found.node(f"in {number}", lat - 0.054, lon, **({} if street else tags))
        found.node(f"far {number}", lat - 0.058, lon)
        own = {"highway": "residential", **(tags if street else {})}
        kept = {key: value for key, value in own.items() if value}
        if street:
            found.way(f"near {number}", f"in {number}", f"far {number}", **kept)
        else:
            found.way(f"near {number}", f"in {number}", **kept)
            found.way(f"in {number}", f"far {number}", **kept)
        last = f"far {number}"
        for step in range(60):  # streets enough that no engine takes the end for an island
            found.node(f"end {number}/{step}", lat - 0.06 - 0.001 * step, lon + 0.001 * (step % 2))
            found.way(last, f"end {number}/{step}", highway="residential")
            last = f"end {number}/{step}"
        places.append((round(lat - 0.09, 6), lon))
    return found, places
