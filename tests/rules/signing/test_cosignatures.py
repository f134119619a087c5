"""Timestamped cosignatures (type 0x04 of a signed note)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note
from kawal.rules.signing.note import Signer

LOG_KEY, WITNESS_KEY = keys.key_from_seed(b"\x01" * 32), keys.key_from_seed(b"\x02" * 32)
LOG = note.VerifierKey("example.id/log", keys.public_bytes(LOG_KEY))
WITNESS = note.VerifierKey("witness.id/w1", keys.public_bytes(WITNESS_KEY), note.COSIGNATURE)
TEXT = "example.id/log\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
SIGNED = note.sign(TEXT, LOG.name, LOG_KEY)
TIME_S = 1_707_868_800


def cosigned(time_s: int = TIME_S, text: str = TEXT) -> str:
    return note.cosigned(text, WITNESS.name, WITNESS_KEY, time_s=time_s)


def signature_in(line: str) -> bytes:
    return note.from_base64(line.split(" ")[2].rstrip("\n"))


def line_with(blob: bytes) -> str:
    return f"— {WITNESS.name} {note.to_base64(blob)}\n"


def test_the_key_id_tells_the_two_kinds_of_the_same_key_apart() -> None:
    plain = note.VerifierKey(WITNESS.name, WITNESS.public_key)
    assert plain.key_id != WITNESS.key_id
    assert note.verifier_key(str(WITNESS)) == WITNESS != plain
    assert note.verifier_key(str(plain)) == plain


def test_the_message_is_the_time_and_the_whole_text() -> None:
    blob = signature_in(cosigned())
    assert (blob[:4], int.from_bytes(blob[4:12], "big"), len(blob)) == (WITNESS.key_id, TIME_S, 76)
    message = f"cosignature/v1\ntime {TIME_S}\n{TEXT}".encode()
    assert blob[12:] == WITNESS_KEY.sign(message).signature


def test_log_and_witness_are_told_with_the_time_of_the_witness() -> None:
    parsed = note.parsed(SIGNED + cosigned())
    assert note.signers(parsed, [WITNESS, LOG]) == [Signer(LOG), Signer(WITNESS, TIME_S)]
    assert note.check(parsed, [WITNESS]) == [WITNESS]


def test_a_witness_counts_once_and_with_its_earlier_time() -> None:
    for times in ((TIME_S, TIME_S + 9), (TIME_S + 9, TIME_S), (TIME_S, TIME_S)):
        parsed = note.parsed(SIGNED + "".join(map(cosigned, times)))
        assert note.signers(parsed, [WITNESS]) == [Signer(WITNESS, TIME_S)]


def test_a_signature_of_one_kind_is_none_of_the_other() -> None:
    blob = signature_in(cosigned())
    plain = note.VerifierKey(WITNESS.name, WITNESS.public_key)
    for wrong in (plain.key_id + blob[4:], WITNESS.key_id + blob[12:]):
        with pytest.raises(Refused, match="bad_signature"):
            note.check(note.parsed(SIGNED + line_with(wrong)), [plain, WITNESS])


@given(st.integers(1, note.TIME_S_MAX))
def test_every_time_reads_back(time_s: int) -> None:
    assert note.signers(note.parsed(SIGNED + cosigned(time_s)), [WITNESS]) == [Signer(WITNESS, time_s)]


def test_another_time_another_text_and_another_length_are_refused() -> None:
    blob = signature_in(cosigned())
    later = blob[:11] + bytes([blob[11] ^ 1]) + blob[12:]
    beyond = WITNESS.key_id + (note.TIME_S_MAX + 1).to_bytes(8, "big")
    beyond += WITNESS_KEY.sign(f"cosignature/v1\ntime {note.TIME_S_MAX + 1}\n{TEXT}".encode()).signature
    lines = [line_with(wrong) for wrong in (later, beyond, blob[:-1], blob + b"\0", blob[:8], blob[:12])]
    for line in [*lines, cosigned(text="other\n")]:
        with pytest.raises(Refused, match="bad_signature"):
            note.check(note.parsed(SIGNED + line), [LOG, WITNESS])


@pytest.mark.parametrize("time_s", [0, -1, note.TIME_S_MAX + 1])
def test_who_cosigns_tells_a_time(time_s: int) -> None:
    with pytest.raises(ValueError, match="tells no time"):
        cosigned(time_s)
