"""kawal risk compute SPEC DATA and kawal risk spec, as a stranger uses them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from kawal.cli import main
from kawal.composite.files import shipped_text

SPEC = """
name = "own"
digits = 2
[classes]
thresholds = { low = 0, high = 0.5 }
[[indicator]]
code = "a"
goalposts = [0, 10]
[[indicator]]
code = "b"
goalposts = [0, 100]
direction = "down"
"""
DATA = "unit,name,group,a,b\nx,Xa,north,10,0\ny,Ya,north,5,50\nz,Za,south,,100\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.toml").write_text(SPEC)
    (tmp_path / "own.csv").write_text(DATA)
    return tmp_path


def run(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(main, ["risk", *words])
    return found.exit_code, found.stdout, found.stderr


def answer(*words: str) -> dict[str, Any]:
    code, out, err = run("compute", *words, "--json", "-")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_answer_holds_score_rank_class_parts_and_what_was_done(here: Path) -> None:
    told = answer("own.toml", "own.csv")
    units = {unit["id"]: unit for unit in told["units"]}
    assert [(u["score"], u["rank"], u["class"]) for u in units.values()] == [
        (1, 1, "high"), (0.5, 2, "high"), (0, 3, "low"),
    ]  # fmt: skip
    assert units["y"]["indicators"]["b"] == {
        "raw": 50, "used": 50, "normalised": 0.5, "weight": 0.5, "contribution": 0.25,
    }  # fmt: skip
    assert units["z"]["coverage"] == 0.5
    assert units["z"]["treatment"] == {"a": ["missing"]}
    assert told["classes"]["counts"] == {"low": 1, "high": 2}
    assert told["structure"]["own"]["alpha"] is None  # two units alone have all of it
    assert [(g["name"], g["score"], g["class"], g["classes"]) for g in told["groups"]] == [
        ("north", 0.75, "high", {"low": 0, "high": 2}), ("south", 0, "low", {"low": 1, "high": 0}),
    ]  # fmt: skip
    assert (told["format"], told["data"]["units"]) == ("kawal-index/1", 3)


def test_the_same_table_as_workbook_or_with_other_signs_gives_the_same_answer(here: Path) -> None:
    expected = answer("own.toml", "own.csv")["units"]
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(DATA)):
        book.active.append([float(cell) if cell.isdigit() else cell or None for cell in row])
    book.save(here / "own.xlsx")
    (here / "semicolon.csv").write_bytes(
        b"\xef\xbb\xbf" + DATA.replace(",", ";").replace("10;0", "10,0;0,0").encode()
    )
    (here / "tab.csv").write_text("sep=\t\n" + DATA.replace(",", "\t"))
    (here / "utf16.csv").write_text(DATA, encoding="utf-16")
    for name in ("own.xlsx", "semicolon.csv", "tab.csv", "utf16.csv"):
        assert answer("own.toml", name)["units"] == expected, name


def test_names_in_another_encoding_are_read_with_a_warning(here: Path) -> None:
    (here / "latin.csv").write_bytes(DATA.replace("Xa", "Côte").encode("cp1252"))
    told = answer("own.toml", "latin.csv")
    assert told["units"][0]["name"] == "Côte"
    assert told["notice_counts"] == {"W08": 1}


def test_robustness_and_sensitivity_are_told_and_repeat_whoever_works(here: Path) -> None:
    (here / "own.csv").write_text(DATA.replace("5,50", "5,20"))
    words = ("own.toml", "own.csv", "--robustness", "40", "--sobol", "8", "--unit", "y", "--seed", "3")
    one = answer(*words, "--jobs", "1")
    assert one == answer(*words, "--jobs", "3")
    sure = one["units"][1]["robustness"]
    assert sum(sure["classes"].values()) == pytest.approx(1)
    assert sure["rank"]["low"] <= 2 <= sure["rank"]["high"]
    assert (one["robustness"]["replications"], one["robustness"]["seed"]) == (40, 3)
    assert [figure["figure"] for figure in one["sensitivity"]["figures"]] == [
        "shift",
        "score",
        "rank",
        "class",
    ]
    other = answer(*words[:-1], "4")
    assert other["units"][1]["robustness"] != sure


def test_a_row_for_each_unit_as_csv(here: Path) -> None:
    assert run("compute", "own.toml", "own.csv", "--csv", "out.csv", "--robustness", "10")[0] == 0
    rows = list(csv.DictReader((here / "out.csv").read_text().splitlines()))
    assert [(row["id"], row["score"], row["class"], row["a"]) for row in rows][:2] == [
        ("x", "1.0", "high", "1.0"), ("y", "0.5", "high", "0.5"),
    ]  # fmt: skip
    assert 0 <= float(rows[1]["share_low"]) <= 1


def test_what_is_wrong_is_told_by_file_row_and_field_and_nothing_is_written(here: Path) -> None:
    (here / "bad.csv").write_text(DATA.replace("5,50", "5,fifty"))
    code, out, err = run("compute", "own.toml", "bad.csv", "--json", "out.json", "--csv", "-")
    assert (code, out) == (2, "")
    assert err == "D09 error bad.csv:3: b: fifty is not a number. Write it like 12.5, or leave it empty.\n"
    (here / "bad.toml").write_text(SPEC.replace("direction", "directon"))
    code, out, err = run("compute", "bad.toml", "own.csv", "--json", "out.json", "--language", "id")
    assert (code, out) == (2, "")
    assert err.startswith("S03 error bad.toml: indicator[2].directon: ")
    assert not list(here.glob("out*"))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.csv", None, "D01"),
        ("empty.csv", b"", "D02"),
        ("quote.csv", b'unit,a,b\n"x,1,2\n', "D01"),
        ("book.csv", b"PK\x03\x04 not a workbook", "D01"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_so(
    here: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (here / name).write_bytes(content)
    status, out, err = run("compute", "own.toml", name, "--json", "-")
    assert (status, out, err[:3]) == (2, "", code)


def test_a_spec_that_is_no_toml_is_told_with_its_line(here: Path) -> None:
    (here / "broken.toml").write_text('name = "x\n')
    code, _, err = run("compute", "broken.toml", "own.csv")
    assert (code, err[:22]) == (2, "S01 error broken.toml:")
    assert "line 1" in err


def test_shipped_specs_are_printed_listed_and_checked(here: Path) -> None:
    assert run("spec")[1] == shipped_text("template")
    assert run("spec", "hdi", "--data")[1].startswith("iso3,country,le")
    assert "hdi" in run("spec", "--list")[1].split()
    assert run("spec", "own.toml", "--check")[1] == "own: 0 dimensions, 2 indicators\n"
    assert run("spec", "nothing")[0] == 2
    (here / "template.csv").write_text(shipped_text("template", ".csv"))
    assert [unit["class"] for unit in answer("template", "template.csv")["units"]][:3] == [
        "high",
        "low",
        "high",
    ]


def test_two_answers_do_not_go_to_one_screen(here: Path) -> None:
    assert run("compute", "own.toml", "own.csv", "--json", "-", "--csv", "-")[0] == 2


def test_people_see_ranks_and_classes(here: Path) -> None:
    code, out, _ = run("compute", "own.toml", "own.csv")
    assert code == 0
    assert out.splitlines()[0].split() == ["1", "1.00", "high", "Xa"]
    assert out.splitlines()[-1].split() == ["2", "high"]
    assert run("compute", "own.toml", "own.csv", "--sobol", "4", "--unit", "nobody")[0] == 2


def test_neither_desk_nor_database_is_needed(here: Path) -> None:
    script = (
        "import sys, tests.without_django\n"
        "from kawal.cli import main\n"
        "main(['risk', 'compute', 'own.toml', 'own.csv', '--json', '-'], standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.startswith(('django', 'kawal.desk', 'shapely'))]\n"
        "main(['risk', '--help'], standalone_mode=False)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=here,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told, end = json.JSONDecoder().raw_decode(done.stdout)
    assert told["index"]["name"] == "own"
    assert "compute" in done.stdout[end:]
