import hashlib

import pytest
from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, keys

KEY = keys.key_from_seed(b"\x01" * 32)
FIELD = 2**255 - 19

# Points whose order divides eight: a key of these signs everything and nothing.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


def test_a_key_id_is_the_start_of_the_hash_of_the_key() -> None:
    public = keys.public_bytes(KEY)
    assert keys.kid_of(public) == hashlib.sha256(public).digest()[:8]
    keys.check_public_key(public)


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_small_order_key_is_refused_and_signs_nothing(point: str) -> None:
    key = bytes.fromhex(point)
    with pytest.raises(Refused, match="bad_key"):
        keys.check_public_key(key)
    forged = key + bytes(32)  # R is the key itself, S is zero: other libraries take this for any message
    with pytest.raises(CryptoError):
        crypto_sign_open(forged + b"any message", key)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        keys.public_bytes(KEY)[:31],
        keys.public_bytes(KEY) + b"\0",
        (2).to_bytes(32, "little"),  # not on the curve
        (FIELD + 3).to_bytes(32, "little"),  # a second spelling of a point
        b"\xff" * 32,
    ],
)
def test_what_is_no_point_of_the_curve_is_refused(key: bytes) -> None:
    with pytest.raises(Refused, match="bad_key"):
        keys.check_public_key(key)


def test_a_key_of_a_wrong_length_checks_no_signature() -> None:
    envelope = cose.opened(cose.sign(b"payload", KEY))
    with pytest.raises(Refused, match="bad_signature"):
        cose.check(envelope, keys.public_bytes(KEY)[:31])
