"""A hub whose entries nobody has any more ends its log by command and goes on with another."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kawal.rules.signing import codec, keys
from tests.serve.conftest import Start, enrol, environment, kawal, start
from tests.serve.test_hub import KEY, position

__all__ = ["start"]
pytestmark = pytest.mark.slow


CERTIFY = """
import django, sys
django.setup()
from kawal.desk.clock.reads import now
from kawal.desk.people.devices import NewDevice
from kawal.desk.people.models import Post
from kawal.desk.trust import actions
from kawal.desk.site import tables
tables.migrate()
Post.objects.create(code="kpu/16.07", agency="kpu", area_code="16.07", name="KPU")
actions.enrol([NewDevice(bytes.fromhex(sys.argv[1]), "kpu/16.07", "custodian")], now=now())
"""


def certify(home: Path) -> None:
    """With a certificate in the log: entry 0 is the issuer's key, entry 1 the device's."""
    public_key = keys.public_bytes(KEY).hex()
    subprocess.run([sys.executable, "-c", CERTIFY, public_key], env=environment(home), check=True)


def answered(home: Path, *command: str) -> dict[str, object]:
    result = kawal(home, *command, "--json")
    assert result.returncode == 0, result.stderr + result.stdout
    told: dict[str, object] = json.loads(result.stdout)
    return told


def verified(url: str, policy: Path, since: Path) -> tuple[int, dict[str, object]]:
    command = [sys.executable, "-m", "kawal", "verify", url, "--policy", str(policy), "--since", str(since)]
    result = subprocess.run([*command, "--json", "-"], capture_output=True, text=True, check=False)
    return result.returncode, json.loads(result.stdout)


def test_a_log_whose_entries_are_lost_is_closed_and_its_successor_goes_on(
    start: Start, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    certify(home)
    hub = start(home)
    assert hub.told("POST", "/door/v1/events", codec.encode([position(n) for n in (0, 1)]))[0] == 200
    hub.end()
    shutil.copy(home / "kawal.sqlite3", tmp_path / "yesterday")
    early = answered(home, "ledger", "status")
    hub = start(home)
    kept_early = hub.ask("GET", "/checkpoint")[1].decode()
    assert hub.told("POST", "/door/v1/events", codec.encode([position(n) for n in (2, 3)]))[0] == 200
    hub.end()
    hub = start(home)
    kept_late = hub.ask("GET", "/checkpoint")[1].decode()
    hub.end()
    for file in home.glob("kawal.sqlite3*"):
        file.unlink()
    shutil.move(tmp_path / "yesterday", home / "kawal.sqlite3")

    hub = start(home)  # it knows by its own memory that its copy is old
    assert hub.told("POST", "/door/v1/events", position(4))[0] == 503
    assert kawal(home, "ledger", "succeed", "--reason", "entries_lost", "--yes").returncode == 1, "it runs"
    hub.end()
    found = answered(home, "ledger", "succeed", "--reason", "entries_lost", "--yes")
    assert found["held"] == 4
    assert found["former"]["origin"] == str(early["log"]).partition("+")[0]  # type: ignore[index]
    assert kawal(home, "ledger", "verify").returncode == 0
    assert kawal(home, "custody", "rebuild", "--check").returncode == 0
    again = kawal(home, "ledger", "succeed", "--reason", "entries_lost", "--yes", "--json")
    assert json.loads(again.stdout)["refused"] == "log_open"

    hub = start(home)
    told = hub.told("POST", "/door/v1/events", codec.encode([position(1), position(4)]))[1]
    assert [(one["index"], one["repeated"]) for one in told["receipts"]] == [(4, True), (5, False)]
    policy, since = tmp_path / "policy", tmp_path / "since"
    policy.write_text(f"log {found['log']}\nlog {early['log']}\nquorum none\n")
    hub.end()
    hub = start(home)
    for kept, code in ((kept_early, 0), (kept_late, 1)):
        since.write_text(kept)
        status, answer = verified(f"http://127.0.0.1:{hub.port}", policy, since)
        assert status == code, answer
        if code:
            assert [one["code"] for one in answer["broken"]] == ["former_missing"]  # type: ignore[index]
    hub.end()


def test_a_log_that_ends_in_good_order_is_closed_first(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    enrol(home, keys.public_bytes(KEY))
    hub = start(home)
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    hub.end()
    assert json.loads(kawal(home, "ledger", "succeed", "--reason", "ended", "--yes", "--json").stdout) == {
        "refused": "log_open"
    }
    assert answered(home, "ledger", "close", "--reason", "ended", "--yes") == {"closed": True, "size": 1}
    hub = start(home)
    status, told = hub.told("POST", "/door/v1/events", position(1))
    assert (status, told["receipts"][0]["refused"] if "receipts" in told else told["refused"]) == (
        503,
        "log_closed",
    )
    hub.end()
    assert answered(home, "ledger", "succeed", "--reason", "ended", "--yes")["held"] == 1
    assert kawal(home, "ledger", "verify").returncode == 0
