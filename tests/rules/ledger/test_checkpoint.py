import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import checkpoint
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note

KEY = keys.key_from_seed(b"\x01" * 32)
ORIGIN = "example.id/log"
WHO = note.VerifierKey(ORIGIN, keys.public_bytes(KEY))
ROOT = bytes(range(32))
TEXT = "example.id/log\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_a_head_is_three_lines() -> None:
    assert checkpoint.text(Head(ORIGIN, 7, ROOT)) == TEXT
    assert checkpoint.head_in(TEXT) == Head(ORIGIN, 7, ROOT)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_every_head_reads_back(size: int, root: bytes) -> None:
    assert checkpoint.head_in(checkpoint.text(Head(ORIGIN, size, root))) == Head(ORIGIN, size, root)


def test_extension_lines_are_passed_over() -> None:
    assert checkpoint.head_in(TEXT + "more\n") == Head(ORIGIN, 7, ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "example.id/log\n7\n",
        TEXT.rstrip("\n"),
        TEXT + "\n",
        TEXT.replace("7", "07"),
        TEXT.replace("7", "+7"),
        TEXT.replace("7", "-7"),
        TEXT.replace("\n7", "\n٧"),
        TEXT.replace("\n7", "\n 7"),
        TEXT.replace("7", str(2**63)),
        TEXT.replace("7", "9" * 5000),
        TEXT.replace("Hh8=", "Hh9="),  # stray bits: another spelling of the same root
        TEXT.replace("Hh8=", "Hh8"),
        TEXT.replace("AAEC", ""),
        TEXT.replace("example.id/log", ""),
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="bad_checkpoint"):
        checkpoint.head_in(text)


def test_a_signed_head_is_that_of_the_key_of_its_name() -> None:
    assert checkpoint.checked(note.sign(TEXT, ORIGIN, KEY), WHO) == Head(ORIGIN, 7, ROOT)


def test_a_head_of_another_log_is_refused_though_the_key_signed_it() -> None:
    with pytest.raises(Refused, match="wrong_origin"):
        checkpoint.checked(note.sign("other" + TEXT, ORIGIN, KEY), WHO)


def test_a_head_signed_by_nobody_known_is_refused() -> None:
    with pytest.raises(Refused, match="unsigned"):
        checkpoint.checked(note.sign(TEXT, "else.where", KEY), WHO)
