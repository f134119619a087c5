import json

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kawal.desk.ledger import actions, reads
from kawal.desk.ledger.commands import ledger
from kawal.desk.ledger.verify import Broken, verify
from kawal.desk.people import devices
from kawal.desk.trust import actions as trust
from kawal.rules.ledger import tiles
from kawal.rules.signing import cose, keys
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.trust import statements

from .conftest import KEYS, NOW, POST, Grow, Tamper, entries


def broken() -> tuple[str, int]:
    with pytest.raises(Broken) as found:
        verify()
    return found.value.what, found.value.index


@pytest.mark.parametrize("batches", [(), (1,), (255,), (256,), (257,), (3, 253), (100, 156, 1, 300)])
def test_an_untouched_log_is_whole(grow: Grow, batches: tuple[int, ...]) -> None:
    grow(*batches)
    done: list[int] = []
    whole = verify(done.append)
    assert (whole.size, whole.checkpoints) == (sum(batches), len(batches))
    assert whole.root == tiles.root_of(whole.size, reads.tile)
    assert sum(done) == whole.size


def test_entries_not_yet_signed_for_are_verified_too(grow: Grow) -> None:
    grow(10)
    actions.append(entries(10, 10), received_at=NOW)
    assert verify().size == 20


@pytest.mark.parametrize("index", [0, 255, 256, 299])
def test_a_changed_byte_of_an_entry_is_named(grow: Grow, tamper: Tamper, index: int) -> None:
    grow(200, 100)
    row = reads.entry(index)
    changed = row.signed[:-1] + bytes([row.signed[-1] ^ 1])
    assert tamper('UPDATE ledger_entry SET signed = %s WHERE "index" = %s', changed, index) == 1
    assert broken() == ("entry_changed", index)


@pytest.mark.parametrize("index", [0, 255, 256, 299])
def test_a_changed_hash_is_named(grow: Grow, tamper: Tamper, index: int) -> None:
    grow(200, 100)
    assert tamper('UPDATE ledger_entry SET leaf_hash = %s WHERE "index" = %s', bytes(32), index) == 1
    assert broken() == ("entry_changed", index)


@pytest.mark.parametrize("index", [0, 100, 255, 256, 299])
def test_another_event_in_the_place_of_one_is_named(grow: Grow, tamper: Tamper, index: int) -> None:
    """Signed by an enrolled device, with its right hash: only the tree knows that it was not there."""
    grow(200, 100)
    leaf, signed = entries(1, 9000)[0]
    tamper('UPDATE ledger_entry SET leaf_hash = %s, signed = %s WHERE "index" = %s', leaf, signed, index)
    assert broken() == ("tile_changed", index)


def test_an_event_exchanged_together_with_its_tile_is_betrayed_by_the_checkpoint(
    grow: Grow, tamper: Tamper
) -> None:
    grow(5, 5)
    leaf, signed = entries(1, 9000)[0]
    tamper('UPDATE ledger_entry SET leaf_hash = %s, signed = %s WHERE "index" = 7', leaf, signed)
    tile = reads.tile(0, 0)
    tamper("UPDATE ledger_tile SET hashes = %s", tile[: 7 * 32] + leaf + tile[8 * 32 :])
    assert broken() == ("root_differs", 10)


@pytest.mark.parametrize(("level", "number", "at", "index"), [(0, 0, 40, 1), (0, 1, 0, 256), (1, 0, 3, 0)])
def test_a_changed_tile_is_named_by_its_first_wrong_hash(
    grow: Grow, tamper: Tamper, level: int, number: int, at: int, index: int
) -> None:
    grow(300)
    tile = reads.tile(level, number)
    changed = tile[:at] + bytes([tile[at] ^ 1]) + tile[at + 1 :]
    sql = "UPDATE ledger_tile SET hashes = %s WHERE level = %s AND number = %s"
    assert tamper(sql, changed, level, number) == 1
    assert broken() == ("tile_changed", index)


@pytest.mark.parametrize(("level", "number", "index"), [(0, 0, 0), (0, 1, 256), (1, 0, 0)])
def test_a_missing_tile_is_named(grow: Grow, tamper: Tamper, level: int, number: int, index: int) -> None:
    grow(300)
    assert tamper("DELETE FROM ledger_tile WHERE level = %s AND number = %s", level, number) == 1
    assert broken() == ("tile_changed", index)


def test_a_tile_that_knows_more_than_the_log_is_named(grow: Grow, tamper: Tamper) -> None:
    grow(300)
    longer = reads.tile(0, 1) + bytes(32)
    assert tamper("UPDATE ledger_tile SET hashes = %s WHERE level = 0 AND number = 1", longer) == 1
    assert broken() == ("tile_extra", 300)


@pytest.mark.parametrize("place", [(0, 2), (2, 0)])
def test_a_tile_where_none_is_due_is_named(grow: Grow, tamper: Tamper, place: tuple[int, int]) -> None:
    grow(300)
    tamper("INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)", *place, bytes(32))
    assert broken() == ("tile_extra", 300)


@pytest.mark.parametrize("index", [0, 150, 255, 256, 299])
def test_a_missing_row_is_named(grow: Grow, tamper: Tamper, index: int) -> None:
    grow(200, 100)
    assert tamper('DELETE FROM ledger_entry WHERE "index" = %s', index) == 1
    assert broken() == ("entry_missing", index)


def test_swapped_rows_are_named(grow: Grow, tamper: Tamper) -> None:
    grow(5, 5)
    for old, new in ((3, 900), (7, 3), (900, 7)):
        assert tamper('UPDATE ledger_entry SET "index" = %s WHERE "index" = %s', new, old) == 1
    assert broken() == ("tile_changed", 3)


def test_an_entry_signed_by_nobody_enrolled_is_named(grow: Grow) -> None:
    grow(3)
    stranger = cose.sign(b"\xa0", keys.key_from_seed(b"\x09" * 32))
    actions.append([(leaf_hash(stranger), stranger)], received_at=NOW)
    assert broken() == ("device_unknown", 3)


def test_a_signature_that_does_not_hold_is_named(grow: Grow) -> None:
    grow(3)
    good = entries(1, 3)[0][1]
    forged = good[:-1] + bytes([good[-1] ^ 1])
    actions.append([(leaf_hash(forged), forged), (leaf_hash(b"?"), b"?")], received_at=NOW)
    assert broken() == ("signature_bad", 3)


def test_bytes_that_are_no_event_are_named(grow: Grow) -> None:
    grow(3)
    actions.append([(leaf_hash(b"?"), b"?")], received_at=NOW)
    assert broken() == ("entry_unreadable", 3)


def test_a_revoked_device_s_entries_still_hold(grow: Grow) -> None:
    grow(4)
    devices.revoke(keys.kid_of(keys.public_bytes(KEYS[0])), now=NOW)
    assert verify().size == 4


@pytest.mark.parametrize(
    ("sql", "values", "what"),
    [
        ("note = replace(note, 'a', 'b')", (), "checkpoint_unsigned"),
        ("note = ''", (), "checkpoint_unsigned"),
        ("root = %s", (bytes(32),), "checkpoint_changed"),
        ("note = (SELECT note FROM ledger_checkpoint WHERE size = 5)", (), "checkpoint_changed"),
    ],
)
def test_a_changed_checkpoint_is_named(
    grow: Grow, tamper: Tamper, sql: str, values: tuple[bytes, ...], what: str
) -> None:
    grow(5, 5, 5)
    assert tamper(f"UPDATE ledger_checkpoint SET {sql} WHERE size = 10", *values) == 1
    assert broken() == (what, 10)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(index=st.integers(0, 259), data=st.data())
def test_any_flipped_bit_of_any_entry_is_named(
    grow: Grow, tamper: Tamper, index: int, data: st.DataObject
) -> None:
    if not reads.size():
        grow(130, 130)
    row = reads.entry(index)
    at, bit = data.draw(st.integers(0, len(row.signed) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(row.signed)
    changed[at] ^= 1 << bit
    set_ = 'UPDATE ledger_entry SET signed = %s WHERE "index" = %s'
    tamper(set_, bytes(changed), index)
    assert broken() == ("entry_changed", index)
    tamper(set_, row.signed, index)


def test_the_command_tells_size_and_root(grow: Grow) -> None:
    grow(10)
    answer = CliRunner().invoke(ledger, ["verify", "--json"])
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert (told["whole"], told["size"], told["root"]) == (True, 10, verify().root.hex())
    in_words = CliRunner().invoke(ledger, ["verify"])
    assert in_words.exit_code == 0
    assert "10" in in_words.stdout
    assert told["root"] in in_words.stdout


def test_the_command_names_what_is_broken_and_fails(grow: Grow, tamper: Tamper) -> None:
    grow(10)
    tamper('DELETE FROM ledger_entry WHERE "index" = 4')
    answer = CliRunner().invoke(ledger, ["verify", "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {"whole": False, "broken": "entry_missing", "index": 4}
    in_words = CliRunner().invoke(ledger, ["verify"])
    assert in_words.exit_code == 1
    assert "4" in in_words.stderr


def test_an_entry_can_be_shown(grow: Grow) -> None:
    grow(3)
    told = json.loads(CliRunner().invoke(ledger, ["show", "2", "--json"]).stdout)
    assert told["index"] == 2
    assert bytes.fromhex(told["signed"]) == reads.entry(2).signed
    assert told["event"] | {"prev": ""} == {
        "act": "position", "seq": 2, "prev": "", "happened_ms": 1_865_000_000_002,
        "recorded_ms": 1_865_000_000_002, "trip": "T-1", "position": [-29_761_000, 1_047_754_000, 8],
    }  # fmt: skip
    assert "position" in CliRunner().invoke(ledger, ["show", "2"]).stdout


def test_an_entry_that_is_not_there_cannot_be_shown(db: None) -> None:
    answer = CliRunner().invoke(ledger, ["show", "0", "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)) == (1, {"refused": "no_such_entry"})
    assert CliRunner().invoke(ledger, ["show", "0"]).exit_code == 1


def certified(db_key: int = 0) -> None:
    """A log that begins with an issuer and a certificate, then an event of the device."""
    row = devices.NewDevice(keys.public_bytes(KEYS[db_key]), POST, "custodian")
    trust.enrol([row], now=NOW)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE people_device SET public_key = %s WHERE kid = %s",
        "UPDATE people_device SET role = 'escort' WHERE %s IS NOT NULL AND kid = %s",
        "DELETE FROM people_device WHERE %s IS NOT NULL AND kid = %s",
    ],
)
def test_a_device_that_is_another_than_its_certificate_says_is_named(
    enrolled: None, tamper: Tamper, sql: str
) -> None:
    certified()
    actions.append(entries(1), received_at=NOW)
    assert verify().uncertified == 0
    other = keys.public_bytes(keys.key_from_seed(b"\x07" * 32))
    assert tamper(sql, other, keys.kid_of(keys.public_bytes(KEYS[0])).hex()) == 1
    assert broken() == ("device_changed", 2)


def test_devices_without_certificates_are_counted(grow: Grow) -> None:
    grow(4)
    assert verify().uncertified == 2
    trust.enrol([devices.NewDevice(keys.public_bytes(KEYS[0]), POST, "custodian")], now=NOW)
    assert verify().size == 6


def test_a_statement_that_nobody_may_make_is_named(enrolled: None) -> None:
    certified()
    stranger = keys.key_from_seed(b"\x09" * 32)
    forged = statements.sign(statements.Time(at_s=1), stranger)
    actions.append([(leaf_hash(forged), forged)], received_at=NOW)
    assert broken() == ("statement_bad", 2)
