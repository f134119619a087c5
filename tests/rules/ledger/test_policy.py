import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import policy
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note


def key(seed: int, name: str, algorithm: int = note.COSIGNATURE) -> note.VerifierKey:
    return note.VerifierKey(name, keys.public_bytes(keys.key_from_seed(bytes([seed]) * 32)), algorithm)


LOG = key(1, "kawal.id/log", note.ED25519)
NAMES = ("bawaslu", "tni", "pemantau1", "pemantau2", "pemantau3")
WITNESSES = {name: key(10 + at, f"{name}.id/w") for at, name in enumerate(NAMES)}
TEXT = "".join(
    [
        "# whom we trust\n",
        f"log {LOG} https://kawal.id/log/\n",
        "\n",
        *(f" witness\t{name}   {each} \n" for name, each in WITNESSES.items()),
        "group pemantau 2 pemantau1 pemantau2 pemantau3\n",
        "group negara any bawaslu tni\n",
        "\t# both\n",
        "group semua all negara pemantau\n",
        "quorum semua\n",
    ]
)
READ = policy.policy_in(TEXT)
W = f"witness bawaslu {WITNESSES['bawaslu']}\n"
V = f"witness tni {WITNESSES['tni']}\n"


def test_a_policy_names_logs_witnesses_and_the_quorum() -> None:
    assert READ.logs == (policy.Log(LOG, "https://kawal.id/log/"),)
    assert [(each.name, each.key) for each in READ.witnesses] == list(WITNESSES.items())
    assert READ.groups[0] == policy.Group("pemantau", 2, ("pemantau1", "pemantau2", "pemantau3"))
    assert READ.quorum == "semua"
    assert READ.keys_of(LOG.name) == [LOG]
    assert READ.keys_of("other.id") == []


def test_the_quorum_counts_as_the_groups_say() -> None:
    for count in range(len(NAMES) + 1):
        for names in itertools.combinations(NAMES, count):
            state = bool({"bawaslu", "tni"} & set(names))
            observers = sum(name.startswith("pemantau") for name in names) >= 2
            assert READ.satisfied_by(names) is (state and observers)
    assert not READ.satisfied_by(["semua", "negara", "pemantau", "nobody"])


def test_without_quorum_nobody_is_needed() -> None:
    assert policy.policy_in("quorum none").satisfied_by([])
    assert not policy.policy_in(W + "quorum bawaslu\n").satisfied_by([])
    assert policy.policy_in(W + "quorum bawaslu\n").satisfied_by(["bawaslu"])


def test_a_policy_reads_back_from_its_plain_spelling() -> None:
    assert policy.policy_in(policy.text(READ)) == READ
    assert policy.text(policy.policy_in("\n quorum\tnone")) == "quorum none\n"


@given(st.integers(1, 6), st.data())
def test_any_group_reads_back(members: int, data: st.DataObject) -> None:
    least = data.draw(st.integers(1, members))
    lines = [f"witness {at} {key(40 + at, f'w{at}')}\n" for at in range(members)]
    group = " ".join(map(str, range(members)))
    read = policy.policy_in("".join(lines) + f"group g {least} {group}\nquorum g\n")
    assert policy.policy_in(policy.text(read)) == read
    assert [count for count in range(members + 1) if read.satisfied_by([*map(str, range(count))])] == [
        *range(least, members + 1)
    ]


def test_names_are_compared_as_they_are_written() -> None:
    kelvin = f"witness K {WITNESSES['tni']}\nwitness \u212a {WITNESSES['bawaslu']}\nquorum \u212a\n"
    assert policy.policy_in(kelvin).satisfied_by(["\u212a"])
    assert not policy.policy_in(kelvin).satisfied_by(["K"])
    opaque = (b"witness \xff " + str(WITNESSES["tni"]).encode() + b"\nquorum \xff\n").decode(
        errors="surrogateescape"
    )
    assert policy.policy_in(opaque).witnesses[0].name == "\udcff"


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("", 1, "no_quorum"),
        (W, 2, "no_quorum"),
        ("quorum none\nquorum none\n", 2, "quorum_twice"),
        ("quorum bawaslu\n" + W, 1, "name_unknown"),
        ("quorum\n", 1, "items"),
        ("quorum none none\n", 1, "items"),
        ("log\n", 1, "items"),
        (f"log {LOG} https://a b\n", 1, "items"),
        ("witness w\n", 1, "items"),
        (W.rstrip() + " url more\n", 1, "items"),
        ("group g all\n", 1, "items"),
        ("Quorum none\n", 1, "unknown_word"),
        ("quorum\u00a0none\n", 1, "unknown_word"),
        ("quorum none\r\n", 1, "control_character"),
        ("# \x7f\nquorum none\n", 1, "control_character"),
        ("log x+00000000+AA==\n", 1, "bad_vkey"),
        (f"log {note.VerifierKey('weak', bytes([1]) + bytes(31))}\n", 1, "bad_key"),
        (f"log {LOG}\nlog {key(1, 'other', note.ED25519)}\n", 2, "log_twice"),
        (W + f"witness other {key(10, 'other.id/w')}\n", 2, "witness_twice"),
        (f"witness plain {key(10, 'plain', note.ED25519)}\n", 1, "key_type"),
        (f"witness none {WITNESSES['tni']}\n", 1, "name_twice"),
        (W + f"witness bawaslu {WITNESSES['tni']}\n", 2, "name_twice"),
        (W + "group bawaslu all bawaslu\n", 2, "name_twice"),
        (W + "group g all g\n", 2, "name_unknown"),
        (W + "group g all none\n", 2, "name_unknown"),
        (W + "group g all tni\n" + V, 2, "name_unknown"),
        (W + "group g 1 bawaslu bawaslu\n", 2, "member_twice"),
        (W + V + "group g any bawaslu\ngroup h all tni bawaslu\n", 4, "member_twice"),
        (W + "group g 0 bawaslu\n", 2, "group_size"),
        (W + "group g 2 bawaslu\n", 2, "group_size"),
        (W + "group g 01 bawaslu\n", 2, "group_size"),
        (W + "group g -1 bawaslu\n", 2, "group_size"),
        (W + "group g \u0661 bawaslu\n", 2, "group_size"),
        (W + "group g All bawaslu\n", 2, "group_size"),
        ("\n" * policy.LINES_MAX, policy.LINES_MAX, "too_long"),
    ],
)
def test_a_broken_policy_is_refused_with_the_line(text: str, line: int, detail: str) -> None:
    with pytest.raises(Refused, match="bad_policy") as refused:
        policy.policy_in(text)
    assert (refused.value.facts["line"], refused.value.facts["detail"]) == (line, detail)


@given(st.text(max_size=100))
def test_any_text_is_a_policy_or_refused(text: str) -> None:
    for candidate in (text, TEXT + text, W + "group g 1 " + text):
        try:
            policy.policy_in(candidate)
        except Refused as refused:
            assert refused.code == "bad_policy"
