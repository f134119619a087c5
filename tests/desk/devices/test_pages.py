"""The devices of a post through their pages: who may see them, add one, renew one, revoke one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from kawal.desk.clock import reads as clock
from kawal.desk.custody.models import EventLink
from kawal.desk.ledger import keys as log_keys
from kawal.desk.ledger import reads as log
from kawal.desk.people import devices
from kawal.desk.trust import codes
from kawal.desk.trust import reads as trust
from kawal.rules.trust import requests
from kawal.rules.trust.requests import Enrol
from tests.desk.devices.conftest import NOW, client
from tests.rules.custody.stories import Phone
from tests.rules.trust.makers import key, kid, public

POST = "/devices/kpu/16.07.03"


def text(answer: object) -> str:
    page = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def asks(code: str, name: str = "new phone") -> bytes:
    made = Enrol(log=log_keys.verifier_key().name, public_key=public(name), code=code)
    return requests.sign(made, key(name))


def shown(answer: object) -> str:
    found = re.search(r'id="digits">(\d{4}) (\d{4})<', answer.content.decode())  # type: ignore[attr-defined]
    assert found
    return "".join(found.groups())


def send(body: bytes) -> tuple[int, dict[str, object]]:
    answer = Client().post("/trust/v1/certificates", body, content_type="application/cose")
    return answer.status_code, answer.json()


def test_every_state_is_told(phones: dict[str, Phone]) -> None:
    page = text(client("ppk").get(POST, headers={"accept-language": "en"}))
    for word in ("berlaku", "dicabut", "kunci di dua tangan", "sertifikat berakhir"):
        assert word in page
    for name in phones:
        assert name in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("logistik", 200), ("ppk", 200), ("bawaslu", 200), ("ppk-lain", 403), ("kapolres", 403), ("piket", 403)],
)
def test_who_sees_the_devices_of_a_post(phones: dict[str, Phone], name: str, status: int) -> None:
    officer = client(name)
    device = phones["forked"].kid.hex()
    for address in (POST, f"/device/{device}", f"/device/{device}/proof"):
        assert officer.get(address).status_code == status


@pytest.mark.parametrize(
    ("name", "may"), [("logistik", True), ("ppk", True), ("bawaslu", False), ("ppk-lain", False)]
)
def test_who_adds_renews_and_revokes(phones: dict[str, Phone], name: str, may: bool) -> None:
    officer, device = client(name), phones["good"].kid.hex()
    for address, form in ((f"{POST}/add", {"role": "custodian"}), (f"/device/{device}/renew", {})):
        assert officer.get(address).status_code == (200 if may else 403)
        assert officer.post(address, form).status_code == (200 if may else 403)
    answer = officer.post(f"/device/{device}/revoke", {"reason": "1"})
    assert answer.status_code == (302 if may else 403)
    found = devices.device_key(phones["good"].kid)
    assert found is not None and (found.revoked_at is not None) == may


def test_own_devices_are_behind_the_name_of_the_post() -> None:
    assert client("ppk").get("/devices").headers["Location"] == POST


def test_a_phone_is_added_with_the_code_that_an_officer_shows() -> None:
    code = shown(client("ppk").post(f"{POST}/add", {"role": "custodian", "label": "HP Ani"}))
    status, told = send(asks(code))
    assert status == 200, told
    assert told["kid"] == kid("new phone").hex()
    entry = log.entry(int(str(told["index"])))
    assert entry.signed.hex() == told["certificate"]
    assert [row["index"] for row in told["issuers"]] == [0]  # type: ignore[attr-defined]
    found = devices.rows([kid("new phone").hex()])[0]
    assert (found.post, found.role, found.label) == ("kpu/16.07.03", "custodian", "HP Ani")
    assert send(asks(code))[0] == 200  # the answer was lost: the same phone asks again
    assert send(asks(code, "other phone")) == (403, {"refused": "bad_code"})
    assert len(trust.certificates(kid("new phone"))) == 1


def test_a_code_ends_after_ten_minutes_and_guessing_is_slow() -> None:
    wanted = codes.Wanted(post="kpu/16.07.03", role="custodian")
    old = codes.make(wanted, by="ppk", real_now=clock.real_now() - timedelta(minutes=11))
    assert send(asks(old)) == (403, {"refused": "bad_code"})
    code = codes.make(wanted, by="ppk", real_now=clock.real_now())
    for n in range(4):
        assert send(asks(f"{n:08d}"))[0] == 403
    assert send(asks(code))[0] == 429  # five tries that failed from one address


def test_a_proof_of_possession_made_with_another_key_enrols_nobody() -> None:
    code = codes.make(
        codes.Wanted(post="kpu/16.07.03", role="custodian"), by="ppk", real_now=clock.real_now()
    )
    made = Enrol(log=log_keys.verifier_key().name, public_key=public("victim"), code=code)
    assert send(requests.sign(made, key("thief")))[1]["refused"] == "bad_signature"
    assert send(b"")[0] == 400
    assert send(b"x" * 3000)[0] == 413
    assert devices.device_key(kid("victim")) is None


def test_a_phone_renews_by_itself_while_its_certificate_holds(phones: dict[str, Phone]) -> None:
    phone = phones["good"]
    head = EventLink.objects.get(kid=phone.kid.hex()).event_id

    def renew(serial: int) -> tuple[int, dict[str, object]]:
        asked = requests.Renew(
            log=log_keys.verifier_key().name, public_key=phone.public_key, serial=serial, head=bytes(head)
        )
        return send(requests.sign(asked, phone.key))

    serial = trust.certificates(phone.kid)[0].serial
    assert renew(serial)[0] == 200
    assert [row.head for row in trust.certificates(phone.kid)] == [None, bytes(head)]
    assert renew(serial) == (409, {"refused": "renewed_already", "serial": serial + len(phones)})


def test_after_its_end_a_phone_needs_an_officer_and_only_this_phone_can_use_the_code(
    phones: dict[str, Phone],
) -> None:
    phone = phones["ended"]
    serial = trust.certificates(phone.kid)[0].serial
    origin = log_keys.verifier_key().name
    alone = requests.Renew(log=origin, public_key=phone.public_key, serial=serial)
    assert send(requests.sign(alone, phone.key))[1]["refused"] == "certificate_ended"
    code = shown(client("ppk").post(f"/device/{phone.kid.hex()}/renew", {"vouch": "on"}))
    assert send(asks(code))[0] == 403
    asked = Enrol(log=origin, public_key=phone.public_key, code=code)
    assert send(requests.sign(asked, phone.key))[0] == 200
    newest = trust.certificates(phone.kid)[-1]
    assert newest.valid_to == NOW + timedelta(days=14)
    assert newest.head == bytes(EventLink.objects.get(kid=phone.kid.hex()).event_id)


def test_a_new_phone_takes_the_place_of_a_revoked_one(phones: dict[str, Phone]) -> None:
    old = phones["revoked"].kid
    page = client("ppk").post(f"{POST}/add", {"role": "custodian", "succeeds": old.hex()})
    assert send(asks(shown(page)))[0] == 200
    assert trust.successors(old) == [kid("new phone").hex()]
    assert kid("new phone").hex() in text(client("ppk").get(f"/device/{old.hex()}"))


def test_what_the_owner_vouches_for_is_an_event_of_the_device(phones: dict[str, Phone]) -> None:
    officer, phone = client("ppk"), phones["revoked"]
    mine, other = (
        bytes(EventLink.objects.filter(kid=one.kid.hex()).first().event_id).hex()  # type: ignore[union-attr]
        for one in (phone, phones["good"])
    )
    address = f"/device/{phone.kid.hex()}/revoke"
    for wrong in ("ab", "zz" * 32, other, "ab" * 32):
        assert officer.post(address, {"reason": "1", "last": wrong}).status_code == 200
    assert officer.post(address, {"reason": "1", "last": mine}).status_code == 302
    assert [row.last for row in trust.revocations(phone.kid)] == [None, bytes.fromhex(mine)]


def test_the_proof_shows_both_events(phones: dict[str, Phone]) -> None:
    page = client("bawaslu").get(f"/device/{phones['forked'].kid.hex()}/proof").content.decode()
    ids = {
        bytes(row.event_id).hex() for row in EventLink.objects.filter(kid=phones["forked"].kid.hex(), seq=1)
    }
    assert len(ids) == 2 and all(one in page for one in ids)
    clean = client("ppk").get(f"/device/{phones['good'].kid.hex()}/proof")
    assert clean.status_code == 200 and "/entry/" not in clean.content.decode()


def test_an_entry_that_an_issuer_signed_leads_to_its_device(phones: dict[str, Phone]) -> None:
    officer = client("ppk")
    answer = officer.get("/entry/1", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0].startswith("/device/")
    assert officer.get("/entry/0", follow=True).status_code == 404  # the issuer's own announcement


def test_unknown_devices_and_posts_are_not_there() -> None:
    officer = client("logistik")
    for address in ("/device/0123456789abcdef", "/device/x", "/devices/kpu/16.07.99"):
        assert officer.get(address).status_code == 404


def test_a_phone_learns_issuers_revocations_and_the_checkpoint(phones: dict[str, Phone]) -> None:
    told = Client().get("/trust/v1/list").json()
    assert len(told["issuers"]) == 1 and len(told["revocations"]) == 1
    assert told["log"] == str(log_keys.verifier_key())


def test_a_camera_that_opens_the_code_is_told_where_it_belongs() -> None:
    answer = Client().get("/enrol")
    assert answer.status_code == 200 and "aplikasi Kawal" in text(answer)
