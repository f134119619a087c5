"""The risk pages through their addresses: who sees what, who may what, and that nothing leaks."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from kawal.desk.clock import actions as clock
from kawal.desk.people import actions as people
from kawal.desk.places.models import Area
from kawal.desk.risk import actions, counting, reads, tables
from kawal.desk.risk.models import AreaIndicator, AreaRisk, IndexUse, Influence, PatternTable, RiskOverride
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.disclosure import LEAST

from . import world

pytestmark = pytest.mark.django_db
DISTRICT, VILLAGE = "16.07.02", "16.07.01.2001"


@pytest.fixture(autouse=True)
def lives(db: None) -> None:
    world.places()
    world.officers()
    clock.begin(name="16.07", seed=1, sim_at=world.NOW, speed=0.0, token="t")
    world.living()


def signed_in(name: str, language: str = "en") -> Client:
    client = Client()
    client.force_login(people.user_of(name))
    client.cookies["django_language"] = language
    return client


def text(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    told = re.sub(r"<(script|svg|template)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", told)))


def test_an_areas_page_says_its_class_why_what_changed_and_what_waits() -> None:
    told = text(signed_in("kapolres"), "/risk/16.07")
    assert "Highly vulnerable because: Way from the warehouse" in told
    assert "decision waits for a second person" in told
    assert "Ancaman" not in told.split("Decisions")[0] or "Massa sudah bubar" in told
    for heading in (
        "What lies below",
        "What changed since yesterday",
        "What moves it now",
        "Indices side by side",
    ):
        assert heading in told
    assert "Very heavy rain forecast" in told and "IKP score" in told
    assert "no: it asks another question" in told


def test_a_villages_page_explains_in_both_languages_from_the_same_facts() -> None:
    english = text(signed_in("kapolres"), f"/risk/{VILLAGE}")
    indonesian = text(signed_in("kapolres", "id"), f"/risk/{VILLAGE}")
    assert "76.7 km from the warehouse" in english
    assert "76,7 km dari gudang" in indonesian
    assert "moved by what happened" in english and "berubah karena kejadian" in indonesian


@pytest.mark.parametrize("name", ["kapolres", "piket", "kapolsek", "logistik", "panwas"])
def test_kpu_polri_and_bawaslu_see_names_of_their_own_area(name: str) -> None:
    client = signed_in(name)
    assert "Desa Betung 1" in text(client, "/risk/16.07.01")
    assert client.get("/risk/16.07.01/map.json").status_code == 200


@pytest.mark.parametrize(
    "address", ["/risk/16", "/risk/id", "/risk/16.08", "/risk/16/map.json", "/risk/16/villages.csv"]
)
def test_nobody_sees_beyond_the_own_area(address: str) -> None:
    assert signed_in("kapolres").get(address).status_code in (403, 404)


@pytest.mark.parametrize(
    "address", ["/risk/16.07", "/risk/16.07/map.json", "/risk/16.07/villages.csv", "/risk/16.07/table"]
)
def test_a_stranger_sees_nothing(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in")


@pytest.mark.parametrize("name", ["dandim", "ppk"])
@pytest.mark.parametrize("part", ["map.json", "villages.csv", "villages.xlsx", "table", "give"])
def test_whoever_may_not_see_names_gets_no_map_export_or_table(name: str, part: str) -> None:
    area = "16.07" if name == "dandim" else "16.07.01"
    assert signed_in(name).get(f"/risk/{area}/{part}").status_code == 403


def test_counts_name_nobody_and_the_custodian_gets_not_even_those() -> None:
    told = text(signed_in("dandim"), "/risk/16.07")
    assert "Desa" not in told.replace("Desa/kelurahan", "")
    assert "Way from the warehouse" not in told
    assert signed_in("ppk").get("/risk/16.07.01").status_code == 403
    assert "/risk/" not in signed_in("ppk").get("/area/16.07.01").content.decode()


def scored_as(classes: list[int]) -> None:
    """The villages' classes as these, rolled up; nobody decided anything."""
    RiskOverride.objects.all().delete()
    told = dict(zip(world.villages(), classes, strict=True))
    for code, klass in told.items():
        AreaRisk.objects.filter(pk=code).update(klass=klass)
    for area in ("16", "16.07", *world.DISTRICTS):
        row = AreaRisk.objects.get(pk=area)
        row.indicators["classes"] = [
            sum(klass == k and code.startswith(area) for code, klass in told.items()) for k in (1, 2, 3, 4)
        ]
        row.save()


def test_counts_are_told_for_areas_together_where_one_alone_would_name_villages() -> None:
    scored_as([1, 1, 1, 1, 2, 2] * 3)
    told = text(signed_in("dandim"), "/risk/16.07")
    assert "6 of 18 villages are vulnerable or worse." in told
    assert "Betung, Air Saleh, Sungsang together" in told
    counts, rows = counting.told("16.07", now=world.NOW)
    assert (counts, [row.counts for row in rows]) == ((12, 6, 0, 0), [(12, 6, 0, 0)])
    assert all(counting.told(district, now=world.NOW) == (None, []) for district in world.DISTRICTS)
    told = text(signed_in("dandim"), "/risk/16.07.01")
    assert "cannot be told here without naming some" in told


@pytest.mark.parametrize("classes", [[1] * 17 + [4], [2] * 18, [2] * 9 + [3] * 9, [1] * 3 + [2] * 15])
def test_a_small_number_or_a_wholly_vulnerable_area_is_not_told(classes: list[int]) -> None:
    scored_as(classes)
    told = text(signed_in("dandim"), "/risk/16.07")
    assert "cannot be told here without naming some" in told
    assert counting.told("16.07", now=world.NOW) == (None, [])
    assert LEAST == 5


def test_a_chief_raises_a_class_at_once_and_the_page_says_who_and_why() -> None:
    client = signed_in("piket")
    until = (world.NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    form = {"klass": "4", "until": until, "reason": "Jembatan putus"}
    assert client.post("/risk/16.07.03/decide", form).status_code == 302
    assert reads.class_of("16.07.03", now=world.NOW) == RiskClass.SPECIAL
    told = text(client, "/risk/16.07.03")
    assert "It counts as special by the decision of piket: Jembatan putus." in told


@pytest.mark.parametrize(
    ("name", "area", "form"),
    [
        ("piket", "16.07.03", {"klass": "4", "until": "2024-02-20T10:00", "reason": ""}),
        ("piket", "16.07.03", {"klass": "4", "until": "2020-02-20T10:00", "reason": "x"}),
        ("piket", "16.07.03", {"klass": "9", "until": "2024-02-20T10:00", "reason": "x"}),
        ("panwas", "16.07.03", {"klass": "4", "until": "2024-02-20T10:00", "reason": "x"}),
        ("kapolsek", "16.07.03", {"klass": "4", "until": "2024-02-20T10:00", "reason": "x"}),
        ("dandim", "16.07.03", {"klass": "4", "until": "2024-02-20T10:00", "reason": "x"}),
    ],
)
def test_a_decision_that_is_wrong_or_not_ones_own_changes_nothing(
    name: str, area: str, form: dict[str, str]
) -> None:
    before = RiskOverride.objects.count()
    assert signed_in(name).post(f"/risk/{area}/decide", form).status_code in (302, 403)
    assert RiskOverride.objects.count() == before


def waiting() -> int:
    (one,) = reads.waiting("16.07", now=world.NOW)
    return one.id


def test_the_second_person_is_another_chief_and_not_a_polsek() -> None:
    number = waiting()
    for name, area in (("piket", "16.07"), ("logistik", "16.07"), ("kapolsek", "16.07.01")):
        assert signed_in(name).post(f"/risk/{area}/decision/{number}/confirm").status_code in (302, 403)
        assert reads.waiting("16.07", now=world.NOW)
    assert signed_in("kapolres").post(f"/risk/16.07.02/decision/{number}/confirm").status_code == 302
    assert reads.waiting("16.07", now=world.NOW) == []
    assert reads.class_of(DISTRICT, now=world.NOW) == RiskClass.VULNERABLE


def test_declining_needs_a_reason_and_is_kept() -> None:
    number = waiting()
    client = signed_in("kapolda")
    client.post(f"/risk/16.07/decision/{number}/decline", {"reason": ""})
    assert reads.waiting("16.07", now=world.NOW)
    client.post(f"/risk/16.07/decision/{number}/decline", {"reason": "Masih ramai"})
    assert reads.waiting("16.07", now=world.NOW) == []
    assert RiskOverride.objects.get(pk=number).declined_reason == "Masih ramai"


def filled(**changes: str) -> dict[str, str]:
    from kawal.desk.risk.forms import TableForm

    form = TableForm(patterns=reads.patterns("16.07"), regency="16.07")
    return {**{name: str(value) for name, value in form.initial.items()}, "reason": "Perahu kecil", **changes}


def test_a_chief_changes_what_a_class_means_and_others_only_read_it() -> None:
    client = signed_in("kapolres")
    assert client.post("/risk/16.07/table", filled(special_stations_per_vehicle="5")).status_code == 302
    assert reads.patterns("16.07").classes[RiskClass.SPECIAL].stations_per_vehicle == 5
    (made,) = tables.versions("16.07")
    assert (made.by, made.post, made.reason) == ("kapolres", "polri/16.07", "Perahu kecil")
    assert "Perahu kecil" in text(signed_in("logistik"), "/risk/16.07/table")
    assert signed_in("logistik").post("/risk/16.07/table", filled()).status_code == 403


def test_a_table_that_guards_a_worse_class_less_is_refused_on_the_page() -> None:
    answer = signed_in("kapolres").post("/risk/16.07/table", filled(special_stations_per_vehicle="90"))
    assert answer.status_code == 400
    assert "guard this class at least as well" in unescape(answer.content.decode())
    assert not PatternTable.objects.exists()


def given(csv_text: str, mapping: str = "", **more: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile("s.csv", csv_text.encode()), "mapping": mapping, **more}


SIGNAL = 'index = "signal"\npublisher = "Diskominfo"\ndate = 2024-02-10\n[area]\ncode = "kode"\n' + (
    '[[value]]\ncolumn = "sinyal"\nmeasure = "signal"\n'
)


def test_a_file_is_proposed_a_mapping_then_looked_at_then_taken_in() -> None:
    client = signed_in("logistik")
    file = f"kode,sinyal\n{VILLAGE},0.2\n"
    proposed = client.post("/risk/16.07/give", given(file))
    assert "[area]" in unescape(proposed.content.decode())
    before = AreaIndicator.objects.count()
    looked = unescape(client.post("/risk/16.07/give", given(file, SIGNAL, look="")).content.decode())
    assert "The file gives 1 values of 1 areas" in looked
    assert AreaIndicator.objects.count() == before
    assert client.post("/risk/16.07/give", given(file, SIGNAL, save="")).status_code == 302
    assert AreaIndicator.objects.get(index="signal").value == 0.2


def test_a_file_with_an_error_tells_its_notices_and_changes_nothing() -> None:
    told = signed_in("logistik").post(
        "/risk/16.07/give", given(f"kode,sinyal\n{VILLAGE},7\n", SIGNAL, save="")
    )
    assert "R11" in told.content.decode()
    assert not AreaIndicator.objects.filter(index="signal").exists()


def test_nobody_gives_data_of_another_area() -> None:
    Area.objects.create(code="16.08", level="regency", name="Musi Rawas")
    told = signed_in("logistik").post("/risk/16.07/give", given("kode,sinyal\n16.08,0.2\n", SIGNAL, save=""))
    assert "R18" in told.content.decode()
    assert not AreaIndicator.objects.filter(index="signal").exists()
    assert signed_in("panwas").get("/risk/16.07/give").status_code == 403


def test_a_warning_is_given_on_the_page_and_nonsense_is_refused() -> None:
    client = signed_in("logistik")
    before = Influence.objects.count()
    client.post("/risk/16.07/weather", {"weather": SimpleUploadedFile("x.json", b"[1]")})
    assert Influence.objects.count() == before
    from ...rules.risk.test_weather import alert

    file = SimpleUploadedFile("cap.xml", alert(status="Exercise").encode())
    client.post("/risk/16.07/weather", {"weather": file})
    assert Influence.objects.count() == before + 1


def test_ikp_counts_only_by_a_recorded_decision_which_the_page_tells() -> None:
    form = {
        "measure": "ikp-2024/score",
        "indicator": "violence",
        "use_until": "2024-02-20T10:00",
        "use_reason": "Tak ada",
    }
    assert signed_in("logistik").post("/risk/16.07/use", form).status_code == 403
    client = signed_in("kapolres")
    client.post("/risk/16.07/use", {**form, "use_reason": ""})
    assert not IndexUse.objects.exists()
    client.post("/risk/16.07/use", form)
    actions.compute("16.07", now=world.NOW)
    assert "Counts as Stations with a history of violence by decision of kapolres: Tak ada" in text(
        client, "/risk/16.07"
    )
    assert "by a person's decision" in text(client, f"/risk/{VILLAGE}")
    client.post(f"/risk/16.07/use/{IndexUse.objects.get().pk}/end")
    assert IndexUse.objects.get().ended_by == "kapolres"


def test_the_villages_are_exported_and_safe_to_open_in_a_spreadsheet() -> None:
    Area.objects.filter(code=VILLAGE).update(name='=HYPERLINK("http://x")')
    client = signed_in("panwas")
    answer = client.get("/risk/16.07/villages.csv")
    assert answer["Cache-Control"] == "no-store" and "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0].startswith("Restricted: KPU, Polri, Bawaslu.")
    assert len(rows) == 2 + 18
    assert rows[2][1] == '\'=HYPERLINK("http://x")'
    book = load_workbook(io.BytesIO(client.get("/risk/16.07/villages.xlsx").content))
    assert book.active is not None
    cell = book.active.cell(3, 2)
    assert (cell.data_type, str(cell.value)[0]) == ("s", "'")
    assert client.get("/risk/16.07/villages.pdf").status_code == 404


@pytest.mark.parametrize("layer", ["class", "change", "tps-rawan-2024/no_internet", "nonsense"])
def test_the_map_shows_class_change_or_a_measure(layer: str) -> None:
    told = signed_in("kapolres").get("/risk/16.07.01/map.json", {"layer": layer}).json()
    assert len(told["areas"]["features"]) == world.VILLAGES_EACH
    assert {feature["properties"]["state"] for feature in told["areas"]["features"]} <= {
        "ontime", "risk", "late", "grave", "unknown",
    }  # fmt: skip


@pytest.mark.parametrize("sort", ["name", "class", "score", "change", "checks", "nonsense"])
def test_the_villages_sort(sort: str) -> None:
    told = text(signed_in("kapolres"), f"/risk/16.07?of=villages&sort={sort}")
    assert "Desa Sungsang 6" in told


def test_a_page_asks_few_questions_however_many_villages_there_are(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = signed_in("kapolres")
    with django_assert_max_num_queries(50):
        client.get("/risk/16.07")
