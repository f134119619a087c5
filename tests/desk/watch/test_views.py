import json

import pytest
from django.test import Client
from django.urls import include, path

from kawal.desk.clock import actions as clock
from kawal.desk.people import actions as people
from kawal.desk.watch.models import Alert, AlertAct
from kawal.rules.places.facts import Area
from tests.desk.watch.tables import put_plan
from tests.rules.watch.world import HOUR, MORNING, boat

urlpatterns = [path("", include("kawal.desk.watch.urls")), path("", include("kawal.desk.people.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.desk.watch.test_views")]

LATE = MORNING + 3 * HOUR
TOKEN = "a token of this test"


@pytest.fixture
def exercise():
    clock.begin(name="16.07", seed=1, sim_at=MORNING, speed=0.0, token=TOKEN)


def move(now=LATE, speed=0, token=TOKEN, body=None):
    return Client(enforce_csrf_checks=True).post(
        "/exercise/clock",
        body if body is not None else json.dumps({"now": now.isoformat(), "speed": speed}),
        content_type="application/json",
        headers={"X-Kawal-Exercise": token},
    )


def test_moving_the_clock_of_an_exercise_looks_at_once(exercise):
    put_plan([boat()])
    answer = move()
    assert answer.status_code == 200
    assert answer.json() == {"now": LATE.isoformat(), "opened": 1, "climbed": 0, "closed": 0}
    told = Client().get("/exercise/clock").json()
    assert told == {"name": "16.07", "now": LATE.isoformat(), "speed": 0.0}


def test_without_an_exercise_there_is_no_clock_to_move():
    assert move().status_code == 404 and Client().get("/exercise/clock").status_code == 404


def test_a_wrong_token_going_back_and_a_bad_body_are_refused_and_move_nothing(exercise):
    assert move(token="").status_code == 403 and move(token="another").status_code == 403
    assert move(now=MORNING - HOUR).status_code == 409
    naive = LATE.replace(tzinfo=None)
    for body in ["", "[]", "{}", '{"now": 1, "speed": 0}', '{"now": "soon", "speed": 0}', b"\xff"]:
        assert move(body=body).status_code == 400
    assert move(now=naive).status_code == 400 and move(speed=-1).status_code == 400
    assert move(body=f'{{"now": "{LATE.isoformat()}", "speed": NaN}}').status_code == 400
    assert Client().get("/exercise/clock").json()["now"] == MORNING.isoformat()


@pytest.fixture
def alert(exercise):
    put_plan([boat()])
    move()
    return Alert.objects.get()


def signed_in(area="16.07.03", agency="polri", role="duty"):
    people.found_posts([Area(code=code, level=level, name=code) for code, level in [
        ("16.07", "regency"), ("16.07.03", "district"), ("16.07.04", "district"),
    ]])  # fmt: skip
    post = f"{agency}/{area}"
    people.add_officer("piket", post=post, role=role, password=None)
    client = Client(headers={"Accept": "application/json"})
    client.force_login(people.user_of("piket"))
    return client


def test_the_officer_on_duty_acknowledges_and_closes(alert):
    client = signed_in()
    answer = client.post(f"/alerts/{alert.pk}/acknowledge", {"note": "On our way."})
    assert (answer.status_code, answer.json()) == (200, {"alert": alert.pk, "answered": True})
    assert client.post(f"/alerts/{alert.pk}/close", {"reason": ""}).json() == {"refused": "reason_missing"}
    answer = client.post(f"/alerts/{alert.pk}/close", {"reason": "It left."})
    assert answer.json() == {"alert": alert.pk, "closed": True}
    assert list(AlertAct.objects.values_list("act", "by")) == [
        ("opened", ""), ("acknowledged", "piket"), ("closed", "piket"),
    ]  # fmt: skip
    assert AlertAct.objects.last().at == LATE
    assert client.post(f"/alerts/{alert.pk}/close", {"reason": "Again."}).status_code == 409


def test_a_form_goes_back_to_where_it_came_from_and_nowhere_else(alert):
    client = signed_in()
    client.defaults["HTTP_ACCEPT"] = "text/html"
    form = f"/alerts/{alert.pk}/acknowledge"
    for back, goes in [("/alerts/16.07", "/alerts/16.07"), ("https://elsewhere.example/", "/"), ("", "/")]:
        answer = client.post(form, {"next": back}, headers={"Accept": "text/html"})
        assert (answer.status_code, answer["Location"]) == (302, goes)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({"area": "16.07.04"}, 403),  # another Polsek
        ({"role": "escort"}, 403),  # rides along, does not answer
        ({"agency": "kpu", "role": "logistics", "area": "16.07"}, 200),  # told, and says so
    ],
)
def test_who_may_answer(alert, who, status):
    answer = signed_in(**who).post(f"/alerts/{alert.pk}/acknowledge")
    assert answer.status_code == status
    assert Alert.objects.get().acknowledged_at is None


def test_strangers_sign_in_first(alert):
    answer = Client().post(f"/alerts/{alert.pk}/acknowledge")
    assert answer.status_code == 302 and "/alerts/" in answer["Location"].partition("next=")[2]
    assert AlertAct.objects.count() == 1


def test_unknown_alerts_are_not_found_and_looking_is_not_answering(alert):
    client = signed_in()
    assert client.post("/alerts/999/acknowledge").json() == {"refused": "unknown_alert"}
    assert client.get(f"/alerts/{alert.pk}/acknowledge").status_code == 405
