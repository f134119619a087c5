"""The pages of versions: who may make one, what is told where the form stands, what changed for a post."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from kawal.desk.clock import actions as clock
from kawal.desk.places import models as places
from kawal.desk.plan import models, reads
from kawal.desk.plan.anew import notices
from kawal.desk.watch import packing, repairs
from kawal.rules.custody.stages import Stage
from tests.desk.plan.anew.test_replanning import FLOOD, again
from tests.desk.plan.conftest import NOW, make, regency  # noqa: F401 - a fixture
from tests.desk.plan.sure.test_repairing import law_of_closed_days
from tests.desk.plan.test_pages import signed_in, text_of
from tests.desk.watch.tables import put_stage

ASKED = {"kind": "closed", "place": "16.07.02", "start": "2024-02-08T00:00", "end": "2024-02-11T17:00"}


@pytest.fixture(autouse=True)
def plan(regency: str) -> int:  # noqa: F811
    clock.begin(name="test", seed=1, sim_at=NOW, speed=0, token="t")
    return make(regency)


def post(client: Client, **told: str):
    return client.post("/plan/16.07/versions", told)


def test_a_what_if_is_tried_out_and_adopted_on_the_page() -> None:
    client = signed_in()
    done = post(client, do="what_if", reason="Banjir", **ASKED)
    assert done.status_code == 302 and done["Location"] == "/plan/16.07/compare/1/2"
    assert "andai-andai menunggu keputusan" in text_of(client.get("/plan/16.07/versions"))
    assert "Versi 2" in text_of(client.get("/plan/16.07/compare/1/2"))
    assert client.get("/plan/16.07/compare/1/2/map.json").json()
    post(client, do="adopt", version="2")
    record = reads.plan_of_record("16.07")
    assert record is not None and record.version == 2
    assert "pos belum melihat" in text_of(client.get("/plan/16.07/versions"))
    assert post(client, do="adopt", version="2").status_code == 400


def test_a_version_can_be_made_of_record_at_once_or_dropped() -> None:
    client = signed_in()
    post(client, do="replan", reason="Banjir", **ASKED)
    record = reads.plan_of_record("16.07")
    assert record is not None and (record.version, record.made_by) == (2, "kpu-16.07")
    text = models.Change.objects.get(plan_id=record.id).disruptions
    assert "from = 2024-02-08 00:00:00" in text
    post(client, do="what_if", reason="Lagi", kind="withdrawn", place="truck-16.07-01")
    post(client, do="drop", version="3")
    assert "andai-andai, dibatalkan" in text_of(client.get("/plan/16.07/versions"))


def work() -> None:
    """What the process beside the hub does with what waits."""
    run_id = repairs.begin_next(NOW)
    assert run_id is not None
    repairs.work(run_id)
    repairs.close(run_id)


def test_the_plan_is_made_surer_beside_the_record_and_the_comparison_tells_what_was_done(
    tmp_path: Path,
) -> None:
    text = Path(law_of_closed_days(tmp_path)).read_text()
    make("16.07", reason="Hari tertutup", delays=text)
    client = signed_in()
    done = post(client, do="try_repair")
    assert done.status_code == 302 and done["Location"] == "/plan/16.07/versions#surer"
    page = client.get("/plan/16.07/versions")
    assert "menunggu giliran" in text_of(page) and b'value="try_repair"' not in page.content
    work()
    page = client.get("/plan/16.07/versions")
    assert "Perbaikan membuat versi 3" in text_of(page) and b'value="try_repair"' in page.content
    assert b'href="/plan/16.07/compare/2/3"' in page.content
    told = text_of(client.get("/plan/16.07/compare/2/3"))
    assert "Yang dilakukan perbaikan" in told and "Yang akan menolong" in told
    assert "Yang dilakukan perbaikan" not in text_of(client.get("/plan/16.07/compare/1/2"))
    assert reads.plan_by_version("16.07", 2).of_record
    post(client, do="adopt", version="3")
    assert reads.plan_by_version("16.07", 3).of_record
    post(client, do="repair")
    work()
    assert "Tidak ada yang dapat diubah" in text_of(client.get("/plan/16.07/versions"))


def test_why_a_repair_was_refused_or_broke_off_is_told_on_the_page_and_it_can_be_asked_again() -> None:
    client = signed_in()
    post(client, do="repair")
    clock.move(NOW + timedelta(days=1), 0.0)
    places.Station.objects.all().delete()  # the plan no longer fits its places
    work()
    assert "Tidak dilakukan" in text_of(client.get("/plan/16.07/versions"))
    post(client, do="try_repair")
    run_id = repairs.begin_next(NOW)
    assert run_id is not None
    repairs.close(run_id)  # its process was killed
    client.cookies["django_language"] = "en"
    page = client.get("/plan/16.07/versions")
    assert "The repair broke off before its end" in text_of(page) and b'value="try_repair"' in page.content
    assert models.Plan.objects.count() == 1


def test_who_may_not_make_plans_makes_none_surer() -> None:
    client = signed_in(agency="polri", role="duty")
    assert post(client, do="repair").status_code == 403
    assert models.Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"kind": "closed", "reason": "x"}, "Sebutkan di mana."),
        ({"kind": "fewer", "place": "16.07", "reason": "x"}, "Sebutkan moda yang mana."),
        ({"kind": "closed", "place": "16.09", "reason": "x"}, "16.09 tidak ada di kabupaten ini"),
        ({"kind": "", "more": "[[flood]]", "reason": "x"}, "Baris 1, flood"),
        ({"kind": "held", "place": 'a"b\n[[x]]', "reason": "x"}, "Kejadian tidak dapat dibaca."),
        ({"kind": "", "reason": ""}, "tidak boleh kosong"),
    ],
)
def test_what_is_wrong_is_told_where_the_form_stands_and_changes_nothing(
    asked: dict[str, str], told: str
) -> None:
    page = post(signed_in(), do="what_if", **asked)
    assert page.status_code == 400 and told in page.content.decode()
    assert models.Plan.objects.count() == 1


def test_only_who_plans_may_make_a_version_and_nobody_sees_another_regency() -> None:
    police = signed_in(agency="polri", role="duty")
    assert "Jadikan rencana berlaku" not in police.get("/plan/16.07/versions").content.decode()
    assert post(police, do="replan", reason="x", **ASKED).status_code == 403
    assert signed_in("16.07.01", "kpu", "custodian").get("/plan/16.07/versions").status_code == 403
    assert models.Plan.objects.count() == 1


def test_a_post_sees_what_changed_for_it_and_says_so_once() -> None:
    made = again("16.07", FLOOD)
    client = signed_in("16.07.02", "polri", "duty")
    assert "mengubah sesuatu untuk pos Anda" in text_of(client.get("/plan/16.07.02"))
    page = client.get("/plan/notices")
    mine = next(one for one in notices.of_plan(made) if one.post == "polri/16.07.02")
    assert all(row["code"] in page.content.decode() for row in mine.trips)
    assert client.post(f"/plan/notices/{mine.id}/seen").status_code == 302
    assert "Dilihat oleh" in text_of(client.get("/plan/notices"))
    other = next(one for one in notices.of_plan(made) if one.post == "kpu/16.07")
    assert client.post(f"/plan/notices/{other.id}/seen").status_code == 404
    assert notices.unseen_count("kpu/16.07") == 1


def test_absent_officers_are_told_by_fields_and_their_number_is_asked_for() -> None:
    client = signed_in()
    told = {"do": "what_if", "reason": "Sakit", "kind": "absent", "place": "polri/16.07.02"}
    assert post(client, **told).status_code == 400
    assert post(client, **told, count="99").status_code == 302
    assert "polri/16.07.02" in models.Change.objects.get().disruptions


@pytest.mark.parametrize(
    ("agency", "role"),
    [("kpu", "logistics"), ("bawaslu", "supervisor"), ("polri", "chief"), ("tni", "duty")],
)
def test_every_agency_reads_in_its_language_what_changed_for_it(agency: str, role: str) -> None:
    absent = again("16.07", '[[absent]]\npost = "polri/16.07.02"\nofficers = 99\n')
    client = signed_in("16.07", agency, role)
    told = {"id": "Perjalanan yang berubah", "en": "Trips that changed"}
    for language, words in told.items():
        client.cookies["django_language"] = language
        page = client.get("/plan/notices")
        assert page.status_code == 200 and words in text_of(page)
        mine = next(one for one in notices.of_plan(absent) if one.post == f"{agency}/16.07")
        assert mine.trips and all(row["code"] in page.content.decode() for row in mine.trips)
        assert "→" in text_of(page), "which post guards instead of which"


def test_what_leaves_first_is_packed_first_until_it_is_sealed() -> None:
    client = signed_in()
    page = text_of(client.get("/plan/16.07/packing"))
    assert "koli masih harus dikemas" in page
    answer = client.get("/plan/16.07/packing", {"form": "csv", "per_hour": "10"})
    rows = answer.content.decode().splitlines()
    assert answer["Content-Type"].startswith("text/csv") and rows[0].startswith("wave,trip,begin_by")
    _, found = packing.packing("16.07")
    assert len(rows) == 1 + len(found)
    for station in {station for wave in found for station in wave.stations}:
        put_stage(station, Stage.SEALED)
    assert "sudah dikemas dan disegel" in text_of(client.get("/plan/16.07/packing"))


def test_the_packing_order_follows_a_new_version() -> None:
    _, before = packing.packing("16.07")
    again("16.07", '[[closed]]\narea = "16.07.02"\n')
    _, after = packing.packing("16.07")
    assert before != after
    assert {code for wave in after for code in wave.districts} == {"16.07.01"}
