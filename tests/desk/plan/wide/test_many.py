"""The page of a province or the nation: how many are planned, what lacks, who was left out; sorted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kawal.desk.plan.sure import living
from kawal.desk.plan.wide import nation
from kawal.desk.plan.wide.pools import Processes
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import ASKED, NOW
from tests.desk.plan.test_pages import signed_in, text_of


def _planned() -> None:
    nation.make("16", ASKED, pool=Processes(2), reason="", by="Logistics", now=lambda: NOW)


def test_the_first_sentence_counts_plans_and_the_page_names_who_was_left_out(province: str) -> None:
    _planned()
    page = signed_in("").get("/plan/16")
    told = text_of(page)
    assert "2 dari 3 kabupaten/kota punya rencana" in told and "24 TPS" in told
    assert "1 belum punya." in told
    assert "16.09: 16.09 maupun wilayah di atasnya tidak memiliki koordinat" in told or "16.09:" in told
    assert "2 rencana sampai ke desa/kelurahan" in told
    assert "oleh Logistics" in told


def test_the_page_asks_no_more_questions_for_more_plans(province: str) -> None:
    client = signed_in("")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/plan/id").status_code == 200
        return len(asked)

    queries()
    before = queries()
    _planned()
    assert queries() <= before + 2, "names of who was left out, by the run"


def test_the_nation_is_told_by_province_and_by_regency(province: str) -> None:
    _planned()
    content = signed_in("").get("/plan/id").content.decode()
    assert content.count('id="provinces"') == content.count('id="plans"') == 1
    assert "2 dari 3" in content


def test_any_column_sorts_and_nonsense_sorts_nothing(province: str) -> None:
    _planned()
    client = signed_in("")

    def order(sort: str) -> list[str]:
        page = client.get(f"/plan/16?sort={sort}").content.decode()
        table = page[page.index('id="plans"') :]
        return sorted(("16.07", "16.08", "16.09"), key=lambda code: table.index(f'href="/plan/{code}"'))

    assert order("stations") == order("trips") == ["16.07", "16.08", "16.09"]
    assert order("plans")[0] == "16.09", "those without a plan first"
    assert order("nonsense") == order("")
    assert order("")[0] == "16.09", "the worst first: those without a plan before those that are well"
    page = client.get("/plan/16?sort=unserved").content.decode()
    assert page.count('aria-sort="descending"') == 1
    for column in ("name", "vehicles", "officers", "spare", "risk", "unserved"):
        assert set(order(column)) == {"16.07", "16.08", "16.09"}


def test_a_run_that_was_stopped_says_that_the_same_command_goes_on(province: str) -> None:
    from kawal.desk.plan import models

    _planned()
    models.PlanRun.objects.update(ended_at=None, summary=None)
    assert "perintah yang sama melanjutkannya" in text_of(signed_in("").get("/plan/16"))


def test_the_page_of_a_regency_planned_down_to_its_villages_counts_what_reaches_them(province: str) -> None:
    _planned()
    client = signed_in("")
    for area, stations in (("16.07", 18), ("16.07.01", 11), ("16.07.01.1001", 8)):
        told = text_of(client.get(f"/plan/{area}"))
        assert f"ke {stations} TPS" in told
        assert "Rencana ini sampai ke desa/kelurahan" in told


def test_such_a_plan_is_not_lived_through(province: str) -> None:
    _planned()
    with pytest.raises(Refused, match="plan_ends_early"):
        living.live("16.07", seed=1, scenarios=100, now=NOW)
