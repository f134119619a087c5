"""What are they called? Invented names that sound at home: a word for the ground and a made-up one."""

from __future__ import annotations

import numpy as np

PROVINCE = "Provinsi Latihan (fiktif)"
REGENCY = "Kabupaten Muara Teladan (fiktif)"

_GROUND = {
    "hill": ("Bukit", "Talang", "Lubuk", "Pematang", "Gunung", "Air"),
    "island": ("Pulau", "Tanjung", "Muara", "Ujung", "Karang"),
    "coast": ("Teluk", "Tanjung", "Pantai", "Kuala", "Muara"),
    "river": ("Sungai", "Rantau", "Muara", "Lubuk", "Tebing"),
    "plain": ("Sumber", "Rawa", "Padang", "Simpang", "Suka", "Marga"),
}
_FIRST = (
    "Ba", "Be", "Bi", "Bu", "Ca", "Da", "Ga", "Ja", "Ka", "Ke", "La", "Le", "Li", "Ma", "Me", "Mu",
    "Na", "Pa", "Pe", "Ra", "Re", "Sa", "Se", "Si", "Ta", "Te", "Ti", "Wa",
)  # fmt: skip
_MIDDLE = ("la", "li", "lu", "ma", "mba", "mi", "na", "nda", "nga", "nti", "ra", "ri", "ru", "sa", "ta", "ya")
_LAST = ("bi", "da", "di", "gu", "ja", "ka", "lan", "lu", "mi", "ngan", "ra", "ran", "sa", "si", "tan", "wa")


class Namer:
    """Gives every place a name that no other place of this world has."""

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self._given: set[str] = set()

    def name(self, ground: str) -> str:
        """`ground`: hill, island, coast, river or plain."""
        while True:  # 7,000 words for 200 places: a second try is rare
            word = "".join(str(self._chance.choice(part)) for part in (_FIRST, _MIDDLE, _LAST))
            if word not in self._given:
                self._given.add(word)
                return f"{self._chance.choice(_GROUND[ground])} {word}"
