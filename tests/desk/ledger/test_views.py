import pytest
from django.test import Client
from django.urls import include, path

from kawal.desk.ledger import actions, keys, reads
from kawal.rules.ledger import bundles, checkpoint, tiles, tree

from .conftest import NOW, Grow, entries

urlpatterns = [path("", include("kawal.desk.ledger.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def test_a_stranger_rebuilds_the_log_from_what_is_served(client: Client, grow: Grow) -> None:
    grow(3, 297)
    answer = client.get("/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    head = checkpoint.checked(answer.content.decode(), keys.verifier_key())
    leaves: list[bytes] = []
    for level, number, width in tiles.places(head.size):
        tile = client.get("/" + tiles.path(level, number, width))
        assert tile["Content-Type"] == "application/octet-stream"
        assert "immutable" in tile["Cache-Control"]
        assert tile["Access-Control-Allow-Origin"] == "*"  # another agency's page reads it as well
        assert len(tile.content) == 32 * width
        if level == 0:
            leaves += [tile.content[at : at + 32] for at in range(0, len(tile.content), 32)]
            bundle = client.get("/" + tiles.bundle_path(number, width))
            assert "immutable" in bundle["Cache-Control"]
            held = list(reads.entries(number * 256, number * 256 + width))
            assert bundles.entries_in(bundle.content) == [row.signed for row in held]
    assert tree.root_of(head.size, tree.subtree_of(leaves)) == head.root


def test_the_partial_tiles_of_older_checkpoints_stay(client: Client, grow: Grow) -> None:
    grow(3, 297)
    assert client.get("/tile/0/000.p/3").content == client.get("/tile/0/000").content[:96]
    assert len(bundles.entries_in(client.get("/tile/entries/000.p/3").content)) == 3


@pytest.mark.parametrize(
    "address",
    [
        "/tile/0/001",  # not full yet
        "/tile/0/001.p/45",
        "/tile/0/002.p/1",
        "/tile/1/000",
        "/tile/2/000.p/1",
        "/tile/0/000.p/0",
        "/tile/0/000.p/256",
        "/tile/0/000.p/01",
        "/tile/00/000",
        "/tile/64/000",
        "/tile/0/0",
        "/tile/0/x000/000",
        "/tile/0/x999/x999/x999/x999/999",
        "/tile/entries/001",
        "/tile/entries/001.p/45",
        "/tile/entries/x000/000",
        "/tile/entries/x999/x999/x999/x999/999",
        "/tile/0/000/",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, grow: Grow, address: str) -> None:
    grow(300)
    assert client.get(address).status_code == 404


def test_before_the_first_checkpoint_there_is_none(client: Client) -> None:
    answer = client.get("/checkpoint")
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")


def test_the_log_is_read_only(client: Client, grow: Grow) -> None:
    grow(1)
    for address in ("/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1"):
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 200


def test_a_checkpoint_is_asked_for_again_after_seconds(client: Client, grow: Grow) -> None:
    grow(1)
    first = client.get("/checkpoint")
    assert first["Cache-Control"] == "public, max-age=2"
    actions.append(entries(1, 1), received_at=NOW)
    assert client.get("/checkpoint").content == first.content
    actions.publish_checkpoint(now=NOW)
    assert client.get("/checkpoint").content != first.content
