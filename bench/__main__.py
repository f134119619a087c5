"""Run every measure, print a table, write build/bench.json (name -> value, unit, ratio ...)."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench import MEASURES, Row

RESULT = Path("build/bench.json")


def main() -> None:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="kawal-bench-") as home:
        os.environ["KAWAL_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "kawal.desk.site.settings"
        import django

        django.setup()
        for name in MEASURES:
            print(f"{name} ...", file=sys.stderr)
            rows += importlib.import_module(name).measure()
    for row in rows:
        digits = 0 if row.value >= 100 else 1
        print(
            f"{row.name:<34} {row.value:>12,.{digits}f} {row.unit:<9} {row.ratio:>7.2f} x {row.compared_with}"
        )
    RESULT.parent.mkdir(exist_ok=True)
    told = {row.name: {key: value for key, value in asdict(row).items() if key != "name"} for row in rows}
    RESULT.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
