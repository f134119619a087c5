"""Keys and signatures at the edges of Ed25519, made by the plain arithmetic of the curve.

The eight points of small order and their second spellings are those of the table in C2SP's CCTV. Every
signature here fulfils the equation of RFC 8032, with or without the cofactor, unless its name says that
it does not, so that only a strict verifier refuses it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kawal.rules.signing import keys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + y1 * x2) * pow(1 + both, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


def times(scalar: int, point: Point) -> Point:
    total = IDENTITY
    while scalar:
        total = add(total, point) if scalar & 1 else total
        point, scalar = add(point, point), scalar >> 1
    return total


def point_at(y: int, odd: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return (x if x % 2 == odd else -x % P), y


BASE = point_at(4 * pow(5, -1, P) % P, 0) or IDENTITY


def _torsion() -> list[Point]:
    y = 2
    while True:
        point = point_at(y, 0)
        if point and times(4, times(ORDER, point)) != IDENTITY:
            return [times(multiple, times(ORDER, point)) for multiple in range(8)]
        y += 1


TORSION = _torsion()


def spelled(point: Point, *, odd: bool | None = None, above: bool = False) -> bytes:
    """A point in 32 bytes; in its second spellings with another sign of x, or y beyond the field."""
    sign = point[0] & 1 if odd is None else int(odd)
    return (point[1] + (P if above else 0) | sign << 255).to_bytes(32, "little")


def spellings(point: Point) -> Iterator[tuple[str, bytes]]:
    yield "", spelled(point)
    if point[0] == 0:
        yield ", x = -0", spelled(point, odd=True)
    if point[1] < 19:
        yield ", y > p", spelled(point, above=True)
        if point[0] == 0:
            yield ", x = -0, y > p", spelled(point, odd=True, above=True)


SECRET, NONCE = 0x1234567890ABCDEF1234567890ABCDEF, 0xFEDCBA0987654321FEDCBA0987654321
KEY = times(SECRET, BASE)


def mixed_key() -> bytes:
    return spelled(add(KEY, TORSION[1]))


def cases() -> Iterator[dict[str, str]]:
    yield from _plain()
    for at, point in enumerate(TORSION):
        for how, spelling in spellings(point):
            name = f"{at} x the point of order 8{how}"
            yield _case(
                f"key of small order: {name}",
                spelling,
                _matching(IDENTITY, point, spelled(IDENTITY), spelling, 0),
            )
            yield _case(
                f"key of small order, R plain: {name}",
                spelling,
                _matching(times(NONCE, BASE), point, spelled(times(NONCE, BASE)), spelling, None),
            )
            yield _case(
                f"R of small order: {name}", spelled(KEY), _signed(point, spelling, KEY, spelled(KEY), b"R")
            )
    for at in range(1, 8):
        r, key = add(times(NONCE, BASE), TORSION[at]), add(KEY, TORSION[at])
        yield _case(
            f"mixed R, {at}: holds only times the cofactor",
            spelled(KEY),
            _signed(r, spelled(r), KEY, spelled(KEY), b"m"),
        )
        yield _case(
            f"mixed key, {at}: the rest vanishes",
            spelled(key),
            _matching(times(NONCE, BASE), key, spelled(times(NONCE, BASE)), spelled(key), None),
        )
        yield _case(
            f"mixed key and R, {at}: the rest vanishes",
            spelled(key),
            _matching(r, key, spelled(r), spelled(key), None),
        )
        yield _case(
            f"mixed key, {at}: the rest stays",
            spelled(key),
            _matching(times(NONCE, BASE), key, spelled(times(NONCE, BASE)), spelled(key), None, exact=False),
        )
    yield from _numbers()
    for y in range(19):
        for odd in (False, True):
            spelling = (y + P | odd << 255).to_bytes(32, "little")
            yield _case(f"key with y = p + {y}, odd {odd}", spelling, (spelling + bytes(32), b""))
            yield _case(f"R with y = p + {y}, odd {odd}", spelled(KEY), (spelling + bytes(32), b""))
    yield _case("a key off the curve", (2).to_bytes(32, "little"), (bytes(64), b""))


def _plain() -> Iterator[dict[str, str]]:
    for at in range(3):
        key = keys.key_from_seed(bytes([at]) * 32)
        message = b"kawal" * at
        yield _case(f"plain {at}", keys.public_bytes(key), (key.sign(message).signature, message))
    signature, message = _signed(times(NONCE, BASE), spelled(times(NONCE, BASE)), KEY, spelled(KEY), b"plain")
    yield _case("plain, by the arithmetic of this file", spelled(KEY), (signature, message))
    for bit in (0, 7, 255, 256, 300, 511):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        yield _case(f"bit {bit} of the signature changed", spelled(KEY), (bytes(changed), message))
    yield _case("another message", spelled(KEY), (signature, message + b"."))
    for length in (0, 32, 63, 65):
        yield _case(f"a signature of {length} bytes", spelled(KEY), ((signature + b"\0")[:length], message))
    for length in (0, 31, 33):
        yield _case(f"a key of {length} bytes", (spelled(KEY) + b"\0")[:length], (signature, message))


def _numbers() -> Iterator[dict[str, str]]:
    signature, message = _signed(times(NONCE, BASE), spelled(times(NONCE, BASE)), KEY, spelled(KEY), b"S")
    s = int.from_bytes(signature[32:], "little")
    for multiple in (1, 2, 7, 14):
        if s + multiple * ORDER < 2**256:
            above = (s + multiple * ORDER).to_bytes(32, "little")
            yield _case(f"S + {multiple} x order", spelled(KEY), (signature[:32] + above, message))
    for name, value in (("0", 0), ("the order", ORDER), ("the largest", 2**256 - 1)):
        yield _case(
            f"S is {name}, does not fit",
            spelled(KEY),
            (signature[:32] + value.to_bytes(32, "little"), message),
        )


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def _signed(_r: Point, r: bytes, _key: Point, key: bytes, message: bytes) -> tuple[bytes, bytes]:
    """S over a message; the torsion of R is left as it is."""
    nonce = 0 if any(point == _r for point in TORSION) else NONCE
    return r + ((nonce + _hash(r, key, message) * SECRET) % ORDER).to_bytes(32, "little"), message


def _matching(
    r_point: Point, key_point: Point, r: bytes, key: bytes, s: int | None, *, exact: bool = True
) -> tuple[bytes, bytes]:
    """The first message for which [S]B = R + [k]A holds exactly, or (not `exact`) only times the cofactor."""
    small = key_point in TORSION
    for number in range(1000):
        message = b"%d" % number
        k = _hash(r, key, message)
        nonce = 0 if r_point in TORSION else NONCE
        found = s if s is not None else (nonce + (0 if small else k * SECRET)) % ORDER
        if (times(found, BASE) == add(r_point, times(k, key_point))) is exact:
            return r + found.to_bytes(32, "little"), message
    raise AssertionError("no message fits")


def _case(name: str, key: bytes, made: tuple[bytes, bytes]) -> dict[str, str]:
    signature, message = made
    return {"name": name, "public_key": key.hex(), "message": message.hex(), "signature": signature.hex()}
