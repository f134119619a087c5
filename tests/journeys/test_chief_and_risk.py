"""A chief's evening with risk: what changed, why, raise, a second person, what a class means, plan anew."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from kawal.desk.clock import actions as clock
from kawal.desk.needs import actions as needs
from kawal.desk.people import actions as people
from kawal.desk.plan import actions as plan
from kawal.desk.plan import reads as plans
from kawal.desk.risk import reads as risk
from kawal.desk.risk.forms import TableForm
from kawal.desk.watch import watching
from kawal.rules.plan.facts import Leg
from kawal.rules.risk.classes import RiskClass
from tests.desk.risk import world

pytestmark = pytest.mark.django_db
BETUNG = "16.07.01"
UNTIL = (world.NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def enter(name: str) -> Client:
    client = Client()
    client.force_login(people.user_of(name))
    client.cookies["django_language"] = "en"
    return client


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def make_plan(reason: str = "") -> int:
    return plan.make(
        "16.07", voting_day=date(2024, 2, 14), seed=1, reason=reason, by="logistik", now=world.NOW, workers=1
    )


def stations_aboard(made: int) -> int:
    trips = plans.trips(made, leg=Leg.TO_PPK)
    return max(len({s for part in trip.consignments for s in part.stations}) for trip in trips)


def test_from_what_changed_to_a_plan_that_follows() -> None:
    world.places()
    world.officers()
    needs.compute("16.07", now=world.NOW)
    clock.begin(name="16.07", seed=1, sim_at=world.NOW, speed=0.0, token="t")
    world.living()
    first = make_plan()

    kapolres, kapolda = enter("kapolres"), enter("kapolda")
    # What changed since yesterday, and why: the flood of one village.
    assert "Desa Betung 1" in read(kapolres, "/risk/16.07")
    assert "Flood" in read(kapolres, f"/risk/{BETUNG}.2001")
    # One raises at once.
    form = {"klass": "4", "until": UNTIL, "reason": "Jembatan putus"}
    kapolres.post(f"/risk/{BETUNG}/decide", form)
    assert risk.class_of(BETUNG, now=world.NOW) is RiskClass.SPECIAL
    # To lower it takes another person; a change of mind by the same one does not.
    kapolres.post(f"/risk/{BETUNG}/decide", {**form, "klass": "2", "reason": "Jembatan darurat"})
    number = next(one.id for one in risk.waiting("16.07", now=world.NOW) if one.area_code == BETUNG)
    kapolres.post(f"/risk/{BETUNG}/decision/{number}/confirm")
    assert risk.class_of(BETUNG, now=world.NOW) is RiskClass.SPECIAL
    assert "Confirm as the second person" in read(kapolda, "/risk/16.07")
    kapolda.post(f"/risk/{BETUNG}/decision/{number}/confirm")
    assert risk.class_of(BETUNG, now=world.NOW) is RiskClass.VULNERABLE
    # What a class means, changed: the plan says that it is old, the next one and the watch follow.
    table = {
        str(k): str(v) for k, v in TableForm(patterns=risk.patterns("16.07"), regency="16.07").initial.items()
    }
    loads = {f"{klass}_stations_per_vehicle": "3" for klass in ("low", "vulnerable", "high", "special")}
    silent = {f"{klass}_silence_min": "20" for klass in ("low", "vulnerable", "high", "special")}
    kapolres.post("/risk/16.07/table", {**table, **loads, **silent, "reason": "Perahu kecil"})
    assert "What a class means was changed since this plan was made" in read(kapolres, "/plan/16.07")
    second = make_plan("Tabel baru")
    assert stations_aboard(first) > 3 >= stations_aboard(second)
    assert "What a class means was changed" not in read(kapolres, "/plan/16.07")
    (watched,) = watching.watched_plans(world.NOW)
    assert {limits.silence_s for limits in watched.by_class.values()} == {20 * 60}
