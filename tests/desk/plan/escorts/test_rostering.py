"""Officers set on duty for a plan: kept with it, told in words, listed for a chief, shown to who may see."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.places import models as place_tables
from kawal.desk.plan import models, reads
from kawal.desk.plan.commands import plan as command
from kawal.desk.plan.escorts import rostering, supposing
from kawal.rules.plan.roster.check import check_roster
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, VILLAGES, make
from tests.desk.plan.test_pages import signed_in, text_of


@pytest.fixture
def plan(regency: str) -> int:
    return make(regency)


def _run(*arguments: str) -> tuple[int, str, str]:
    with override("en"):
        result = CliRunner().invoke(command, ["escorts", *arguments])
    return result.exit_code, result.stdout, result.stderr


def _few(officers: int = 0) -> bytes:
    posts = ("16", "16.07", "16.07.01", "16.07.02")
    return "\n".join(["post,officers", *(f"{post},{officers}" for post in posts)]).encode()


def test_a_roster_is_kept_with_its_plan_and_read_back_the_same(plan: int) -> None:
    (kept,), notices = rostering.make("16.07", by="Polres", now=NOW, workers=1)
    assert notices == [] and kept.plan.id == plan
    assert kept.roster.short_count == 0 and 0 <= kept.gap < 0.01
    assert check_roster(kept.problem, kept.roster, kept.named) == []
    guarded = {trip.code for trip in reads.trips(plan) if trip.escort.officers_count}
    assert {code for duty in kept.problem.duties for code in duty.trips} == guarded
    assert all(post.assumed for post in kept.problem.posts)
    (again,), _ = rostering.make("16.07", by="Polres", now=NOW, workers=1)
    assert again.roster == kept.roster
    assert models.Roster.objects.filter(plan_id=plan).count() == 2


def test_told_strengths_count_and_a_shortage_is_an_answer(plan: int) -> None:
    (kept,), _ = rostering.make("16.07", by="Polres", now=NOW, strength=_few(), workers=1)
    assert kept.roster.short_count == sum(duty.need for duty in kept.problem.duties)
    assert not any(post.assumed for post in kept.problem.posts)


@pytest.mark.parametrize(
    ("area", "by", "strength", "code"),
    [
        ("16.07.01", "Polres", None, "roster_needs_regency"),
        ("16.07", " ", None, "by_required"),
        ("16.07", "Polres", b"post,officers\n16.07,many\n", "wrong_strength"),
        ("16.07", "Polres", b"\xff\xfe\x00", "wrong_strength"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    plan: int, area: str, by: str, strength: bytes | None, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        rostering.make(area, by=by, now=NOW, strength=strength, workers=1)
    assert refused.value.code == code
    assert not models.Roster.objects.exists()


def test_without_a_plan_there_is_nobody_to_set_on_duty(regency: str) -> None:
    code, _, errors = _run("--area", regency)
    assert code == 1 and "kawal plan make" in errors


def test_the_command_answers_in_words_and_for_programs(plan: int, tmp_path: Path) -> None:
    code, told, errors = _run("--area", "16.07", "--by", "Polres")
    assert code == 0, errors
    assert "There are officers enough" in told and "from the best" in told
    assert "Assumed: the strength of" in told
    given = tmp_path / "kekuatan.csv"
    given.write_bytes(_few())
    code, told, _ = _run("--area", "16.07", "--strength", str(given), "--json")
    (found,) = json.loads(told)
    assert found["officers_short"] == found["officers_needed"] > 0
    given.write_text("post,officers\nPolsek A,3\n")
    code, _, errors = _run("--area", "16.07", "--strength", str(given))
    assert code == 1 and "K02 row 2" in errors and "nothing was changed" in errors
    given.write_bytes(b"PK\x03\x04broken")
    assert (
        "this cannot be read (BadZipFile); give XLSX" in _run("--area", "16.07", "--strength", str(given))[2]
    )


def test_what_if_answers_without_keeping_anything(plan: int) -> None:
    assert "kawal plan escorts" in _run("--area", "16.07", "--if", "16.07.01=-1")[2]
    _run("--area", "16.07")
    gone = ("16.07.01=-99", "16.07.02=-99", "16.07=-99", "16=-999")
    code, told, errors = _run(
        "--area", "16.07", *(part for text in gone for part in ("--if", text)), "--json"
    )
    assert code == 0, errors
    assert json.loads(told)["officers_short"] > 0
    assert "now 0" in _run("--area", "16.07", "--if", "16.07.01=+1")[1]
    assert "is no change" in _run("--area", "16.07", "--if", "16.07.01=few")[2]
    assert models.Roster.objects.count() == 1


def test_a_village_that_becomes_worse_and_a_trip_that_moves_are_asked_about(plan: int) -> None:
    unguarded = reads.trips(plan)[-1]  # as inside a village of the mildest class
    models.Trip.objects.filter(plan_id=plan, code=unguarded.code).update(escort_officers=0)
    strong = b"post,officers\n16.07.01,60\n16.07.02,60\n16.07,60\n16,0\n"
    (kept,), _ = rostering.make("16.07", by="Polres", now=NOW, strength=strong, workers=1)
    assert kept.roster.short_count == 0
    assert supposing.what_if(kept, []).officers_count == 0
    none = [f"{post}=-60" for post in ("16.07.01", "16.07.02", "16.07")]
    before = supposing.what_if(kept, none).officers_count
    assert before == sum(duty.need for duty in kept.problem.duties)
    village = next(iter(VILLAGES))
    assert supposing.what_if(kept, [*none, f"{village}=special"]).officers_count > before
    assert supposing.what_if(kept, [*none, f"{unguarded.code}=special"]).officers_count > before
    trip = kept.problem.duties[0].trips[0]
    assert supposing.what_if(kept, [f"{trip}=2024-02-12T06:00"]).officers_count == 0
    for wrong in (
        f"{trip}=tomorrow",
        f"{trip}=1999-01-01",
        "16.08.01=high",
        "16.07.01=",
        "x",
        "16.07.01=1e9",
    ):
        with pytest.raises(Refused) as refused:
            supposing.what_if(kept, [wrong])
        assert refused.value.code == "wrong_change"
    client = signed_in("16.07", "polri", "duty")
    page = text_of(client.get("/plan/16.07/escorts", {"if": f"16.07.01=-60 {village}=special"}))
    assert "Sedikitnya" in page or "petugas" in page
    assert "bukan perubahan" in text_of(client.get("/plan/16.07/escorts", {"if": "entah"}))


def test_a_roster_of_an_older_version_says_so_and_the_new_one_keeps_its_promises(regency: str) -> None:
    first = make(regency)
    (kept,), _ = rostering.make("16.07", by="Polres", now=NOW, workers=1)
    assert rostering.outdated(kept) is None
    second = make(regency, seed=2, reason="Another try", effort=0.0)
    assert second != first
    older = rostering.newest("16.07")
    assert older is not None and older.plan.id == first
    assert rostering.outdated(older) is not None
    client = signed_in("16.07", "polri", "duty")
    assert "untuk rencana versi" in text_of(client.get("/plan/16.07/escorts"))
    code, _, errors = _run("--area", "16.07", "--if", "16.07.01=+1")
    assert code == 0 and "This roster is of version" in errors
    code, told, errors = _run("--area", "16.07", "--by", "Polres")
    assert code == 0, errors
    assert "Of the roster before" in told
    again = rostering.newest("16.07")
    assert again is not None and again.plan.id == second and again.problem.promises
    assert check_roster(again.problem, again.roster, again.named) == []
    (fresh,), _ = rostering.make("16.07", by="Polres", now=NOW, workers=1, afresh=True)
    assert not fresh.problem.promises


def _square(code: str, west: float, east: float) -> None:
    ring = [[west, -4.0], [east, -4.0], [east, -2.0], [west, -2.0], [west, -4.0]]
    geometry = json.dumps({"type": "Polygon", "coordinates": [ring]})
    place_tables.Border.objects.create(area_id=code, geometry=geometry)


def test_beyond_the_border_the_other_polres_guards_and_the_lists_say_where(plan: int) -> None:
    lons = sorted({stop.lon for one in reads.trips(plan) for stop in one.stops})
    middle = (lons[0] + lons[-1]) / 2
    place_tables.Area.objects.create(code="16.02", level="regency", name="OKI", lat=-3.0, lon=lons[-1])
    _square("16.07", lons[0] - 1, middle)
    _square("16.02", middle, lons[-1] + 1)
    (kept,), _ = rostering.make("16.07", by="Polres", now=NOW, workers=1)
    beyond = [duty for duty in kept.problem.duties if "@" in duty.code]
    assert beyond and {duty.post for duty in beyond} == {"polri/16.02"}
    assert check_roster(kept.problem, kept.roster, kept.named) == []
    code, told, errors = _run("--area", "16.07", "--list", "16.02")
    assert code == 0, errors
    assert "takes over from" in told
    page = text_of(signed_in("16.07", "polri", "duty").get("/plan/16.07/escorts"))
    assert "di perbatasan" in page


def test_a_chief_gets_a_list_to_put_names_to(plan: int) -> None:
    (kept,), _ = rostering.make("16.07", by="Polres", now=NOW, workers=1)
    code, told, errors = _run("--area", "16.07", "--list", "16.07.01")
    assert code == 0, errors
    rows = list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff"))))
    wanted = sum(len(codes) for (post, _), codes in kept.named.officers.items() if post == "polri/16.07.01")
    assert len(rows) == wanted > 0
    assert {row["Name"] for row in rows} == {""}
    assert "No post" in _run("--area", "16.07", "--list", "16.08")[2]


def test_the_page_says_first_whether_there_are_enough(plan: int) -> None:
    client = signed_in("16.07", "polri", "duty")
    assert "Belum ada petugas yang ditugaskan" in text_of(client.get("/plan/16.07/escorts"))
    rostering.make("16.07", by="Polres", now=NOW, workers=1)
    page = text_of(client.get("/plan/16.07/escorts"))
    assert "Petugas cukup" in page and "dari yang terbaik" in page
    rostering.make("16.07", by="Polres", now=NOW, strength=_few(), workers=1)
    page = client.get("/plan/16.07/escorts")
    assert "petugas kurang" in text_of(page) and 'class="state--late"' in page.content.decode()
    answer = client.get("/plan/16.07/escorts/polri/16.07.01.csv")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")


def test_a_district_sees_its_own_and_others_may_not_see(plan: int) -> None:
    rostering.make("16.07", by="Polres", now=NOW, workers=1)
    client = signed_in("16.07.02", "polri", "duty")
    page = text_of(client.get("/plan/16.07.02/escorts"))
    assert "16.07-to_pps" in page
    assert client.get("/plan/16.07/escorts").status_code == 403
    assert signed_in("16.07", "tni", "duty").get("/plan/16.07/escorts").status_code == 403
    assert client.get("/plan/16.07.02/escorts/polri/16.07.01.csv").status_code == 403
