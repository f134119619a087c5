"""What the outsider says of a log that he reads by itself."""

from __future__ import annotations

import pytest

from kawal.rules.custody.event import Act
from kawal.rules.custody.stages import Stage
from kawal.rules.ledger import bundles, tiles
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, note
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.signing.keys import key_from_seed, public_bytes
from tests.rules.custody.stories import GDG, PPS, Phone, line
from tests.verify import logs

WITNESS = key_from_seed(b"w" * 32)


def whole() -> list[bytes]:
    cast = logs.cast()
    start = logs.certified(cast)
    for part in (cast.pack, cast.out, cast.vote, cast.back):
        part()
    return start + logs.told(cast)


def test_a_whole_log_is_whole_and_its_parcel_is_home() -> None:
    heard = logs.verified(whole())
    outcome = heard.outcome
    assert not outcome.broken and outcome.head and outcome.head.quorum
    assert [one.standing.stage for one in heard.stood if one.standing] == [Stage.BACK_HOME]
    assert (outcome.devices, outcome.keys_told, outcome.gaps_count) == (7, 0, 0)
    assert heard.kinds == []


@pytest.mark.parametrize("size", [0, 1])
def test_a_log_without_events_is_whole(size: int) -> None:
    assert not logs.verified([logs.announced()][:size]).outcome.broken


def test_more_processes_come_to_the_same() -> None:
    cast = logs.cast()
    start = logs.certified(cast)
    entries = start + [
        cast.packer.tells(Act.POSITION, position=(n, 2, 3), trip="T").signed for n in range(600)
    ]
    one, two = (logs.verified(entries, processes=count) for count in (1, 2))
    assert not one.outcome.broken and one.outcome.read == two.outcome.read
    broken = [*entries[:400], entries[400][:-1] + bytes([entries[400][-1] ^ 1]), *entries[401:]]
    assert logs.verified(broken, processes=2).caught == ("signature_bad", 400)


def test_the_first_thing_that_is_wrong_is_named_not_the_first_that_is_found() -> None:
    """A bundle further on is missing, and read ahead before the entry in front of it is looked at."""
    cast = logs.cast()
    entries = logs.certified(cast)
    entries += [cast.packer.tells(Act.POSITION, position=(n, 2, 3)).signed for n in range(600)]
    entries[200] = entries[200][:-1] + bytes([entries[200][-1] ^ 1])
    found = logs.served(entries)
    del found["tile/entries/001"]
    assert logs.verified(found).caught == ("signature_bad", 200)
    entries[300] = logs.certificate(Phone(cast.story, "x"))[:-1] + b"!"
    assert logs.verified(entries).caught == ("signature_bad", 200)


@pytest.mark.parametrize(
    ("entry", "code"),
    [(b"", "entry_unreadable"), (b"hello", "entry_unreadable"), (bytes(65_535), "entry_unreadable")],
)
def test_what_is_no_signed_event_is_no_entry(entry: bytes, code: str) -> None:
    entries = whole()
    entries[12] = entry
    assert logs.verified(entries).caught == (code, 12)


def test_a_payload_that_is_no_event_is_named() -> None:
    cast = logs.cast()
    entries = [*logs.certified(cast), cose.sign(b"\xa1\x00\x01", cast.packer.key)]
    assert logs.verified(entries).caught == ("entry_unreadable", 8)


def test_a_device_without_a_certificate_is_named() -> None:
    cast = logs.cast()
    stranger = Phone(cast.story, "a stranger")
    entries = [*logs.certified(cast), stranger.tells(Act.POSITION, position=(1, 2, 3)).signed]
    assert logs.verified(entries).caught == ("device_unknown", 8)


def test_an_event_before_its_certificate_is_checked_and_does_not_count() -> None:
    cast = logs.cast()
    late = Phone(cast.story, "late")
    start, certificate = logs.certified(cast), logs.certificate(late, 9)
    early = late.tells(Act.POSITION, position=(1, 2, 3)).signed
    heard = logs.verified([*start, early, certificate])
    assert not heard.outcome.broken and heard.kinds == ["untrusted"]
    forged = early[:-1] + bytes([early[-1] ^ 1])
    assert logs.verified([*start, forged, certificate]).caught == ("signature_bad", 8)


def test_what_a_revoked_phone_says_later_is_shown_and_moves_nothing() -> None:
    cast = logs.cast()
    entries = logs.certified(cast)
    cast.pack()
    cast.out()
    entries += logs.told(cast)
    stands = logs.verified(entries).stood[0].standing
    offer = cast.story.offered(cast.pps, cast.ppk, PPS, cast.lines())
    cast.story.accepted(cast.ppk, offer, PPS, cast.lines())
    heard = logs.verified([*entries, logs.revocation(cast.pps), logs.revocation(cast.ppk), *logs.told(cast)])
    assert not heard.outcome.broken and "untrusted" in heard.kinds
    moved = heard.stood[0].standing
    assert moved and stands and (moved.stage, moved.holder) == (stands.stage, stands.holder)


def test_pinned_issuers_are_the_only_ones_that_count() -> None:
    entries = whole()
    assert not logs.verified(entries, pinned={"kpu": {public_bytes(logs.ISSUER)}}).outcome.broken
    other = {"kpu": {public_bytes(key_from_seed(b"o" * 32))}}
    heard = logs.verified(entries, pinned=other)
    assert heard.caught[0] == "device_unknown"
    assert heard.outcome.passed_over["not_pinned"] == 1


def test_a_gap_in_a_chain_is_counted() -> None:
    cast = logs.cast()
    entries = logs.certified(cast)
    cast.packer.seq = 3
    cast.packer.prev = bytes(32)
    entries.append(cast.packer.tells(Act.POSITION, position=(1, 2, 3)).signed)
    assert logs.verified(entries).outcome.gaps == [(cast.packer.kid.hex(), 3)]


def test_without_the_hubs_word_nothing_is_demanded_of_seals_and_ballots() -> None:
    cast = logs.cast()
    entries = logs.certified(cast)
    cast.story.packed(cast.packer, [line(cast.parcels[0], (), 17)])
    entries += logs.told(cast)
    assert logs.verified(entries).kinds == []


def test_an_entry_that_is_longer_or_shorter_than_told_is_missed() -> None:
    found = logs.served(whole())
    path = next(path for path in found if path.startswith("tile/entries/"))
    for data in (found[path][:-1], found[path] + b"\0\0", b"", bundles.bundle([b"x"])):
        assert logs.verified(found | {path: data}).caught[0] in {"entry_missing", "entry_unreadable"}


def test_an_entry_exchanged_behind_its_tile_is_named_by_the_tile() -> None:
    entries = whole()
    found = logs.served(entries)
    cast = logs.cast()
    entries[20] = cast.packer.tells(Act.SEAL_CHECK, site=GDG, manifest=(line(cast.parcels[0]),)).signed
    path = tiles.bundle_path(0, len(entries))
    assert logs.verified(found | {path: bundles.bundle(entries)}).caught == ("root_differs", len(entries))
    cut = found[tiles.path(0, 0, len(entries))]
    leaf = leaf_hash(entries[20])
    other = cut[: 20 * 32] + leaf + cut[21 * 32 :]
    assert logs.verified(found | {tiles.path(0, 0, len(entries)): other}).caught == ("tile_changed", 20)


def test_a_missing_tile_and_a_missing_bundle_are_named() -> None:
    entries = whole()
    found = logs.served(entries)
    for path, code in ((tiles.path(0, 0, len(entries)), "tile_changed"),
                       (tiles.bundle_path(0, len(entries)), "entry_missing")):  # fmt: skip
        assert logs.verified({k: v for k, v in found.items() if k != path}).caught == (code, 0)


@pytest.mark.parametrize("checkpoint", ["", "x", "a\nb\nc\n\n— a b\n", "\n\n", "a\n1\n" + "A" * 44 + "\n"])
def test_what_is_no_checkpoint_is_named(checkpoint: str) -> None:
    found = logs.served(whole()) | {"checkpoint": checkpoint.encode()}
    assert logs.verified(found).caught[0] == "checkpoint_unreadable"


def test_a_head_of_another_log_or_key_is_named() -> None:
    found = logs.served(whole())
    forged = logs.head(whole(), key_from_seed(b"x" * 32)).encode()
    assert logs.verified(found | {"checkpoint": forged}).caught[0] == "checkpoint_unsigned"
    other = logs.head(whole()).replace(logs.ORIGIN, "other.example/log").encode()
    assert logs.verified(found | {"checkpoint": other}).caught[0] == "checkpoint_unsigned"


def test_cosignatures_from_the_future_do_not_count() -> None:
    witness = note.VerifierKey("w.example/1", public_bytes(WITNESS), note.COSIGNATURE)
    from kawal.rules.ledger.policy import Policy, Witness

    policy = Policy("w", logs.POLICY.logs, (Witness("w", witness),))
    entries = whole()
    signed = logs.head(entries)
    for time_s, codes in ((logs.NOW_S, []), (logs.NOW_S + 5, ["quorum_missing"])):
        line = note.cosigned(note.parsed(signed).text, witness.name, WITNESS, time_s=time_s)
        found = logs.served(entries) | {"checkpoint": (signed + line).encode()}
        broken = logs.verified(found, policy=policy).outcome.broken
        assert [one.code for one in broken] == codes


def test_an_old_head_of_the_same_log_is_proven_and_of_another_refused() -> None:
    entries = whole()
    since = tuple(logs.head(entries[:size]) for size in (0, 9, len(entries)))
    outcome = logs.verified(entries, since=since).outcome
    assert not outcome.broken and [one.head.size for one in outcome.since] == [0, 9, len(entries)]
    with pytest.raises(Refused) as refused:
        logs.verified(entries, since=(logs.head(entries[:9], key_from_seed(b"x" * 32)),))
    assert refused.value.code == "since_unusable"


def test_a_log_that_does_not_answer_is_not_called_broken() -> None:
    class Away(logs.Memory):
        def read(self, path: str, bytes_max: int) -> bytes:
            if "entries" in path:
                raise Refused("source_unreachable", path=path)
            return super().read(path, bytes_max)

    from kawal.verify.source import Log
    from kawal.verify.verifying import Asked, verify

    with pytest.raises(Refused) as refused:
        verify(Log(Away(logs.served(whole()))), None, Asked(policy=logs.POLICY, now_s=logs.NOW_S))
    assert refused.value.code == "source_unreachable"
