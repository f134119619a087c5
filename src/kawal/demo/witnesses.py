"""The witnesses of an exercise, as their agencies would run them: processes of their own beside the hub.

The log of the regency is cosigned by Bawaslu, which answers to nobody in it, and by the police level above:
every level witnesses the level below. They end with the exercise, also when it is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from kawal.desk.ledger import keys, policies
from kawal.home import home
from kawal.rules.ledger.policy import Group, Log, Policy, Witness, text
from kawal.rules.places.codes import parent_of
from kawal.rules.refusals import Refused
from kawal.rules.signing.note import verifier_key

FOLDER = "witnesses"


class Witnesses:
    """`with Witnesses(area):` while the hub runs; their policy is installed, all of them must cosign."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Witnesses:
        os.environ.pop("KAWAL_LEDGER_POLICY", None)  # the exercise has a policy of its own
        log = keys.verifier_key()
        try:
            witnesses = tuple(
                self._start(name, of_agency, str(log)) for name, of_agency in _agencies(self._area)
            )
        except BaseException:
            self._stop()
            raise
        members = tuple(witness.name for witness in witnesses)
        _install(Policy("all", (Log(log),), witnesses, (Group("all", len(members), members),)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self, name: str, key_name: str, log: str) -> Witness:
        folder = home() / FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "witness.log").open("ab") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
                [
                    sys.executable, "-m", "kawal", "witness", "serve", "--home", str(folder),
                    "--name", key_name, "--log", log, "--port", "0", "--json", "--with-stdin",
                ],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                start_new_session=True,  # Ctrl-C reaches the demo first, which ends all in order
            )  # fmt: skip
        self._processes.append(process)
        assert process.stdout is not None
        try:
            place = json.loads(process.stdout.readline())
            return Witness(name, verifier_key(place["vkey"]), place["url"])
        except (ValueError, KeyError):
            raise Refused("witness_did_not_start", log=str(folder / "witness.log")) from None

    def _stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()


def _agencies(area: str) -> list[tuple[str, str]]:
    """Name in the policy and name of the key. A key is made per log: its name carries the log's."""
    log = keys.verifier_key().key_id.hex()
    return [
        ("bawaslu", f"bawaslu.{area}.example/{log}"),
        ("polda", f"polda.{parent_of(area)}.example/{log}"),
    ]


def _install(policy: Policy) -> None:
    draft = Path(home() / FOLDER / "policy")
    draft.write_text(text(policy), encoding="utf-8")
    policies.install(draft)
