"""What a post is called, as the agencies themselves write it.

KPU and its committees: UU 7/2017 art. 6 to 77 (PPK, PPS, KPPS; KIP in Aceh). Police: Perkap on the
organisation of Polda, Polres, Polsek. Bawaslu: UU 7/2017 art. 89 (Panwaslu Kecamatan, Panwaslu
Kelurahan/Desa = PKD; Panwaslih in Aceh). Territorial commands of TNI do not follow the administrative
map at the province (a Kodam or a Korem), so the name says both.
"""

from __future__ import annotations

from typing import Final

from kawal.desk.people.models import Agency
from kawal.rules.places.codes import level_of
from kawal.rules.places.facts import Area, Station

_ACEH: Final = "11"
_SHORT: Final = {"31": "DKI Jakarta"}
# Provinces of Papua, where a district is called distrik (UU 21/2001 art. 3).
_DISTRIK: Final = frozenset({"91", "92", "93", "94", "95", "96"})

NATION: Final = {
    Agency.KPU: "KPU Republik Indonesia",
    Agency.POLRI: "Mabes Polri",
    Agency.BAWASLU: "Bawaslu Republik Indonesia",
    Agency.TNI: "Mabes TNI",
    Agency.PEMDA: "Kementerian Dalam Negeri",
}
_PROVINCE: Final = {
    Agency.KPU: "KPU Provinsi {name}",
    Agency.POLRI: "Polda {name}",
    Agency.BAWASLU: "Bawaslu Provinsi {name}",
    Agency.TNI: "Kodam/Korem {name}",
    Agency.PEMDA: "Pemerintah Provinsi {name}",
}
_REGENCY: Final = {
    Agency.KPU: "KPU {name}",
    Agency.POLRI: "Polres {bare}",
    Agency.BAWASLU: "Bawaslu {name}",
    Agency.TNI: "Kodim {bare}",
    Agency.PEMDA: "Pemerintah {name}",
}
_DISTRICT: Final = {
    Agency.KPU: "PPK {name}",
    Agency.POLRI: "Polsek {name}",
    Agency.BAWASLU: "Panwaslu {district} {name}",
    Agency.TNI: "Koramil {name}",
    Agency.PEMDA: "{district} {name}",
}
_VILLAGE: Final = {
    Agency.KPU: "PPS {name}",
    Agency.POLRI: "Bhabinkamtibmas {name}",
    Agency.BAWASLU: "PKD {name}",
    Agency.TNI: "Babinsa {name}",
    Agency.PEMDA: "{village} {name}",
}
_LEVELS: Final = {"province": _PROVINCE, "regency": _REGENCY, "district": _DISTRICT, "village": _VILLAGE}
_EXCEPTIONS: Final = {
    (Agency.POLRI, "31"): "Polda Metro Jaya",
    (Agency.KPU, _ACEH): "KIP Aceh",
    (Agency.BAWASLU, _ACEH): "Panwaslih Provinsi Aceh",
}


def post_name(agency: Agency, area: Area) -> str:
    """`polri`, Kabupaten Banyuasin -> `Polres Banyuasin`."""
    level = level_of(area.code)
    if level == "nation":
        return NATION[agency]
    if (agency, area.code) in _EXCEPTIONS:
        return _EXCEPTIONS[agency, area.code]
    name = _SHORT.get(area.code, area.name)
    told = _LEVELS[level][agency].format(
        name=name,
        bare=name.removeprefix("Kabupaten ").removeprefix("Kota "),
        district="Distrik" if area.code[:2] in _DISTRIK else "Kecamatan",
        village="Kelurahan" if area.code[9:10] == "1" else "Desa",
    )
    if area.code[:2] == _ACEH and level == "regency":
        told = told.replace("KPU ", "KIP ", 1).replace("Bawaslu ", "Panwaslih ", 1)
    return told


def station_post_name(station: Station, village: str) -> str:
    return f"KPPS TPS {station.number:03d} {village}"
