"""A backup is good when a hub could go on from it: it is laid out in a home of its own, the log verified
entry by entry, the tables compared with the log, the rows counted.

    python -m kawal.safekeeping.proving     in that home: prints what was found, as JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from kawal.rules.refusals import Refused
from kawal.safekeeping import file

FOUND = ("log", "size", "root", "checkpoints", "signed_size")


def proven(backup: Path, scratch: Path) -> dict[str, Any]:
    """The backup's manifest, once all of it was found again in the home `scratch` (made here, left there).

    Refuses `backup_not_good` with what is wrong, and what `file.manifest_of` refuses.
    """
    manifest = file.manifest_of(backup)
    lay_out(backup, manifest, scratch)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAWAL_")}
    process = subprocess.run(
        [sys.executable, "-m", "kawal.safekeeping.proving"],
        env={**kept, "KAWAL_HOME": str(scratch), "DJANGO_SETTINGS_MODULE": "kawal.desk.site.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if process.returncode != 0:
        raise Refused("backup_not_good", detail=process.stderr.strip()[-300:] or "it cannot be read")
    found = json.loads(process.stdout)
    if "wrong" in found:
        raise Refused("backup_not_good", detail=found["wrong"])
    for name in (*FOUND, "counts"):
        if found[name] != manifest[name]:
            raise Refused("backup_not_good", detail=f"{name}: {found[name]}, told was {manifest[name]}")
    return manifest


def lay_out(backup: Path, manifest: dict[str, Any], target: Path) -> None:
    """Database and name of the log, without its key."""
    (target / "keys").mkdir(parents=True, mode=0o700)
    (target / "keys" / "log.vkey").write_text(manifest["log"] + "\n")
    file.unpack_database(backup, target / file.DATABASE)


def examined() -> dict[str, Any]:
    """What the database of this home holds; `wrong` where it contradicts itself."""
    from django.conf import settings

    from kawal.desk.custody import actions as custody
    from kawal.desk.ledger import keys, reads
    from kawal.desk.ledger.verify import Broken, verify
    from kawal.desk.site import tables
    from kawal.safekeeping import copying

    counts = copying.counts(Path(str(settings.DATABASES["default"]["NAME"])))
    tables.migrate()  # a backup of an older version is examined as this version would read it
    try:
        whole = verify()
    except Broken as broken:
        return {"wrong": f"the log is broken: {broken}"}
    if differing := custody.check():
        first = differing[0]
        return {"wrong": f"{len(differing)} rows contradict the log, the first: {first.table} {first.key}"}
    signed = reads.latest_checkpoint()
    return {
        "log": str(keys.verifier_key()),
        "size": whole.size,
        "root": whole.root.hex(),
        "checkpoints": whole.checkpoints,
        "signed_size": signed.size if signed else None,
        "counts": counts,
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(examined()))
