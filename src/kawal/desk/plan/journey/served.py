"""A Valhalla or OSRM server of one's own, for as long as a plan asks: built from an extract, on this machine
alone, by the programs that the engines' wheels bring (`pip install kawal[roads]`) or that are on the PATH.

What was built stays beside the extract, by the extract's hash, and is used again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext

from kawal.rules.refusals import Refused

READY_S: Final = 60.0
_MATRIX_M: Final = 5_000_000.0  # Valhalla's own limit, 400 km, is shorter than some regencies of islands
_PROGRAMS: Final = {"valhalla": "valhalla_service", "osrm": "osrm-routed"}


def name_of(engine: str, extract: Path) -> str:
    """By what a plan says where its ways come from: the same extract, the same name."""
    return f"{engine} {extract.name}, {_sha256(extract)[:16]}"


@contextmanager
def serving(
    engine: str, extract: Path, say: Callable[[str], None] = lambda _: None, profile: Path | None = None
) -> Iterator[str]:
    """The address of a server over the extract until the block ends. OSRM may be given another `profile`
    (Lua) than its own for cars.

    Refuses `engine_missing`, `engine_unbuilt` (the engine cannot read the extract) and `engine_unstarted`.
    """
    program = _program(engine, _PROGRAMS[engine])
    parts = [
        extract.name.partition(".")[0],
        engine,
        *(_sha256(one)[:16] for one in (extract, profile) if one),
    ]
    built = extract.with_name("-".join(parts))
    if not built.is_dir():
        told = gettext("%(engine)s builds its roads from %(extract)s, once: %(built)s")
        say(told % {"engine": engine, "extract": extract.name, "built": built.name})
        _whole(built, lambda folder: _BUILD[engine](extract, folder, profile))
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="kawal-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            running = subprocess.Popen(  # noqa: S603 - the program of an engine, with arguments of our own
                [program, *_SERVE[engine](built.resolve(), port, Path(folder))],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=built,
            )
        try:
            _wait(running, port, engine, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.kill()  # it writes nothing, and Valhalla's takes half a minute to end by itself
            running.wait()


def _whole(built: Path, build: Callable[[Path], None]) -> None:
    """Whole or not at all: what was cut off never has the name."""
    part = built.with_name(built.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        build(part)
        part.rename(built)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _build_osrm(extract: Path, folder: Path, profile: Path | None) -> None:
    """By names in the folder: OSRM takes `.osm` out of any path it is given."""
    car = profile or _share("osrm", "share/profiles/car.lua")
    _run("osrm", "osrm-extract", ["-p", str(car), "-o", "map", str(extract.resolve())], folder)
    _run("osrm", "osrm-partition", ["map.osrm"], folder)
    _run("osrm", "osrm-customize", ["map.osrm"], folder)


def _build_valhalla(extract: Path, folder: Path, _: Path | None) -> None:
    (folder / "tiles").mkdir()
    settings = (folder / "settings.json").resolve()
    settings.write_text(json.dumps(_settings((folder / "tiles").resolve())))
    _run("valhalla", "valhalla_build_tiles", ["-c", str(settings), str(extract.resolve())], folder)
    settings.unlink()  # it names the folder as it is called for now


def _serve_osrm(_: Path, port: int, __: Path) -> list[str]:
    return ["--algorithm", "mld", "--ip", "127.0.0.1", "--port", str(port), "map.osrm"]


def _serve_valhalla(built: Path, port: int, folder: Path) -> list[str]:
    settings = _settings(built / "tiles")
    settings["httpd"]["service"] |= {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": f"ipc://{folder}/loopback",
        "interrupt": f"ipc://{folder}/interrupt",
    }
    for limits in settings["service_limits"].values():
        if isinstance(limits, dict) and "max_matrix_distance" in limits:
            limits["max_matrix_distance"] = _MATRIX_M
    (folder / "settings.json").write_text(json.dumps(settings))
    return [str(folder / "settings.json"), "1"]


_BUILD: Final = {"osrm": _build_osrm, "valhalla": _build_valhalla}
_SERVE: Final = {"osrm": _serve_osrm, "valhalla": _serve_valhalla}


def _settings(tiles: Path) -> dict[str, Any]:
    """Valhalla's own, from the script that comes with it."""
    script = _package("valhalla") / "valhalla_build_config.py"
    command = [sys.executable, str(script)] if script.is_file() else [_on_path("valhalla_build_config")]
    told = subprocess.run(  # noqa: S603
        [*command, "--mjolnir-tile-dir", str(tiles), "--mjolnir-tile-extract", ""],
        capture_output=True,
        check=False,
    )
    if told.returncode:
        raise Refused("engine_unbuilt", engine="valhalla", problem=_last(told.stderr))
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _run(engine: str, program: str, arguments: Sequence[str], folder: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [_program(engine, program), *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise Refused("engine_unbuilt", engine=engine, problem=_last(done.stdout))


def _program(engine: str, name: str) -> str:
    inside = _package(engine) / "bin" / name
    return str(inside) if inside.is_file() else _on_path(name)


def _on_path(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused("engine_missing", program=name)
    return found


def _share(engine: str, name: str) -> Path:
    found = _package(engine) / name
    if not found.is_file():
        raise Refused("engine_missing", program=name)
    return found


def _package(engine: str) -> Path:
    """Where the wheel lies; it is not imported. A folder that does not exist where there is none."""
    found = importlib.util.find_spec(engine)
    return Path(found.origin).parent if found and found.origin else Path("no wheel")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(running: subprocess.Popen[bytes], port: int, engine: str, log: Path) -> None:
    until = time.monotonic() + READY_S
    while running.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Refused("engine_unstarted", engine=engine, problem=_last(log.read_bytes()))


def _last(told: bytes) -> str:
    lines = [line.strip() for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][-200:] if lines else ""


def _sha256(file: Path) -> str:
    with file.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()
