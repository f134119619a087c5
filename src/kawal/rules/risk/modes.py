"""The modes by which logistics travel, and what files written before there were so many say about them.

Until 2026 there were five: truck, pickup, boat, motorbike, foot. The boat was a speedboat. A file of that
time still holds: what it says of the boat is taken for every boat and aircraft, what it says of porters
for beasts too. A file is either of the old words or of the new ones; a mixture is refused as ever.
"""

from __future__ import annotations

from typing import Final

MODES: Final = (
    "truck",
    "pickup",
    "motorbike",
    "longboat",
    "speedboat",
    "plane",
    "helicopter",
    "foot",
    "horse",
    "ox_cart",
)  # plan.facts.Mode
OLD_BOAT: Final = "boat"
OLD_WORD: Final = {
    "truck": "truck",
    "pickup": "pickup",
    "motorbike": "motorbike",
    "longboat": OLD_BOAT,
    "speedboat": OLD_BOAT,
    "plane": OLD_BOAT,
    "helicopter": OLD_BOAT,
    "foot": "foot",
    "horse": "foot",
    "ox_cart": "foot",
}
