from datetime import timedelta

import pytest

from kawal.desk.people import devices
from kawal.desk.people.devices import NewDevice
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys

from .conftest import KEYS, NOW, POST

PUBLIC = keys.public_bytes(KEYS[0])
KID = keys.kid_of(PUBLIC)


def test_an_enrolled_device_is_known_by_the_hash_of_its_key(enrolled: None) -> None:
    found = devices.device_key(KID)
    assert found == devices.DeviceKey(KID, PUBLIC, POST, "custodian", None)
    assert devices.device_key(bytes(8)) is None
    assert devices.device_keys([KID, bytes(8)]) == {KID: found}
    assert devices.device_keys([]) == {}


def test_the_same_device_again_changes_nothing(enrolled: None) -> None:
    assert devices.enrol([NewDevice(PUBLIC, POST, "custodian")] * 2, now=NOW + timedelta(days=1)) == 0


def test_a_thousand_devices_are_enrolled_and_read_at_once(enrolled: None) -> None:
    rows = [
        NewDevice(keys.public_bytes(keys.key_from_seed(n.to_bytes(32, "big"))), POST, "custodian")
        for n in range(5000, 6200)
    ]
    assert devices.enrol(rows, now=NOW) == 1200
    assert len(devices.device_keys([keys.kid_of(row.public_key) for row in rows])) == 1200


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (NewDevice(PUBLIC, POST, "escort"), "device_taken"),
        (NewDevice(b"\x01" + bytes(31), POST, "custodian"), "bad_key"),
        (NewDevice(PUBLIC[:31], POST, "custodian"), "bad_key"),
        (NewDevice(PUBLIC, POST, "king"), "unknown_role"),
        (NewDevice(PUBLIC, "kpu/99", "custodian"), "unknown_post"),
    ],
)
def test_a_device_that_may_not_be_is_refused_and_nothing_is_saved(
    enrolled: None, row: NewDevice, code: str
) -> None:
    fresh = NewDevice(keys.public_bytes(keys.key_from_seed(b"\x07" * 32)), POST, "custodian")
    with pytest.raises(Refused, match=code):
        devices.enrol([fresh, row], now=NOW)
    assert devices.device_key(keys.kid_of(fresh.public_key)) is None


def test_two_roles_for_one_key_are_refused_in_one_go_too(enrolled: None) -> None:
    public = keys.public_bytes(keys.key_from_seed(b"\x07" * 32))
    with pytest.raises(Refused, match="device_taken"):
        devices.enrol([NewDevice(public, POST, "custodian"), NewDevice(public, POST, "escort")], now=NOW)


def test_a_revoked_device_is_known_as_such_at_once_and_keeps_its_first_revocation(enrolled: None) -> None:
    assert devices.device_key(KID) is not None
    devices.revoke(KID, now=NOW)
    devices.revoke(KID, now=NOW + timedelta(days=1))
    found = devices.device_key(KID)
    assert found is not None
    assert found.revoked_at == NOW


def test_nobody_can_revoke_a_device_that_is_not_there(db: None) -> None:
    with pytest.raises(Refused, match="unknown_device"):
        devices.revoke(KID, now=NOW)
