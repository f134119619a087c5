"""What fits on a slip, with the worst that Kawal is built for, and read back from the printed codes."""

import hashlib
import zlib
from collections.abc import Callable

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody import event
from kawal.rules.ledger import checkpoint, proof, receipt, slip
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.proof import Proof
from kawal.rules.ledger.receipt import Told
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, keys, note
from kawal.rules.signing.hashes import leaf_hash

PHONE = keys.key_from_seed(b"\x02" * 32)
ORIGIN = "kawal.kpu.go.id/log/2029/16.07"
HASHES_OF_TEN_MILLION = 24


def handover(parcels: int) -> bytes:
    """The largest kind of event: an ACCEPT with its offer and references, seals on every parcel."""
    lines = tuple(
        event.Line(160703200100100 + at, (100_000_000 + at, 200_000_000 + at)) for at in range(parcels)
    )
    told = event.Event(
        act=event.Act.ACCEPT, seq=70_000, prev=bytes(32), refs=(bytes(32),), happened_ms=1_865_000_000_000,
        recorded_ms=1_865_000_000_000, site="16.07.03.2001", manifest=lines, offer=bytes(range(32)),
        trip="16.07-20290212-017", position=(-29_761_000, 1_047_754_000, 8), photo=bytes(range(32)),
    )  # fmt: skip
    return cose.sign(event.payload(told), PHONE)


def worst(entry: bytes, *, told: bool = True, witnesses: int = 3) -> str:
    """A receipt from a log of ten million entries; hashes that nothing can make shorter."""
    hashes = tuple(hashlib.sha256(bytes([at])).digest() for at in range(HASHES_OF_TEN_MILLION))
    text = checkpoint.text(Head(ORIGIN, 10_000_000, hashes[0]))
    signed = note.sign(text, ORIGIN, PHONE)
    for at in range(witnesses):
        key = keys.key_from_seed(bytes([at + 10]) * 32)
        signed += note.cosigned(text, f"bawaslu.go.id/kawal/saksi-{at}", key, time_s=1_865_000_000)
    kept = Told(leaf_hash(entry), entry, keys.public_bytes(PHONE)) if told else Told(leaf_hash(entry))
    return proof.text(Proof(9_999_998, hashes, signed, receipt.packed(kept)))


def test_a_hand_over_in_a_log_of_ten_million_with_three_witnesses_fits_two_codes() -> None:
    for parcels in (1, 5, 10):
        parts = slip.parts(worst(handover(parcels)))
        assert len(parts) == 2
        for part in parts:
            code = segno.make(part, mode="alphanumeric", error="m", boost_error=False)
            assert int(code.version) <= 25


def test_a_truck_of_six_hundred_parcels_does_not_fit_but_its_leaf_hash_does() -> None:
    entry = handover(600)
    with pytest.raises(Refused, match="too_long_for_slip"):
        slip.parts(worst(entry))
    assert len(slip.parts(worst(entry, told=False))) <= 2


def test_the_room_of_a_code_is_that_of_version_25_m() -> None:
    full = segno.make("A" * slip.CHARACTERS_MAX, mode="alphanumeric", error="m", boost_error=False)
    over = segno.make("A" * (slip.CHARACTERS_MAX + 1), mode="alphanumeric", error="m", boost_error=False)
    assert (full.version, over.version) == (25, 26)


def test_a_slip_is_read_back_from_its_printed_codes() -> None:
    text = worst(handover(5))
    seen = []
    for part in slip.parts(text):
        code = segno.make(part, mode="alphanumeric", error="m", boost_error=False)
        rows = [bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(scale=4, border=4)]
        width = len(rows[0])
        picture = memoryview(b"".join(rows)).cast("B", (len(rows), width))
        (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        seen.append(found.text)
    assert slip.joined(reversed(seen)) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_any_text_comes_back_in_any_order_and_scanned_twice(text: str) -> None:
    parts = slip.parts(text)
    assert slip.joined([*reversed(parts), *parts]) == text


@pytest.mark.parametrize(
    ("text", "encoded"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"", "")]
)
def test_base45_is_that_of_rfc_9285(text: bytes, encoded: str) -> None:
    assert slip.to_base45(text) == encoded
    assert slip.from_base45(encoded) == text


@pytest.mark.parametrize("bad", ["A", "AAAA", ":::", "::", "bb8", "GGW"])
def test_what_is_no_base45_is_refused(bad: str) -> None:
    with pytest.raises(Refused, match="bad_base45"):
        slip.from_base45(bad)


LONG = worst(handover(5))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one, two: [], "slip_incomplete"),
        (lambda one, two: [one], "slip_incomplete"),
        (lambda one, two: [two, two], "slip_incomplete"),
        (lambda one, two: [one, "https://example.id"], "bad_slip"),
        (lambda one, two: [one, two.lower()], "bad_slip"),
        (lambda one, two: [one, two.replace("2/2", "2/3")], "bad_slip"),
        (lambda one, two: [one, two.replace("2/2", "1/2")], "bad_slip"),
        (lambda one, two: [one.replace("1/2", "3/2"), two], "bad_slip"),
        (lambda one, two: [one, slip.parts(worst(handover(6)))[1]], "bad_slip"),
        (lambda one, two: [one, two[:-3]], "bad_slip"),
        (lambda one, two: [one, two[:-1] + ("0" if two[-1] != "0" else "1")], "bad_slip"),
        (lambda one, two: [one, two + "000"], "bad_slip"),
    ],
)
def test_parts_that_do_not_make_one_slip_are_refused(
    change: Callable[[str, str], list[str]], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        slip.joined(change(*slip.parts(LONG)))
    assert refused.value.code == code


def test_a_slip_that_would_unpack_to_millions_of_bytes_is_refused() -> None:
    bomb = slip.to_base45(zlib.compress(bytes(2_000_000), 9))
    short_hash = hashlib.sha256(bomb.encode()).hexdigest()[:8].upper()
    with pytest.raises(Refused, match="packing"):
        slip.joined([f"KAWAL1:1/1:{short_hash}:{bomb}"])
