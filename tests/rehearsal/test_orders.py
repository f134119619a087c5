"""Which devices an exercise needs, and that their keys follow from the seed."""

from __future__ import annotations

from collections import Counter

from kawal.rehearsal.orders import devices_of
from kawal.rules.signing import keys
from tests.rehearsal import small


def test_everybody_who_signs_has_one_device() -> None:
    orders = small.orders()
    devices = devices_of(orders)
    kinds = Counter(device.label.split()[0] for device in devices)
    posts = {trip.escort.post for trip in orders.trips}
    assert kinds == {"packer": 4, "ppk": 3, "pps": 6, "kpps": 20, "courier": 9, "escort": len(posts)}
    assert len({device.kid for device in devices}) == len(devices)


def test_posts_and_roles_are_those_of_the_desk() -> None:
    by_label = {device.label: device for device in devices_of(small.orders())}
    assert (by_label["ppk 99.01.02"].post, by_label["ppk 99.01.02"].role) == ("kpu/99.01.02", "custodian")
    assert by_label["kpps 9901012001001"].post == "kpu/9901012001001"
    assert by_label["courier truck-0"].post == "kpu/99.01"
    assert (by_label["escort polri/99.01"].post, by_label["escort polri/99.01"].role) == (
        "polri/99.01",
        "escort",
    )


def test_keys_follow_from_the_seed_and_from_nothing_else() -> None:
    first, again, other = (devices_of(small.orders(seed)) for seed in (1, 1, 2))
    assert first == again
    assert not {device.kid for device in first} & {device.kid for device in other}
    for device in first:
        assert keys.public_bytes(keys.key_from_seed(device.key_seed)) == device.public_key
        assert keys.kid_of(device.public_key) == device.kid


def test_a_key_is_never_printed() -> None:
    device = devices_of(small.orders())[0]
    assert "key_seed" not in repr(device)
