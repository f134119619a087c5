import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note

KEY = keys.key_from_seed(b"\x01" * 32)
NAME = "example.id/log"
WHO = note.VerifierKey(NAME, keys.public_bytes(KEY))
OTHER_KEY = keys.key_from_seed(b"\x02" * 32)
OTHER = note.VerifierKey("witness.id", keys.public_bytes(OTHER_KEY))
TEXT = "first line\n\nthird line\n"
SIGNED = note.sign(TEXT, NAME, KEY)


def line_of(signed: str) -> str:
    return signed.rpartition("\n\n")[2]


def test_the_key_of_the_format_s_own_example_reads_and_checks_its_note() -> None:
    """Example of https://pkg.go.dev/golang.org/x/mod/sumdb/note."""
    key = note.verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = (
        "— PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert note.check(note.parsed(f"{text}\n{signature}"), [key]) == [key]
    assert str(key) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_signed_note_reads_back_and_names_its_signer() -> None:
    parsed = note.parsed(SIGNED)
    assert parsed.text == TEXT
    assert note.check(parsed, [OTHER, WHO]) == [WHO]
    assert note.verifier_key(str(WHO)) == WHO


def test_a_second_signature_stands_under_the_first_and_unknown_ones_are_passed_over() -> None:
    both = note.parsed(SIGNED + line_of(note.sign(TEXT, OTHER.name, OTHER_KEY)))
    assert note.check(both, [WHO, OTHER]) == [WHO, OTHER]
    assert note.check(both, [WHO]) == [WHO]
    with pytest.raises(Refused, match="unsigned"):
        note.check(both, [note.VerifierKey("third.id", WHO.public_key)])


def test_one_bad_line_of_a_known_key_spoils_the_note_though_another_holds() -> None:
    forged = line_of(note.sign("another text\n", OTHER.name, OTHER_KEY))
    parsed = note.parsed(SIGNED + forged)
    assert note.check(parsed, [WHO]) == [WHO]
    with pytest.raises(Refused, match="bad_signature"):
        note.check(parsed, [WHO, OTHER])


def test_bytes_of_the_text_never_count_as_signature() -> None:
    """A signature cut by its last byte, which the text in front of the signed one would supply."""
    signed_text = next(f"text {n}\n" for n in range(999) if KEY.sign(b"text %d\n" % n).signature[63] == 10)
    signature = KEY.sign(signed_text.encode()).signature
    blob = note.to_base64(WHO.key_id + signature[:63])
    with pytest.raises(Refused, match="bad_signature"):
        note.check(note.parsed(f"\n{signed_text}\n— {NAME} {blob}\n"), [WHO])


@pytest.mark.parametrize("length", [1, 63, 65])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    blob = note.to_base64(WHO.key_id + (KEY.sign(b"text\n").signature + b"t")[:length])
    with pytest.raises(Refused, match="bad_signature"):
        note.check(note.parsed(f"text\n\n— {NAME} {blob}\n"), [WHO])


def test_every_changed_character_is_refused() -> None:
    for at in range(len(SIGNED)):
        changed = SIGNED[:at] + ("B" if SIGNED[at] != "B" else "C") + SIGNED[at + 1 :]
        with pytest.raises(Refused):
            note.check(note.parsed(changed), [WHO])


@pytest.mark.parametrize(
    "bad",
    [
        "",
        TEXT,
        TEXT + "\n",
        "\n" + line_of(SIGNED),
        "\n\n" + line_of(SIGNED),
        SIGNED.rstrip("\n"),
        SIGNED + "\n",
        SIGNED.replace("—", "-"),
        SIGNED.replace("— ", "—"),
        SIGNED.replace(NAME, ""),
        SIGNED.replace(NAME, "a+b"),
        SIGNED.replace(NAME, "a b"),
        SIGNED.replace(NAME, "a b"),
        SIGNED.replace("first", "fi\trst"),
        SIGNED.replace("\n", "\r\n"),
        SIGNED.replace("first", "fi\ud800rst"),
        SIGNED.replace("first", "x" * note.NOTE_BYTES_MAX),
        f"{TEXT}\n— {NAME} {base64.b64encode(WHO.key_id).decode()}\n",
        SIGNED + line_of(SIGNED) * note.SIGNATURES_MAX,
    ],
)
def test_what_is_no_note_is_refused(bad: str) -> None:
    with pytest.raises(Refused, match="bad_note"):
        note.parsed(bad)


@given(st.text(max_size=200))
def test_any_text_is_a_note_or_refused(text: str) -> None:
    for candidate in (text, f"{text}\n{line_of(SIGNED)}"):
        try:
            note.check(note.parsed(candidate), [WHO])
        except Refused as refused:
            assert refused.code in {"bad_note", "unsigned", "bad_signature"}


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000",
        str(WHO).replace(WHO.key_id.hex(), "00000000"),
        str(WHO).replace(WHO.key_id.hex(), WHO.key_id.hex().upper()),
        str(WHO).replace("+AY", "+BY"),
        "a b" + str(WHO)[len(NAME) :],
        str(WHO) + "=",
        str(WHO) + "\n",
    ],
)
def test_another_spelling_of_a_vkey_is_refused(vkey: str) -> None:
    with pytest.raises(Refused, match=r"bad_vkey|bad_key"):
        note.verifier_key(vkey)


def test_a_whole_vkey_of_another_type_is_told_apart_from_a_broken_one() -> None:
    for vkey, facts in ((str(note.VerifierKey(NAME, bytes(1312), 6)), {"type": 6}), ("a+00000000+Bg==", {})):
        with pytest.raises(Refused, match="bad_vkey") as refused:
            note.verifier_key(vkey)
        assert refused.value.facts == facts


def test_a_small_order_key_stands_for_nobody() -> None:
    weak = note.VerifierKey(NAME, bytes([1]) + bytes(31))
    with pytest.raises(Refused, match="bad_key"):
        note.verifier_key(str(weak))


@given(st.binary(max_size=80))
def test_base64_has_one_spelling(data: bytes) -> None:
    text = note.to_base64(data)
    assert note.from_base64(text) == data
    for other in (text + "\n", " " + text, text.rstrip("=") + "A", text + "="):
        if other != text:
            try:
                assert note.to_base64(note.from_base64(other)) == other
            except Refused as refused:
                assert refused.code == "bad_base64"


def test_a_bug_of_the_signer_crashes() -> None:
    for text, name in (("no newline", NAME), ("\x07\n", NAME), (TEXT, "a b"), (TEXT, "")):
        with pytest.raises(ValueError, match="a note needs"):
            note.sign(text, name, KEY)
