import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from kawal.desk.ledger import actions, keys, reads
from kawal.rules.ledger import checkpoint, tiles, tree
from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import EMPTY_ROOT

from .conftest import NOW, Grow, Tamper, entries


def test_entries_get_the_next_indexes_and_read_back_as_received(enrolled: None) -> None:
    first, second = entries(3), entries(300, 3)
    assert actions.append(first, received_at=NOW) == [0, 1, 2]
    assert actions.append(second, received_at=NOW) == list(range(3, 303))
    assert actions.append([], received_at=NOW) == []
    assert reads.size() == 303
    stored = list(reads.entries(0, 1000))
    assert [(row.leaf_hash, row.signed) for row in stored] == [*first, *second]
    assert [row.index for row in stored] == list(range(303))
    assert {row.received_at for row in stored} == {NOW}
    assert reads.entry(7) == stored[7]
    assert reads.index_of([second[0][0], first[1][0], bytes(32)]) == {second[0][0]: 3, first[1][0]: 1}


def test_index_of_finds_more_at_once_than_one_query_may_ask(enrolled: None) -> None:
    made = entries(1100)
    actions.append(made, received_at=NOW)
    assert reads.index_of([leaf for leaf, _ in made]) == {leaf: n for n, (leaf, _) in enumerate(made)}


def test_an_entry_that_is_not_there_is_refused(db: None) -> None:
    with pytest.raises(Refused, match="no_such_entry"):
        reads.entry(0)


def test_any_batches_make_the_tree_of_the_entries(enrolled: None) -> None:
    made = entries(700)
    for start, stop in ((0, 1), (1, 255), (255, 256), (256, 257), (257, 700)):
        actions.append(made[start:stop], received_at=NOW)
        leaves = tree.subtree_of([leaf for leaf, _ in made[:stop]])
        assert tiles.root_of(stop, reads.tile) == tree.root_of(stop, leaves)


def test_the_same_entry_is_never_there_twice(enrolled: None) -> None:
    made = entries(2)
    actions.append(made, received_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.append(made[1:], received_at=NOW)
    assert reads.size() == 2


def test_a_checkpoint_says_size_and_root_under_the_name_of_the_log(grow: Grow) -> None:
    grow(3, 300)
    latest = reads.latest_checkpoint()
    assert latest is not None
    head = checkpoint.checked(latest.note, keys.verifier_key())
    leaves = tree.subtree_of([row.leaf_hash for row in reads.entries(0, 303)])
    assert (head.size, head.root) == (303, tree.root_of(303, leaves)) == (latest.size, latest.root)
    assert head.origin.startswith("kawal.local/log/")
    assert [row.size for row in reads.checkpoints(303)] == [3, 303]


def test_the_name_of_the_log_can_be_given(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWAL_LOG_ORIGIN", "log.example.id/2029")
    assert actions.publish_checkpoint(now=NOW).note.startswith("log.example.id/2029\n0\n")


def test_a_log_that_has_not_grown_is_not_signed_again(grow: Grow) -> None:
    grow(3)
    latest = reads.latest_checkpoint()
    assert actions.publish_checkpoint(now=NOW) == latest
    assert len(list(reads.checkpoints(3))) == 1


def test_an_empty_log_has_a_head_too(db: None) -> None:
    assert reads.latest_checkpoint() is None
    assert actions.publish_checkpoint(now=NOW).root == EMPTY_ROOT


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_checkpoint"])
@pytest.mark.parametrize("act", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
def test_the_database_refuses_to_change_or_delete_what_the_log_holds(
    grow: Grow, table: str, act: str
) -> None:
    grow(2)
    column = {"ledger_entry": "signed", "ledger_checkpoint": "note"}[table]
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table, column))
    assert (reads.size(), len(list(reads.checkpoints(2)))) == (2, 1)


def test_a_log_that_lost_signed_entries_signs_nothing_more(grow: Grow, tamper: Tamper) -> None:
    grow(5)
    tamper('DELETE FROM ledger_entry WHERE "index" = 4')
    with pytest.raises(Refused, match="log_shrunk"):
        actions.publish_checkpoint(now=NOW)


@pytest.mark.parametrize(
    ("sql", "values"),
    [("DELETE FROM ledger_tile", ()), ("UPDATE ledger_tile SET hashes = %s", (bytes(64),))],
    ids=["lost", "changed"],
)
def test_a_log_that_contradicts_what_it_signed_signs_nothing_more(
    grow: Grow, tamper: Tamper, sql: str, values: tuple[bytes, ...]
) -> None:
    grow(300)
    actions.append(entries(1, 300), received_at=NOW)
    tamper(sql, *values)
    with pytest.raises(Refused, match="log_forked"):
        actions.publish_checkpoint(now=NOW)
    assert len(list(reads.checkpoints(999))) == 1


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_any_entry_can_be_proven_from_the_stored_tiles_at_any_size(enrolled: None, size: int) -> None:
    made = entries(size + 3)
    actions.append(made, received_at=NOW)
    leaves = [leaf for leaf, _ in made]
    root = tree.root_of(size, tree.subtree_of(leaves))
    for index in {0, size // 2, size - 1}:
        proof = reads.inclusion(index, size)
        tree.check_inclusion(leaves[index], index, size, proof, root)
        with pytest.raises(Refused, match="bad_proof"):
            tree.check_inclusion(leaves[index + 1], index, size, proof, root)
    with pytest.raises(Refused, match="no_such_entry"):
        reads.inclusion(size, size)
