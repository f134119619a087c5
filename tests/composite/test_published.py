"""Published indices from their published inputs, to the last printed digit, by the shipped examples."""

from pathlib import Path

import numpy as np
import pytest

import kawal.composite
from kawal.composite.files import DataFile, read_data, read_spec, shipped, shipped_text
from kawal.rules.risk.composite.compute import Result, compute
from kawal.rules.risk.composite.data import table_of
from kawal.rules.risk.composite.reading import read_index

EXAMPLES = Path(kawal.composite.__file__).parent / "examples"

# UNDP, Human Development Report 2023/2024, statistical annex: HDI of 2022 (else of the year named) and its
# unrounded inputs, HDR23-24_Composite_indices_complete_time_series.csv. Australia's schooling lies above its
# cap of 18 years, Liechtenstein's income above 75,000, Hong Kong's life expectancy of 2021 above 85.
HDI = {
    "HKG": 0.956, "AUS": 0.946, "LIE": 0.942, "LTU": 0.879, "GRD": 0.793,
    "GTM": 0.629, "HND": 0.624, "AFG": 0.462,
}  # fmt: skip
EARLIER = {
    "HKG 2021": (85.473, 17.72920036, 12.3072497, 64150.85303, 0.959),
    "LIE 2021": (83.257, 15.46640015, 12.351169, 144002.9876, 0.936),
    "AUS 2021": (84.526, 21.0800209, 12.72681999, 48075.67425, 0.949),
    "LTU 2021": (73.72, 16.39982986, 13.49810028, 37854.46788, 0.875),
    "GTM 2021": (69.237, 10.76720388, 5.668648013, 8716.445741, 0.630),
    "HND 2021": (70.123, 9.961707633, 7.296200514, 5089.140793, 0.620),
    "AFG 2021": (61.982, 10.70538475, 2.98506999, 1534.135377, 0.473),
    "AFG 1990": (45.967, 2.936460018, 0.871961963, 3115.670448, 0.284),
    "AUS 1990": (77.044, 17.4329358, 11.22770758, 28963.94423, 0.864),
    "HKG 1990": (77.472, 8.938858703, 8.675597279, 27604.71689, 0.739),
}
# Badan Pusat Statistik, Berita Resmi Statistik on the IPM of 2018 to 2021.
IPM = {"2018": 71.39, "2019": 71.92, "2020": 71.94, "2021": 72.29}
# OECD/JRC handbook (2008), table 23, columns EW and BAP; table 22 for the weights of BAP.
TAI = """Finland 1 1|United States 2 2|Sweden 3 3|Japan 4 5|Korea 5 4|Netherlands 6 8|United Kingdom 7 7
Singapore 8 6|Canada 9 10|Australia 10 11|Germany 11 9|Norway 12 13|Ireland 13 12|Belgium 14 14
New Zealand 15 17|Austria 16 15|France 17 16|Israel 18 18|Spain 19 19|Italy 20 21|Czech Republic 21 22
Hungary 22 20|Slovenia 23 23"""
BAP = {
    "patents": 0.11, "royalties": 0.11, "internet": 0.11, "exports": 0.18,
    "telephones": 0.10, "electricity": 0.06, "schooling": 0.15, "university": 0.18,
}  # fmt: skip


def computed(name: str) -> Result:
    spec = read_spec(name)
    data: DataFile = read_data(EXAMPLES / f"{name}.csv", spec.index)
    return compute(spec.index, data.table)


def by_id(found: Result) -> dict[str, float]:
    return dict(zip(found.table.ids, found.score.tolist(), strict=True))


def test_the_human_development_index_by_its_technical_notes() -> None:
    found = computed("hdi")
    assert by_id(found) == HDI
    assert found.class_name(found.table.ids.index("GTM")) == "Medium"


@pytest.mark.parametrize("row", EARLIER)
def test_the_human_development_index_of_other_years(row: str) -> None:
    *values, published = EARLIER[row]
    index = read_spec("hdi").index
    order = [item.code for item in index.indicators]
    told = dict(zip(("le", "eys", "mys", "gnipc"), values, strict=True))
    found = compute(index, table_of(np.array([[told[code] for code in order]]), [row]))
    assert found.score[0] == published


def test_the_human_development_index_of_indonesia_by_statistics_indonesia() -> None:
    """With decimal commas, thousands of points and semicolons, as BPS writes them."""
    assert by_id(computed("ipm")) == IPM


def test_the_technology_achievement_index_ranks_as_in_the_handbook() -> None:
    ranks = {
        name: (int(ew), int(bap))
        for name, ew, bap in (cell.rsplit(" ", 2) for cell in TAI.replace("\n", "|").split("|"))
    }
    found = computed("tai")
    assert dict(zip(found.table.ids, found.rank.tolist(), strict=True)) == {k: v[0] for k, v in ranks.items()}
    items = [
        {
            "code": item.code,
            "goalposts": [item.normalisation.low, item.normalisation.high],
            "weight": BAP[item.code],
        }
        for item in found.index.indicators
    ]
    other = compute(read_index({"name": "bap", "indicators": items}), found.table)
    assert dict(zip(other.table.ids, other.rank.tolist(), strict=True)) == {k: v[1] for k, v in ranks.items()}


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_spec_can_be_read_and_goes_by_its_name(name: str) -> None:
    assert read_spec(name).index.name == name
    if (EXAMPLES / f"{name}.csv").exists():
        assert shipped_text(name, ".csv")
        assert computed(name).rank.min() == 1
